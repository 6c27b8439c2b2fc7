//! Crowds laid out to be difficult, and everything that can happen to them.

use std::sync::Arc;

use super::*;

/// Monday 30 March 2020, 12:00 UTC: everything begins or ends around this second.
const NOON: i64 = 1_585_569_600;

pub(crate) fn noon() -> At {
    At { now: moment(0), local: minute(720) }
}

/// So many nanoseconds from noon.
pub(crate) fn moment(nanoseconds: i64) -> Moment {
    Moment::from_timestamp(NOON, 0).unwrap_or_default() + TimeDelta::nanoseconds(nanoseconds)
}

fn minute(minute: u16) -> MinuteOfWeek {
    MinuteOfWeek::new(minute).unwrap_or_else(|_| unreachable!("a minute of the week"))
}

/// Moments around noon that differ by a nanosecond, a second or half an hour; and far ones.
fn times() -> impl Strategy<Value = Moment> {
    let second = 1_000_000_000_i64;
    let around = prop_oneof![
        Just(0),
        Just(1),
        Just(-1),
        Just(second / 2),
        Just(second),
        Just(-second),
        Just(second - 1),
        Just(1_800 * second),
        Just(1_800 * second + 1),
        Just(-1_800 * second),
        Just(-1_800 * second + 1),
        Just(-1_799 * second),
        (-4_000_i64..4_000).prop_map(move |n| n * second),
    ];
    prop_oneof![
        12 => around.prop_map(moment),
        1 => prop_oneof![Just(-1), Just(0), Just(1), Just(4_294_967_294), Just(4_294_967_295), Just(4_294_967_296), Just(9_000_000_000_i64)]
            .prop_map(|seconds| Moment::from_timestamp(seconds, 0).unwrap_or_default()),
    ]
}

pub(crate) fn at() -> impl Strategy<Value = At> {
    (times(), 0_u16..10_080).prop_map(|(now, local)| At { now, local: minute(local) })
}

/// Degrees; each crowd has one way to be laid out.
#[derive(Debug, Clone, Copy)]
enum Layout {
    OneSpot,
    Meridian,
    Equator,
    NorthPole,
    SouthPole,
    Antimeridian,
    Town,
    Globe,
}

const LAYOUTS: [Layout; 8] = [
    Layout::OneSpot,
    Layout::Meridian,
    Layout::Equator,
    Layout::NorthPole,
    Layout::SouthPole,
    Layout::Antimeridian,
    Layout::Town,
    Layout::Globe,
];

fn place(layout: Layout) -> impl Strategy<Value = Position> {
    (-1.0..1.0_f64, -1.0..1.0_f64).prop_map(move |(a, b)| {
        let (lat, lon) = match layout {
            Layout::OneSpot => (43.24, 76.89),
            Layout::Meridian => (43.24 + (a * 40.0).round() / 1_000.0, 76.89),
            Layout::Equator => (0.0, (a * 40.0).round() / 1_000.0),
            Layout::NorthPole => (90.0 - a.abs() * 0.03, b * 180.0),
            Layout::SouthPole => (-90.0 + a.abs() * 0.03, b * 180.0),
            Layout::Antimeridian => {
                (-17.0 + a * 0.03, if b < 0.0 { -180.0 - b * 0.03 } else { 180.0 - b * 0.03 })
            }
            Layout::Town => (43.24 + a * a * a * 0.05, 76.89 + b * b * b * 0.05),
            Layout::Globe => (a * 90.0, b * 180.0),
        };
        position(lat, lon)
    })
}

fn position(lat: f64, lon: f64) -> Position {
    Position::new(lat, lon).unwrap_or_else(|_| unreachable!("{lat} {lon} is on the globe"))
}

/// So many degrees north and east of the middle of a town.
pub(crate) fn near_almaty(north: f64, east: f64) -> Position {
    position(43.24 + north, 76.89 + east)
}

fn anywhere() -> impl Strategy<Value = Position> {
    proptest::sample::select(LAYOUTS.to_vec()).prop_flat_map(place)
}

fn number(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

pub(crate) fn volunteer(n: u128) -> VolunteerId {
    VolunteerId::new(number(n))
}

/// A volunteer whom no rule refuses for [`easy`].
pub(crate) fn willing() -> Candidate {
    Candidate {
        volunteer: volunteer(1),
        organisation: OrganisationId::new(number(1)),
        campaigns: Arc::new([CampaignId::new(number(1))].into()),
        area: AreaId::new(number(1)),
        approved: true,
        duty: Duty::On { until: None },
        availability: Availability::Always,
        rest_until: None,
        active_claims: 0,
        claim_limit: 3,
        base: Some(position(43.24, 76.89)),
        last_seen: None,
        transport: Transport::Foot,
        capacity: Load { grams: 8_000, millilitres: 20_000 },
        skills: Skills::NONE,
        languages: ["kk", "ru"].into_iter().filter_map(|tag| tag.parse().ok()).collect(),
        radius: Metres::new(5_000),
        blocks: [].into(),
        served: [].into(),
    }
}

pub(crate) fn easy() -> OpenRequest {
    OpenRequest {
        request: RequestId::new(number(1)),
        household: HouseholdId::new(number(1)),
        organisation: OrganisationId::new(number(1)),
        campaign: CampaignId::new(number(1)),
        area: AreaId::new(number(1)),
        neighbours: [].into(),
        kind: RequestKind::Delivery,
        urgency: Urgency::Normal,
        place: coarse(position(43.245, 76.895)),
        load: Load { grams: 3_000, millilitres: 5_000 },
        skills: Skills::NONE,
        transport: None,
        languages: Vec::new(),
        categories: [].into(),
        opened_at: moment(0),
        window_end: None,
    }
}

fn coarse(place: Position) -> CoarsePoint {
    CoarsePoint::stored(place.lat(), place.lon(), None).unwrap_or_else(|_| unreachable!("on the globe"))
}

/// Mostly the first; else one of more than have a bit of their own.
fn one_of(many: u128) -> impl Strategy<Value = Uuid> {
    prop_oneof![6 => Just(1), 1 => 1..=many].prop_map(number)
}

fn tongues() -> impl Strategy<Value = Vec<domain::matching::Language>> {
    let tags = ["kk", "ru", "ug", "uz", "de", "ko", "tr", "tt", "az", "ky", "tg", "en"];
    proptest::collection::vec(prop_oneof![3 => Just(0_usize), 2 => Just(1), 2 => 0..12_usize], 0..3)
        .prop_map(move |picks| picks.iter().filter_map(|pick| tags.get(*pick)?.parse().ok()).collect())
}

fn skills() -> impl Strategy<Value = Skills> {
    proptest::collection::vec(proptest::sample::select(Skill::ALL), 0..3)
        .prop_map(|found| found.into_iter().collect())
}

fn duty() -> impl Strategy<Value = Duty> {
    prop_oneof![8 => Just(Duty::On { until: None }), 1 => Just(Duty::Off), 3 => times().prop_map(|until| Duty::On { until: Some(until) })]
}

fn hours() -> impl Strategy<Value = Availability> {
    let slot = (0_u16..10_079, 1_u16..4_000)
        .prop_filter_map("a slot", |(from, long)| WeeklySlot::new(from, (from + long).min(10_080)).ok());
    prop_oneof![4 => Just(Availability::Always), 1 => proptest::collection::vec(slot, 0..5).prop_map(Availability::Weekly)]
}

fn load() -> impl Strategy<Value = Load> {
    let grams = prop_oneof![4 => 8_000_u32..30_000, 2 => 2_985_u32..3_015, 1 => 0_u32..20, 1 => 600_000_u32..700_000, 1 => Just(u32::MAX)];
    (grams, prop_oneof![4 => 20_000_u32..50_000, 2 => 4_960_u32..5_040, 1 => 1_300_000_u32..1_400_000])
        .prop_map(|(grams, millilitres)| Load { grams, millilitres })
}

prop_compose! {
    fn sighting()(position in anywhere(), seen_at in times()) -> Sighting {
        Sighting { position, seen_at }
    }
}

prop_compose! {
    fn member(layout: Layout)(
        (organisation, area, campaigns) in (one_of(20), one_of(20), proptest::collection::btree_set(one_of(20), 0..3)),
        (approved, duty, availability, rest_until) in
            (proptest::bool::weighted(0.95), duty(), hours(), proptest::option::weighted(0.15, times())),
        (active_claims, claim_limit) in (prop_oneof![9 => 0_u32..3, 1 => 0_u32..40], prop_oneof![9 => Just(3_u32), 1 => Just(30)]),
        (base, last_seen) in (proptest::option::weighted(0.95, place(layout)), proptest::option::weighted(0.4, (place(layout), times()))),
        transport in proptest::sample::select(Transport::ALL),
        (capacity, skills, languages) in (load(), skills(), tongues()),
        radius in prop_oneof![4 => 0_u32..20_000, 1 => 65_530_u32..65_540, 1 => Just(u32::MAX)],
        (blocks, served) in (proptest::option::weighted(0.1, one_of(4)), proptest::collection::btree_set((1_u128..9).prop_map(number), 0..4)),
    ) -> Candidate {
        Candidate {
            volunteer: volunteer(0),
            organisation: OrganisationId::new(organisation),
            campaigns: Arc::new(campaigns.into_iter().map(CampaignId::new).collect()),
            area: AreaId::new(area),
            approved, duty, availability, rest_until, active_claims, claim_limit, base,
            last_seen: last_seen.map(|(position, seen_at)| Sighting { position, seen_at }),
            transport, capacity, skills, radius: Metres::new(radius),
            languages: languages.into_iter().collect(),
            blocks: blocks.into_iter().map(HouseholdId::new).collect(),
            served: served.into_iter().map(HouseholdId::new).collect(),
        }
    }
}

/// Volunteers of one layout, each with an id of their own and in no order of ids.
pub(crate) fn crowd(most: usize) -> impl Strategy<Value = Vec<Candidate>> {
    proptest::sample::select(LAYOUTS.to_vec()).prop_flat_map(move |layout| {
        let numbered = |crowd: Vec<Candidate>| -> Vec<Candidate> {
            (1_u128..).zip(crowd).map(|(n, who)| Candidate { volunteer: volunteer(n), ..who }).collect()
        };
        proptest::collection::vec(member(layout), 0..most).prop_map(numbered).prop_shuffle()
    })
}

prop_compose! {
    pub(crate) fn request()(
        (organisation, campaign, area) in (one_of(20), one_of(20), one_of(20)),
        neighbours in proptest::collection::btree_set(one_of(20), 0..4),
        (household, kind) in (one_of(4), prop_oneof![5 => Just(RequestKind::Delivery), 1 => proptest::sample::select(RequestKind::ALL)]),
        place in anywhere(),
        load in prop_oneof![4 => Just(Load { grams: 3_000, millilitres: 5_000 }), 1 => Just(Load::default()), 1 => load()],
        skills in prop_oneof![4 => Just(Skills::NONE), 1 => skills()],
        transport in proptest::option::weighted(0.2, proptest::sample::select(Transport::ALL)),
        languages in prop_oneof![1 => Just(Vec::new()), 1 => tongues()],
    ) -> OpenRequest {
        OpenRequest {
            organisation: OrganisationId::new(organisation),
            campaign: CampaignId::new(campaign),
            area: AreaId::new(area),
            household: HouseholdId::new(household),
            neighbours: neighbours.into_iter().map(AreaId::new).collect(),
            place: coarse(place),
            kind, load, skills, transport, languages, ..easy()
        }
    }
}

/// One thing that happens to one volunteer, who may or may not be known.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    Tell(Box<Candidate>),
    Leave(VolunteerId),
    See(VolunteerId, Sighting),
    Duty(VolunteerId, Duty),
    Rest(VolunteerId, Option<Moment>),
    Claims(VolunteerId, u32),
    Skills(VolunteerId, Skills),
}

pub(crate) fn changes(most: usize) -> impl Strategy<Value = Vec<Change>> {
    let who = || (1_u128..260).prop_map(volunteer);
    let told = (proptest::sample::select(LAYOUTS.to_vec()).prop_flat_map(member), who());
    let one = prop_oneof![
        4 => told.prop_map(|(candidate, volunteer)| Change::Tell(Box::new(Candidate { volunteer, ..candidate }))),
        2 => who().prop_map(Change::Leave),
        6 => (who(), sighting()).prop_map(|(who, seen)| Change::See(who, seen)),
        1 => (who(), duty()).prop_map(|(who, duty)| Change::Duty(who, duty)),
        1 => (who(), proptest::option::of(times())).prop_map(|(who, rest)| Change::Rest(who, rest)),
        1 => (who(), 0_u32..5).prop_map(|(who, claims)| Change::Claims(who, claims)),
        1 => (who(), skills()).prop_map(|(who, skills)| Change::Skills(who, skills)),
    ];
    proptest::collection::vec(one, 0..most)
}

type Truth = BTreeMap<VolunteerId, Candidate>;

impl Change {
    /// Tells the fleet and the truth alike; whether both gave the same answer.
    pub(crate) fn tell(self, fleet: &mut Fleet, truth: &mut Truth) -> bool {
        let known = |truth: &mut Truth, who: VolunteerId, change: &dyn Fn(&mut Candidate)| {
            truth.get_mut(&who).map(change).is_some()
        };
        match self {
            Self::Tell(who) => {
                fleet.upsert(*who.clone()).map(Arc::unwrap_or_clone) == truth.insert(who.volunteer, *who)
            }
            Self::Leave(who) => fleet.remove(who).map(Arc::unwrap_or_clone) == truth.remove(&who),
            Self::See(who, seen) => {
                fleet.see(who, seen) == known(truth, who, &|it| it.last_seen = Some(seen))
            }
            Self::Duty(who, duty) => fleet.set_duty(who, duty) == known(truth, who, &|it| it.duty = duty),
            Self::Rest(who, until) => {
                fleet.set_rest(who, until) == known(truth, who, &|it| it.rest_until = until)
            }
            Self::Claims(who, n) => {
                fleet.set_active_claims(who, n) == known(truth, who, &|it| it.active_claims = n)
            }
            Self::Skills(who, skills) => {
                fleet.set_skills(who, skills) == known(truth, who, &|it| it.skills = skills)
            }
        }
    }
}
