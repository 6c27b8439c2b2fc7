//! The dispatch instances that Grubhub published, replayed without looking ahead: who sets out when, by our decision,
//! by sending the nearest at once, and by whoever answers first; and the time that a wave's decision takes.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot go on says why by panicking"
)]

mod instance;
#[path = "../measure/mod.rs"]
#[expect(dead_code, reason = "other benchmarks use other parts of it")]
mod measure;
mod replay;
mod wave;

use std::path::{Path, PathBuf};

use instance::Instance;
use measure::{Wanted, argument};
use replay::{Outcome, Peer, replay};

/// Where the instances are, for whoever has them; they carry no licence and are not ours to pass on.
const INSTANCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/mdrp_grubhub");

fn main() {
    let wanted = Wanted::from_arguments();
    wave::time_decisions(wanted);
    let folder = argument("--data").map_or_else(|| PathBuf::from(INSTANCES), PathBuf::from);
    let only = argument("--only").unwrap_or_default();
    let mut instances = match Instance::all(&folder) {
        Ok(instances) => instances,
        Err(error) => {
            println!(
                "SKIPPED: the dispatch instances are not at {}: {error}; --data FOLDER says where",
                shown(&folder)
            );
            return;
        }
    };
    instances.retain(|path| path.to_string_lossy().contains(&only));
    if wanted.quick {
        instances = instances.into_iter().step_by(12).collect();
    }
    if !wanted.json {
        println!(
            "{} instances of the meal delivery routing problem. One minute is a step; nothing is known of an order before \
             it is placed; no bundles; ways are straight lines at the file's speed, rounded up to minutes. Fetched \
             before the end of the courier's shift. Handing over counts.",
            instances.len()
        );
        Outcome::print_heading();
    }
    let mut totals = Peer::ALL.map(Outcome::none);
    for path in &instances {
        match Instance::read(path) {
            Ok(instance) => {
                for total in &mut totals {
                    let outcome = replay(&instance, total.peer);
                    if !wanted.quick || wanted.json {
                        outcome.print(wanted, &instance.name);
                    }
                    total.add(outcome);
                }
            }
            Err(error) => println!("SKIPPED: {}: {error}", shown(path)),
        }
    }
    for total in &totals {
        total.print(wanted, "all");
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
