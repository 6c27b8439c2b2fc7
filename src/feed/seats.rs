//! Who listens: so many in one process, and so many of them one caller. A stream lasts ten minutes and holds memory
//! and a connection all the while, so no quota of calls bounds how many are open.
//!
//! Who left without a word is noticed only when something is sent to them. So whoever finds no seat raises a doubt about
//! those who sit there: they are sent a sign of life, and who is not there any more makes room.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::config::StreamSettings;

/// The seats of a process, cheap to clone.
#[derive(Debug, Clone)]
pub struct Seats {
    settings: StreamSettings,
    taken: Arc<Mutex<Taken>>,
}

#[derive(Debug, Default)]
struct Taken {
    all: u32,
    /// How often somebody found all seats taken.
    doubts: u64,
    by_caller: HashMap<Uuid, Own>,
}

#[derive(Debug, Default)]
struct Own {
    seats: u32,
    /// How often this caller found all of their own taken.
    doubts: u64,
}

/// A place to listen from, given back when it is dropped.
#[derive(Debug)]
pub struct Seat {
    seats: Seats,
    caller: Uuid,
    /// The doubts that were answered.
    answered: u64,
}

/// Why there is no seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoSeat {
    /// The caller has so many already.
    OfCaller(u32),
    /// The process has none left.
    OfProcess,
}

impl Seats {
    /// Seats that nobody has taken.
    #[must_use]
    pub fn new(settings: StreamSettings) -> Self {
        Self { settings, taken: Arc::default() }
    }

    /// Takes a seat for a caller.
    ///
    /// # Errors
    /// When they have as many as one may, or all are taken.
    pub fn take(&self, caller: Uuid) -> Result<Seat, NoSeat> {
        let StreamSettings { caller_streams, process_streams } = self.settings;
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if process_streams != 0 && taken.all >= process_streams {
            taken.doubts += 1;
            return Err(NoSeat::OfProcess);
        }
        let own = taken.by_caller.entry(caller).or_default();
        if caller_streams != 0 && own.seats >= caller_streams {
            own.doubts += 1;
            return Err(NoSeat::OfCaller(caller_streams));
        }
        own.seats += 1;
        taken.all += 1;
        let answered = taken.doubts_about(caller);
        drop(taken);
        Ok(Seat { seats: self.clone(), caller, answered })
    }

    /// How many are taken.
    #[must_use]
    pub fn taken(&self) -> u32 {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

impl Taken {
    fn doubts_about(&self, caller: Uuid) -> u64 {
        self.doubts + self.by_caller.get(&caller).map_or(0, |own| own.doubts)
    }
}

impl Seat {
    /// Whether somebody would like to know if this one is still there. They are told so by whatever is sent next.
    pub fn is_doubted(&mut self) -> bool {
        let taken = self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let doubts = taken.doubts_about(self.caller);
        drop(taken);
        std::mem::replace(&mut self.answered, doubts) != doubts
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = self.seats.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        if let Entry::Occupied(mut own) = taken.by_caller.entry(self.caller) {
            own.get_mut().seats = own.get().seats.saturating_sub(1);
            if own.get().seats == 0 {
                own.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seats(caller_streams: u32, process_streams: u32) -> Seats {
        Seats::new(StreamSettings { caller_streams, process_streams })
    }

    #[test]
    fn a_caller_has_so_many_and_the_process_so_many_and_each_is_given_back() {
        let (seats, one, two) = (seats(2, 3), Uuid::from_u128(1), Uuid::from_u128(2));
        let mut first = seats.take(one).unwrap();
        let _second = seats.take(one).unwrap();
        assert!(!first.is_doubted());
        assert_eq!(seats.take(one).unwrap_err(), NoSeat::OfCaller(2));
        assert!(first.is_doubted() && !first.is_doubted(), "once for each who found no seat");
        let mut third = seats.take(two).unwrap();
        assert_eq!(seats.take(two).unwrap_err(), NoSeat::OfProcess);
        assert!(first.is_doubted() && third.is_doubted(), "where nobody finds a seat, all are asked");
        drop(first);
        let _again = seats.take(one).unwrap();
        assert_eq!(seats.taken(), 3);
    }

    #[test]
    fn nobody_who_left_is_remembered_and_zero_is_any_number() {
        let seats = seats(0, 0);
        let taken: Vec<Seat> = (0..100).map(|_| seats.take(Uuid::from_u128(7)).unwrap()).collect();
        assert_eq!(seats.taken(), 100);
        drop(taken);
        let left = seats.taken.lock().unwrap();
        assert!((left.all, left.by_caller.len()) == (0, 0));
    }
}
