//! Where a household lives makes no difference to whoever may not know it: the same deployment with the household
//! elsewhere in its cell gives the same answers, to the byte, to everything that an attacker can ask. Whoever cannot tell
//! two places apart cannot place the household any better than by its cell, whatever they make of the answers.
//!
//! *Elsewhere* is behind the next corner, and also in another of the smaller cells that the shown one is made of.
//! `BIRGEMIZ_DISCLOSURE=full` asks 10,000 questions (`scripts/soak disclosure`).

use std::collections::BTreeMap;
use std::time::Duration;

use birgemiz::{clock, dispatch};
use domain::id::HouseholdId;
use domain::place::{Position, coarse_cells};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Caller, World, run};

/// Steps of a grid over the neighbourhood, in degrees: some fifty metres.
const STEP: f64 = 0.000_5;

/// Places by the finest cell they lie in, all of one next larger cell.
fn neighbourhood() -> Vec<Vec<Position>> {
    let middle = Position::new(43.238_949, 76.889_709).unwrap();
    let large = coarse_cells(middle)[1];
    let mut cells: BTreeMap<u64, Vec<Position>> = BTreeMap::new();
    for north in -20..=20 {
        for east in -20..=20 {
            let (lat, lon) = (middle.lat() + f64::from(north) * STEP, middle.lon() + f64::from(east) * STEP);
            let place = Position::new(lat, lon).unwrap();
            let own = coarse_cells(place);
            if own[1] == large {
                cells.entry(own[0].bits()).or_default().push(place);
            }
        }
    }
    cells.into_values().filter(|places| places.len() > 1).collect()
}

/// One question: who asks, and what.
struct Question {
    who: usize,
    method: Method,
    path: String,
    body: Option<Value>,
}

/// Numbers as if by chance, the same each time (Knuth's MMIX).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// Somewhere within two kilometres.
    fn place(&mut self) -> (f64, f64) {
        let mut near = |middle: f64| middle + (self.roll(4_001) as f64 - 2_000.0) / 100_000.0;
        (near(43.238_949), near(76.889_709))
    }
}

const VOLUNTEERS: [usize; 2] = [0, 1];
const OTHERS: [usize; 4] = [2, 3, 4, 5];

fn attackers(world: &World, second_partner: &Caller) -> Vec<Caller> {
    vec![
        world.second_volunteer_of_a(),
        world.volunteer_of_b(),
        world.partner_of_b(),
        second_partner.clone(),
        world.coordinator_of_b(),
        world.nobody(),
    ]
}

fn questions(world: &World, request: &str, many: u64) -> Vec<Question> {
    let mut dice = Dice(7);
    let mut all = Vec::new();
    let mut ask = |who: usize, method: Method, path: String, body: Option<Value>| {
        all.push(Question { who, method, path, body });
    };
    for number in 0..many {
        let (lat, lon) = dice.place();
        let radius = 100 + dice.roll(4_000);
        if number % 2 == 0 {
            let who = VOLUNTEERS[usize::try_from(number / 2 % 2).unwrap()];
            ask(who, Method::PUT, "/v1/me/position".to_owned(), Some(json!({"lat": lat, "lon": lon})));
            let path = format!("/v1/me/nearby-requests?radius_m={radius}&limit={}", 1 + dice.roll(50));
            ask(who, Method::GET, path, None);
            match dice.roll(6) {
                0 => ask(who, Method::GET, format!("/v1/requests/{request}"), None),
                2 => ask(who, Method::GET, "/v1/me/offers".to_owned(), None),
                3 => ask(who, Method::GET, format!("/v1/events?limit={}", 1 + dice.roll(200)), None),
                1 => ask(
                    who,
                    Method::POST,
                    format!("/v1/requests/{request}/claim?dry_run=true"),
                    Some(json!({})),
                ),
                _ => {}
            }
            continue;
        }
        let who = OTHERS[usize::try_from(number / 2 % 4).unwrap()];
        let near = format!("near={lat:.6},{lon:.6}&radius_m={radius}");
        let (north, east) = (lat + 0.01, lon + 0.01);
        let bbox = format!("bbox={lon:.6},{lat:.6},{east:.6},{north:.6}");
        match dice.roll(9) {
            0 => ask(who, Method::GET, format!("/v1/requests?{near}"), None),
            1 => ask(who, Method::GET, format!("/v1/households?{near}"), None),
            2 => ask(who, Method::GET, format!("/v1/requests?{bbox}&include=household"), None),
            3 => ask(
                who,
                Method::GET,
                format!("/v1/households?{bbox}&updated_since=2026-01-01T00:00:00Z"),
                None,
            ),
            4 => ask(who, Method::GET, format!("/v1/areas/{}/summary", world.seeded.area), None),
            5 => ask(who, Method::GET, format!("/v1/requests/{request}/why-not"), None),
            6 => ask(who, Method::GET, format!("/v1/requests/{request}/candidates"), None),
            7 => ask(who, Method::POST, "/v1/households?dry_run=true".to_owned(), Some(at(world, lat, lon))),
            _ => {
                // As many at one place as would fill a cell together with whoever lives there already.
                let some = vec![at(world, lat, lon); usize::try_from(1 + dice.roll(5)).unwrap()];
                let path = "/v1/households/bulk?dry_run=true".to_owned();
                ask(who, Method::POST, path, Some(json!({ "households": some })));
            }
        }
    }
    all
}

fn at(world: &World, lat: f64, lon: f64) -> Value {
    let mut household = world.household();
    household["door"]["position"] = json!({"lat": lat, "lon": lon});
    household
}

/// Everything that is told, without what no two answers share: the moment, the call's id, ids drawn for a dry run.
async fn told(attackers: &[Caller], questions: &[Question]) -> Vec<String> {
    let mut all = Vec::with_capacity(questions.len());
    for question in questions {
        let mut call = attackers[question.who].call(question.method.clone(), &question.path);
        if let Some(body) = &question.body {
            call = call.json(body.clone());
        }
        let answer = call.await;
        let is_dry = question.path.contains("dry_run");
        let mut body = answer.json();
        steady(&mut body, is_dry);
        let body = if body.is_null() { answer.text.clone() } else { body.to_string() };
        let tag = if is_dry { "" } else { answer.header("etag") };
        all.push(format!("{} {} {tag} {body}", answer.call, answer.status));
    }
    all
}

fn steady(value: &mut Value, is_dry: bool) {
    match value {
        Value::String(text) if chrono::DateTime::parse_from_rfc3339(text).is_ok() => {
            "a time".clone_into(text)
        }
        Value::Array(all) => all.iter_mut().for_each(|one| steady(one, is_dry)),
        Value::Object(fields) => {
            fields.remove("request_id");
            if is_dry {
                fields.retain(|name, _| !["id", "household_id", "delivery_id"].contains(&name.as_str()));
            }
            fields.values_mut().for_each(|one| steady(one, is_dry));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The household has always lived there.
async fn moved(world: &World, household: &str, to: Position) {
    let id: HouseholdId = household.parse().unwrap();
    let cells: Vec<String> =
        coarse_cells(to).into_iter().map(|cell| cell.bits().cast_signed().to_string()).collect();
    let sql = format!(
        "UPDATE household_doors SET lat = {}, lon = {}, cells = '{{{}}}' WHERE household_id = '{}'",
        to.lat(),
        to.lon(),
        cells.join(","),
        id.uuid()
    );
    world.database.ask(&sql).await;
}

/// A verified household there, and its request; it is seen by the large cell.
async fn asking(world: &World, place: Position) -> (String, String) {
    let partner = world.partner_of_a();
    let made = partner.post("/v1/households", at(world, place.lat(), place.lon())).await.expect(201);
    let household = made["id"].as_str().unwrap().to_owned();
    let shown = coarse_cells(place)[1].centre();
    assert_eq!(made["coarse_point"]["lat"], json!(shown.lat()), "it is seen by the large cell");
    let verify = format!("/v1/households/{household}/verify");
    world.coordinator_of_a().post(&verify, json!({})).await.expect(200);
    let filed = partner.post("/v1/requests", world.request(&household)).await.expect(201);
    (household, filed["id"].as_str().unwrap().to_owned())
}

/// One household in each of four small cells: with one more there are five in the large one, and two in none.
async fn settle(world: &World, cells: &[Vec<Position>]) {
    assert!(cells.len() >= 6, "a large cell has seven small ones: {}", cells.len());
    for places in &cells[1..5] {
        let there = at(world, places[0].lat(), places[0].lon());
        world.partner_of_a().post("/v1/households", there).await.expect(201);
    }
}

fn many() -> u64 {
    #[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
    let full = std::env::var("BIRGEMIZ_DISCLOSURE").is_ok_and(|size| size == "full");
    if full { 10_000 } else { 300 }
}

#[test]
fn nobody_can_tell_where_in_its_cell_a_household_lives() {
    run(async {
        let world = World::new().await;
        let cells = neighbourhood();
        settle(&world, &cells).await;
        let home = cells[0][0];
        let (household, request) = asking(&world, home).await;
        let second = json!({
            "organisation_id": world.seeded.a.id.to_string(), "campaign_id": world.seeded.campaign.to_string(),
            "name": "Another app", "scopes": ["households:read", "households:write", "requests:read", "requests:write"],
        });
        let second = world.administrator_of_a().post("/v1/partners", second).await.expect(201);
        let second = world.partner(second["client_id"].as_str().unwrap().parse().unwrap());
        let attackers = attackers(&world, &second);
        let questions = questions(&world, &request, many());
        world.app().fleet.catch_up(&world.app().database).await.unwrap();

        let at_home = told(&attackers, &questions).await;
        let saw = at_home.iter().filter(|answer| answer.contains(&request)).count();
        assert!(saw > 50, "the attackers see the request by its coarse point: {saw}");
        differ(&at_home, &told(&attackers, &questions).await, "asked twice");
        for (elsewhere, place) in
            [(cells[0][1], "in the same small cell"), (cells[5][0], "in another small cell")]
        {
            moved(&world, &household, elsewhere).await;
            // Both what one server remembers and what another reads anew.
            let beside = world.beside(|_| {}).await;
            let there: Vec<Caller> = attackers.iter().map(|caller| beside.called_by(caller)).collect();
            differ(&at_home, &told(&attackers, &questions).await, place);
            differ(&at_home, &told(&there, &questions).await, place);
        }
        println!("{} questions, {saw} of them told of the request", questions.len());
    });
}

fn differ(one: &[String], other: &[String], place: &str) {
    for (one, other) in one.iter().zip(other) {
        assert_eq!(one, other, "{place}");
    }
    assert_eq!(one.len(), other.len());
}

#[test]
fn two_doors_of_one_cell_are_offered_at_one_distance() {
    run(async {
        let world = World::new().await;
        let cells = neighbourhood();
        settle(&world, &cells).await;
        let places = [cells[0][0], cells[5][0]];
        let (_, first) = asking(&world, places[0]).await;
        let (_, second) = asking(&world, places[1]).await;
        dispatch::drain(world.app()).await;
        let asks = "UPDATE policies SET body = body || '{\"dispatch\": {\"mode\": \"waves\", \"target_percent\": 99, \
            \"match_within_s\": 60, \"budget\": {\"quiet_from_minute\": 0, \"quiet_until_minute\": 0}}}'";
        world.database.ask(asks).await;
        dispatch::drain(world.app()).await;
        // Nobody is asked for two at a time, so they are told of one after the other.
        let mut told = Vec::new();
        for request in [&first, &second] {
            dispatch::drain(world.app()).await;
            told.push(offered(&world, request).await);
            let off = format!("/v1/requests/{request}/cancel");
            world.coordinator_of_a().post(&off, json!({"reason": "no need"})).await.expect(200);
        }
        let apart = domain::place::great_circle(places[0], places[1]);
        assert_eq!(told[0], told[1], "they are {apart:?} apart");
        assert!(told[0].0.is_number(), "{told:?}");
    });
}

/// What volunteers who set out from one place are told of the way to a request: the same, whoever is asked.
async fn offered(world: &World, request: &str) -> (Value, Value) {
    let mut told = Vec::new();
    for volunteer in [world.second_volunteer_of_a(), world.volunteer_of_b()] {
        let offers = volunteer.get("/v1/me/offers").await.expect(200);
        for offer in offers["data"].as_array().unwrap() {
            if offer["request"]["request_id"] == request {
                told.push((offer["travel_minutes"].clone(), offer["request"]["coarse_point"].clone()));
            }
        }
    }
    let first = told.pop().unwrap_or_else(|| panic!("nobody is asked for {request}"));
    assert!(told.iter().all(|other| *other == first), "{told:?} {first:?}");
    first
}

/// How long the middle one of some answers took.
async fn typical(volunteer: &Caller, paths: &[String]) -> Duration {
    let mut took = Vec::new();
    for path in paths.iter().cycle().take(40) {
        let began = clock::instant();
        volunteer.get(path).await.expect(200);
        took.push(clock::since(began));
    }
    took.sort_unstable();
    took[took.len() / 2]
}

#[test]
fn answers_take_as_long_wherever_in_its_cell_it_is() {
    const PAIRS: u32 = 12;
    run(async {
        let world = World::new().await;
        let cells = neighbourhood();
        settle(&world, &cells).await;
        let (home, elsewhere) = (cells[0][0], cells[5][0]);
        let (household, request) = asking(&world, home).await;
        world.app().fleet.catch_up(&world.app().database).await.unwrap();
        let volunteer = world.second_volunteer_of_a();
        let paths = ["/v1/me/nearby-requests".to_owned(), format!("/v1/requests/{request}")];
        typical(&volunteer, &paths).await;
        let (mut longer, mut home_took, mut else_took) = (0, Duration::ZERO, Duration::ZERO);
        for _ in 0..PAIRS {
            moved(&world, &household, home).await;
            let here = typical(&volunteer, &paths).await;
            moved(&world, &household, elsewhere).await;
            let there = typical(&volunteer, &paths).await;
            longer += u32::from(there > here);
            home_took += here;
            else_took += there;
        }
        // Were it by chance, all would go one way once in two thousand times, and rarely by a tenth.
        let apart = home_took.abs_diff(else_took);
        let all_one_way = longer == 0 || longer == PAIRS;
        assert!(
            !all_one_way || apart * 10 < home_took,
            "{longer} of {PAIRS} took longer: {home_took:?}, {else_took:?}"
        );
        println!("{longer} of {PAIRS} took longer: {home_took:?}, {else_took:?}");
    });
}
