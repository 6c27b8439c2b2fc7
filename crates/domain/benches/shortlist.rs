//! The ten best volunteers by full cost: ours, everyone sorted, and whoever is near enough sorted.

#[expect(dead_code, reason = "other benchmarks use the rest")]
mod crowd;
#[expect(dead_code, reason = "other benchmarks use the rest")]
mod measure;

use domain::matching::{Candidate, Fleet, OpenRequest, Weights, cost, first_refusal, shortlist};
use domain::place::{GreatCircleTravel, Position, TravelTime};
use rstar::RTree;
use rstar::primitives::GeomWithData;

use crowd::{Country, Selectivity, at, number};
use measure::{Line, Wanted, once, time};

const WANTED: usize = 10;
const RADIUS: f64 = 6_371_008.8;
/// No volunteer of this crowd goes farther.
const FARTHEST: f64 = 12_001.0;

type Found = Vec<(u64, u32)>;

fn main() {
    let wanted = Wanted::from_arguments();
    measure::print_heading(
        wanted,
        "The 10 best by full cost (travel, load, language, continuity). One thread; rstar 0.13, f64, 3-D.",
    );
    let country = Country::new();
    for n in wanted.sizes() {
        let (fleet, built) = once(|| crowd::volunteers(&country, n).into_iter().collect::<Fleet>());
        let requests = crowd::requests(&country, wanted.questions(), Selectivity::Mixed);
        run(wanted, n, &fleet, built, &requests);
    }
}

fn run(wanted: Wanted, n: u32, fleet: &Fleet, built: f64, requests: &[OpenRequest]) {
    let few = requests.get(..requests.len().min(if n > 100_000 { 20 } else { 200 })).unwrap_or(requests);
    let agrees = few.iter().all(|request| ours(fleet, request) == obvious(fleet.iter(), request));
    let mut lines = vec![Line {
        question: "shortlist".to_owned(),
        peer: "ours",
        n,
        times: time(requests, |request| {
            let found =
                shortlist(fleet, request, at(), &Weights::default(), &GreatCircleTravel::default(), WANTED);
            std::hint::black_box(found);
        }),
        agrees,
        build_ms: Some(built),
        bytes_each: Some(fleet.footprint().index as f64 / f64::from(n)),
    }];
    let (tree, build_ms) = once(|| tree_of(fleet));
    let some = requests.get(..requests.len().min(200)).unwrap_or(requests);
    let agrees = some.iter().all(|request| ours(fleet, request) == near_enough(&tree, fleet, request));
    let times = time(some, |request| {
        std::hint::black_box(near_enough(&tree, fleet, request));
    });
    let peer = "rstar, all within 12 km sorted";
    lines.push(Line {
        question: "shortlist".to_owned(),
        peer,
        n,
        times,
        agrees,
        build_ms: Some(build_ms),
        bytes_each: None,
    });
    let times = time(few, |request| {
        std::hint::black_box(obvious(fleet.iter(), request));
    });
    let peer = "everyone sorted";
    lines.push(Line {
        question: "shortlist".to_owned(),
        peer,
        n,
        times,
        agrees: true,
        build_ms: None,
        bytes_each: None,
    });
    measure::print(wanted, lines);
}

fn ours(fleet: &Fleet, request: &OpenRequest) -> Found {
    let found = shortlist(fleet, request, at(), &Weights::default(), &GreatCircleTravel::default(), WANTED);
    found.iter().map(|ranked| (ranked.cost.total(), number(ranked.volunteer))).collect()
}

/// Everyone asked by the rules themselves, sorted by full cost.
fn obvious<'c>(everyone: impl Iterator<Item = &'c Candidate>, request: &OpenRequest) -> Found {
    let travel = GreatCircleTravel::default();
    let may = everyone.filter(|who| first_refusal(who, request, at()).is_none());
    let mut found: Found = may
        .filter_map(|who| {
            let time = travel.travel_time(who.position(at().now)?, request.place.position(), who.transport);
            Some((cost(who, request, Some(time), &Weights::default()).total(), number(who.volunteer)))
        })
        .collect();
    found.sort_unstable();
    found.truncate(WANTED);
    found
}

type Point<'c> = GeomWithData<[f64; 3], &'c Candidate>;

fn point(position: Position) -> [f64; 3] {
    let (lat, lon) = (position.lat().to_radians(), position.lon().to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

fn tree_of(fleet: &Fleet) -> RTree<Point<'_>> {
    let points =
        fleet.iter().filter_map(|who| Some(Point::new(point(who.position(at().now)?), who))).collect();
    RTree::bulk_load(points)
}

fn near_enough(tree: &RTree<Point<'_>>, _fleet: &Fleet, request: &OpenRequest) -> Found {
    let chord = 2.0 * (FARTHEST / 2.0 / RADIUS).sin();
    let near = tree.locate_within_distance(point(request.place.position()), chord * chord);
    obvious(near.map(|point| point.data), request)
}
