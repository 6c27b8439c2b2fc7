//! What the walk prints at its end: counts, conflicts, time. Never a name, a telephone number or a door.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::Walk;

/// How long each part took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    pub(crate) filing: Duration,
    pub(crate) walking: Duration,
    pub(crate) all: Duration,
}

/// Prints the table.
pub(crate) fn print(walk: &Walk, counts: &BTreeMap<String, u64>, times: Times) {
    let tally = &walk.tally;
    println!();
    line("requests", &walk.book.all().len().to_string());
    for (status, count) in counts.iter().filter(|(_, count)| **count > 0) {
        line(&format!("  {status}"), &count.to_string());
    }
    for (title, what) in [
        ("claims made", "claims"),
        ("conflicts on claiming", "conflicts"),
        ("acts that came too late", "too late"),
        ("released", "released"),
        ("lapsed", "lapsed"),
        ("failed", "failed"),
        ("called off while claimed", "called off"),
        ("settled by the coordinator", "held"),
        ("refused proofs", "refused proofs"),
        ("delivered, by proof", "delivered"),
        ("calls and checks", "concluded"),
        ("sent twice, one effect", "replays"),
        ("doors read by holders", "doors"),
        ("doors closed to former ones", "closed doors"),
        ("told to come back later", "busy"),
        ("broken lines", "broken lines"),
    ] {
        line(title, &tally.total(what).to_string());
        for (sort, count) in tally.by_sort(what).iter().filter(|(sort, _)| !sort.is_empty()) {
            line(&format!("  {sort}"), &count.to_string());
        }
    }
    let calls = tally.total("calls");
    line("HTTP calls", &calls.to_string());
    line("filing took", &format!("{:.1} s", times.filing.as_secs_f64()));
    line("walking took", &format!("{:.1} s", times.walking.as_secs_f64()));
    line("all of it took", &format!("{:.1} s", times.all.as_secs_f64()));
}

fn line(title: &str, value: &str) {
    println!("{title:<30}{value:>10}");
}
