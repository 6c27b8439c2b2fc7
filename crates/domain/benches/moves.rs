//! Volunteers who move: what a move costs, alone, mixed with questions, and with readers on another
//! core who never wait.

mod cores;
#[expect(dead_code, reason = "other benchmarks use the rest")]
mod crowd;
#[expect(dead_code, reason = "other benchmarks use the rest")]
mod measure;
#[expect(dead_code, reason = "other benchmarks use the rest")]
mod peers;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwap;
use chrono::TimeDelta;
use domain::id::VolunteerId;
use domain::matching::{ByTurns, Candidate, Fleet, OpenRequest, Seeker, Sighting};
use domain::place::Position;
use h3o::CellIndex;
use rstar::primitives::GeomWithData;
use uuid::Uuid;

use crowd::{Chance, Country, Selectivity, at};
use measure::{Line, Times, Wanted, instant, nanoseconds, time};
use peers::cells::{Cells, cell};
use peers::kiddo_trees::{Moving, Parted, Plain};
use peers::rstar_tree::Rstar;
use peers::{Ask, Flat, WANTED, point};

/// So many are told of at once.
const TOGETHER: usize = 1_000;

/// Somebody walks some three hundred metres.
struct Step {
    volunteer: u32,
    to: Position,
    seen_minutes_ago: i64,
}

fn main() {
    let wanted = Wanted::from_arguments();
    measure::print_heading(
        wanted,
        "Volunteers move 300 m; everyone has a base and was seen. Peers keep one place each, and no time. \
         kiddo 6.3 mutable and rstar 0.13 (f64, 3-D): take out, put in; h3o 0.11 (resolution 8): from list to list.",
    );
    let country = Country::new();
    for n in wanted.sizes() {
        let everyone = seen(crowd::volunteers(&country, n));
        let steps = steps(&everyone, wanted.questions() * 5);
        let requests = crowd::requests(&country, wanted.questions() * 5, Selectivity::Mixed);
        measure::print(wanted, moves(wanted, n, &everyone, &steps));
        measure::print(wanted, mixed(wanted, "9 questions, 1 move", 9, n, &everyone, &steps, &requests));
        measure::print(wanted, mixed(wanted, "1 question, 1 move", 1, n, &everyone, &steps, &requests));
        measure::print(wanted, beside(n, &everyone, &steps, &requests));
        cores::run(wanted, n, &everyone, &steps, &requests);
    }
}

fn seen(mut everyone: Vec<Candidate>) -> Vec<Candidate> {
    for who in &mut everyone {
        who.last_seen =
            who.base.map(|position| Sighting { position, seen_at: at().now - TimeDelta::minutes(5) });
    }
    everyone
}

fn steps(everyone: &[Candidate], n: u32) -> Vec<Step> {
    let mut chance = Chance::new(crowd::SEED ^ 0x57E9);
    let step = |_| {
        let volunteer = chance.below(u32::try_from(everyone.len()).unwrap_or(u32::MAX));
        let base = everyone.get(volunteer as usize).and_then(|who| who.base)?;
        let (north, east) = (chance.share() - 0.5, chance.share() - 0.5);
        let to = Position::new(base.lat() + north * 0.005, base.lon() + east * 0.005).ok()?;
        Some(Step { volunteer, to, seen_minutes_ago: i64::from(chance.below(5)) })
    };
    (0..n).filter_map(step).collect()
}

fn go(fleet: &mut Fleet, step: &Step) {
    let seen_at = at().now - TimeDelta::minutes(step.seen_minutes_ago);
    fleet.see(
        VolunteerId::new(Uuid::from_u128(u128::from(step.volunteer))),
        Sighting { position: step.to, seen_at },
    );
}

/// Many walk at once.
fn go_all(fleet: &mut Fleet, steps: &[Step]) {
    let seen_at = |step: &Step| at().now - TimeDelta::minutes(step.seen_minutes_ago);
    let sighting = |step: &Step| Sighting { position: step.to, seen_at: seen_at(step) };
    let told = |step: &Step| (VolunteerId::new(Uuid::from_u128(u128::from(step.volunteer))), sighting(step));
    fleet.see_all(&steps.iter().map(told).collect::<Vec<_>>());
}

fn flats(everyone: &[Candidate]) -> Vec<Flat> {
    everyone.iter().map(|who| Flat::of(who, at())).collect()
}

fn line(question: &str, peer: &'static str, n: u32, times: Times, agrees: bool) -> Line {
    Line { question: question.to_owned(), peer, n, times, agrees, build_ms: None, bytes_each: None }
}

fn moves(wanted: Wanted, n: u32, everyone: &[Candidate], steps: &[Step]) -> Vec<Line> {
    let mut fleet: Fleet = everyone.iter().cloned().collect();
    let mut lines = vec![line("move", "ours", n, time(steps, |step| go(&mut fleet, step)), true)];
    let thousands: Vec<&[Step]> = steps.chunks(TOGETHER).collect();
    let together = time(&thousands, |steps| go_all(&mut fleet, steps)).of_each(TOGETHER);
    lines.push(line("move", "ours, 1000 together", n, together, true));
    let mut turns = ByTurns::new(fleet);
    let shown = ArcSwap::new(turns.show());
    let each = time(steps, |step| {
        go(turns.world(), step);
        shown.store(turns.show());
    });
    lines.push(line("move", "ours, shown after each", n, each, true));
    let together = time(&thousands, |steps| {
        go_all(turns.world(), steps);
        shown.store(turns.show());
    });
    lines.push(line("move", "ours, 1000 together and shown", n, together.of_each(TOGETHER), true));
    let (fleet, held) = (turns.world().clone(), shown.load_full());
    lines.push(line(
        "move",
        "ours, copied for who holds on",
        n,
        copied(fleet, &thousands).of_each(TOGETHER),
        true,
    ));
    drop(held);
    if !wanted.wants("kiddo") {
        return lines;
    }
    let mut flat = flats(everyone);
    let mut kiddo = Plain::<Moving>::of(&flat);
    let times = time(steps, |step| walk_in_kiddo(&mut kiddo, &mut flat, step));
    lines.push(line("move", "kiddo mutable", n, times, true));
    let some = steps.get(..steps.len() / 10).unwrap_or(steps);
    let mut flat = flats(everyone);
    let mut tree = Rstar::of(&flat);
    let times = time(some, |step| {
        if let Some(who) = flat.get_mut(step.volunteer as usize) {
            tree.0.remove(&GeomWithData::new(who.point, step.volunteer));
            who.point = point(step.to);
            tree.0.insert(GeomWithData::new(who.point, step.volunteer));
        }
    });
    lines.push(line("move", "rstar", n, times, true));
    let mut flat = flats(everyone);
    let mut cells = Cells::of(&flat);
    let times = time(steps, |step| walk_in_cells(&mut cells, &mut flat, step));
    lines.push(line("move", "h3o cells", n, times, true));
    lines
}

/// Each world shown is a copy that readers may hold.
fn copied(mut fleet: Fleet, thousands: &[&[Step]]) -> Times {
    let (shown, mut past) = (ArcSwap::from_pointee(fleet.clone()), Vec::new());
    time(thousands, |steps| {
        go_all(&mut fleet, steps);
        past.push(shown.swap(Arc::new(fleet.clone())));
        past.retain(|world| Arc::strong_count(world) > 1);
    })
}

fn walk_in_kiddo(tree: &mut Plain<Moving>, flat: &mut [Flat], step: &Step) {
    if let Some(who) = flat.get_mut(step.volunteer as usize) {
        tree.0.tree.remove(&who.point, step.volunteer);
        who.point = point(step.to);
        let _ = tree.0.tree.add(&who.point, step.volunteer);
    }
}

fn walk_in_cells(cells: &mut Cells, flat: &mut [Flat], step: &Step) {
    let Some(who) = flat.get_mut(step.volunteer as usize) else { return };
    let (from, to): (Option<CellIndex>, _) = (cell(who.lat, who.lon), cell(step.to.lat(), step.to.lon()));
    (who.lat, who.lon, who.point) = (step.to.lat(), step.to.lon(), point(step.to));
    let (Some(from), Some(to)) = (from, to) else { return };
    if from != to {
        if let Some(members) = cells.members.get_mut(&from)
            && let Some(place) = members.iter().position(|member| *member == step.volunteer)
        {
            members.swap_remove(place);
        }
        cells.members.entry(to).or_default().push(step.volunteer);
    }
}

fn mixed(
    wanted: Wanted,
    name: &str,
    questions: usize,
    n: u32,
    everyone: &[Candidate],
    steps: &[Step],
    requests: &[OpenRequest],
) -> Vec<Line> {
    let pairs: Vec<(&Step, &OpenRequest, Ask)> =
        steps.iter().zip(requests).map(|(step, request)| (step, request, Ask::of(request))).collect();
    let mut fleet: Fleet = everyone.iter().cloned().collect();
    let mut seeker = Seeker::default();
    let mut turn = 0;
    let ours = time(&pairs, |(step, request, _)| {
        turn += 1;
        if turn % (questions + 1) == 0 {
            go(&mut fleet, step);
        } else {
            std::hint::black_box(seeker.nearest(&fleet, request, at(), WANTED));
        }
    });
    let mut flat = flats(everyone);
    let mut tree = Plain::<Moving>::of(&flat);
    if !wanted.wants("kiddo") {
        return vec![line(name, "ours", n, ours, true)];
    }
    let parted = Parted::<Moving>::of(&flat);
    let some = pairs.get(..pairs.len() / 10).unwrap_or(&pairs);
    let mut turn = 0;
    // Moves go to a tree of everyone and questions to the trees by class: cheaper than either does both.
    let theirs = time(some, |(step, _, ask)| {
        turn += 1;
        if turn % (questions + 1) == 0 {
            walk_in_kiddo(&mut tree, &mut flat, step);
        } else {
            std::hint::black_box(parted.nearest(&flat, ask));
        }
    });
    vec![line(name, "ours", n, ours, true), line(name, "kiddo mutable, by class (a bound)", n, theirs, true)]
}

/// Questions on this core while another moves volunteers and shows a new world after every thousand.
fn beside(n: u32, everyone: &[Candidate], steps: &[Step], requests: &[OpenRequest]) -> Vec<Line> {
    let mut turns = ByTurns::new(everyone.iter().cloned().collect::<Fleet>());
    let shown = ArcSwap::new(turns.show());
    let mut seeker = Seeker::default();
    let mut ask = |request: &OpenRequest| {
        std::hint::black_box(seeker.nearest(&shown.load(), request, at(), WANTED));
    };
    let alone = time(requests, &mut ask);
    let done = AtomicBool::new(false);
    let (beside, moved, took) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            let (begun, mut moved) = (instant(), 0_u64);
            while !done.load(Ordering::Relaxed) {
                let steps = steps.get(moved as usize % steps.len()..).unwrap_or(steps);
                let steps = steps.get(..TOGETHER).unwrap_or(steps);
                go_all(turns.world(), steps);
                moved += steps.len() as u64;
                shown.store(turns.show());
            }
            (moved, nanoseconds(begun))
        });
        let times = time(requests, &mut ask);
        done.store(true, Ordering::Relaxed);
        let (moved, took) = writer.join().unwrap_or((0, 1));
        (times, moved, took)
    });
    if !std::env::args().any(|argument| argument == "--json") {
        println!(
            "  while {:.0} moves a second were made on the other core",
            moved as f64 * 1e9 / took as f64
        );
    }
    vec![
        line("question, nobody moves", "ours", n, alone, true),
        line("question beside moves", "ours", n, beside, true),
    ]
}
