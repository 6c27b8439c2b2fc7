//! Readers on other threads while volunteers move: whatever world a reader holds is one that was
//! shown, whole, and stays as it was.

#![expect(clippy::expect_used, reason = "what a test builds by hand is right, or it fails")]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use arc_swap::ArcSwap;
use domain::Moment;
use domain::id::{AreaId, CampaignId, HouseholdId, OrganisationId, RequestId, VolunteerId};
use domain::matching::{
    At, Availability, ByTurns, Candidate, Duty, Fleet, Load, MinuteOfWeek, OpenRequest, Seeker, Sighting,
    Skills, nearest,
};
use domain::place::{CoarsePoint, Metres, Position};
use domain::words::{RequestKind, Transport, Urgency};
use uuid::Uuid;

/// Those who walk together: more than a leaf holds.
const WALKERS: u128 = 80;
/// Those who stay, so that there are many leaves.
const OTHERS: u128 = 4_000;
const ROUNDS: u32 = 3_000;

fn at() -> At {
    At {
        now: Moment::from_timestamp(1_585_569_600, 0).expect("a moment"),
        local: MinuteOfWeek::new(720).expect("a minute of the week"),
    }
}

fn place(lat: f64, lon: f64) -> Position {
    Position::new(lat, lon).expect("on the globe")
}

/// Where everyone who walks is in this round: each round far from the one before.
fn meeting_point(round: u32) -> Position {
    place(43.0 + f64::from(round % 97) * 0.01, 76.0 + f64::from(round % 89) * 0.01)
}

fn who(number: u128, base: Position) -> Candidate {
    Candidate {
        volunteer: VolunteerId::new(Uuid::from_u128(number)),
        organisation: OrganisationId::new(Uuid::nil()),
        campaigns: Arc::new([CampaignId::new(Uuid::nil())].into()),
        area: AreaId::new(Uuid::nil()),
        approved: true,
        duty: Duty::On { until: None },
        availability: Availability::Always,
        rest_until: None,
        active_claims: 0,
        claim_limit: u32::MAX,
        base: Some(base),
        last_seen: None,
        transport: Transport::Foot,
        capacity: Load { grams: 9_000, millilitres: 9_000 },
        skills: Skills::NONE,
        languages: [].into(),
        radius: Metres::new(1),
        blocks: [].into(),
        served: [].into(),
    }
}

fn request(there: Position) -> OpenRequest {
    OpenRequest {
        request: RequestId::new(Uuid::nil()),
        household: HouseholdId::new(Uuid::nil()),
        organisation: OrganisationId::new(Uuid::nil()),
        campaign: CampaignId::new(Uuid::nil()),
        area: AreaId::new(Uuid::nil()),
        neighbours: [].into(),
        kind: RequestKind::Delivery,
        urgency: Urgency::Normal,
        place: CoarsePoint::stored(there.lat(), there.lon(), None).expect("on the globe"),
        load: Load::default(),
        skills: Skills::NONE,
        transport: None,
        languages: Vec::new(),
        categories: [].into(),
        opened_at: at().now,
        window_end: None,
    }
}

fn everyone() -> Fleet {
    let walkers = (0..WALKERS).map(|n| who(n, meeting_point(0)));
    let others = (0..OTHERS).map(|n| who(WALKERS + n, place(-43.0 + n as f64 * 1e-4, 76.0)));
    walkers.chain(others).collect()
}

/// The round in which a walker last walked: half of them rest in every other round, so that a round which is lost on
/// the way to a reader shows in the next one too.
const fn walked(number: u128, round: u32) -> u32 {
    if number.is_multiple_of(2) { round } else { round & !1 }
}

fn walker(number: u128) -> VolunteerId {
    VolunteerId::new(Uuid::from_u128(number))
}

/// Moves all who walk in this round, half of them one by one and half together, and says by their claims which round
/// it is.
fn walk(fleet: &mut Fleet, round: u32) {
    let sighting = Sighting { position: meeting_point(round), seen_at: at().now };
    let (mut alone, mut together) = (Vec::new(), Vec::new());
    for number in (0..WALKERS).filter(|number| walked(*number, round) == round) {
        if number.is_multiple_of(2) { &mut alone } else { &mut together }.push(walker(number));
    }
    for walker in &alone {
        assert!(fleet.see(*walker, sighting));
    }
    fleet.see_all(&together.iter().map(|walker| (*walker, sighting)).collect::<Vec<_>>());
    for walker in alone.into_iter().chain(together) {
        assert!(fleet.set_active_claims(walker, round));
    }
}

/// The round that a world shows; whoever walks is in it, in their place, once.
fn round_of(world: &Fleet, seeker: &mut Seeker) -> u32 {
    let round = world.get(walker(0)).expect("the first walker").active_claims;
    for there in [round, walked(1, round)] {
        let found = seeker.nearest(world, &request(meeting_point(there)), at(), 100);
        let here = found.iter().map(|near| near.volunteer.uuid().as_u128());
        let wanted = (0..WALKERS).filter(|number| walked(*number, round) == there);
        assert!(here.eq(wanted), "round {round}: everyone of {there} is here, once, and nobody else");
    }
    for number in 0..WALKERS {
        let claims = world.get(walker(number)).expect("a walker").active_claims;
        assert_eq!(claims, walked(number, round), "no world is half of one round and half of another");
    }
    round
}

#[test]
fn a_reader_sees_whole_rounds_in_their_order_and_keeps_what_it_holds() {
    let mut fleet = everyone();
    let shown = ArcSwap::from_pointee(fleet.clone());
    beside_readers(&shown, |round| {
        walk(&mut fleet, round);
        shown.store(Arc::new(fleet.clone()));
    });
}

#[test]
fn a_reader_sees_whole_rounds_in_their_order_when_two_worlds_are_shown_by_turns() {
    let mut turns = ByTurns::new(everyone());
    let shown = ArcSwap::new(turns.show());
    beside_readers(&shown, |round| {
        walk(turns.world(), round);
        shown.store(turns.show());
    });
}

/// Two readers look while somebody writes each round.
fn beside_readers(shown: &ArcSwap<Fleet>, mut write: impl FnMut(u32)) {
    let (done, looked) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let (mut seeker, mut last) = (Seeker::default(), 0);
                let kept: Arc<Fleet> = shown.load_full();
                let kept_round = round_of(&kept, &mut seeker);
                while !done.load(Ordering::Acquire) {
                    let round = round_of(&shown.load(), &mut seeker);
                    assert!(round >= last, "what was shown later is later");
                    last = round;
                    assert_eq!(round_of(&kept, &mut seeker), kept_round, "what is held stands still");
                    looked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        (1..=ROUNDS).for_each(&mut write);
        done.store(true, Ordering::Release);
    });
    assert_eq!(round_of(&shown.load(), &mut Seeker::default()), ROUNDS, "what was written is shown");
    assert!(looked.load(Ordering::Relaxed) > 0, "somebody looked meanwhile");
}

#[test]
fn a_change_is_there_for_the_next_question() {
    let mut fleet = everyone();
    for round in 1..200 {
        walk(&mut fleet, round);
        let walking = (0..WALKERS).filter(|number| walked(*number, round) == round).count();
        assert_eq!(nearest(&fleet, &request(meeting_point(round)), at(), 100).len(), walking);
    }
}
