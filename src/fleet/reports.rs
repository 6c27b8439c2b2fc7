//! Where volunteers said they are, between being told and being kept: one place each, the last.
//!
//! A place that is told counts here at once and is kept in the database together with many others, at most a
//! second later. Until then it is only here: a crash forgets it, and the volunteer's next report makes up for it.
//! However long the database is away, there is one entry for each volunteer.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use domain::id::VolunteerId;
use domain::matching::{Candidate, Sighting};

use crate::clock;

/// Where somebody said that they are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Report {
    /// Who.
    pub volunteer: VolunteerId,
    /// Where, and when, by the campaign's clock.
    pub sighting: Sighting,
    /// How exact, in metres, where the device tells.
    pub accuracy_m: Option<f64>,
}

/// The reports of this process that the database may not show yet.
#[derive(Debug, Default)]
pub(super) struct Reports {
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// Not in the world yet.
    unseen: Vec<Report>,
    /// Not in the database yet.
    waiting: HashMap<VolunteerId, Report>,
    /// Those that were taken last to be kept: whoever reads the database beside that may not find them.
    lately: HashMap<VolunteerId, Report>,
    /// Since when something has been waiting.
    since: Option<Instant>,
}

impl Reports {
    pub(super) fn note(&self, reports: &[Report]) {
        let mut inner = self.inner();
        inner.unseen.extend_from_slice(reports);
        for report in reports {
            inner.wait(*report);
        }
    }

    /// Those that the world does not show yet; whoever takes them shows them.
    pub(super) fn take_unseen(&self) -> Vec<Report> {
        std::mem::take(&mut self.inner().unseen)
    }

    /// Everything that waits, to be kept now.
    pub(super) fn take_waiting(&self) -> Vec<Report> {
        let mut inner = self.inner();
        inner.lately = std::mem::take(&mut inner.waiting);
        inner.since = None;
        inner.lately.values().copied().collect()
    }

    /// They could not be kept: they wait again, but for those who have told of a later place meanwhile.
    pub(super) fn give_back(&self, reports: &[Report]) {
        let mut inner = self.inner();
        for report in reports {
            inner.wait(*report);
        }
    }

    /// How many wait, and for how long already.
    pub(super) fn waiting(&self) -> (usize, Duration) {
        let inner = self.inner();
        (inner.waiting.len(), inner.since.map_or(Duration::ZERO, clock::since))
    }

    /// The volunteer as the database has them, where this process knows a later place.
    pub(super) fn correct(&self, candidate: &mut Candidate) {
        let inner = self.inner();
        let known =
            [&inner.waiting, &inner.lately].into_iter().filter_map(|all| all.get(&candidate.volunteer));
        let told = known.map(|report| report.sighting).max_by_key(|sighting| sighting.seen_at);
        if let Some(told) = told.filter(|told| is_later(*told, candidate.last_seen)) {
            candidate.last_seen = Some(told);
        }
    }

    /// All that the database may not show.
    pub(super) fn all(&self) -> Vec<Report> {
        let inner = self.inner();
        inner.lately.values().chain(inner.waiting.values()).copied().collect()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn wait(&mut self, report: Report) {
        self.since.get_or_insert_with(clock::instant);
        let known = self.waiting.entry(report.volunteer).or_insert(report);
        if known.sighting.seen_at <= report.sighting.seen_at {
            *known = report;
        }
    }
}

/// Whether that is news: of two places the later told counts.
pub(super) fn is_later(told: Sighting, known: Option<Sighting>) -> bool {
    known.is_none_or(|known| known.seen_at < told.seen_at)
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::Moment;
    use domain::place::Position;
    use uuid::Uuid;

    use super::*;

    fn report(volunteer: u128, second: i64) -> Report {
        let seen_at = Moment::UNIX_EPOCH + TimeDelta::seconds(second);
        let position =
            Position::new(43.0, 76.0 + f64::from(i32::try_from(second).unwrap()) / 1_000.0).unwrap();
        Report {
            volunteer: VolunteerId::new(Uuid::from_u128(volunteer)),
            sighting: Sighting { position, seen_at },
            accuracy_m: None,
        }
    }

    fn sorted(mut reports: Vec<Report>) -> Vec<Report> {
        reports.sort_by_key(|report| (report.volunteer, report.sighting.seen_at));
        reports
    }

    #[test]
    fn only_the_last_place_of_each_waits() {
        let reports = Reports::default();
        reports.note(&[report(1, 1), report(2, 1), report(1, 3), report(1, 2)]);
        assert_eq!(reports.waiting().0, 2);
        assert_eq!(sorted(reports.take_waiting()), [report(1, 3), report(2, 1)]);
        assert_eq!((reports.waiting(), reports.take_waiting()), ((0, Duration::ZERO), Vec::new()));
    }

    #[test]
    fn what_could_not_be_kept_waits_again_unless_there_is_a_later_place() {
        let reports = Reports::default();
        reports.note(&[report(1, 1), report(2, 1)]);
        let taken = reports.take_waiting();
        reports.note(&[report(1, 5)]);
        reports.give_back(&taken);
        assert_eq!(sorted(reports.take_waiting()), [report(1, 5), report(2, 1)]);
    }

    #[test]
    fn everything_is_shown_once() {
        let reports = Reports::default();
        reports.note(&[report(1, 1)]);
        reports.note(&[report(1, 2)]);
        assert_eq!(reports.take_unseen(), [report(1, 1), report(1, 2)]);
        assert_eq!(reports.take_unseen(), []);
    }

    #[test]
    fn all_are_known_until_after_the_next_are_taken() {
        let reports = Reports::default();
        reports.note(&[report(1, 1)]);
        reports.take_waiting();
        reports.note(&[report(1, 2)]);
        assert_eq!(sorted(reports.all()), [report(1, 1), report(1, 2)]);
        reports.take_waiting();
        assert_eq!(reports.all(), [report(1, 2)]);
        reports.take_waiting();
        assert_eq!(reports.all(), []);
    }
}
