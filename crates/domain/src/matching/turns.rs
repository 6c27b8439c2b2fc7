//! Two worlds that are shown to readers by turns: while one is shown the other is changed.
//!
//! Readers take no lock and hold a world that stands still for as long as they like. What was changed in the
//! world that is shown is done again to the one that was shown before, as soon as its readers have let go of
//! it; so nothing has to be copied for them, and memory is there twice only for what changes. While somebody
//! holds on to it for long, a copy takes its place, which shares what neither of the two changes.

use std::sync::Arc;

use super::index::Journal;
use super::{Candidate, Fleet, OpenRequest, OpenRequests};

/// So often whoever changes the world steps aside for the last readers of the one before.
const PATIENCE: usize = 64;
/// A world that missed more turns than this is not used again.
const MISSED: usize = 256;

/// What can be told of its changes and do them again.
pub trait Retold: Clone {
    /// What was changed.
    type Changes: std::fmt::Debug;
    /// What was changed since the last time. Nothing is noted before the first.
    fn take_changes(&mut self) -> Self::Changes;
    /// Becomes like another that was changed so since both were alike; false when it cannot, and is of no
    /// use any more.
    fn catch_up(&mut self, other: &Self, changes: &Self::Changes) -> bool;
}

/// The changes of a fleet.
#[derive(Debug)]
pub struct FleetChanges(Journal<Candidate>);

/// The changes of the open requests.
#[derive(Debug)]
pub struct OpenChanges(Journal<OpenRequest>);

impl Retold for Fleet {
    type Changes = FleetChanges;

    fn take_changes(&mut self) -> FleetChanges {
        FleetChanges(self.roll.take_journal())
    }

    fn catch_up(&mut self, _other: &Self, changes: &FleetChanges) -> bool {
        self.roll.catch_up(&changes.0)
    }
}

impl Retold for OpenRequests {
    type Changes = OpenChanges;

    fn take_changes(&mut self) -> OpenChanges {
        OpenChanges(self.roll.take_journal())
    }

    fn catch_up(&mut self, _other: &Self, changes: &OpenChanges) -> bool {
        self.roll.catch_up(&changes.0)
    }
}

/// A world that was shown before, and what was changed since, in its order.
#[derive(Debug)]
struct Past<W: Retold> {
    world: Arc<W>,
    missed: Vec<Arc<W::Changes>>,
}

/// Two worlds by turns. One thread changes them and shows the result.
#[derive(Debug)]
pub struct ByTurns<W: Retold> {
    /// What is changed now; none right after it was shown.
    next: Option<W>,
    shown: Arc<W>,
    /// The earliest first: one, and those that readers hold on to. Whoever lets go of a world last takes it
    /// apart, and that shall not be a reader.
    past: Vec<Past<W>>,
}

impl<W: Retold + Default> Default for ByTurns<W> {
    fn default() -> Self {
        Self::new(W::default())
    }
}

impl<W: Retold> ByTurns<W> {
    /// Begins with a world, which is shown.
    #[must_use]
    pub fn new(mut world: W) -> Self {
        world.take_changes();
        Self { next: None, shown: Arc::new(world), past: Vec::new() }
    }

    /// What is shown.
    #[must_use]
    pub const fn shown(&self) -> &Arc<W> {
        &self.shown
    }

    /// The world as it is after all changes, to be looked at or changed.
    pub fn world(&mut self) -> &mut W {
        let Self { next, shown, past } = self;
        next.get_or_insert_with(|| again(past, shown).unwrap_or_else(|| W::clone(shown)))
    }

    /// Ends a turn. What comes back is to be shown to readers before the next change.
    pub fn show(&mut self) -> Arc<W> {
        if let Some(mut next) = self.next.take() {
            let changes = Arc::new(next.take_changes());
            let world = std::mem::replace(&mut self.shown, Arc::new(next));
            self.past.push(Past { world, missed: Vec::new() });
            for past in &mut self.past {
                if past.missed.len() <= MISSED {
                    past.missed.push(Arc::clone(&changes));
                }
            }
            // Whoever missed too much is not used again.
            self.past.retain(|past| past.missed.len() <= MISSED || !past.is_free());
        }
        Arc::clone(&self.shown)
    }
}

impl<W: Retold> Past<W> {
    fn is_free(&self) -> bool {
        Arc::strong_count(&self.world) == 1
    }

    /// The world with what it missed; none when it cannot be made so, or somebody holds it after all.
    fn catch_up(self, shown: &W) -> Option<W> {
        let mut world = Arc::try_unwrap(self.world).ok()?;
        self.missed.iter().all(|changes| world.catch_up(shown, changes)).then_some(world)
    }
}

/// A world that was shown before and is like the one that is shown; none while somebody looks at each of them.
/// The earliest has most for itself, which the others would have to copy.
fn again<W: Retold>(past: &mut Vec<Past<W>>, shown: &W) -> Option<W> {
    let mut tries = 0..if past.is_empty() { 0 } else { PATIENCE };
    let free = tries.find_map(|_| {
        let free = past.iter().position(|past| past.is_free() && past.missed.len() <= MISSED);
        if free.is_none() {
            std::thread::yield_now();
        }
        free
    });
    let world = past.remove(free?).catch_up(shown);
    past.retain(|past| !past.is_free());
    world
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::VolunteerId;
    use crate::matching::fixtures::{at, easy, number, place, willing};
    use crate::matching::{Duty, Sighting, nearest, refusals};

    fn who(n: u128) -> Candidate {
        Candidate { volunteer: VolunteerId::new(number(n)), ..willing() }
    }

    fn fleet() -> Fleet {
        (0..300).map(who).collect()
    }

    /// A little of everything, other in each round.
    fn change(fleet: &mut Fleet, round: u32) {
        let id = |n: u32| VolunteerId::new(number(u128::from(n % 400)));
        let step = |n: u32| {
            let position = place(43.2 + f64::from(n % 13) * 0.001, 76.8 + f64::from(round % 7) * 0.001);
            (id(n + round), Sighting { position, seen_at: at().now })
        };
        fleet.upsert(Candidate { active_claims: round % 3, ..who(u128::from(round % 400)) });
        fleet.see_all(&(0..40).map(step).collect::<Vec<_>>());
        fleet.set_duty(
            id(round + 7),
            if round.is_multiple_of(2) { Duty::Off } else { Duty::On { until: None } },
        );
        fleet.remove(id(round * 3));
        fleet.set_active_claims(id(round * 5), round % 4);
        fleet.see(step(round).0, step(round).1);
        if round.is_multiple_of(50) {
            fleet.extend((380..400).map(who));
        }
    }

    fn assert_same(shown: &Fleet, expected: &Fleet) {
        assert_eq!(shown, expected);
        assert_eq!(nearest(shown, &easy(), at(), 50), nearest(expected, &easy(), at(), 50));
        assert_eq!(refusals(shown, &easy(), at()), refusals(expected, &easy(), at()));
    }

    #[test]
    fn both_worlds_are_what_one_alone_would_be() {
        let (mut turns, mut alone) = (ByTurns::new(fleet()), fleet());
        for round in 0..400 {
            change(turns.world(), round);
            change(&mut alone, round);
            assert_same(&turns.show(), &alone);
        }
    }

    #[test]
    fn a_world_that_somebody_holds_stands_still_and_the_others_go_on() {
        let (mut turns, mut alone) = (ByTurns::new(fleet()), fleet());
        let mut kept = Vec::new();
        for round in 0..60 {
            change(turns.world(), round);
            change(&mut alone, round);
            let shown = turns.show();
            assert_same(&shown, &alone);
            if round % 9 == 0 {
                kept.push((shown, alone.clone()));
            }
        }
        for (held, expected) in kept {
            assert_same(&held, &expected);
        }
    }

    #[test]
    fn what_was_shown_before_is_used_again_unless_somebody_looks_at_it() {
        let mut turns = ByTurns::new(fleet());
        let mut turn = |held: bool| {
            let before = Arc::clone(turns.shown());
            change(turns.world(), 1);
            turns.show();
            let before = held.then_some(before);
            change(turns.world(), 2);
            assert_eq!(turns.past.len(), usize::from(held));
            turns.show();
            drop(before);
            // Nobody holds anything now: the next turn needs one of them, and keeps no other.
            turns.world();
            assert!(turns.past.is_empty());
            turns.show();
        };
        turn(false);
        turn(true);
        turn(false);
    }

    #[test]
    fn nothing_changed_is_nothing_new() {
        let mut turns = ByTurns::new(fleet());
        let first = turns.show();
        assert!(Arc::ptr_eq(&first, &turns.show()));
        assert_eq!(*turns.world(), fleet());
    }
}
