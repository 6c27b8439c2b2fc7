//! Partner apps with bad lines: every submission is sent several times, out of order and at once, and many of its
//! senders are gone before the answer. Each key has one effect, and whoever asks last gets the one right answer.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use birgemiz::clock;
use domain::actor::Scope;
use domain::id::PartnerId;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use birgemiz::rest::tokens::Bearer;

use crate::calls::{Operation, Reply};
use crate::city::City;
use crate::dice::Dice;
use crate::servers::Bugs;

/// How often each submission is sent.
const COPIES: usize = 5;
/// Of a hundred senders, so many are gone as soon as they have sent.
const RESETS: u64 = 30;
/// Calls at a time.
const AT_ONCE: usize = 64;

/// Sends that many submissions of that many partner apps.
pub(crate) async fn retry(partners: usize, keys: usize) {
    let dice = Dice::new("retries");
    let city = City::new(Bugs::NONE).await;
    let before = city.database.count("SELECT count(*) FROM households").await;
    let partners = enrol(&city, partners).await;
    let number = partners.len() * keys;
    let call = |index: usize| submission(&city, &partners[index / keys], index);
    let answers: Vec<Mutex<BTreeSet<String>>> = (0..number).map(|_| Mutex::default()).collect();
    let (resets, begun, sent) = (Mutex::new(0_u64), clock::instant(), AtomicUsize::new(0));
    let send = async |index: usize| {
        tell_how_far(sent.fetch_add(1, Ordering::Relaxed) + 1, number * COPIES, begun);
        if dice.below(100) < RESETS {
            *resets.lock().unwrap() += 1;
            send_and_reset(&city, &call(index), &dice).await;
        } else if let Ok(reply) = city.client.send(&city.url(), &call(index)).await {
            take_down(&answers[index], &reply);
        }
    };
    futures_util::stream::iter(shuffled(number, &dice)).for_each_concurrent(AT_ONCE, send).await;
    // In the end each client asks until it knows.
    let settle = async |index: usize| take_down(&answers[index], &city.settled(&call(index)).await);
    futures_util::stream::iter(0..number).for_each_concurrent(AT_ONCE, settle).await;

    let one_each = answers.iter().filter(|answers| answers.lock().unwrap().len() == 1).count();
    assert_eq!(one_each, number, "each submission has one answer");
    let effects = city.database.count("SELECT count(*) FROM households").await - before;
    let events = "SELECT count(*) FROM events WHERE kind = 'household.registered' AND call_id LIKE 'retry-%'";
    let count = i64::try_from(number).unwrap();
    assert_eq!((effects, city.database.count(events).await), (count, count));
    let ids: BTreeSet<String> = answers.iter().flat_map(|answers| answers.lock().unwrap().clone()).collect();
    assert_eq!(ids.len(), number, "no two submissions share an answer");
    println!(
        "retries: {} calls for {number} submissions, {} of them reset: {effects} effects, one answer each, in {:.0} s",
        number * COPIES + number,
        resets.lock().unwrap(),
        clock::since(begun).as_secs_f64()
    );
}

/// A line for each tenth: at its full size this takes minutes.
fn tell_how_far(sent: usize, all: usize, begun: std::time::Instant) {
    if all >= 100_000 && sent.is_multiple_of(all / 10) {
        println!("retries: {sent} of {all} sent after {:.0} s", clock::since(begun).as_secs_f64());
    }
}

/// Every submission as often as it is sent, in no order.
fn shuffled(number: usize, dice: &Dice) -> Vec<usize> {
    let mut all: Vec<usize> = (0..number * COPIES).map(|copy| copy % number).collect();
    for place in (1..all.len()).rev() {
        all.swap(place, usize::try_from(dice.below(place as u64 + 1)).unwrap());
    }
    all
}

/// Partner apps like the city's own.
async fn enrol(city: &City, many: usize) -> Vec<Bearer> {
    let sql = format!(
        "INSERT INTO partners (id, organisation_id, campaign_id, name, scopes, secret_hash, status, created_at)
         SELECT gen_random_uuid(), p.organisation_id, p.campaign_id, 'retrying ' || n, p.scopes, p.secret_hash,
                p.status, p.created_at
         FROM (SELECT * FROM partners ORDER BY id LIMIT 1) p, generate_series(1, {many}) n;
         SELECT id FROM partners WHERE name LIKE 'retrying %'"
    );
    let ids = city.database.ask(&sql).await;
    let bearer = |row: &Vec<Option<String>>| {
        let partner = PartnerId::new(row[0].as_ref().unwrap().parse().unwrap());
        Bearer::Partner { partner, scopes: Scope::ALL.to_vec() }
    };
    ids.iter().map(bearer).collect()
}

fn submission(city: &City, partner: &Bearer, index: usize) -> Operation {
    let key = format!("retry-{index}");
    let body = json!({
        "area_id": city.area(),
        "external_id": key,
        "members": 1,
        "categories": ["elderly_alone"],
        "languages": ["kk"],
        "consent": {"text_version": "2026-11", "language": "kk", "channel": "partner_app"},
        "door": {"name": "Raushan", "street": "Abay", "house": "1", "position": place(index)}
    });
    Operation { who: partner.clone(), path: "/v1/households".to_owned(), body, key }
}

/// As a city lies: a hundred thousand doors are not one.
fn place(index: usize) -> Value {
    let step = |count: usize| f64::from(u32::try_from(count).unwrap()) * 0.0005;
    json!({"lat": 43.15 + step(index % 400), "lon": 76.75 + step(index / 400 % 600)})
}

async fn send_and_reset(city: &City, call: &Operation, dice: &Dice) {
    let mut stream = TcpStream::connect(city.url().trim_start_matches("http://")).await.unwrap();
    stream.write_all(&call.as_bytes(&city.keys)).await.unwrap();
    dice.random_moment(10).await;
    stream.set_zero_linger().unwrap();
}

/// Keeps which household an answer named. Whoever is told to come back was told nothing yet.
fn take_down(answers: &Mutex<BTreeSet<String>>, reply: &Reply) {
    if reply.is_final() {
        assert_eq!(reply.status, 201, "{}", reply.body);
        answers.lock().unwrap().insert(reply.body["id"].to_string());
    }
}
