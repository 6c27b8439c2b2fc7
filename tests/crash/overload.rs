//! Far more is asked than can be done: what is taken in is done promptly, the rest is told "later" at once, and
//! afterwards all is as before. Nothing that was taken in is lost, and whoever is on the way to a door goes on.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::beside::{Beside, Went};
use crate::calls::{Operation, token};
use crate::city::{City, until};
use crate::crowd::{self, Pace, Seen, Template};
use crate::servers::Bugs;
use crate::truth;

/// As long as callers wait for a database connection unless a setting says otherwise.
const POOL_WAIT_MS: u32 = 1_000;
const NORMAL_WITHIN: Duration = Duration::from_secs(5);

/// What is held at a size.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) lasting: Duration,
    /// How long all but one in a hundred of the admitted may take.
    pub(crate) p99: Duration,
    /// How much of what is done without the crowd is done with it.
    pub(crate) kept: f64,
    /// Of ten times as much as can be done, so much must really have been offered.
    pub(crate) offered: f64,
    /// Of those who are not of the crowd, no greater share may be told to come later.
    pub(crate) refused: f64,
    pub(crate) cores: Cores,
}

/// Who runs where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cores {
    /// Everybody everywhere.
    Shared,
    /// Service and Postgres have the first core for themselves, and the crowd has the second: it then takes nothing
    /// from those whom it asks, and ten times as much as one core does is what one core can offer.
    Apart,
}

impl Cores {
    fn part(self, city: &City) {
        if self == Self::Apart {
            let served = city.engine.processes().into_iter().chain([city.server_process()]);
            served.for_each(|process| bind(process, "0"));
            bind(std::process::id(), "1");
        }
    }
}

/// Binds all threads of a process, and what it starts from now on, to a core.
fn bind(process: u32, core: &str) {
    let bound = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", core, &process.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    // A Postgres process may have ended since it was found.
    assert!(bound.success() || process != std::process::id(), "taskset: {bound}");
}

/// Offers ten times as many submissions as one after the other can be filed.
pub(crate) async fn offer_ten_times_too_much(size: Size) {
    let city = Arc::new(City::waiting(Bugs::NONE, POOL_WAIT_MS).await);
    size.cores.part(&city);
    let template = || submissions(&city);
    let alone = Pace { connections: 16, rate: None, lasting: Duration::from_secs(3) };
    let alone = crowd::ask(&city.url(), alone, &template()).await;
    let carried = alone.admitted_per_second();
    let beside = Beside::start(&city).await;
    let wanted = carried * 10.0;
    let much = Pace { connections: 1_000, rate: Some(wanted), lasting: size.lasting };
    let seen = crowd::ask(&city.url(), much, &template()).await;
    let normal = until(NORMAL_WITHIN, "calls are filed promptly again", async || {
        let one = Pace { connections: 1, rate: None, lasting: Duration::from_millis(200) };
        let again = crowd::ask(&city.url(), one, &template()).await;
        again.admitted.len() == again.calls() && again.p99() <= size.p99
    })
    .await;
    until(NORMAL_WITHIN, "the stream has told of all", async || beside.heard() >= seen.admitted.len()).await;
    let went = beside.stop().await;
    println!(
        "overload: {carried:.0} a second when each waits for its answer (p99 {:?}); {wanted:.0} a second wanted, {}; \
         normal after {normal:?}",
        alone.p99(),
        told(&seen)
    );
    went.iter().for_each(|went| println!("overload, beside: {}", went.told()));
    check(&city, &seen).await;
    let offered = seen.offered_per_second();
    assert!(offered >= wanted * size.offered, "only {offered:.0} a second were offered: nothing is shown");
    assert!(seen.p99() <= size.p99, "the admitted took {:?}", seen.p99());
    let kept = seen.admitted_per_second() / carried;
    assert!(kept >= size.kept, "only {kept:.2} of what can be done was done");
    goes_on(&went, size);
}

/// Whoever was not of the crowd hardly noticed it.
fn goes_on(went: &[Went], size: Size) {
    for went in went {
        assert!(went.calls() > 0 && went.p99() <= size.p99, "{}", went.told());
        assert!(went.refused.len() as f64 <= went.calls() as f64 * size.refused, "{}", went.told());
    }
}

/// Offers so many registrations of volunteers in a second.
pub(crate) async fn offer_sign_ups(rate: f64, lasting: Duration) {
    let city = Arc::new(City::waiting(Bugs::NONE, POOL_WAIT_MS).await);
    let code = city.invitation().await;
    let key = crate::calls::new_key();
    let body = json!({
        "invitation_code": code, "name": "Dana Omarova", "email": format!("{key}@example.org"),
        "password": "correct horse battery staple", "transport": "foot", "capacity_kg": 10.0, "capacity_l": 40.0,
        "languages": ["kk"], "radius_m": 3000,
    });
    let who = city.partner.clone();
    let call = Operation { who, path: "/v1/volunteers/register".to_owned(), body, key };
    let template = Template::of(call.as_bytes_of(None), call.key);
    // So few that each asks again before its connection is given up.
    let connections = (rate / 4.0) as usize;
    let pace = Pace { connections, rate: Some(rate), lasting };
    let seen = crowd::ask(&city.url(), pace, &template).await;
    println!("sign-ups: {}", told(&seen));
    answered_or_told_when(&seen);
    let told: BTreeSet<String> = seen.admitted.iter().map(|(key, _)| format!("{key}@example.org")).collect();
    let rows = city.database.ask("SELECT email FROM users WHERE email LIKE 'soak-%'").await;
    let kept: BTreeSet<String> = rows.into_iter().filter_map(|mut row| row.remove(0)).collect();
    assert!(kept == told, "{} were told that they are registered, {} are", told.len(), kept.len());
    assert!(!told.is_empty(), "nobody was let in");
}

fn told(seen: &Seen) -> String {
    format!(
        "{:.0} a second offered, {:.0} admitted, p99 {:?}, of those turned away {:?}; {:?}, by {} connections",
        seen.offered_per_second(),
        seen.admitted_per_second(),
        seen.p99(),
        seen.p99_of_the_refused(),
        seen.statuses,
        seen.opened
    )
}

fn submissions(city: &City) -> Template {
    let call = city.submission();
    Template::of(call.as_bytes_of(Some(&token(&city.keys, &city.partner))), call.key)
}

async fn check(city: &City, seen: &Seen) {
    answered_or_told_when(seen);
    let told: BTreeSet<String> = seen.admitted.iter().map(|(key, _)| key.clone()).collect();
    let mut violations = truth::lost(&city.database, &told).await;
    violations.extend(truth::violations(&city.database).await);
    // Whoever was turned away left no trace: no key, and so no request.
    let keys = "SELECT count(*) FROM idempotency_keys WHERE status >= 400";
    assert_eq!(city.database.count(keys).await, 0, "a refusal was kept");
    assert!(violations.is_empty(), "{violations:#?}");
    let refused = seen.calls() - seen.admitted.len();
    assert!(refused > seen.admitted.len(), "it was no overload: {:?}", seen.statuses);
}

/// Everybody is answered: with success, or with "later" and when; and by connections that are kept.
fn answered_or_told_when(seen: &Seen) {
    let first: Vec<&String> = seen.unanswered.iter().take(3).collect();
    assert!(first.is_empty(), "{} got no answer: {first:?}", seen.unanswered.len());
    let strange: Vec<u16> =
        seen.statuses.keys().copied().filter(|status| ![201, 429, 503].contains(status)).collect();
    assert!(strange.is_empty(), "{:?}", seen.statuses);
    assert_eq!(seen.without_retry_after, 0, "told to come later, but not when");
    assert!(
        seen.opened * 2 <= seen.calls().max(2_000),
        "{} connections for {} calls",
        seen.opened,
        seen.calls()
    );
}
