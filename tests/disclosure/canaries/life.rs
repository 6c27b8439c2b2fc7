//! The ways by which private data comes in: everything that people may write, with a mark in it.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::flock::Flock;
use crate::support::{Caller, World};

/// Somebody's calls to the server that writes down everything.
pub(crate) struct Desk<'a> {
    pub(crate) world: &'a World,
    pub(crate) partner: Caller,
    pub(crate) coordinator: Caller,
    pub(crate) administrator: Caller,
    pub(crate) volunteer: Caller,
    pub(crate) nobody: Caller,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(world: &'a World, url: &str) -> Self {
        Self {
            world,
            partner: world.partner_of_a().at(url),
            coordinator: world.coordinator_of_a().at(url),
            administrator: world.administrator_of_a().at(url),
            volunteer: world.volunteer_of_a().at(url),
            nobody: world.nobody().at(url),
        }
    }

    /// All ways in, once.
    pub(crate) async fn live(&self, flock: &mut Flock, round: usize) {
        self.refused(flock, round).await;
        self.people(flock, round).await;
        self.many(flock, round).await;
        self.files(flock, round).await;
        self.telephone(flock, round).await;
        let (household, request) = self.file(flock, round).await;
        self.serve(flock, &request).await;
        self.end(flock, &household, &request).await;
    }

    /// Calls that are refused, with marks where no mark may be.
    async fn refused(&self, flock: &mut Flock, round: usize) {
        for place in
            ["/members", "/door/position/lat", "/categories/0", "/area_id", "/consent/channel", "/door/phone"]
        {
            let mut body = flock.household(self.world, round);
            *body.pointer_mut(place).unwrap() = json!(flock.mark("refused"));
            flock.keep_refused(&self.partner.post("/v1/households", body).await);
        }
        // A pointer names the field as it was sent, to who sent it and in no log.
        let mut unknown = flock.household(self.world, round);
        unknown[flock.mark("refused")] = json!(1);
        self.partner.post("/v1/households", unknown).await.refused(400, "unknown_field");
        let cut = flock.household(self.world, round).to_string();
        let cut = cut.split_at(cut.len() - 9).0.to_owned();
        let ask = self.partner.call(Method::POST, "/v1/households").bytes("application/json", cut);
        flock.keep_refused(&ask.await);
        for caller in [&self.volunteer, &self.nobody] {
            let foreign = flock.household(self.world, round);
            flock.keep_refused(&caller.post("/v1/households", foreign).await);
        }
        let mark = flock.mark("refused");
        for path in [
            format!("?status={mark}"),
            format!("?cursor={mark}"),
            format!("?near={mark}"),
            format!("/{mark}"),
        ] {
            flock.keep_refused(&self.coordinator.get(&format!("/v1/households{path}")).await);
        }
        let login = json!({"email": format!("{mark}@example.org"), "password": flock.mark("password")});
        flock.keep_refused(&self.nobody.post("/v1/auth/login", login).await);
        let bearer = self.nobody.with_token(flock.mark("refused"));
        flock.keep_refused(&bearer.get("/v1/households").await);
    }

    /// Volunteers, by all three ways, and staff.
    async fn people(&self, flock: &mut Flock, round: usize) {
        let (name, email) = flock.person();
        let area = self.world.seeded.area.to_string();
        let volunteer = json!({
            "area_id": area, "name": name, "email": email, "transport": "foot", "capacity_kg": 10, "capacity_l": 40,
            "radius_m": 3000, "base": {"lat": flock.latitude("whereabouts", round), "lon": 76.889_709},
        });
        let added =
            self.coordinator.post("/v1/volunteers", volunteer).key(&flock.mark("key")).await.expect(201);
        flock.things.push(format!("/v1/volunteers/{}", text(&added["id"])));
        let invitation = json!({"area_id": area, "max_uses": 1, "expires_at": "2027-03-01T00:00:00Z"});
        let code = self.coordinator.post("/v1/invitations", invitation).await.expect(201);
        let (name, email) = flock.person();
        let registered = json!({
            "invitation_code": code["code"], "name": name, "email": email, "password": flock.mark("password"),
            "transport": "foot", "capacity_kg": 10, "capacity_l": 40, "radius_m": 3000,
        });
        self.nobody.post("/v1/volunteers/register", registered).await.expect(201);
        let (name, email) = flock.person();
        let user = json!({
            "organisation_id": self.world.seeded.a.id.to_string(), "role": "coordinator", "name": name, "email": email,
        });
        let made = self.administrator.post("/v1/users", user).await.expect(201);
        flock.things.push(format!("/v1/users/{}", text(&made["id"])));
        let place = json!({"lat": flock.latitude("whereabouts", round), "lon": 76.889_709});
        let told = self.volunteer.call(Method::PUT, "/v1/me/position").json(place).await;
        assert!(told.status.is_success(), "{}", told.text);
    }

    /// Many at once, one of them wrong.
    async fn many(&self, flock: &mut Flock, round: usize) {
        let mut wrong = flock.household(self.world, round);
        wrong["members"] = json!(flock.mark("refused"));
        let two = json!({"households": [flock.household(self.world, round), wrong]});
        self.partner.post("/v1/households/bulk", two).await.expect(207);
    }

    /// By files, each with a row that is wrong.
    async fn files(&self, flock: &mut Flock, round: usize) {
        let mut households =
            "external_id;name;phone;street;lat;lon;members;categories;languages;consent_text;\
            consent_channel;notes\n"
                .to_owned();
        for members in ["2".to_owned(), flock.mark("refused")] {
            let (external, name, phone) = (flock.mark("external"), flock.mark("door"), flock.phone());
            let (street, notes) = (flock.mark("door"), flock.mark("door"));
            let lat = flock.latitude("exact", round);
            households += &format!(
                "{external};{name};{phone};{street};{lat:.7};76.889709;{members};elderly_alone;kk;2026-11;paper;{notes}\n"
            );
        }
        self.import(flock, "households", households).await;
        let mut volunteers = "name;email;radius_m;lat;lon\n".to_owned();
        for radius in ["3000".to_owned(), flock.mark("refused")] {
            let (name, email) = flock.person();
            let lat = flock.latitude("whereabouts", round);
            volunteers += &format!("{name};{email};{radius};{lat:.7};76.889709\n");
        }
        self.import(flock, "volunteers", volunteers).await;
    }

    async fn import(&self, flock: &mut Flock, kind: &str, file: String) {
        let area = &self.world.seeded.area;
        let path = format!("/v1/imports?kind={kind}&area_id={area}");
        let sent = self.coordinator.call(Method::POST, &path).bytes("text/csv", file).await;
        let path = format!("/v1/imports/{}", text(&sent.expect(202)["id"]));
        let found = loop {
            let found = self.coordinator.get(&path).await.expect(200);
            if ["done", "failed"].contains(&found["status"].as_str().unwrap()) {
                break found;
            }
            // waits for: a loop of the service to take the file in; it rings no bell that is heard here
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert_eq!(found["status"], "done", "{found}");
        // Its report names columns and reasons, and repeats nothing even to who brought the file.
        flock.keep(&self.coordinator.get(&format!("{path}/report")).await, &[]);
        flock.things.extend([path.clone(), format!("{path}/report")]);
    }

    /// By the telephone, and back.
    async fn telephone(&self, flock: &mut Flock, round: usize) {
        let mut intake = json!({
            "area_id": self.world.seeded.area.to_string(), "members": 1, "categories": ["elderly_alone"],
            "languages": ["kk"], "consent": {"text_version": "2026-11", "language": "kk"}, "kind": "call",
            "note": flock.mark("note"),
        });
        intake["door"] = flock.door(round);
        // A kilometre east of all others, so that nobody may be the same.
        intake["door"]["position"]["lon"] = json!(76.902);
        let taken = self.coordinator.post("/v1/hotline/intakes", intake).await.expect(201);
        let request = text(&taken["request"]["id"]);
        self.coordinator.post("/v1/calls", json!({"request_id": request})).await.expect(201);
        let called = self.coordinator.post("/v1/calls/next", json!({})).await.expect(200);
        assert!(called["phone"].is_string(), "{called}");
        let outcome = format!("/v1/calls/{}/outcome", text(&called["id"]));
        self.coordinator.post(&outcome, json!({"outcome": "reached"})).await.expect(200);
        flock.things.push(format!("/v1/requests/{request}"));
    }

    /// A household and its request, the request by a key and again by that key.
    async fn file(&self, flock: &mut Flock, round: usize) -> (String, String) {
        let household = flock.household(self.world, round);
        self.partner.post("/v1/households?dry_run=true", household.clone()).await.expect(201);
        let made = self.partner.post("/v1/households", household).await.expect(201);
        let household = text(&made["id"]);
        for more in ["", "/door"] {
            flock.things.push(format!("/v1/households/{household}{more}"));
        }
        self.coordinator.post(&format!("/v1/households/{household}/verify"), json!({})).await.expect(200);
        let mut request = self.world.request(&household);
        request["note"] = json!(flock.mark("note"));
        request["external_id"] = json!(flock.mark("external"));
        let key = flock.mark("key");
        let filed = self.partner.post("/v1/requests", request.clone()).key(&key).await.expect(201);
        self.partner.post("/v1/requests", request).key(&key).await.expect(201);
        let request = text(&filed["id"]);
        for more in ["", "/why-not", "/candidates", "/dispatch"] {
            flock.things.push(format!("/v1/requests/{request}{more}"));
        }
        (household, request)
    }

    /// It is claimed, goes wrong, is claimed again, and is released.
    async fn serve(&self, flock: &mut Flock, request: &str) {
        let volunteer = &self.volunteer;
        let path = format!("/v1/requests/{request}/claim");
        let claim = volunteer.post(&path, json!({})).await.expect(201);
        let (claim_id, delivery) = (text(&claim["id"]), text(&claim["delivery_id"]));
        let door = format!("/v1/claims/{claim_id}/door?fence={}", claim["fence"]);
        volunteer.get(&door).await.expect(200);
        flock.things.extend([door, format!("/v1/claims/{claim_id}"), format!("/v1/deliveries/{delivery}")]);
        let picked = json!({"fence": claim["fence"]});
        volunteer.post(&format!("/v1/deliveries/{delivery}/pick-up"), picked).await.expect(200);
        let photo = format!("/v1/deliveries/{delivery}/photo?fence={}", claim["fence"]);
        let picture = picture(&flock.mark("comment"));
        let sent = volunteer.call(Method::POST, &photo).bytes("image/jpeg", picture).await;
        assert!(sent.status.is_success(), "{}", sent.text);
        flock.things.push(format!("/v1/deliveries/{delivery}/photo"));
        let failed = json!({"fence": claim["fence"], "outcome": "other", "reason": flock.mark("reason")});
        volunteer.post(&format!("/v1/deliveries/{delivery}/fail"), failed).await.expect(200);
        let again = volunteer.post(&path, json!({})).await.expect(201);
        let release = json!({"fence": again["fence"], "reason": flock.mark("reason")});
        volunteer.post(&format!("/v1/claims/{}/release", text(&again["id"])), release).await.expect(200);
    }

    /// Everything that a coordinator may say about why.
    async fn end(&self, flock: &mut Flock, household: &str, request: &str) {
        let block = format!("/v1/volunteers/{}/blocks", self.world.seeded.a.volunteers[1].id);
        let apart = json!({"household_id": household, "reason": flock.mark("reason")});
        let kept = self.coordinator.post(&block, apart).await;
        assert!(kept.status.is_success(), "{}", kept.text);
        let why = json!({"reason": flock.mark("reason")});
        self.coordinator.post(&format!("/v1/requests/{request}/cancel"), why).await.expect(200);
        for verb in ["suspend", "reinstate", "archive"] {
            let why = json!({"reason": flock.mark("reason")});
            let body = if verb == "reinstate" { json!({}) } else { why };
            self.coordinator.post(&format!("/v1/households/{household}/{verb}"), body).await.expect(200);
        }
    }
}

/// A picture with a comment in it, as a telephone writes where it was taken.
fn picture(comment: &str) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = image::RgbImage::from_pixel(64, 48, image::Rgb([200, 180, 40]));
    image.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    let mut bytes = bytes.into_inner();
    let length = u16::try_from(comment.len() + 2).unwrap().to_be_bytes();
    let segment = [&[0xff, 0xfe][..], &length, comment.as_bytes()].concat();
    bytes.splice(2..2, segment);
    bytes
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
