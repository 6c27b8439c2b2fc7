//! Where the long day is lived, by whom, and what things are called there.

use std::collections::BTreeMap;
use std::io::Cursor;

use birgemiz::clock;
use birgemiz::demo::build_sandbox;
use chrono::TimeDelta;
use image::{ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::Value;

use super::step::{Step, Who};
use crate::offers::{offer_everything, offer_of};
use crate::support::{Answer, Caller, World};

/// Everybody's key for everything.
const KEY: &str = "once";

/// What is told again elsewhere, or written by what goes on by itself.
const NOT_COUNTED: &str = "idempotency_keys webhook_messages webhook_attempts quota_leases door_readings \
    login_attempts volunteer_tallies acceptance_estimates import_parts import_faults import_staging import_coarse_points calls silences seals access_records \
    signing_keys";

pub(super) struct Stage {
    pub(super) world: World,
    sandbox: Caller,
    names: BTreeMap<String, String>,
    /// All that was told once.
    pub(super) secrets: Vec<String>,
}

impl Stage {
    pub(super) async fn new() -> Self {
        let world = World::new().await;
        // Nobody sleeps, whatever the hour at which this runs.
        let awake = "UPDATE policies SET body = jsonb_set(body, '{calls}', \
            '{\"quiet_from_minute\": 0, \"quiet_until_minute\": 0}'::jsonb)";
        world.database.ask(awake).await;
        let roster = build_sandbox(world.app(), "Hotline 1414").await.unwrap();
        let sandbox = world.partner(roster.client_id);
        let seeded = &world.seeded;
        let now = clock::now();
        let names = [
            ("a", seeded.a.id.to_string()),
            ("b", seeded.b.id.to_string()),
            ("campaign", seeded.campaign.to_string()),
            ("area", seeded.area.to_string()),
            ("kit", seeded.kit.to_string()),
            ("volunteer", seeded.a.volunteers[0].id.to_string()),
            ("yesterday", (now - TimeDelta::days(1)).to_rfc3339()),
            ("now", now.to_rfc3339()),
            ("tomorrow", (now + TimeDelta::days(1)).to_rfc3339()),
        ];
        let names = names.map(|(name, value)| (name.to_owned(), value)).into();
        Self { sandbox, names, secrets: Vec::new(), world }
    }

    /// Does what no POST does, so that the step can be made.
    pub(super) async fn prepare(&mut self, step: &Step) {
        if step.path.contains("{offer}") {
            offer_everything(&self.world).await;
            for (name, who) in [("offer", Who::Volunteer), ("second_offer", Who::Leaving)] {
                let offer = offer_of(&self.caller(who), "call").await;
                self.names.insert(name.to_owned(), offer);
            }
        }
        if step.path.ends_with("/enable") {
            let off = "UPDATE webhook_endpoints SET status = 'disabled', disabled_reason = 'switched_off'";
            self.world.database.ask(off).await;
        }
    }

    pub(super) async fn make(&self, step: &Step, call_id: &str) -> Answer {
        self.send(&self.caller(step.who), step, self.body(step), call_id).await
    }

    /// Under the same key, with other bytes.
    pub(super) async fn make_otherwise(&self, step: &Step) -> Answer {
        let mut body = self.body(step);
        body.push(b'\n');
        self.send(&self.caller(step.who), step, body, "otherwise").await
    }

    /// The same, by somebody of the same kind.
    pub(super) async fn make_as_another(&self, step: &Step) -> Answer {
        let (world, seeded) = (&self.world, &self.world.seeded);
        let (other, body) = match step.who {
            Who::Administrator => (world.person(seeded.b.administrator), self.body(step)),
            Who::Coordinator => (world.coordinator_of_b(), self.body(step)),
            Who::Volunteer | Who::Leaving => (world.volunteer_of_b(), self.body(step)),
            Who::Partner | Who::Sandbox => (world.partner_of_b(), self.body(step)),
            Who::Nobody => (world.nobody(), self.filled(step.body).replace("dana@", "diana@").into_bytes()),
        };
        self.send(&other, step, body, "another").await
    }

    async fn send(&self, caller: &Caller, step: &Step, body: Vec<u8>, call_id: &str) -> Answer {
        let path = self.filled(step.path);
        let call = caller.call(Method::POST, &path).bytes(step.media_type, body);
        call.key(KEY).header("x-request-id", call_id).await
    }

    fn caller(&self, who: Who) -> Caller {
        match who {
            Who::Administrator => self.world.administrator_of_a(),
            Who::Coordinator => self.world.coordinator_of_a(),
            Who::Volunteer => self.world.volunteer_of_a(),
            Who::Leaving => self.world.second_volunteer_of_a(),
            Who::Partner => self.world.partner_of_a(),
            Who::Sandbox => self.sandbox.clone(),
            Who::Nobody => self.world.nobody(),
        }
    }

    fn body(&self, step: &Step) -> Vec<u8> {
        if step.media_type == "image/png" { picture() } else { self.filled(step.body).into_bytes() }
    }

    fn filled(&self, text: &str) -> String {
        let put =
            |text: String, (name, value): (&String, &String)| text.replace(&format!("{{{name}}}"), value);
        self.names.iter().fold(text.to_owned(), put)
    }

    /// Calls what the step's answer says by its names, and remembers its secrets.
    pub(super) fn remember(&mut self, step: &Step, first: &Answer) {
        let told = first.json();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        for (name, pointer) in step.names {
            let value = told.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {}", first.text));
            self.names.insert((*name).to_owned(), text(value));
        }
        let secret = |name: &&str| told.get(*name).and_then(Value::as_str).map(str::to_owned);
        // A phrase is six digits, which anything may hold; that it is left out was seen.
        self.secrets.extend(step.told_once.iter().filter(|name| **name != "phrase").filter_map(secret));
    }

    /// Events of the call with this id.
    pub(super) async fn events(&self, call_id: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM events WHERE call_id = '{call_id}'");
        self.world.database.count(&sql).await
    }

    /// How many rows each table has.
    pub(super) async fn rows(&self) -> Vec<Vec<Option<String>>> {
        let sql = format!(
            "SELECT table_name, (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I', \
             table_name), false, true, '')))[1]::text FROM information_schema.tables \
             WHERE table_schema = 'public' AND table_name <> 'events' \
             AND NOT table_name = ANY (string_to_array('{NOT_COUNTED}', ' ')) ORDER BY table_name"
        );
        self.world.database.ask(&sql).await
    }
}

fn picture() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    RgbImage::from_pixel(64, 48, Rgb([200, 180, 40])).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}
