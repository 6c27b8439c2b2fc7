//! What a volunteer may take near them: ours, and every open request asked and sorted.

#[expect(dead_code, reason = "other benchmarks use the rest")]
mod crowd;
#[expect(dead_code, reason = "other benchmarks use the rest")]
mod measure;

use domain::matching::{
    Candidate, Feed, FeedFilter, NearbyRequest, OpenRequest, OpenRequests, first_refusal_to_claim, nearby,
};
use domain::place::great_circle;

use crowd::{Country, Selectivity, at};
use measure::{Line, Wanted, once, time};

const WANTED: usize = 50;

fn main() {
    let wanted = Wanted::from_arguments();
    measure::print_heading(wanted, "The 50 nearest open requests that a volunteer may take. One thread.");
    let country = Country::new();
    let who = crowd::volunteers(&country, wanted.questions() / 10);
    for n in wanted.sizes().into_iter().filter(|n| *n <= 1_000_000) {
        let requests = crowd::requests(&country, n, Selectivity::Mixed);
        let (open, built) = once(|| requests.iter().cloned().collect::<OpenRequests>());
        let few = who.get(..who.len().min(if n > 100_000 { 10 } else { 100 })).unwrap_or(&who);
        let filter = FeedFilter::default();
        let agrees =
            few.iter().all(|who| nearby(&open, who, at(), &filter, WANTED) == obvious(&requests, who));
        let ours = time(&who, |who| {
            std::hint::black_box(nearby(&open, who, at(), &filter, WANTED));
        });
        let all = time(few, |who| {
            std::hint::black_box(obvious(&requests, who));
        });
        let line = |peer, times, agrees, build_ms| Line {
            question: "feed".to_owned(),
            peer,
            n,
            times,
            agrees,
            build_ms,
            bytes_each: None,
        };
        measure::print(
            wanted,
            vec![line("ours", ours, agrees, Some(built)), line("all asked and sorted", all, true, None)],
        );
    }
}

fn obvious(requests: &[OpenRequest], who: &Candidate) -> Feed {
    let may = requests.iter().filter(|request| first_refusal_to_claim(who, request, at()).is_none());
    let mut nearby: Vec<NearbyRequest> = may
        .filter_map(|request| {
            let distance = great_circle(who.position(at().now)?, request.place.position());
            Some(NearbyRequest { request: request.request, distance })
        })
        .collect();
    nearby.sort_unstable_by_key(|seen| (seen.distance, seen.request));
    nearby.truncate(WANTED);
    Feed { nearby, calls: Vec::new() }
}
