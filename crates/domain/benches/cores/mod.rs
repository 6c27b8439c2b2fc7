//! What a second core adds: one core asks, or asks and moves and shows what it did, while another asks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use domain::matching::{ByTurns, Candidate, Fleet, OpenRequest, Seeker};

use crate::crowd::at;
use crate::measure::{Wanted, instant, nanoseconds};
use crate::peers::WANTED;
use crate::{Step, go};

/// What the first core does, besides asking.
#[derive(Clone, Copy)]
enum Turn {
    /// Nothing.
    Asks,
    /// A move after so many questions; all is shown after every thousand moves.
    Moves { after: usize },
}

/// How the questions of one core went.
struct Asked {
    per_second: f64,
    p99_us: f64,
}

struct Stage<'s> {
    n: u32,
    turns: ByTurns<Fleet>,
    shown: Arc<ArcSwap<Fleet>>,
    steps: &'s [Step],
    requests: &'s [OpenRequest],
}

pub(crate) fn run(wanted: Wanted, n: u32, everyone: &[Candidate], steps: &[Step], requests: &[OpenRequest]) {
    let mut turns = ByTurns::new(everyone.iter().cloned().collect::<Fleet>());
    let shown = Arc::new(ArcSwap::new(turns.show()));
    let mut stage = Stage { n, turns, shown, steps, requests };
    let idle = AtomicBool::new(true);
    let only = there(&stage.shown, requests, &idle);
    for (name, turn) in
        [("questions", Turn::Asks), ("90:10", Turn::Moves { after: 9 }), ("50:50", Turn::Moves { after: 1 })]
    {
        let alone = stage.here(turn);
        let (here, asked) = stage.both(turn);
        stage.print(wanted, name, alone, here, &asked, &only);
    }
}

impl Stage<'_> {
    /// Operations a second of the first core.
    fn here(&mut self, turn: Turn) -> f64 {
        let (mut seeker, mut done, mut moved, begun) = (Seeker::default(), 0_u32, 0_u32, instant());
        for (n, request) in self.requests.iter().enumerate() {
            std::hint::black_box(seeker.nearest(self.turns.world(), request, at(), WANTED));
            done += 1;
            let Turn::Moves { after } = turn else { continue };
            if n % after == 0
                && let Some(step) = self.steps.get(n % self.steps.len().max(1))
            {
                go(self.turns.world(), step);
                (done, moved) = (done + 1, moved + 1);
                if moved.is_multiple_of(1_000) {
                    self.shown.store(self.turns.show());
                }
            }
        }
        f64::from(done) * 1e9 / nanoseconds(begun) as f64
    }

    /// The same while another core asks.
    fn both(&mut self, turn: Turn) -> (f64, Asked) {
        let (shown, requests, done) = (Arc::clone(&self.shown), self.requests, AtomicBool::new(false));
        std::thread::scope(|scope| {
            let other = scope.spawn(|| there(&shown, requests, &done));
            let here = self.here(turn);
            done.store(true, Ordering::Relaxed);
            (here, other.join().unwrap_or(Asked { per_second: 0.0, p99_us: 0.0 }))
        })
    }

    fn print(&self, wanted: Wanted, name: &str, alone: f64, here: f64, asked: &Asked, only: &Asked) {
        let gain = (here + asked.per_second) / alone;
        let (there, p99, p99_alone) = (asked.per_second, asked.p99_us, only.p99_us);
        if wanted.json {
            println!(
                "{{\"question\":\"two cores, {name}\",\"peer\":\"ours\",\"n\":{},\"one_core_per_s\":{alone:.0},\
                 \"here_per_s\":{here:.0},\"there_per_s\":{there:.0},\"gain\":{gain:.2},\"p99_us\":{p99:.3},\
                 \"p99_alone_us\":{p99_alone:.3}}}",
                self.n
            );
        } else {
            println!(
                "  {name} of {}: {alone:.0}/s on one core; {here:.0}/s while the other answers {there:.0}/s: {gain:.2}x; \
                 its p99 {p99:.2} us, {p99_alone:.2} us where nobody else does anything",
                self.n
            );
        }
    }
}

/// Questions of the world that is shown, until all is done; all of them once if it is done already.
fn there(shown: &ArcSwap<Fleet>, requests: &[OpenRequest], done: &AtomicBool) -> Asked {
    let (mut seeker, mut each, begun) = (Seeker::default(), Vec::with_capacity(1 << 20), instant());
    let mut asked = 0_u32;
    for request in requests.iter().cycle() {
        if done.load(Ordering::Relaxed) && each.len() >= requests.len() / 2 {
            break;
        }
        let one = instant();
        std::hint::black_box(seeker.nearest(&shown.load(), request, at(), WANTED));
        each.push(nanoseconds(one));
        asked += 1;
    }
    let per_second = f64::from(asked) * 1e9 / nanoseconds(begun) as f64;
    each.sort_unstable();
    let p99 = each.get(each.len() * 99 / 100).copied().unwrap_or(0);
    Asked { per_second, p99_us: p99 as f64 / 1e3 }
}
