//! What was asked for, by whom, who shall take it, and what becomes of it: four hundred requests.

use domain::household::HouseholdStatus;
use domain::place::great_circle;
use domain::words::{RequestKind, Skill, Urgency};

use super::fates::Fate;
use super::goods::{COAL, MEDICINE, PlannedThing, grams};
use super::households::{PlannedHousehold, shuffle};
use super::volunteers::{NEWCOMERS, PlannedVolunteer, Readiness};
use crate::demo::Chance;

/// How many requests there are.
pub const REQUESTS: usize = 400;

/// How many volunteers may be asked until one takes a request.
const CHOICE: usize = 6;

/// How far a household's coarse point, by which reach is decided, may lie from its door, in metres.
const COARSENESS_M: u32 = 700;

/// A request that shall be filed.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedRequest {
    /// Its place in the plan.
    pub number: usize,
    /// Whose it is, by their place in the plan.
    pub household: usize,
    /// What is asked for.
    pub kind: RequestKind,
    /// How soon.
    pub urgency: Urgency,
    /// What, and how many.
    pub lines: Vec<(PlannedThing, u32)>,
    /// What the volunteer must be able to do.
    pub skills: Vec<Skill>,
    /// What the volunteer should know.
    pub note: Option<&'static str>,
    /// What becomes of it.
    pub fate: Fate,
    /// Who may take it, the one who should first. None where nobody shall.
    pub takers: Vec<usize>,
}

pub(super) fn draw(
    seed: u64,
    fates: &[(Fate, usize)],
    households: &[PlannedHousehold],
    volunteers: &[PlannedVolunteer],
) -> Vec<PlannedRequest> {
    let mut chance = Chance::new(seed, 3);
    let mut fates: Vec<Fate> =
        fates.iter().flat_map(|(fate, count)| std::iter::repeat_n(*fate, *count)).collect();
    shuffle(&mut fates, &mut chance);
    let of_status = |status: HouseholdStatus| -> Vec<usize> {
        households.iter().filter(|one| one.status == status).map(|one| one.number).collect()
    };
    let mut verified = of_status(HouseholdStatus::Verified);
    shuffle(&mut verified, &mut chance);
    let (mut verified, mut waiting) =
        (verified.into_iter(), of_status(HouseholdStatus::PendingVerification).into_iter());
    let mut burden = Burden::new(volunteers);
    let mut drawn = Vec::with_capacity(fates.len());
    for (number, fate) in fates.into_iter().enumerate() {
        let household = if fate == Fate::Waits { waiting.next() } else { verified.next() };
        let Some(household) = household.and_then(|household| households.get(household)) else { continue };
        let mut request = everyday(number, household, &mut chance);
        suit(&mut request, fate, &mut chance);
        request.takers = if fate.is_hard() { Vec::new() } else { burden.takers(&request, household) };
        drawn.push(request);
    }
    drawn
}

/// What a household asks for on any day; goods, and open to everybody.
#[must_use]
pub fn everyday(number: usize, household: &PlannedHousehold, chance: &mut Chance) -> PlannedRequest {
    let lines = match household.members {
        _ if chance.percent(8) => vec![(PlannedThing::Item(MEDICINE), 1)],
        0..=3 => vec![(PlannedThing::Kit(0), 1)],
        _ => vec![(PlannedThing::Kit(1), 1)],
    };
    let urgency = chance
        .weighted(&[(Urgency::Critical, 4), (Urgency::High, 18), (Urgency::Normal, 64), (Urgency::Low, 14)])
        .unwrap_or(Urgency::Normal);
    let note = chance.percent(30).then_some("Demo: please call before you come");
    PlannedRequest {
        number,
        household: household.number,
        kind: RequestKind::Delivery,
        urgency,
        lines,
        skills: Vec::new(),
        note,
        fate: Fate::Open,
        takers: Vec::new(),
    }
}

/// Makes a request one to which that fate can come.
fn suit(request: &mut PlannedRequest, fate: Fate, chance: &mut Chance) {
    request.fate = fate;
    let is_a_call = fate == Fate::Concluded || (fate.may_be_a_call() && chance.percent(25));
    if is_a_call {
        let visit = [RequestKind::Call, RequestKind::WelfareCheck];
        request.kind = chance.pick(&visit).copied().unwrap_or(RequestKind::Call);
        request.lines.clear();
    } else if fate == Fate::Open && chance.percent(12) {
        request.kind = RequestKind::Collection;
    }
    if fate.is_hard() {
        // Half a tonne, or two skills that no volunteer has together.
        if request.number.is_multiple_of(2) {
            request.lines = vec![(PlannedThing::Item(COAL), 20)];
        } else {
            request.skills = vec![Skill::Pharmacy, Skill::SignLanguage];
        }
    }
}

/// How much each volunteer was given so far, so that everybody has something to do.
struct Burden<'a> {
    volunteers: &'a [PlannedVolunteer],
    given: Vec<u32>,
    holds: Vec<bool>,
}

impl<'a> Burden<'a> {
    fn new(volunteers: &'a [PlannedVolunteer]) -> Self {
        Self { volunteers, given: vec![0; volunteers.len()], holds: vec![false; volunteers.len()] }
    }

    /// Who may take it: the least burdened first, then the nearest. The first one is counted as given it.
    fn takers(&mut self, request: &PlannedRequest, household: &PlannedHousehold) -> Vec<usize> {
        let holds = |number: usize| self.holds.get(number).copied().unwrap_or(true);
        let mut able: Vec<(u32, u32, usize)> = self
            .volunteers
            .iter()
            .filter(|volunteer| can_take(volunteer, request, household))
            .filter(|volunteer| !(request.fate.is_held() && holds(volunteer.number)))
            .map(|volunteer| {
                let given = self.given.get(volunteer.number).copied().unwrap_or(u32::MAX);
                (given, great_circle(volunteer.base, household.position).get(), volunteer.number)
            })
            .collect();
        able.sort_unstable();
        let takers: Vec<usize> = able.into_iter().map(|(_, _, number)| number).take(CHOICE).collect();
        if let Some(first) = takers.first().copied() {
            if let Some(given) = self.given.get_mut(first) {
                *given += 1;
            }
            if let Some(holds) = self.holds.get_mut(first) {
                *holds |= request.fate.is_held();
            }
        }
        takers
    }
}

/// Whether this volunteer could take that request of that household, as far as the plan can tell; the
/// rules themselves are asked when they do.
pub(super) fn can_take(
    volunteer: &PlannedVolunteer,
    request: &PlannedRequest,
    household: &PlannedHousehold,
) -> bool {
    let far = great_circle(volunteer.base, household.position).get();
    volunteer.number != NEWCOMERS
        && volunteer.readiness == Readiness::OnDuty
        && (request.kind == RequestKind::Call || far + COARSENESS_M <= volunteer.radius_m)
        && grams(&request.lines) <= volunteer.capacity.0
        && request.skills.iter().all(|skill| volunteer.skills.contains(skill))
        && household.languages.iter().any(|language| volunteer.languages.contains(language))
}
