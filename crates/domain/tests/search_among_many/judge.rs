//! Judges that look at an answer and at everyone, and do not search: each in the answer may be
//! there, and nobody who is not would have come before the last who is.

use super::*;
use domain::matching::{Ranked, WhyNot, all_refusals};

fn whole(who: &Candidate, what: &OpenRequest, at: At) -> Option<u64> {
    Some(u64::from(great_circle(who.position(at.now)?, what.place.position()).get()))
}

fn price(who: &Candidate, what: &OpenRequest, at: At) -> u64 {
    let here = who.position(at.now).filter(|_| what.kind.is_physical());
    let travel = GreatCircleTravel::default();
    let time = here.map(|here| travel.travel_time(here, what.place.position(), who.transport));
    cost(who, what, time, &Weights::default()).total()
}

/// The keys of an answer, against the keys of everyone who may be in it.
fn judge(
    answer: &[(u64, VolunteerId)],
    mut all: Vec<(u64, VolunteerId)>,
    k: usize,
) -> Result<(), TestCaseError> {
    prop_assert!(answer.is_sorted_by(|a, b| a < b), "in order, and nobody twice");
    prop_assert_eq!(answer.len(), all.len().min(k));
    prop_assert!(answer.iter().all(|one| all.contains(one)), "whoever is there may be");
    all.retain(|one| !answer.contains(one));
    prop_assert!(
        answer.last().is_none_or(|last| all.iter().all(|one| one > last)),
        "nobody better was left out"
    );
    Ok(())
}

pub(crate) fn judge_nearest(
    everyone: &[Candidate],
    what: &OpenRequest,
    at: At,
    k: usize,
    answer: &[Near],
) -> Result<(), TestCaseError> {
    let may = everyone.iter().filter(|who| what.kind.is_physical() && all_refusals(who, what, at).is_empty());
    let all = may.filter_map(|who| Some((whole(who, what, at)?, who.volunteer))).collect();
    let answer: Vec<_> = answer.iter().map(|near| (u64::from(near.distance.get()), near.volunteer)).collect();
    judge(&answer, all, k)
}

pub(crate) fn judge_shortlist(
    everyone: &[Candidate],
    what: &OpenRequest,
    at: At,
    k: usize,
    answer: &[Ranked],
) -> Result<(), TestCaseError> {
    let may = everyone.iter().filter(|who| all_refusals(who, what, at).is_empty());
    let all = may.map(|who| (price(who, what, at), who.volunteer)).collect();
    let answer: Vec<_> = answer.iter().map(|ranked| (ranked.cost.total(), ranked.volunteer)).collect();
    judge(&answer, all, k)
}

/// Those whom one rule alone refuses, by that rule.
pub(crate) fn alone(everyone: &[Candidate], what: &OpenRequest, at: At) -> BTreeMap<Refusal, u32> {
    tally(everyone.iter().filter_map(|who| match all_refusals(who, what, at).as_slice() {
        [one] => Some(*one),
        [] | [_, _, ..] => None,
    }))
}

pub(crate) fn judge_report(
    everyone: &[Candidate],
    what: &OpenRequest,
    at: At,
    report: &WhyNot,
) -> Result<(), TestCaseError> {
    let eligible = everyone.iter().filter(|who| first_refusal(who, what, at).is_none()).count();
    prop_assert_eq!(report.eligible as usize, eligible);
    let first = tally(everyone.iter().filter_map(|who| first_refusal(who, what, at)));
    let alone = alone(everyone, what, at);
    prop_assert!(report.refused.is_sorted_by_key(|refused| refused.refusal));
    for refusal in Refusal::ALL {
        let told = report.refused.iter().find(|refused| refused.refusal == *refusal);
        let counts = told.map_or((0, 0), |refused| (refused.first, refused.alone));
        let count = |counts: &BTreeMap<Refusal, u32>| counts.get(refusal).copied().unwrap_or(0);
        prop_assert_eq!(counts, (count(&first), count(&alone)), "{}", refusal);
        let theirs = everyone.iter().filter(|who| first_refusal(who, what, at) == Some(*refusal));
        let nearest = theirs
            .filter(|_| what.kind.is_physical())
            .filter_map(|who| Some((whole(who, what, at)?, who.volunteer)))
            .min();
        let told = told.and_then(|refused| refused.nearest);
        prop_assert_eq!(
            told.map(|near| (u64::from(near.distance.get()), near.volunteer)),
            nearest,
            "{}",
            refusal
        );
    }
    judge_relaxed(everyone, what, at, report)
}

fn judge_relaxed(
    everyone: &[Candidate],
    what: &OpenRequest,
    at: At,
    report: &WhyNot,
) -> Result<(), TestCaseError> {
    let lacking =
        |refusal: Refusal| everyone.iter().filter(move |who| all_refusals(who, what, at) == [refusal]);
    let least = |refusal: Refusal, change: &dyn Fn(&Candidate) -> Option<u64>| {
        lacking(refusal).filter_map(|who| Some((change(who)?, who.volunteer))).min()
    };
    let farther = least(Refusal::TooFar, &|who| Some(whole(who, what, at)? - u64::from(who.radius.get())));
    let told = report.relaxed.farther.map(|(who, metres)| (u64::from(metres.get()), who));
    prop_assert_eq!(told, farther);
    let heavier = least(Refusal::TooHeavy, &|who| Some(u64::from(what.load.grams - who.capacity.grams)));
    prop_assert_eq!(report.relaxed.heavier.map(|(who, grams)| (u64::from(grams), who)), heavier);
    let bulkier =
        least(Refusal::TooBulky, &|who| Some(u64::from(what.load.millilitres - who.capacity.millilitres)));
    prop_assert_eq!(report.relaxed.bulkier.map(|(who, more)| (u64::from(more), who)), bulkier);
    let tongue = least(Refusal::NoSharedLanguage, &|who| {
        let way = if what.kind.is_physical() { whole(who, what, at)? } else { 0 };
        who.languages.first().map(|_| way)
    });
    prop_assert_eq!(report.relaxed.other_language.map(|(who, _)| who), tongue.map(|(_, who)| who));
    if let Some((who, wait)) = report.relaxed.later {
        let Some(who) = everyone.iter().find(|known| known.volunteer == who) else { return Ok(()) };
        let minutes = u16::try_from((i64::from(at.local.get()) + wait.num_minutes()) % 10_080).unwrap_or(0);
        let Ok(local) = MinuteOfWeek::new(minutes) else { return Ok(()) };
        prop_assert_eq!(first_refusal(who, what, At { now: at.now + wait, local }), None);
        prop_assert!(
            first_refusal(who, what, at)
                .is_some_and(|refusal| [Refusal::Resting, Refusal::UnavailableNow].contains(&refusal))
        );
    }
    Ok(())
}
