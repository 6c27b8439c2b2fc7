//! Far more is asked than can be done: what is taken in is done promptly, the rest is told "later" at once, and
//! afterwards all is as before. Nothing that was taken in is lost.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use crate::calls::{Operation, token};
use crate::city::{City, until};
use crate::crowd::{self, Pace, Seen};
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
}

/// Offers ten times as many submissions as one after the other can be filed.
pub(crate) async fn offer_ten_times_too_much(size: Size) {
    let city = Arc::new(City::waiting(Bugs::NONE, POOL_WAIT_MS).await);
    let bearer = token(&city.keys, &city.partner);
    let next = {
        let city = city.clone();
        move |_| {
            let call = city.submission();
            (call.as_bytes_of(Some(&bearer)), call.key)
        }
    };
    let next = Arc::new(next);
    let alone = Pace { connections: 16, rate: None, lasting: Duration::from_secs(2) };
    let alone = crowd::ask(&city.url(), alone, with(&next)).await;
    let carried = alone.admitted_per_second();
    let much = Pace { connections: 1_000, rate: Some(carried * 10.0), lasting: size.lasting };
    let seen = crowd::ask(&city.url(), much, with(&next)).await;
    let normal = until(NORMAL_WITHIN, "calls are filed promptly again", async || {
        let one = Pace { connections: 1, rate: None, lasting: Duration::from_millis(200) };
        let again = crowd::ask(&city.url(), one, with(&next)).await;
        again.admitted.len() == again.calls() && again.p99() <= size.p99
    })
    .await;
    println!(
        "overload: {carried:.0} a second when each waits for its answer (p99 {:?}); {:.0} a second offered, {:.0} \
         admitted, p99 {:?}; {:?}; normal after {normal:?}",
        alone.p99(),
        seen.offered_per_second(),
        seen.admitted_per_second(),
        seen.p99(),
        seen.statuses
    );
    check(&city, &seen).await;
    assert!(seen.p99() <= size.p99, "the admitted took {:?}", seen.p99());
}

/// Offers so many registrations of volunteers in a second.
pub(crate) async fn offer_sign_ups(rate: f64, lasting: Duration) {
    let city = Arc::new(City::waiting(Bugs::NONE, POOL_WAIT_MS).await);
    let (code, who) = (city.invitation().await, city.partner.clone());
    let next = move |_| {
        let key = crate::calls::new_key();
        let body = json!({
            "invitation_code": code, "name": "Dana Omarova", "email": format!("{key}@example.org"),
            "password": "correct horse battery staple", "transport": "foot", "capacity_kg": 10.0, "capacity_l": 40.0,
            "languages": ["kk"], "radius_m": 3000,
        });
        let call = Operation { who: who.clone(), path: "/v1/volunteers/register".to_owned(), body, key };
        (call.as_bytes_of(None), call.key)
    };
    let pace = Pace { connections: 1_000, rate: Some(rate), lasting };
    let seen = crowd::ask(&city.url(), pace, next).await;
    println!(
        "sign-ups: {:.0} a second offered, {:.0} admitted, p99 {:?}; {:?}",
        seen.offered_per_second(),
        seen.admitted_per_second(),
        seen.p99(),
        seen.statuses
    );
    answered_or_told_when(&seen);
    let told: BTreeSet<String> = seen.admitted.iter().map(|(key, _)| format!("{key}@example.org")).collect();
    let rows = city.database.ask("SELECT email FROM users WHERE email LIKE 'soak-%'").await;
    let kept: BTreeSet<String> = rows.into_iter().filter_map(|mut row| row.remove(0)).collect();
    assert!(kept == told, "{} were told that they are registered, {} are", told.len(), kept.len());
    assert!(!told.is_empty(), "nobody was let in");
}

fn with<F: Fn(usize) -> crowd::Asked + Send + Sync + 'static>(
    next: &Arc<F>,
) -> impl Fn(usize) -> crowd::Asked + Send + Sync + 'static {
    let next = next.clone();
    move |number| next(number)
}

async fn check(city: &City, seen: &Seen) {
    answered_or_told_when(seen);
    let told: BTreeSet<String> = seen.admitted.iter().map(|(key, _)| key.clone()).collect();
    let mut violations = truth::lost(&city.database, &told).await;
    violations.extend(truth::violations(&city.database).await);
    assert!(violations.is_empty(), "{violations:#?}");
    let refused = seen.calls() - seen.admitted.len();
    assert!(refused > seen.admitted.len(), "it was no overload: {:?}", seen.statuses);
}

/// Everybody is answered: with success, or with "later" and when.
fn answered_or_told_when(seen: &Seen) {
    let first: Vec<&String> = seen.unanswered.iter().take(3).collect();
    assert!(first.is_empty(), "{} got no answer: {first:?}", seen.unanswered.len());
    let strange: Vec<u16> =
        seen.statuses.keys().copied().filter(|status| ![201, 429, 503].contains(status)).collect();
    assert!(strange.is_empty(), "{:?}", seen.statuses);
    assert_eq!(seen.without_retry_after, 0, "told to come later, but not when");
}
