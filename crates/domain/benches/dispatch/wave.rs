//! How long the decision about one wave takes, with so many prospects.

use chrono::TimeDelta;
use domain::Moment;
use domain::dispatch::acceptance::{Acceptance, Facts, Tally};
use domain::dispatch::{Chance, Decision, DispatchPolicy, Mode, Prospect, Snapshot, decide};
use domain::id::VolunteerId;
use domain::place::Seconds;
use domain::words::Urgency;
use uuid::Uuid;

use crate::measure::{Wanted, instant, nanoseconds};

const ROUNDS: usize = 300;

/// Prints the median and the 99th percentile, for several numbers of prospects.
pub(crate) fn time_decisions(wanted: Wanted) {
    for prospects in [100_u32, 1_000, 10_000] {
        let snapshots: Vec<Snapshot> = (0..20).map(|seed| snapshot(prospects, seed)).collect();
        let policy = DispatchPolicy { mode: Mode::Waves, ..DispatchPolicy::default() };
        let mut times: Vec<u64> = snapshots
            .iter()
            .cycle()
            .take(ROUNDS)
            .map(|snapshot| {
                let begun = instant();
                let decision = decide(&policy, snapshot);
                let time = nanoseconds(begun);
                assert!(matches!(decision, Decision::Ask(_)), "{decision:?}");
                time
            })
            .collect();
        times.sort_unstable();
        let [p50, p99] = [50, 99].map(|percent| times[ROUNDS * percent / 100] as f64 / 1e3);
        if wanted.json {
            println!(
                "{{\"question\":\"wave\",\"prospects\":{prospects},\"p50_us\":{p50:.1},\"p99_us\":{p99:.1}}}"
            );
        } else {
            println!("one wave of {prospects:>6} prospects: decided in {p50:>8.1} us (p99 {p99:.1} us)");
        }
    }
}

fn snapshot(prospects: u32, seed: u32) -> Snapshot {
    let now = Moment::UNIX_EPOCH + TimeDelta::days(18_351);
    let model = Acceptance::default();
    let scattered = |number: u32, sides: u32| {
        (number.wrapping_mul(2_654_435_761).wrapping_add(seed.wrapping_mul(40_503)) >> 7) % sides
    };
    let prospect = |number: u32| {
        let facts = Facts {
            travel: Some(Seconds::new(60 + scattered(number, 3_000))),
            active_claims: scattered(number + 1, 3),
            hour: 12,
            recent_offers: scattered(number + 2, 9),
        };
        let own = Tally { accepted: u64::from(scattered(number + 3, 3_000)), exposure: 4_000, day: 18_351 };
        Prospect {
            volunteer: VolunteerId::new(Uuid::from_u128(u128::from(number))),
            facts,
            parts: model.parts(own, &facts, now),
            idle_s: scattered(number + 4, 2_000_000),
            recent_tasks: scattered(number + 5, 5),
            quiet_for_s: 0,
        }
    };
    Snapshot {
        now,
        opened_at: now,
        window_end: None,
        urgency: Urgency::Normal,
        waves: 2,
        last_wave_at: None,
        outstanding: Vec::new(),
        prospects: (0..prospects).map(prospect).collect(),
        others_later: 0,
        used: Chance::NEVER,
        delays: model.delays,
    }
}
