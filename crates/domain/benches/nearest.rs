//! The ten nearest volunteers who may be offered a request: ours, and libraries that a user could
//! pick instead, all giving the same answers in the same run.

mod crowd;
#[expect(dead_code, reason = "other benchmarks use the rest")]
mod measure;
mod peers;

use domain::matching::{Fleet, OpenRequest, Seeker, first_refusal};
use domain::place::great_circle;

use crowd::{Country, Selectivity, at, number};
use measure::plot::{Point, svg};
use measure::table::put_into;
use measure::{Line, Wanted, once, time};
use peers::cells::Cells;
use peers::kiddo_trees::{Moving, Parted, Plain, Still};
use peers::rstar_tree::Rstar;
use peers::servers::{self, Server};
use peers::{Ask, Flat, Found, WANTED};

type Pair = (OpenRequest, Ask);

fn main() {
    let wanted = Wanted::from_arguments();
    measure::print_heading(
        wanted,
        "The 10 nearest who may be offered a request. One thread; kiddo 6.3 (f64, 3-D), rstar 0.13 (f64, 3-D, bulk), \
         h3o 0.11 (resolution 8); ours i32, 3-D.\n\
         Peers read a flat table of what the rules need, and give volunteers' numbers; ours gives their ids.\n\
         Servers are those of this machine, each on a unix socket, which is part of their time; every class of \
         volunteers has an index or set of its own.",
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
        let servers = servers::start(&flat, |peer| wanted.wants(peer));
        let stage = Stage { wanted, n, flat, fleet, built, servers };
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
    show(&points);
}

/// Writes the plot and the table to where they are wanted.
fn show(points: &[Point]) {
    let title = "The 10 nearest who may be offered a request: mean time, one thread";
    let plot = measure::argument("--svg");
    let plotted = plot.as_ref().map(|path| std::fs::write(path, svg(title, points)));
    let told = measure::argument("--table").map(|path| put_into(&path, plot.as_deref(), points));
    for error in [plotted, told].into_iter().flatten().filter_map(Result::err) {
        eprintln!("not written: {error}");
    }
}

struct Stage {
    wanted: Wanted,
    n: u32,
    flat: Vec<Flat>,
    fleet: Fleet,
    built: f64,
    servers: Vec<Server>,
}

/// What a peer is asked, with our answers.
struct Asked<'a> {
    question: &'a str,
    pairs: &'a [Pair],
    answers: &'a [Found],
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
        let asked = Asked { question, pairs: &pairs, answers: &answers };
        let flat = &self.flat;
        lines.extend(
            [
                self.peer(&asked, "kiddo immutable, by class", || Parted::<Still>::of(flat), Parted::nearest),
                self.peer(&asked, "kiddo mutable, by class", || Parted::<Moving>::of(flat), Parted::nearest),
                self.peer(
                    &asked,
                    "kiddo immutable, filter after",
                    || Plain::<Still>::of(flat),
                    Plain::nearest,
                ),
                self.peer(&asked, "rstar, filter as they come", || Rstar::of(flat), Rstar::nearest),
                self.peer(&asked, "h3o cells, ring by ring", || Cells::of(flat), Cells::nearest),
            ]
            .into_iter()
            .flatten(),
        );
        lines.extend(self.servers.iter().map(|server| {
            let asked = Asked { pairs: pairs.get(..servers::QUESTIONS).unwrap_or(&pairs), ..asked };
            self.line(&asked, server.name, server.build_ms, |ask| server.nearest(flat, ask))
        }));
        lines
    }

    fn peer<P>(
        &self,
        asked: &Asked<'_>,
        peer: &'static str,
        build: impl FnOnce() -> P,
        nearest: impl Fn(&P, &[Flat], &Ask) -> Found,
    ) -> Option<Line> {
        if !self.wanted.wants(peer) {
            return None;
        }
        let (built, build_ms) = once(build);
        Some(self.line(asked, peer, build_ms, |ask| nearest(&built, &self.flat, ask)))
    }

    fn line(
        &self,
        asked: &Asked<'_>,
        peer: &'static str,
        build_ms: f64,
        nearest: impl Fn(&Ask) -> Found,
    ) -> Line {
        // The slow ones are given fewer questions, the same ones.
        let pairs = asked.pairs.get(..asked.pairs.len().min(5_000)).unwrap_or(asked.pairs);
        let agrees =
            pairs.iter().zip(asked.answers).all(|((_, question), answer)| nearest(question) == *answer);
        let times = time(pairs, |(_, question)| {
            std::hint::black_box(nearest(question));
        });
        let question = asked.question.to_owned();
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
