//! Quotas of calls, shared by the servers of a deployment.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use birgemiz::config::{QuotaSettings, ServeSettings};
use futures_util::future::join_all;

use crate::support::{Caller, World, run};

/// Not for partner apps, which is told without asking the database.
const CHEAP: &str = "/v1/me/claims";
/// Callers at once.
const CROWD: u32 = 8;

/// Calls so often, at the servers in turn, and answers how many were let through.
async fn call_often(servers: &[Caller], calls: u32) -> u32 {
    let admitted = AtomicU32::new(0);
    let crowd = (0..CROWD).map(|_| async {
        for server in servers.iter().cycle().take((calls / CROWD) as usize) {
            let answer = server.get(CHEAP).await;
            if answer.status == 429 {
                answer.refused(429, "quota_exceeded");
                let wait: u32 = answer.header("retry-after").parse().unwrap();
                assert!((1..=60).contains(&wait), "{wait}");
                assert!(answer.header("ratelimit").contains(";r=0;t="), "{}", answer.header("ratelimit"));
            } else if answer.status != 503 {
                // Who is turned away in a busy moment has used nothing up.
                admitted.fetch_add(1, Ordering::Relaxed);
            }
        }
    });
    join_all(crowd).await;
    admitted.into_inner()
}

/// Calls so often within one window, which is a minute by the database's clock.
async fn within_one_window(world: &World, servers: &[Caller], calls: u32) -> u32 {
    let clock = async |what: &str| {
        world.database.count(&format!("SELECT floor(extract({what} FROM clock_timestamp()))::bigint")).await
    };
    let mut looks = tokio::time::interval(Duration::from_millis(200));
    while clock("second").await > 40 {
        looks.tick().await;
    }
    let minute = clock("minute").await;
    let admitted = call_often(servers, calls).await;
    assert_eq!(clock("minute").await, minute, "so few calls took longer than a quarter of a minute");
    admitted
}

fn quota(calls: u32) -> impl Fn(&mut ServeSettings) {
    move |settings| settings.quotas = QuotaSettings { partner_quota: calls, ..QuotaSettings::NONE }
}

#[test]
fn ten_times_a_quota_offered_to_two_servers_is_let_through_once() {
    run(async {
        let world = World::with(quota(400)).await;
        let beside = world.beside(quota(400)).await;
        let partner = world.partner_of_a();
        let servers = [partner.clone(), beside.called_by(&partner)];
        let admitted = within_one_window(&world, &servers, 4_000).await;
        assert!((396..=404).contains(&admitted), "{admitted}");
        let leases = "SELECT granted FROM quota_leases";
        assert_eq!(world.database.count(leases).await, 400);
    });
}

#[test]
fn every_answer_tells_what_is_left() {
    run(async {
        let world = World::with(quota(400)).await;
        let partner = world.partner_of_a();
        let answer = partner.get(CHEAP).await;
        answer.refused(403, "forbidden");
        assert_eq!(answer.header("ratelimit-policy"), "\"partner\";q=400;w=60");
        assert_eq!(answer.header("ratelimit"), "\"partner\";r=399;t=60");
        // Who is not limited is told of no limit.
        assert_eq!(world.coordinator_of_a().get(CHEAP).await.header("ratelimit"), "");
        assert_eq!(world.nobody().get("/health/live").off_contract().await.header("ratelimit"), "");
    });
}

#[test]
fn all_of_an_organisation_share_its_quota_and_no_other_does() {
    run(async {
        let world = World::with(|settings| {
            let quotas = QuotaSettings { partner_quota: 400, organisation_quota: 100, ..QuotaSettings::NONE };
            settings.quotas = quotas;
        })
        .await;
        let partner = world.partner_of_a();
        let admitted = within_one_window(&world, std::slice::from_ref(&partner), 200).await;
        // Two of the app's calls were let through before it was known whose it is.
        assert!((100..=103).contains(&admitted), "{admitted}");
        let answer = partner.get(CHEAP).await;
        assert!(answer.header("ratelimit-policy").ends_with(", \"organisation\";q=100;w=60"));
        world.partner_of_b().get(CHEAP).await.refused(403, "forbidden");
    });
}

#[test]
fn those_who_are_not_logged_in_share_the_quota_of_their_address() {
    run(async {
        let quotas = QuotaSettings { address_quota: 50, ..QuotaSettings::NONE };
        let world = World::with(|settings| settings.quotas = quotas).await;
        let nobody = world.nobody();
        let admitted = within_one_window(&world, std::slice::from_ref(&nobody), 80).await;
        assert_eq!(admitted, 50);
        // Whether the service lives may be asked at any time.
        assert_eq!(nobody.get("/health/live").off_contract().await.status, 200);
        world.partner_of_a().get(CHEAP).await.refused(403, "forbidden");
    });
}

#[test]
fn a_path_that_is_spelled_otherwise_is_counted_alike() {
    run(async {
        let world = World::with(quota(400)).await;
        let plain = world.partner_of_a().get(CHEAP).await.header("ratelimit").to_owned();
        let spelled = CHEAP.replace("/v1", "/%761");
        let answer = world.partner_of_a().get(&spelled).off_contract().await;
        assert_eq!(answer.status, 403, "routing reads it as what it stands for");
        assert!(!plain.is_empty() && !answer.header("ratelimit").is_empty(), "it was not counted");
    });
}
