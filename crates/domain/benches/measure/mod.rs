//! How a benchmark measures and prints: one line for each question, peer and size, the peers in the
//! same run.

pub(crate) mod plot;
pub(crate) mod table;

use std::time::Instant;

/// What was asked of the benchmark.
#[derive(Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) quick: bool,
    pub(crate) json: bool,
    pub(crate) huge: bool,
    /// One size instead of several.
    size: Option<u32>,
}

impl Wanted {
    pub(crate) fn from_arguments() -> Self {
        let has = |name: &str| std::env::args().any(|argument| argument == name);
        let size = argument("--size").and_then(|size| size.parse().ok());
        Self { quick: has("--quick"), json: has("--json"), huge: has("--huge"), size }
    }

    /// Whether this peer is to be measured: all are, or those whose names have a word in them. Ours always is.
    pub(crate) fn wants(self, peer: &str) -> bool {
        argument("--only").is_none_or(|word| peer.contains(&word))
    }

    /// How many there are to choose from.
    pub(crate) fn sizes(self) -> Vec<u32> {
        match self {
            Self { size: Some(size), .. } => vec![size],
            Self { quick: true, .. } => vec![2_000, 10_000],
            Self { huge: true, .. } => vec![10_000, 100_000, 1_000_000, 10_000_000],
            Self { .. } => vec![10_000, 100_000, 1_000_000],
        }
    }

    pub(crate) fn questions(self) -> u32 {
        if self.quick { 500 } else { 20_000 }
    }
}

/// What follows a switch on the command line.
pub(crate) fn argument(switch: &str) -> Option<String> {
    std::env::args().skip_while(|argument| argument != switch).nth(1)
}

/// The time each of many calls took, in nanoseconds.
pub(crate) struct Times {
    each: Vec<u64>,
    total: u64,
}

/// Times every call, and all of them together; the first tenth is for warming up.
pub(crate) fn time<Q>(questions: &[Q], mut ask: impl FnMut(&Q)) -> Times {
    for question in questions.iter().take(questions.len() / 10) {
        ask(question);
    }
    let begun = instant();
    for question in questions {
        ask(question);
    }
    let total = nanoseconds(begun);
    let each = questions
        .iter()
        .map(|question| {
            let begun = instant();
            ask(question);
            nanoseconds(begun)
        })
        .collect();
    Times { each, total }
}

/// How long something takes, in milliseconds, and what comes of it.
pub(crate) fn once<T>(make: impl FnOnce() -> T) -> (T, f64) {
    let begun = instant();
    let made = make();
    (made, nanoseconds(begun) as f64 / 1e6)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
pub(crate) fn instant() -> Instant {
    Instant::now()
}

pub(crate) fn nanoseconds(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// One line of the result.
pub(crate) struct Line {
    pub(crate) question: String,
    pub(crate) peer: &'static str,
    pub(crate) n: u32,
    pub(crate) times: Times,
    /// Whether every answer that was compared was the same.
    pub(crate) agrees: bool,
    pub(crate) build_ms: Option<f64>,
    pub(crate) bytes_each: Option<f64>,
}

/// Prints the lines of one question and size; ours is the first.
pub(crate) fn print(wanted: Wanted, lines: Vec<Line>) {
    let Some(ours) = lines.first().map(|line| line.times.mean_us()) else { return };
    for line in lines {
        line.print(wanted, ours);
    }
}

pub(crate) fn print_heading(wanted: Wanted, settings: &str) {
    if !wanted.json {
        println!("{settings}");
        println!(
            "{:<22} {:<30} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7} {:>6} {:>9} {:>7}",
            "question",
            "who answers",
            "n",
            "p50 us",
            "p99 us",
            "p99.9 us",
            "mean us",
            "ratio",
            "agrees",
            "build ms",
            "B each"
        );
    }
}

impl Times {
    /// The same of each of so many that were done in one call.
    pub(crate) fn of_each(self, many: usize) -> Self {
        let share = |time: u64| time / many as u64;
        Self { each: self.each.into_iter().map(share).collect(), total: share(self.total) }
    }

    pub(crate) fn mean_us(&self) -> f64 {
        self.total as f64 / 1e3 / self.each.len().max(1) as f64
    }

    fn quantile_us(&self, share: f64) -> f64 {
        let mut each = self.each.clone();
        each.sort_unstable();
        let at = ((each.len() as f64 * share) as usize).min(each.len().saturating_sub(1));
        each.get(at).copied().unwrap_or(0) as f64 / 1e3
    }
}

impl Line {
    /// What a plot and a table show of it.
    pub(crate) fn point(&self) -> plot::Point {
        plot::Point {
            peer: self.peer,
            n: self.n,
            mean_us: self.times.mean_us(),
            p99_us: self.times.quantile_us(0.99),
        }
    }

    fn print(&self, wanted: Wanted, ours: f64) {
        let [p50, p99, p999] = [0.5, 0.99, 0.999].map(|share| self.times.quantile_us(share));
        let mean = self.times.mean_us();
        let ratio = mean / ours;
        let (question, peer, n, agrees) = (&self.question, self.peer, self.n, self.agrees);
        let shown =
            |number: Option<f64>| number.map_or_else(|| "-".to_owned(), |number| format!("{number:.1}"));
        if wanted.json {
            let number = |number: Option<f64>| {
                number.map_or_else(|| "null".to_owned(), |number| format!("{number:.1}"))
            };
            println!(
                "{{\"question\":\"{question}\",\"peer\":\"{peer}\",\"n\":{n},\"p50_us\":{p50:.3},\"p99_us\":{p99:.3},\
                 \"p99_9_us\":{p999:.3},\"mean_us\":{mean:.3},\"ratio_to_ours\":{ratio:.2},\"agrees\":{agrees},\
                 \"build_ms\":{},\"bytes_each\":{}}}",
                number(self.build_ms),
                number(self.bytes_each)
            );
        } else {
            println!(
                "{question:<22} {peer:<30} {n:>9} {p50:>9.2} {p99:>9.2} {p999:>9.2} {mean:>9.3} {ratio:>7.2} {agrees:>6} {:>9} {:>7}",
                shown(self.build_ms),
                shown(self.bytes_each)
            );
        }
    }
}
