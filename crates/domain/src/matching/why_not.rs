//! Why a request finds nobody, and by what least change it would find somebody.

use chrono::TimeDelta;

use super::index::{Among, Detail, Nearness, Tally};
use super::{
    At, Availability, Candidate, Fleet, Language, MINUTES_PER_WEEK, MinuteOfWeek, Near, OpenRequest, Refusal,
    first_refusal,
};
use crate::id::{CampaignId, VolunteerId};
use crate::place::{Metres, great_circle};

/// What became of every volunteer under one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhyNot {
    /// How many may be offered it.
    pub eligible: u32,
    /// Every rule that refuses anybody, in the order in which the rules are asked.
    pub refused: Vec<RefusedByRule>,
    /// By what change of one thing alone the first volunteer would be found, each as small as it can be.
    pub relaxed: Relaxed,
}

/// Whom one rule keeps away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusedByRule {
    /// The rule, by the name of its refusal.
    pub refusal: Refusal,
    /// How many it refuses first; over all rules they add up to all who are refused.
    pub first: u32,
    /// How many it alone refuses: so many more could be asked were it relaxed, and nothing else.
    pub alone: u32,
    /// The nearest of those it refuses first; none for a call, or when it is not known where any are.
    pub nearest: Option<Near>,
}

/// The least changes of one thing that would find a volunteer; none where no such change does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Relaxed {
    /// If somebody went so much farther than they are willing to.
    pub farther: Option<(VolunteerId, Metres)>,
    /// If somebody carried so many grams more than they said they can.
    pub heavier: Option<(VolunteerId, u32)>,
    /// If somebody took so many millilitres more than they have room for.
    pub bulkier: Option<(VolunteerId, u32)>,
    /// If it waited until somebody's rest is over, or their hours begin.
    pub later: Option<(VolunteerId, TimeDelta)>,
    /// If the household spoke another language: that of the nearest who lacks nothing else.
    pub other_language: Option<(VolunteerId, Language)>,
}

/// How many volunteers each rule refuses, whom nearest, and what would help.
///
/// Of equal changes the smaller id is told.
#[must_use]
pub fn why_not(fleet: &Fleet, request: &OpenRequest, at: At) -> WhyNot {
    among(fleet, request, at, Among::Everyone)
}

/// The same of those volunteers whose organisation takes part in a campaign.
#[must_use]
pub fn why_not_in_campaign(fleet: &Fleet, request: &OpenRequest, at: At, campaign: CampaignId) -> WhyNot {
    among(fleet, request, at, Among::Campaign(campaign))
}

fn among(fleet: &Fleet, request: &OpenRequest, at: At, whom: Among) -> WhyNot {
    let roll = &fleet.roll;
    let mut tally = Tally::of(roll, request, at, whom, Detail::Persons);
    let price = Nearness { request, at };
    let counts: Vec<_> = Refusal::ALL.iter().zip(tally.first).zip(tally.sole).collect();
    let refused = counts.into_iter().filter(|((_, first), alone)| *first + *alone > 0).map(
        |((refusal, first), alone)| {
            let nearest = tally.nearest(roll, &price, *refusal);
            let nearest = nearest.map(|(volunteer, distance)| Near { volunteer, distance });
            RefusedByRule { refusal: *refusal, first, alone, nearest }
        },
    );
    let refused = refused.collect();
    WhyNot { eligible: tally.eligible, refused, relaxed: relaxed(fleet, &tally, request, at) }
}

fn relaxed(fleet: &Fleet, tally: &Tally, request: &OpenRequest, at: At) -> Relaxed {
    let least = |refusal: Refusal, change: &dyn Fn(&Candidate) -> Option<u64>| {
        let found = tally.refused_by(&fleet.roll, refusal);
        found.filter_map(|who| Some((change(who)?, who.volunteer))).min()
    };
    let missing = |refusal: Refusal, missing: &dyn Fn(&Candidate) -> u32| {
        let (by, who) = least(refusal, &|who| Some(u64::from(missing(who))))?;
        Some((who, u32::try_from(by).ok()?))
    };
    let far = |who: &Candidate| way(who, request, at).map_or(0, Metres::get);
    let later = [Refusal::Resting, Refusal::UnavailableNow]
        .into_iter()
        .filter_map(|refusal| least(refusal, &|who| wait_for(who, request, at)))
        .min();
    let other_language =
        least(Refusal::NoSharedLanguage, &|who| who.languages.first().map(|_| u64::from(far(who))));
    Relaxed {
        farther: missing(Refusal::TooFar, &|who| far(who).saturating_sub(who.radius.get()))
            .map(|(who, by)| (who, Metres::new(by))),
        heavier: missing(Refusal::TooHeavy, &|who| request.load.grams.saturating_sub(who.capacity.grams)),
        bulkier: missing(Refusal::TooBulky, &|who| {
            request.load.millilitres.saturating_sub(who.capacity.millilitres)
        }),
        later: later.and_then(|(by, who)| Some((who, TimeDelta::milliseconds(i64::try_from(by).ok()?)))),
        other_language: other_language.and_then(|(_, who)| Some((who, *fleet.get(who)?.languages.first()?))),
    }
}

fn way(who: &Candidate, request: &OpenRequest, at: At) -> Option<Metres> {
    let here = who.position(at.now).filter(|_| request.kind.is_physical())?;
    Some(great_circle(here, request.place.position()))
}

/// Milliseconds until this volunteer may be offered the request: when their rest ends or the next of
/// their hours begins, all else staying as it is. None when they may not even then.
fn wait_for(who: &Candidate, request: &OpenRequest, at: At) -> Option<u64> {
    let rest = who.rest_until.map(|until| until.signed_duration_since(at.now));
    let hours = match &who.availability {
        Availability::Always => Vec::new(),
        Availability::Weekly(slots) => {
            slots.iter().map(|slot| until_minute(at.local, slot.start())).collect()
        }
    };
    let waits = rest.into_iter().chain(hours).filter(|wait| *wait > TimeDelta::zero());
    let waits = waits.map(up_to_a_millisecond);
    waits.filter(|wait| may_after(who, request, at, *wait)).min().and_then(|wait| u64::try_from(wait).ok())
}

fn may_after(who: &Candidate, request: &OpenRequest, at: At, milliseconds: i64) -> bool {
    let wait = TimeDelta::milliseconds(milliseconds);
    let Some(now) = at.now.checked_add_signed(wait) else { return false };
    let week = i64::from(MINUTES_PER_WEEK);
    let minute = (i64::from(at.local.get()) + wait.num_minutes() % week) % week;
    let local = u16::try_from(minute).ok().and_then(|minute| MinuteOfWeek::new(minute).ok());
    local.is_some_and(|local| first_refusal(who, request, At { now, local }).is_none())
}

/// Rounded up, so that the wait is over at its end.
fn up_to_a_millisecond(wait: TimeDelta) -> i64 {
    let whole = wait.num_milliseconds();
    if TimeDelta::milliseconds(whole) < wait { whole.saturating_add(1) } else { whole }
}

fn until_minute(from: MinuteOfWeek, to: u16) -> TimeDelta {
    let week = i64::from(MINUTES_PER_WEEK);
    TimeDelta::minutes((i64::from(to) - i64::from(from.get())).rem_euclid(week))
}
