//! The demo as a newcomer meets it: the program itself, its greeting, its logins, and the calls of the README.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says why by panicking"
)]

mod database;
#[path = "../api/support/guide.rs"]
mod guide;
mod interrupted;
mod newcomer;
mod readme;
mod refusals;
mod server;

use std::os::unix::fs::PermissionsExt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use birgemiz::demo::plan::{FATES, Fate, HOUSEHOLDS, REQUESTS, VOLUNTEERS};
use server::{Demo, Place};

/// A city that is being built keeps a small machine busy: nobody else's people are to be late for that.
static ONE_CITY_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_CITY_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fast enough for a test, slow enough for the README's own volunteer to be the first.
const PACE: [&str; 2] = ["--pace", "300"];

#[test]
fn a_city_is_built_and_stands_still_then_goes_on_and_serves_newcomers_and_can_be_begun_afresh() {
    let _alone = alone();
    let place = Place::new();
    let runtime = tokio::runtime::Runtime::new().unwrap();

    let still = Demo::start(&place, &["--seed", "7", "--still"]);
    assert!(still.greeting.contains("was built from seed 7"), "{}", still.greeting);
    let first = still.roster();
    every_login_is_printed(&still.greeting, &first);
    runtime.block_on(everything_is_there_as_planned(&place));
    readme::the_quickstart_works(&still);
    still.stop();

    let living = Demo::start(&place, &PACE);
    assert!(living.greeting.contains("goes on where it stopped"), "{}", living.greeting);
    let again = living.roster();
    assert_eq!(without_url(&again), without_url(&first));
    readme::its_calls_work(&living);
    runtime.block_on(newcomer::is_served_though_they_only_file(&again));
    runtime.block_on(the_city_has_moved(&place));
    living.stop();

    Demo::refuses(&place, &["--seed", "8"], "was drawn from seed 7");
    let afresh = Demo::start(&place, &["--seed", "8", "--still", "--reset"]);
    assert_ne!(afresh.roster()["campaign_id"], first["campaign_id"]);
    runtime.block_on(everything_is_there_as_planned(&place));
    afresh.stop();
}

fn without_url(roster: &serde_json::Value) -> serde_json::Value {
    let mut roster = roster.clone();
    roster.as_object_mut().unwrap().remove("url").unwrap();
    roster
}

fn every_login_is_printed(greeting: &str, roster: &serde_json::Value) {
    for of in ["password", "administrator_email", "coordinator_email", "volunteer_email", "client_id"] {
        assert!(greeting.contains(roster[of].as_str().unwrap()), "{of}");
    }
    for organisation in roster["organisations"].as_array().unwrap() {
        assert!(greeting.contains(organisation["coordinator_email"].as_str().unwrap()));
    }
}

/// How many requests end so, by the plan.
fn planned(fates: &[Fate]) -> i64 {
    FATES
        .iter()
        .filter(|(fate, _)| fates.contains(fate))
        .map(|(_, count)| i64::try_from(*count).unwrap())
        .sum()
}

async fn everything_is_there_as_planned(place: &Place) {
    for file in [place.roster(), place.copy()] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
    let of = |table: &str, is: &str| format!("SELECT count(*) FROM {table} WHERE {is}");
    let number = |count: usize| i64::try_from(count).unwrap();
    let request = |status: &str| of("requests", &format!("status = '{status}'"));
    let held = |hold: &str| of("requests", &format!("status = 'pending_verification' AND hold = '{hold}'"));
    let delivery = |status: &str| of("deliveries", &format!("status = '{status}'"));
    let open = [Fate::Open, Fate::Released, Fate::Lapsed, Fate::Escalated];
    let done = [Fate::Acknowledged, Fate::Awaiting, Fate::Concluded];
    let expected = [
        (of("households", "true"), number(HOUSEHOLDS)),
        (of("volunteers", "true"), number(VOLUNTEERS)),
        (of("hubs", "true"), 8),
        (of("areas", "true"), 8),
        (of("requests", "true"), number(REQUESTS)),
        (held("new_household"), planned(&[Fate::Waits])),
        (held("goods_out"), planned(&[Fate::GoodsReleased, Fate::GoodsLapsed])),
        (held("bad_address"), planned(&[Fate::BadAddress])),
        (held("repeated_failure"), planned(&[Fate::TriedInVain])),
        (request("open"), planned(&open)),
        (of("requests", "status = 'open' AND escalated_at IS NOT NULL"), planned(&[Fate::Escalated])),
        (request("claimed"), planned(&[Fate::Claimed])),
        (delivery("picked_up"), planned(&[Fate::PickedUp])),
        (delivery("at_door"), planned(&[Fate::AtDoor])),
        (request("fulfilled"), planned(&done)),
        (of("requests", "acknowledged_at IS NOT NULL"), planned(&[Fate::Acknowledged])),
        (request("cancelled"), planned(&[Fate::CalledOff, Fate::CalledOffWithGoods])),
        (of("requests", "status = 'cancelled' AND goods_out"), planned(&[Fate::CalledOffWithGoods])),
        (request("expired"), planned(&[Fate::Expired])),
        (request("unfulfilled"), planned(&[Fate::Refused, Fate::AlreadyServed])),
        (of("claims", "status = 'lapsed'"), planned(&[Fate::Lapsed, Fate::GoodsLapsed])),
        // Everything came about by actions of those whose it was, and was told in the log.
        (of("events", "kind = 'request.submitted' AND actor_kind = 'partner'"), number(REQUESTS)),
        (of("events", "kind = 'household.registered' AND actor_kind = 'partner'"), number(HOUSEHOLDS)),
        (of("events", "kind = 'request.claimed' AND actor_kind <> 'volunteer'"), 0),
    ];
    let database = database::open(place).await;
    for (asked, count) in expected {
        assert_eq!(database.count(&asked).await, count, "{asked}");
    }
    assert!(database.count(&delivery("awaiting_pickup")).await > 0);
    for proof in ["phrase", "photo", "position"] {
        assert!(database.count(&of("proofs", &format!("kind = '{proof}'"))).await > 0, "{proof}");
    }
    // Coarse points are cells, and not whole districts; none is the door itself.
    let whole = "SELECT count(*) FROM households h JOIN areas a ON a.id = h.area_id \
                 WHERE h.coarse_lat = a.centre_lat AND h.coarse_lon = a.centre_lon";
    assert!(database.count(whole).await < number(HOUSEHOLDS / 10));
}

/// New requests, deliveries and words of thanks, all of the city's own.
async fn the_city_has_moved(place: &Place) {
    let database = database::open(place).await;
    let own = "external_id LIKE 'demo-%'";
    for (asked, before) in [
        (format!("SELECT count(*) FROM requests WHERE {own}"), i64::try_from(REQUESTS).unwrap()),
        (
            format!("SELECT count(*) FROM requests WHERE {own} AND acknowledged_at IS NOT NULL"),
            planned(&[Fate::Acknowledged]),
        ),
        ("SELECT count(*) FROM events WHERE kind = 'household.verified'".to_owned(), 538),
        ("SELECT count(*) FROM volunteer_positions WHERE last_at IS NOT NULL".to_owned(), 20),
    ] {
        database.comes_to_be_more(&asked, before).await;
    }
}
