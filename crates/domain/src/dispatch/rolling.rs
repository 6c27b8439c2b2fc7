//! Who sets out now, where goods are ready later than they are asked for: everything that nobody has set out for is
//! assigned anew each time, and only those are sent who would be late if they waited.
//!
//! Whoever stands at a hub waiting for goods serves nobody meanwhile. So a job is bound to a runner only when the
//! runner has to leave to be there when the goods are ready; until then the plan may change at no cost. That is the
//! rolling horizon with commitment at the last moment of Reyes, Erera, Savelsbergh, Sahasrabudhe and O'Neil, "The meal
//! delivery routing problem" (2018), without bundles. Nothing is known of jobs before they are asked for.

use std::num::NonZeroUsize;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::snapshot::seconds_between;
use crate::Moment;
use crate::matching::assignment::{Draft, Finish, MAX_COST, Place, Problem, ProblemError, Way};
use crate::place::Seconds;

/// Something that is fetched at one place when it is ready, and brought to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Job<P> {
    /// When it was asked for.
    pub asked_at: Moment,
    /// When it can be fetched.
    pub ready_at: Moment,
    /// Where.
    pub from: P,
    /// Where it goes.
    pub to: P,
}

/// Somebody who fetches and brings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Runner<P> {
    /// When they are done with what they have: now or later.
    pub free_at: Moment,
    /// Nothing is fetched after that.
    pub until: Moment,
    /// Where they will be then.
    pub at: P,
}

/// How runners are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rolling {
    /// Runners count who are free within so many seconds. Default 40 minutes.
    pub horizon_s: u32,
    /// One leaves so many seconds before one has to. Default 2 minutes: plans are made each minute.
    pub early_s: u32,
    /// The time it takes to fetch something, in seconds.
    pub fetching_s: u32,
    /// The time it takes to hand it over, in seconds.
    pub handing_over_s: u32,
    /// Two short waits are better than a short and a long one: a wait of so many seconds counts twice as much for each
    /// second as one of half of it. Default half an hour.
    pub scale_s: u32,
    /// How much a second of the runner's way counts beside a second of waiting, in per cent. Default 30.
    pub way_percent: u32,
}

impl Default for Rolling {
    fn default() -> Self {
        Self {
            horizon_s: 2_400,
            early_s: 120,
            fetching_s: 240,
            handing_over_s: 240,
            scale_s: 1_800,
            way_percent: 30,
        }
    }
}

/// Who sets out now, for what. Jobs and runners are meant by their places in the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leg {
    /// For what.
    pub job: usize,
    /// Who.
    pub runner: usize,
    /// When it will have been handed over.
    pub door_at: Moment,
}

/// One who could do a job: when they would be there, and when it would be done.
struct Could {
    runner: usize,
    way: u32,
    door_at: Moment,
}

impl Rolling {
    /// Who sets out now. Everyone else's plan is made again next time.
    ///
    /// # Errors
    /// When there are more of them than can be numbered.
    pub fn legs<P: Copy>(
        &self,
        jobs: &[Job<P>],
        runners: &[Runner<P>],
        now: Moment,
        way: impl Fn(P, P) -> Seconds,
    ) -> Result<Vec<Leg>, ProblemError> {
        let mut problem = Problem::default();
        for runner in runners {
            let is_near = seconds_between(now, runner.free_at) <= self.horizon_s && now <= runner.until;
            problem.add_volunteer(if is_near { &[0] } else { &[] })?;
        }
        let mut all_ways = Vec::with_capacity(jobs.len());
        for job in jobs {
            let could = self.who_could(job, runners, now, &way);
            let ways: Vec<Way> = could
                .iter()
                .filter_map(|could| {
                    let volunteer = u32::try_from(could.runner).ok()?;
                    Some(Way { volunteer, cost: self.cost(job, could) })
                })
                .collect();
            // Nobody is left waiting for being far: whoever waited longest comes first.
            let waited = seconds_between(job.asked_at, now);
            problem.add_request((MAX_COST / 2).saturating_add(waited), &ways)?;
            all_ways.push(could);
        }
        let answer = Draft::of(problem, Finish::Exact, NonZeroUsize::MIN).answer();
        let placed = answer.places.iter().zip(jobs).zip(&all_ways).enumerate();
        Ok(placed
            .filter_map(|(number, ((place, job), could))| {
                let Place::With(volunteer) = place else { return None };
                let runner = usize::try_from(*volunteer).ok()?;
                let could = could.iter().find(|could| could.runner == runner)?;
                let is_free = runners.get(runner).is_some_and(|runner| runner.free_at <= now);
                let would_arrive = later(now, could.way.saturating_add(self.early_s));
                (is_free && would_arrive >= job.ready_at).then_some(Leg {
                    job: number,
                    runner,
                    door_at: could.door_at,
                })
            })
            .collect())
    }

    fn who_could<P: Copy>(
        &self,
        job: &Job<P>,
        runners: &[Runner<P>],
        now: Moment,
        way: &impl Fn(P, P) -> Seconds,
    ) -> Vec<Could> {
        let near = |runner: &Runner<P>| seconds_between(now, runner.free_at) <= self.horizon_s;
        let last =
            way(job.from, job.to).get().saturating_add(self.fetching_s).saturating_add(self.handing_over_s);
        runners
            .iter()
            .enumerate()
            .filter(|(_, runner)| near(runner))
            .filter_map(|(number, runner)| {
                let there = way(runner.at, job.from).get();
                let fetched_at = later(runner.free_at.max(now), there).max(job.ready_at);
                let door_at = later(fetched_at, last);
                (fetched_at <= runner.until).then_some(Could { runner: number, way: there, door_at })
            })
            .collect()
    }

    fn cost<P>(&self, job: &Job<P>, could: &Could) -> u32 {
        let wait = u64::from(seconds_between(job.asked_at, could.door_at));
        let felt = wait.saturating_mul(wait) / u64::from(self.scale_s.max(1));
        let way = u64::from(could.way) * u64::from(self.way_percent) / 100;
        u32::try_from(felt.saturating_add(way)).unwrap_or(u32::MAX).min(MAX_COST / 4)
    }
}

fn later(moment: Moment, seconds: u32) -> Moment {
    moment + TimeDelta::seconds(i64::from(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64) -> Moment {
        Moment::UNIX_EPOCH + TimeDelta::minutes(minute)
    }

    /// Places on a street, a minute apart.
    fn way(from: i64, to: i64) -> Seconds {
        Seconds::new(u32::try_from((from - to).abs() * 60).unwrap_or(0))
    }

    fn job(ready: i64, from: i64) -> Job<i64> {
        Job { asked_at: minute(0), ready_at: minute(ready), from, to: from + 3 }
    }

    fn runner(free: i64, at: i64) -> Runner<i64> {
        Runner { free_at: minute(free), until: minute(90), at }
    }

    fn sent(jobs: &[Job<i64>], runners: &[Runner<i64>], now: i64) -> Vec<(usize, usize)> {
        let legs = Rolling::default().legs(jobs, runners, minute(now), way).expect("few enough");
        legs.iter().map(|leg| (leg.job, leg.runner)).collect()
    }

    #[test]
    fn one_sets_out_when_one_has_to_and_not_before() {
        let (jobs, runners) = ([job(20, 5)], [runner(0, 0)]);
        let leaving: Vec<i64> = (0..30).filter(|now| !sent(&jobs, &runners, *now).is_empty()).collect();
        assert_eq!(leaving.first(), Some(&13));
    }

    #[test]
    fn somebody_who_is_free_soon_and_near_is_waited_for() {
        let (jobs, runners) = ([job(1, 0)], [runner(0, 30), runner(2, 0)]);
        assert_eq!(sent(&jobs, &runners, 0), []);
        assert_eq!(sent(&jobs, &runners, 2), [(0, 1)]);
    }

    #[test]
    fn two_go_so_that_nobody_waits_very_long() {
        // The second job is near the first runner only: the nearest is not taken from it.
        let (jobs, runners) = ([job(0, 10), job(0, 0)], [runner(0, 8), runner(0, 30)]);
        assert_eq!(sent(&jobs, &runners, 0), [(0, 1), (1, 0)]);
    }

    #[test]
    fn nothing_is_fetched_after_the_end_of_duty() {
        let runners = [Runner { until: minute(4), ..runner(0, 0) }];
        assert_eq!(sent(&[job(0, 5)], &runners, 0), []);
        assert_eq!(sent(&[job(0, 4)], &runners, 0), [(0, 0)]);
    }
}
