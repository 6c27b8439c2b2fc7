//! Checks an answer without a look at how it was found: that it may be done, that it costs what it says, and
//! that nothing can cost less than its bound.
//!
//! The bound is Lagrange's: let every request pay a price to whoever serves it, and do what is cheapest for
//! each by itself; let every volunteer take tasks as long as the price is above the step. Whatever the prices,
//! the sum of both is at most the cost of any assignment, since in an assignment the prices cancel out.

use thiserror::Error;

use super::answer::{Answer, Place};
use super::problem::Problem;

/// An answer that was found to be what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proven {
    /// What it costs.
    pub cost: u64,
    /// No assignment of this problem, by these ways, costs less.
    pub bound: u64,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Flaw {
    /// It tells of more or fewer requests or volunteers than there are.
    #[error("it is an answer to another problem")]
    OtherProblem,
    /// A request is with somebody to whom it has no way, or is not where it is locked to.
    #[error("request {0} cannot be there")]
    WrongPlace(u32),
    /// A volunteer has more than they have room for.
    #[error("volunteer {0} has no room for so many")]
    TooMany(u32),
    /// It costs something else.
    #[error("it costs {0}")]
    CostsOtherwise(u64),
    /// The prices prove less.
    #[error("the prices prove no more than {0}")]
    ProvesLess(u64),
}

/// Looks at every request, every way and every step once.
///
/// # Errors
/// The first flaw that is found.
pub fn verify(problem: &Problem, answer: &Answer) -> Result<Proven, Flaw> {
    if answer.places.len() != problem.requests() || answer.prices.len() != problem.volunteers() {
        return Err(Flaw::OtherProblem);
    }
    let cost = cost_of(problem, &answer.places)?;
    if cost != answer.cost {
        return Err(Flaw::CostsOtherwise(cost));
    }
    let bound = bound_by(problem, &answer.prices);
    if bound < answer.bound {
        return Err(Flaw::ProvesLess(bound));
    }
    Ok(Proven { cost, bound })
}

fn cost_of(problem: &Problem, places: &[Place]) -> Result<u64, Flaw> {
    let mut tasks = vec![0_usize; problem.volunteers()];
    let mut cost = 0;
    for (request, place) in (0_u32..).zip(places) {
        cost += way_cost(problem, request, *place).ok_or(Flaw::WrongPlace(request))?;
        if let Place::With(volunteer) = place
            && let Some(tasks) = tasks.get_mut(*volunteer as usize)
        {
            *tasks += 1;
        }
    }
    for (volunteer, tasks) in (0_u32..).zip(tasks) {
        let steps = problem.all_steps(volunteer).get(..tasks).ok_or(Flaw::TooMany(volunteer))?;
        cost += steps.iter().map(|step| u64::from(*step)).sum::<u64>();
    }
    Ok(cost)
}

/// What it costs that the request is there; none when it cannot be.
fn way_cost(problem: &Problem, request: u32, place: Place) -> Option<u64> {
    if problem.is_gone(request) {
        return (place == Place::Gone).then_some(0);
    }
    match (place, problem.locked(request)) {
        (Place::With(volunteer), Some(lock)) => (lock.volunteer == volunteer).then_some(u64::from(lock.cost)),
        (Place::With(volunteer), None) => {
            let ways = problem.ways(request).iter().filter(|way| way.volunteer == volunteer);
            ways.map(|way| u64::from(way.cost)).min()
        }
        (Place::Open, None) => problem.open_cost(request).map(u64::from),
        (Place::Open, Some(_)) | (Place::Gone, _) => None,
    }
}

fn bound_by(problem: &Problem, prices: &[u32]) -> u64 {
    let price = |volunteer: u32| prices.get(volunteer as usize).copied().map_or(0, i128::from);
    let mut bound = 0_i128;
    for request in (0_u32..).take(problem.requests()) {
        let Some(open) = problem.open_cost(request).filter(|_| !problem.is_gone(request)) else { continue };
        bound += problem.locked(request).map_or_else(
            || {
                let ways =
                    problem.ways(request).iter().map(|way| i128::from(way.cost) + price(way.volunteer));
                ways.fold(i128::from(open), i128::min)
            },
            |lock| i128::from(lock.cost),
        );
    }
    for volunteer in (0_u32..).take(problem.volunteers()) {
        let (all, free) = (problem.all_steps(volunteer), problem.free_steps(volunteer));
        let locked = all.iter().take(all.len() - free.len());
        bound += locked.map(|step| i128::from(*step)).sum::<i128>();
        bound -= free.iter().map(|step| (price(volunteer) - i128::from(*step)).max(0)).sum::<i128>();
    }
    // All costs are nought or more, and so is every assignment's.
    u64::try_from(bound.max(0)).unwrap_or(u64::MAX)
}
