//! Why a request finds nobody: how many volunteers each rule refuses, over everyone. And where to recruit: how
//! many of an area's requests nobody can take on.

#[expect(dead_code, reason = "other benchmarks use the rest")]
mod crowd;
#[expect(dead_code, reason = "other benchmarks use the rest")]
mod measure;

use std::collections::BTreeMap;

use domain::id::AreaId;
use domain::matching::{
    Candidate, Fleet, OpenRequest, OpenRequests, Refusal, balance, first_refusal, first_refusal_to_claim,
    refusals, why_not,
};

use crowd::{Country, Selectivity, at};
use measure::{Line, Wanted, once, time};

/// Open requests in the whole country.
const OPEN: u32 = 10_000;
/// So many households must ask for a cell to be told of.
const K: u32 = 5;

fn main() {
    let wanted = Wanted::from_arguments();
    measure::print_heading(
        wanted,
        "How many volunteers each rule refuses first; how many of an area's requests are short (10,000 open). One thread.",
    );
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
        measure::print(
            wanted,
            vec![recruiting(n, &fleet, &crowd::requests(&country, OPEN, Selectivity::Mixed))],
        );
    }
}

/// Every area's balance, one after the other.
fn recruiting(n: u32, fleet: &Fleet, requests: &[OpenRequest]) -> Line {
    let open: OpenRequests = requests.iter().cloned().collect();
    let mut areas: Vec<AreaId> = requests.iter().map(|request| request.area).collect();
    areas.sort_unstable();
    areas.dedup();
    let asked_in = |area: &AreaId| requests.iter().filter(|request| request.area == *area).count();
    areas.sort_by_cached_key(asked_in);
    // Those who may claim nothing there change nothing. The smallest areas, for everybody is asked everything.
    let few = areas.get(..if n > 10_000 { 1 } else { 3 }).unwrap_or(&areas);
    let agrees = few.iter().all(|area| {
        let there: Vec<&OpenRequest> = requests.iter().filter(|request| request.area == *area).collect();
        let may = |who: &&Candidate| {
            there.iter().any(|request| first_refusal_to_claim(who, request, at()).is_none())
        };
        let able: Fleet = fleet.iter().filter(may).cloned().collect();
        balance(&able, &open, *area, at(), K) == balance(fleet, &open, *area, at(), K)
    });
    let times = time(&areas, |area| {
        std::hint::black_box(balance(fleet, &open, *area, at(), K));
    });
    let question = "balance of an area".to_owned();
    Line { question, peer: "ours", n, times, agrees, build_ms: None, bytes_each: None }
}

fn obvious(fleet: &Fleet, request: &OpenRequest) -> BTreeMap<Refusal, u32> {
    let mut counts = BTreeMap::new();
    for refusal in fleet.iter().filter_map(|who| first_refusal(who, request, at())) {
        *counts.entry(refusal).or_insert(0) += 1;
    }
    counts
}
