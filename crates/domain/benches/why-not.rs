//! Why a request finds nobody: how many volunteers each rule refuses, over everyone.

#[expect(dead_code, reason = "other benchmarks use the rest")]
mod crowd;
#[expect(dead_code, reason = "other benchmarks use the rest")]
mod measure;

use std::collections::BTreeMap;

use domain::matching::{Fleet, OpenRequest, Refusal, first_refusal, refusals, why_not};

use crowd::{Country, Selectivity, at};
use measure::{Line, Wanted, once, time};

fn main() {
    let wanted = Wanted::from_arguments();
    measure::print_heading(wanted, "How many volunteers each rule refuses first. One thread.");
    let country = Country::new();
    for n in wanted.sizes() {
        let (fleet, built) = once(|| crowd::volunteers(&country, n).into_iter().collect::<Fleet>());
        let requests = crowd::requests(&country, if wanted.quick { 20 } else { 100 }, Selectivity::Mixed);
        let few = requests.get(..5).unwrap_or(&requests);
        let agrees = few.iter().all(|request| refusals(&fleet, request, at()) == obvious(&fleet, request));
        let counts = time(&requests, |request| {
            std::hint::black_box(refusals(&fleet, request, at()));
        });
        let report = time(&requests, |request| {
            std::hint::black_box(why_not(&fleet, request, at()));
        });
        let all = time(few, |request| {
            std::hint::black_box(obvious(&fleet, request));
        });
        let line = |peer, times, agrees, build_ms| Line {
            question: "why-not".to_owned(),
            peer,
            n,
            times,
            agrees,
            build_ms,
            bytes_each: None,
        };
        measure::print(
            wanted,
            vec![
                line("ours, the counts", counts, agrees, Some(built)),
                line("ours, with the nearest and relaxations", report, agrees, None),
                line("everyone asked", all, true, None),
            ],
        );
    }
}

fn obvious(fleet: &Fleet, request: &OpenRequest) -> BTreeMap<Refusal, u32> {
    let mut counts = BTreeMap::new();
    for refusal in fleet.iter().filter_map(|who| first_refusal(who, request, at())) {
        *counts.entry(refusal).or_insert(0) += 1;
    }
    counts
}
