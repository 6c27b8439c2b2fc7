//! The ten nearest volunteers who may be offered a request: ours, and libraries that a user could
//! pick instead, all giving the same answers in the same run.

mod crowd;
mod measure;
mod peers;

use domain::matching::{Fleet, OpenRequest, Seeker, first_refusal};
use domain::place::great_circle;

use crowd::{Country, Selectivity, at, number};
use measure::plot::svg;
use measure::{Line, Wanted, once, time};
use peers::cells::Cells;
use peers::kiddo_trees::{Moving, Parted, Plain, Still};
use peers::rstar_tree::Rstar;
use peers::{Ask, Flat, Found, WANTED};

type Pair = (OpenRequest, Ask);

fn main() {
    let wanted = Wanted::from_arguments();
    measure::print_heading(
        wanted,
        "The 10 nearest who may be offered a request. One thread; kiddo 6.3 (f64, 3-D), rstar 0.13 (f64, 3-D, bulk), \
         h3o 0.11 (resolution 8); ours i32, 3-D; not in this run: Postgres, PostGIS, Redis.\n\
         Peers read a flat table of what the rules need, and give volunteers' numbers; ours gives their ids.",
    );
    let country = Country::new();
    let mut points = Vec::new();
    for n in wanted.sizes() {
        let everyone = crowd::volunteers(&country, n);
        let flat: Vec<Flat> = everyone.iter().map(|who| Flat::of(who, at())).collect();
        let (mut fleet, whole) = once(|| everyone.into_iter().collect::<Fleet>());
        let ((), built) = once(|| fleet.replant());
        if !wanted.json {
            println!(
                "  ours with ids, households and all {n} volunteers: {whole:.0} ms; the index alone is below"
            );
        }
        let stage = Stage { n, flat, fleet, built };
        for (name, selectivity) in [
            ("nearest", Selectivity::Mixed),
            ("nearest of 100 %", Selectivity::Hundred),
            ("nearest of 10 %", Selectivity::Ten),
            ("nearest of 1 %", Selectivity::One),
        ] {
            let requests = crowd::requests(&country, wanted.questions(), selectivity);
            let pairs = requests
                .into_iter()
                .map(|request| {
                    let ask = Ask::of(&request);
                    (request, ask)
                })
                .collect();
            let lines = stage.run(name, pairs);
            if selectivity == Selectivity::Mixed {
                points.extend(lines.iter().map(|line| line.point()));
            }
            measure::print(wanted, lines);
        }
    }
    if let Some(path) = std::env::args().skip_while(|argument| argument != "--svg").nth(1) {
        let title = "The 10 nearest who may be offered a request: mean time, one thread";
        if let Err(error) = std::fs::write(&path, svg(title, &points)) {
            println!("no plot in {path}: {error}");
        }
    }
}

struct Stage {
    n: u32,
    flat: Vec<Flat>,
    fleet: Fleet,
    built: f64,
}

impl Stage {
    fn run(&self, question: &str, pairs: Vec<Pair>) -> Vec<Line> {
        let mut seeker = Seeker::default();
        let ours = |pair: &Pair| -> Found {
            let found = Seeker::default().nearest(&self.fleet, &pair.0, at(), WANTED).to_vec();
            found.iter().map(|near| (near.distance.get(), number(near.volunteer))).collect()
        };
        let judged = if self.n > 100_000 { 20 } else { 100 };
        let agrees = pairs.iter().take(judged).all(|pair| ours(pair) == self.obvious(&pair.0));
        let answers: Vec<Found> = pairs.iter().map(ours).collect();
        let footprint = self.fleet.footprint();
        let mut lines = vec![Line {
            question: question.to_owned(),
            peer: "ours",
            n: self.n,
            times: time(&pairs, |pair| {
                std::hint::black_box(seeker.nearest(&self.fleet, &pair.0, at(), WANTED));
            }),
            agrees,
            build_ms: Some(self.built),
            bytes_each: Some(footprint.index as f64 / f64::from(self.n)),
        }];
        let flat = &self.flat;
        lines.push(self.peer(
            question,
            "kiddo immutable, by class",
            &pairs,
            &answers,
            || Parted::<Still>::of(flat),
            |peer, ask| peer.nearest(flat, ask),
        ));
        lines.push(self.peer(
            question,
            "kiddo mutable, by class",
            &pairs,
            &answers,
            || Parted::<Moving>::of(flat),
            |peer, ask| peer.nearest(flat, ask),
        ));
        lines.push(self.peer(
            question,
            "kiddo immutable, filter after",
            &pairs,
            &answers,
            || Plain::<Still>::of(flat),
            |peer, ask| peer.nearest(flat, ask),
        ));
        lines.push(self.peer(
            question,
            "rstar, filter as they come",
            &pairs,
            &answers,
            || Rstar::of(flat),
            |peer, ask| peer.nearest(flat, ask),
        ));
        lines.push(self.peer(
            question,
            "h3o cells, ring by ring",
            &pairs,
            &answers,
            || Cells::of(flat),
            |peer, ask| peer.nearest(flat, ask),
        ));
        lines
    }

    fn peer<P>(
        &self,
        question: &str,
        peer: &'static str,
        pairs: &[Pair],
        answers: &[Found],
        build: impl FnOnce() -> P,
        ask: impl Fn(&P, &Ask) -> Found,
    ) -> Line {
        let (built, build_ms) = once(build);
        // The slow ones are given fewer questions, the same ones.
        let asked = pairs.get(..pairs.len().min(5_000)).unwrap_or(pairs);
        let agrees =
            asked.iter().zip(answers).all(|((_, question), answer)| ask(&built, question) == *answer);
        let times = time(asked, |(_, question)| {
            std::hint::black_box(ask(&built, question));
        });
        let question = question.to_owned();
        Line { question, peer, n: self.n, times, agrees, build_ms: Some(build_ms), bytes_each: None }
    }

    /// Everyone asked by the rules themselves, sorted.
    fn obvious(&self, request: &OpenRequest) -> Found {
        let may = self.fleet.iter().filter(|who| first_refusal(who, request, at()).is_none());
        let mut found: Found = may
            .filter_map(|who| {
                let here = who.position(at().now)?;
                Some((great_circle(here, request.place.position()).get(), number(who.volunteer)))
            })
            .collect();
        found.sort_unstable();
        found.truncate(WANTED);
        found
    }
}
