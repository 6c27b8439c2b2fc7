//! Who helps: a hundred and fifty volunteers of three organisations.

use std::collections::BTreeSet;

use domain::place::{AreaShape, Position};
use domain::volunteer::{MINUTES_PER_WEEK, WeeklySlot};
use domain::words::{Skill, Transport};

use super::{ORGANISATIONS, districts, names};
use crate::demo::{Chance, DemoError};

/// How many volunteers there are.
pub const VOLUNTEERS: usize = 150;

/// The one whom the city leaves alone, so that a newcomer may be them.
pub const NEWCOMERS: usize = 0;

/// Where a volunteer is in their life with the campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Readiness {
    /// Approved, and on duty.
    OnDuty,
    /// Approved, and off duty.
    OffDuty,
    /// Registered by an invitation, and not vetted yet.
    Pending,
    /// Registered, and turned down.
    Rejected,
    /// Suspended.
    Suspended,
}

/// A volunteer who shall be entered.
#[derive(Debug, Clone, PartialEq)]
pub struct PlannedVolunteer {
    /// Their place in the plan.
    pub number: usize,
    /// Their district, by its place in the list.
    pub district: usize,
    /// Their organisation, by its place in the list.
    pub organisation: usize,
    /// Their name.
    pub name: String,
    /// Where they are written to: nowhere.
    pub email: String,
    /// Where they are in their life here.
    pub readiness: Readiness,
    /// How they get about.
    pub transport: Transport,
    /// What they carry, in grams and millilitres.
    pub capacity: (u32, u32),
    /// How far they go, in metres.
    pub radius_m: u32,
    /// What they can.
    pub skills: BTreeSet<Skill>,
    /// What they speak.
    pub languages: Vec<&'static str>,
    /// Where they set out from.
    pub base: Position,
    /// When in the week offers are welcome; none means any time.
    pub slots: Vec<WeeklySlot>,
}

/// How many are what; the rest are on duty.
const OTHERWISE: [(Readiness, usize); 4] =
    [(Readiness::OffDuty, 22), (Readiness::Pending, 12), (Readiness::Rejected, 2), (Readiness::Suspended, 4)];

const LANGUAGES: [(&[&str], usize); 5] =
    [(&["kk", "ru"], 56), (&["ru"], 22), (&["kk"], 9), (&["kk", "ru", "en"], 10), (&["ru", "ug"], 3)];

/// Never sign language and pharmacy in one person: what asks for both is what nobody can take.
const SKILLS: [(&[Skill], usize); 8] = [
    (&[], 52),
    (&[Skill::ElderCare], 14),
    (&[Skill::HeavyLifting], 10),
    (&[Skill::FirstAid], 9),
    (&[Skill::ChildCare], 6),
    (&[Skill::Pharmacy, Skill::ColdChain], 5),
    (&[Skill::FirstAid, Skill::ElderCare], 2),
    (&[Skill::SignLanguage], 2),
];

pub(super) fn draw(seed: u64, outlines: &[AreaShape]) -> Result<Vec<PlannedVolunteer>, DemoError> {
    let mut chance = Chance::new(seed, 2);
    let districts = districts::shares(VOLUNTEERS)
        .into_iter()
        .enumerate()
        .flat_map(|(district, share)| std::iter::repeat_n(district, share));
    let otherwise: Vec<Readiness> =
        OTHERWISE.iter().flat_map(|(readiness, count)| std::iter::repeat_n(*readiness, *count)).collect();
    let mut drawn = Vec::with_capacity(VOLUNTEERS);
    for (number, district) in districts.enumerate() {
        let base = districts::place_in(district, outlines, &mut chance)?;
        drawn.push(volunteer(number, (district, base), &mut chance));
    }
    // Spread over the districts, and never the newcomer's own.
    let mut others: Vec<usize> = (NEWCOMERS + 1..VOLUNTEERS).collect();
    super::households::shuffle(&mut others, &mut chance);
    for (number, readiness) in others.into_iter().zip(otherwise) {
        if let Some(volunteer) = drawn.get_mut(number) {
            volunteer.readiness = readiness;
        }
    }
    if let Some(newcomers) = drawn.get_mut(NEWCOMERS) {
        take_all_comers(newcomers);
    }
    Ok(drawn)
}

fn volunteer(number: usize, (district, base): (usize, Position), chance: &mut Chance) -> PlannedVolunteer {
    let transport = chance
        .weighted(&[(Transport::Foot, 44), (Transport::Bicycle, 18), (Transport::Car, 38)])
        .unwrap_or(Transport::Foot);
    let (kilograms, litres, radius) = match transport {
        Transport::Foot => (chance.whole(8, 15), chance.whole(20, 35), chance.whole(15, 30) * 100),
        Transport::Bicycle => (chance.whole(12, 22), chance.whole(30, 50), chance.whole(30, 60) * 100),
        Transport::Car => (chance.whole(80, 300), chance.whole(250, 600), chance.whole(60, 120) * 100),
    };
    PlannedVolunteer {
        number,
        district,
        organisation: number % ORGANISATIONS.len(),
        name: names::person(chance),
        email: format!("volunteer-{:03}@demo.example", number + 1),
        readiness: Readiness::OnDuty,
        transport,
        capacity: (kilograms * 1_000, litres * 1_000),
        radius_m: radius,
        skills: chance.weighted(&SKILLS).unwrap_or(&[]).iter().copied().collect(),
        languages: chance.weighted(&LANGUAGES).unwrap_or(&["ru"]).to_vec(),
        base,
        slots: week(chance),
    }
}

/// Whoever tries the service out should find something to take wherever they file it.
fn take_all_comers(newcomers: &mut PlannedVolunteer) {
    newcomers.readiness = Readiness::OffDuty;
    newcomers.transport = Transport::Car;
    newcomers.capacity = (300_000, 600_000);
    newcomers.radius_m = 50_000;
    newcomers.languages = vec!["kk", "ru", "en"];
    newcomers.slots = Vec::new();
}

/// Any time, evenings, mornings, or the weekend.
fn week(chance: &mut Chance) -> Vec<WeeklySlot> {
    const DAY: u16 = MINUTES_PER_WEEK / 7;
    let days = |days: std::ops::Range<u16>, from: u16, until: u16| {
        days.filter_map(move |day| WeeklySlot::new(day * DAY + from * 60, day * DAY + until * 60).ok())
            .collect()
    };
    match chance.below(4) {
        0 => days(0..5, 17, 22),
        1 => days(0..7, 8, 13),
        2 => days(5..7, 9, 21),
        _ => Vec::new(),
    }
}
