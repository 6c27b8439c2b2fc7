//! How many calls somebody may make in a window of time, counted by several processes at once.
//!
//! A process does not ask about each call: it *leases* some of them at a time from what all processes count
//! together, more while there are many left and fewer towards the end. The first few of a window it lets through
//! before it leases any, for most callers make no more than those; when it does lease, they are paid for first.
//! So never more than those few a process are let through beyond the quota, and what is left over at the end of a
//! window is the remainder of one small lease a process.

/// As much of a quota as a process lets through before it leases: 1 in this many.
const FREE: u32 = 200;
/// No lease is larger than 1 in this many of a quota.
const LARGEST: u32 = 20;
/// A lease is 1 in this many of what is left.
const SHARE: u32 = 8;

/// How many calls in which time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many.
    pub calls: u32,
    /// In how many seconds. Windows follow each other, by the database's time.
    pub window_s: u32,
}

/// What one process knows of one caller's window. Times are milliseconds of one steady clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Account {
    ends_ms: u64,
    /// Leased and not used yet.
    left: u32,
    /// Let through and not leased yet.
    owed: u32,
    /// Leased by all processes, as of the last lease.
    leased: u32,
    is_spent: bool,
}

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is let through.
    Admitted,
    /// The quota is used up for so many milliseconds.
    Refused { for_ms: u64 },
    /// First so many calls must be leased; ask again then.
    Lease { wanted: u32 },
}

/// What was leased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// How many calls: fewer than wanted when no more were left.
    pub granted: u32,
    /// How many all processes have leased of this window, these included.
    pub in_all: u32,
    /// When the window ends.
    pub ends_ms: u64,
}

impl Account {
    /// Judges a call.
    pub fn ask(&mut self, quota: Quota, now_ms: u64) -> Verdict {
        if now_ms >= self.ends_ms {
            *self = Self { ends_ms: now_ms + u64::from(quota.window_s) * 1_000, ..Self::default() };
        }
        if self.left > 0 {
            self.left -= 1;
            return Verdict::Admitted;
        }
        if self.is_spent {
            return Verdict::Refused { for_ms: self.ends_ms - now_ms };
        }
        if self.leased == 0 && self.owed < quota.calls / FREE {
            self.owed += 1;
            return Verdict::Admitted;
        }
        Verdict::Lease { wanted: self.next_lease(quota) }
    }

    fn next_lease(&self, quota: Quota) -> u32 {
        let left = quota.calls.saturating_sub(self.leased);
        let most = (quota.calls / LARGEST).max(1);
        (left / SHARE).clamp(1, most) + self.owed
    }

    /// Takes in what was leased. What was let through before is paid for first.
    pub fn take_in(&mut self, lease: Lease) {
        let paid = lease.granted.min(self.owed);
        *self = Self {
            ends_ms: lease.ends_ms,
            left: self.left + lease.granted - paid,
            owed: self.owed - paid,
            leased: lease.in_all,
            is_spent: lease.granted == 0,
        };
    }

    /// Lets a call through although nothing could be leased; it is to be paid for later.
    pub fn trust(&mut self) {
        self.owed = self.owed.saturating_add(1);
    }

    /// How many calls are left of the window, as far as is known here, and for how many milliseconds.
    #[must_use]
    pub fn remaining(&self, quota: Quota, now_ms: u64) -> (u32, u64) {
        let unleased = quota.calls.saturating_sub(self.leased).saturating_sub(self.owed);
        let calls = if self.is_spent { self.left } else { self.left + unleased };
        (calls, self.ends_ms.saturating_sub(now_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota { calls: 1_000, window_s: 60 };

    /// What all processes count together.
    #[derive(Default)]
    struct Register {
        granted: u32,
        leases: u32,
    }

    impl Register {
        fn lease(&mut self, wanted: u32) -> Lease {
            let granted = wanted.min(QUOTA.calls - self.granted);
            self.granted += granted;
            self.leases += 1;
            Lease { granted, in_all: self.granted, ends_ms: 60_000 }
        }
    }

    fn call(account: &mut Account, register: &mut Register, now_ms: u64) -> bool {
        loop {
            match account.ask(QUOTA, now_ms) {
                Verdict::Admitted => return true,
                Verdict::Refused { .. } => return false,
                Verdict::Lease { wanted } => account.take_in(register.lease(wanted)),
            }
        }
    }

    #[test]
    fn two_processes_let_through_one_quota_within_a_hundredth_and_write_seldom() {
        for share in [1, 2, 3, 10, 1_000] {
            let (mut one, mut other) = (Account::default(), Account::default());
            let mut register = Register::default();
            let mut admitted = 0;
            for number in 0..10_000_u32 {
                let account = if number.is_multiple_of(share) { &mut one } else { &mut other };
                admitted += u32::from(call(account, &mut register, 10));
            }
            assert!((990..=1_010).contains(&admitted), "{admitted} of {share}");
            assert!(register.leases <= 80, "{} leases", register.leases);
        }
    }

    #[test]
    fn who_calls_seldom_is_never_leased_anything() {
        let (mut account, mut register) = (Account::default(), Register::default());
        for window in 0..100 {
            for _ in 0..5 {
                assert!(call(&mut account, &mut register, window * 60_000));
            }
        }
        assert_eq!(register.leases, 0);
    }

    #[test]
    fn a_spent_quota_is_refused_until_its_window_ends_without_asking_again() {
        let mut account = Account::default();
        assert_eq!(account.ask(Quota { calls: 10, window_s: 60 }, 0), Verdict::Lease { wanted: 1 });
        account.take_in(Lease { granted: 0, in_all: 10, ends_ms: 40_000 });
        assert_eq!(account.ask(QUOTA, 1_000), Verdict::Refused { for_ms: 39_000 });
        assert_eq!(account.remaining(QUOTA, 1_000), (0, 39_000));
        assert_eq!(account.ask(QUOTA, 40_000), Verdict::Admitted);
    }

    #[test]
    fn what_was_let_through_on_trust_is_paid_for_first() {
        let mut account = Account::default();
        for _ in 0..7 {
            account.trust();
        }
        let asked = account.ask(Quota { calls: 100, window_s: 60 }, 0);
        assert_eq!(asked, Verdict::Lease { wanted: 5 }, "a window that begins owes nothing");
        let mut owing = Account { owed: 7, ends_ms: 60_000, ..Account::default() };
        owing.take_in(Lease { granted: 10, in_all: 10, ends_ms: 60_000 });
        assert_eq!((owing.left, owing.owed), (3, 0));
    }
}
