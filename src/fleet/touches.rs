//! What events touched lately, so that nothing is kept that was read before and put down after.
//!
//! A reader takes a *mark*, reads, and then asks whether what it read was touched since. Marks that are
//! older than what is remembered get the careful answer: perhaps.

use std::collections::VecDeque;

use uuid::Uuid;

/// Touches that are remembered. A server that claims 2,000 times a second makes some 6,000 in a second;
/// a reading takes thousandths of one.
const REMEMBERED: usize = 16_384;

/// A place in the order of touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Mark(u64);

/// The latest touches, oldest first.
#[derive(Debug, Default)]
pub(super) struct Touches {
    /// How many there were before the oldest that is remembered.
    forgotten: u64,
    recent: VecDeque<Uuid>,
}

impl Touches {
    /// Where the order stands now.
    pub(super) fn mark(&self) -> Mark {
        Mark(self.forgotten + self.recent.len() as u64)
    }

    pub(super) fn note(&mut self, id: Uuid) {
        if self.recent.len() == REMEMBERED {
            self.recent.pop_front();
            self.forgotten += 1;
        }
        self.recent.push_back(id);
    }

    /// Everything may have been touched.
    pub(super) fn note_all(&mut self) {
        // One more than there were: every mark taken before is older than what is remembered.
        self.forgotten += self.recent.len() as u64 + 1;
        self.recent.clear();
    }

    /// Whether that was touched since the mark, as far as is known; if not known, yes.
    pub(super) fn since(&self, mark: Mark, id: Uuid) -> bool {
        let Some(known) = mark.0.checked_sub(self.forgotten) else { return true };
        let known = usize::try_from(known).unwrap_or(usize::MAX).min(self.recent.len());
        self.recent.range(known..).any(|touched| *touched == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: usize) -> Uuid {
        Uuid::from_u128(n as u128)
    }

    #[test]
    fn only_what_came_after_the_mark_counts() {
        let mut touches = Touches::default();
        touches.note(id(1));
        let mark = touches.mark();
        assert!(!touches.since(mark, id(1)));
        touches.note(id(2));
        assert!(touches.since(mark, id(2)) && !touches.since(mark, id(1)));
        assert!(!touches.since(touches.mark(), id(2)));
    }

    #[test]
    fn a_mark_older_than_memory_gets_the_careful_answer() {
        let mut touches = Touches::default();
        let before = touches.mark();
        for n in 0..REMEMBERED {
            touches.note(id(n));
        }
        assert!(!touches.since(before, id(REMEMBERED)));
        touches.note(id(0));
        assert!(touches.since(before, id(REMEMBERED)));
        assert!(!touches.since(touches.mark(), id(REMEMBERED)));
    }

    #[test]
    fn when_everything_may_be_touched_no_earlier_mark_is_good() {
        let mut touches = Touches::default();
        for before in [touches.mark(), {
            touches.note(id(1));
            touches.mark()
        }] {
            touches.note_all();
            assert!(touches.since(before, id(9)));
            assert!(!touches.since(touches.mark(), id(9)));
        }
    }
}
