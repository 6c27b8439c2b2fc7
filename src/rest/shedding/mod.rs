//! Who is taken in when more is asked than can be done, decided before anything of a call is read but its head: the
//! rest is told "later" at once, without a trace, by an answer that costs microseconds.
//!
//! The decision is [`domain::admission`]'s; here are the gates of a server, and what goes through them.

mod kinds;

use std::cell::RefCell;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::web::Data;
use domain::admission::{Gate, Outcome, Room, Urgency, come_back_s};
use domain::refusal::Code;

use super::envelope;
use super::extract::{ClientAddress, let_arrive};
use super::problem::Problem;
use crate::actions::{Refusal, passwords};
use crate::clock;
use kinds::Kind;

/// The most urgent wait for a connection no longer than this part of the time in which everybody gives up.
const PART_OF_WAIT: u32 = 10;
/// Somebody who logs in waits three quarters of this for their hash at most, which takes some 30 ms by itself; somebody
/// who signs up, a quarter.
const LONGEST_HASHING_MS: u32 = 2_000;
/// Looks at everybody: as many at a time as `actions/long_looks` allows, and how long others wait for them.
const LOOKS: Room = Room { at_once: 2, longest_ms: 1_000 };
/// How often it is logged that calls are turned away, in seconds.
const TELL_EVERY_S: u64 = 1;

tokio::task_local! {
    /// The place of the call that this task serves, until it is done.
    static PLACE: RefCell<Option<Place>>;
}

/// The gates of a server.
pub struct Gates {
    database: Mutex<Gate>,
    hashing: Mutex<Gate>,
    looks: Mutex<Gate>,
    begun: Instant,
    hasher: RandomState,
    turned_away: AtomicU64,
    told: AtomicU64,
}

/// A call that was let in; it leaves when this is dropped.
struct Place {
    gates: Arc<Gates>,
    kind: Kind,
    caller: u64,
    outcome: Outcome,
}

impl Gates {
    /// The gates of a server with so many connections, for which nobody waits longer than that.
    #[must_use]
    pub fn new(connections: u32, wait: Duration) -> Self {
        let longest_ms = u32::try_from((wait / PART_OF_WAIT).as_millis()).unwrap_or(u32::MAX);
        let gate = |room| Mutex::new(Gate::new(room));
        Self {
            database: gate(Room { at_once: connections, longest_ms }),
            hashing: gate(Room { at_once: passwords::AT_ONCE, longest_ms: LONGEST_HASHING_MS }),
            looks: gate(LOOKS),
            begun: clock::instant(),
            hasher: RandomState::new(),
            turned_away: AtomicU64::new(0),
            told: AtomicU64::new(0),
        }
    }

    fn enter(self: &Arc<Self>, kind: Kind, urgency: Urgency, caller: u64) -> Option<Place> {
        let is_let_in = self.gate(kind).enter(urgency, caller);
        is_let_in.then(|| Place { gates: Arc::clone(self), kind, caller, outcome: Outcome::Unserved })
    }

    fn gate(&self, kind: Kind) -> MutexGuard<'_, Gate> {
        let gate = match kind {
            Kind::Database => &self.database,
            Kind::Hashing => &self.hashing,
            Kind::Look => &self.looks,
        };
        gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What tells callers apart: their token, whether it is good or not, or where they are; that alone where no token is
    /// looked at, for anybody can make one up.
    fn caller(&self, request: &ServiceRequest) -> u64 {
        let needs_token = !kinds::asks_for_no_token(request.match_info().as_str());
        match request.headers().get(header::AUTHORIZATION).filter(|_| needs_token) {
            Some(token) => self.hasher.hash_one(token.as_bytes()),
            None => self.hasher.hash_one(ClientAddress::of(request.request()).0),
        }
    }

    /// Counts somebody who is turned away, and answers when they may come back.
    fn turn_away(&self, kind: Kind) -> u32 {
        metrics::counter!("birgemiz_turned_away_total", "kind" => kind.name()).increment(1);
        let number = self.turned_away.fetch_add(1, Ordering::Relaxed);
        // One line a second, not one a call: there may be thousands.
        let second = clock::since(self.begun).as_secs() / TELL_EVERY_S + 1;
        if self.told.swap(second, Ordering::Relaxed) != second {
            let under_way = self.gate(kind).under_way();
            tracing::warn!(kind = kind.name(), under_way, turned_away = number + 1, "calls are turned away");
        }
        come_back_s(number)
    }

    fn now_ns(&self) -> u64 {
        u64::try_from(clock::since(self.begun).as_nanos()).unwrap_or(u64::MAX)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let now_ns = self.gates.now_ns();
        self.gates.gate(self.kind).leave(self.caller, self.outcome, now_ns);
    }
}

/// Takes a call in, or turns it away.
///
/// # Errors
/// With those of the call itself.
pub async fn wrap<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let gates = request.app_data::<Data<Gates>>().map(|gates| Arc::clone(gates));
    let (Some(gates), Some((kind, urgency))) =
        (gates, kinds::of(request.method(), request.match_info().as_str()))
    else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let caller = gates.caller(&request);
    let Some(place) = gates.enter(kind, urgency, caller) else {
        let refusal = Refusal { retry_after_s: Some(gates.turn_away(kind)), ..Code::Overloaded.into() };
        let answer = envelope::answer_at_once(&request, &Problem::from(refusal));
        let_arrive(&mut request).await;
        return Ok(request.into_response(answer).map_into_right_body());
    };
    let response = PLACE.scope(RefCell::new(Some(place)), served(request, next)).await?;
    Ok(response.map_into_left_body())
}

async fn served<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let outcome = next.call(request).await;
    let place = PLACE.with(|place| place.borrow_mut().take());
    if let (Ok(response), Some(mut place)) = (&outcome, place)
        && has_had_its_turn(place.kind, response.status())
    {
        place.outcome = Outcome::Served;
    }
    outcome
}

/// Whether an answer took what there is little of. A wrong password takes as long as a right one.
fn has_had_its_turn(kind: Kind, status: StatusCode) -> bool {
    match kind {
        Kind::Hashing => !matches!(status.as_u16(), 429 | 503),
        Kind::Database | Kind::Look => status.is_success() || matches!(status.as_u16(), 304 | 409 | 412),
    }
}

/// Steps aside until the value is dropped: the call waits for its own caller, and keeps nobody out meanwhile.
#[must_use]
pub fn step_aside() -> Aside {
    let aside = PLACE.try_with(|place| {
        let place = place.borrow();
        place.as_ref().map(|place| (Arc::clone(&place.gates), place.kind, place.caller))
    });
    let aside = Aside(aside.ok().flatten());
    if let Some((gates, kind, caller)) = &aside.0 {
        gates.gate(*kind).step_aside(*caller);
    }
    aside
}

/// A call that has stepped aside.
pub struct Aside(Option<(Arc<Gates>, Kind, u64)>);

impl Drop for Aside {
    fn drop(&mut self) {
        if let Some((gates, kind, caller)) = &self.0 {
            gates.gate(*kind).step_back(*caller);
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service};
    use actix_web::{App, HttpResponse, web};
    use futures_util::future::join_all;
    use tokio::sync::Semaphore;

    use super::*;

    /// Nothing is done until somebody says so.
    async fn held(go: Data<Semaphore>) -> HttpResponse {
        let _done = go.acquire().await;
        HttpResponse::Ok().finish()
    }

    fn of(method: &str, path: &str, caller: usize) -> TestRequest {
        let token = format!("Bearer {caller}");
        TestRequest::with_uri(path)
            .method(method.parse().unwrap())
            .insert_header(("authorization", token))
            .insert_header(("x-request-id", "mine-1"))
    }

    #[actix_web::test]
    async fn new_submissions_are_turned_away_before_errands_and_health_never_is() {
        let (gates, go) = (Data::new(Gates::new(2, Duration::from_secs(1))), Data::new(Semaphore::new(0)));
        let app = App::new()
            .app_data(gates.clone())
            .app_data(go.clone())
            .default_service(web::to(held))
            .wrap(from_fn(wrap));
        let app = init_service(app).await;
        let bound = usize::try_from(gates.gate(Kind::Database).bound(Urgency::Filing)).unwrap();
        // Some share a count by chance, and the last places are for those who hold none: so twice as many come.
        let filings = join_all(
            (0..bound * 2).map(|caller| call_service(&app, of("POST", "/v1/requests", caller).to_request())),
        );
        let looks = async {
            while gates.gate(Kind::Database).under_way() < u32::try_from(bound).unwrap() {
                tokio::task::yield_now().await;
            }
            let refused = call_service(&app, of("POST", "/v1/requests", bound * 2).to_request()).await;
            assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
            let header = |name| refused.headers().get(name).unwrap().to_str().unwrap().to_owned();
            assert!((1..=3).contains(&header("retry-after").parse().unwrap()));
            assert_eq!(header("x-request-id"), "mine-1");
            assert_eq!(header("content-type"), "application/problem+json");
            let errand = call_service(&app, of("POST", "/v1/deliveries/dlv_0/complete", bound).to_request());
            let health = call_service(&app, of("GET", "/health/live", bound).to_request());
            let waiting = async {
                let let_in = u32::try_from(bound).unwrap() + 1;
                while gates.gate(Kind::Database).under_way() < let_in {
                    tokio::task::yield_now().await;
                }
                go.add_permits(Semaphore::MAX_PERMITS >> 1);
            };
            let (errand, health, ()) = tokio::join!(errand, health, waiting);
            assert_eq!((errand.status(), health.status()), (StatusCode::OK, StatusCode::OK));
        };
        let (filed, ()) = tokio::join!(filings, looks);
        let (let_in, turned_away): (Vec<_>, Vec<_>) =
            filed.iter().map(ServiceResponse::status).partition(|status| *status == StatusCode::OK);
        assert_eq!(let_in.len(), bound);
        assert!(turned_away.iter().all(|status| *status == StatusCode::SERVICE_UNAVAILABLE));
        assert_eq!(gates.gate(Kind::Database).under_way(), 0, "everybody has left");
        let again = call_service(&app, of("POST", "/v1/requests", 0).to_request()).await;
        assert_eq!(again.status(), StatusCode::OK);
    }
}
