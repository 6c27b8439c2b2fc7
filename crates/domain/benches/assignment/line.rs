//! One line of the result: a question, who answered it, how long that took and what the answer costs.

use domain::matching::assignment::Answer;

use crate::measure::Wanted;

pub(crate) struct Line {
    question: &'static str,
    peer: &'static str,
    milliseconds: f64,
    cost: u64,
    /// Whether what was claimed of it was found to be so, where anything was.
    holds: Option<bool>,
}

impl Line {
    pub(crate) const fn new(
        question: &'static str,
        peer: &'static str,
        milliseconds: f64,
        cost: u64,
    ) -> Self {
        Self { question, peer, milliseconds, cost, holds: None }
    }

    pub(crate) const fn holding(self, holds: bool) -> Self {
        Self { holds: Some(holds), ..self }
    }

    pub(crate) const fn cost(&self) -> u64 {
        self.cost
    }

    fn print(&self, wanted: Wanted, instance: &str, best: u64, ours: f64) {
        let Self { question, peer, milliseconds, cost, holds } = self;
        let seconds = milliseconds / 1e3;
        let gap = 100.0 * (*cost as f64 - best as f64) / best.max(1) as f64;
        let ratio = milliseconds / ours;
        let holds = holds.map_or("null", |holds| if holds { "true" } else { "false" });
        if wanted.json {
            println!(
                "{{\"question\":\"{question}\",\"peer\":\"{peer}\",\"instance\":\"{instance}\",\"seconds\":{seconds:.4},\
                 \"cost\":{cost},\"gap_percent\":{gap:.4},\"ratio_to_ours\":{ratio:.3},\"holds\":{holds}}}"
            );
        } else {
            println!(
                "{instance:<40} {question:<34} {peer:<18} {seconds:>8.3} {cost:>12} {gap:>9.4} {ratio:>8.2} {holds:>6}"
            );
        }
    }
}

pub(crate) fn print_heading() {
    println!(
        "{:<40} {:<34} {:<18} {:>8} {:>12} {:>9} {:>8} {:>6}",
        "instance", "question", "peer", "seconds", "cost", "gap %", "ratio", "holds"
    );
}

/// Prints the lines of an instance; the first is ours. Gaps are to the cheapest by the same ways, or else to the last line.
pub(crate) fn print(wanted: Wanted, instance: &str, exact: Option<&Answer>, lines: &[Line]) {
    let ours = lines.first().map_or(1.0, |line| line.milliseconds);
    let best = exact.map(|exact| exact.cost).or_else(|| lines.last().map(Line::cost)).unwrap_or(1);
    for line in lines {
        line.print(wanted, instance, best, ours);
    }
}
