//! All requests to all volunteers at once: ours, Google's OR-Tools on the same candidates, and two greedy ways,
//! in one run. Costs are great circles in decimetres; leaving a request open costs twenty kilometres.

#[path = "../crowd/mod.rs"]
#[expect(dead_code, reason = "other benchmarks use other parts of it")]
mod crowd;
mod everyone;
mod greedy;
mod instance;
mod layout;
mod line;
#[path = "../measure/mod.rs"]
#[expect(dead_code, reason = "other benchmarks use other parts of it")]
mod measure;
mod ortools;
mod warm;

use std::num::NonZeroUsize;

use domain::matching::assignment::{Draft, Finish, verify};

use instance::Instance;
use line::Line;
use measure::{Wanted, once};

/// The least by which the quick finish raises a price, in decimetres. A smaller one is nearer, a larger sooner.
const INCREMENT: u32 = 80;
const ONE: NonZeroUsize = NonZeroUsize::MIN;

fn main() {
    let wanted = Wanted::from_arguments();
    let only = std::env::args().skip_while(|argument| argument != "--only").nth(1).unwrap_or_default();
    if !wanted.json {
        println!(
            "Bulk assignment. One thread unless said; seed {}; costs i32, in decimetres; increment of the quick finish \
             {INCREMENT}. OR-Tools' time is its solving alone. The fair greedy sees every volunteer.\n\
             Ratios are to the first line of an instance, which includes finding candidates; gaps are to the cheapest \
             by the same ways.",
            crowd::SEED
        );
        line::print_heading();
    }
    for instance in Instance::all(wanted.quick).iter().filter(|instance| instance.name.contains(&only)) {
        run(wanted, instance);
    }
}

fn run(wanted: Wanted, instance: &Instance) {
    let scene = instance.scene();
    let (candidates, graph) = once(|| scene.candidates(instance));
    if std::env::args().any(|argument| argument == "--everyone") {
        line::print(wanted, &instance.name, None, &everyone::lines(&scene, &candidates, graph));
        return;
    }
    let problem = &candidates.problem;
    let copy = problem.clone();
    let (near, quick) = once(|| Draft::of(copy, Finish::Near { increment: INCREMENT }, ONE).answer());
    let copy = problem.clone();
    let (draft, whole) = once(|| Draft::of(copy, Finish::Exact, ONE));
    let exact = draft.answer();
    let (checked, checking) = once(|| verify(problem, &exact));
    let is_proven = checked.is_ok_and(|proven| proven.cost == proven.bound);
    let proven = graph + whole + checking;
    let mut lines = vec![
        Line::new("the best, proven, with candidates", "ours", proven, exact.cost).holding(is_proven),
        Line::new("near the best, with candidates", "ours", graph + quick, near.cost)
            .holding(verify(problem, &near).is_ok()),
        Line::new("candidates alone", "ours", graph, exact.cost),
        Line::new("near the best alone", "ours", quick, near.cost),
        Line::new("the best alone", "ours", whole, exact.cost),
        Line::new("checking the proof alone", "ours", checking, exact.cost),
    ];
    if let Some(two) = NonZeroUsize::new(2) {
        let copy = problem.clone();
        let (on_two, time) = once(|| Draft::of(copy, Finish::Exact, two));
        lines.push(
            Line::new("the best alone", "ours, two threads", time, exact.cost)
                .holding(on_two.answer() == exact),
        );
    }
    lines.extend(warm::lines(instance, &scene, &candidates, &draft));
    lines.extend(ortools::line(problem).map(|line| {
        let is_equal = line.cost() == exact.cost;
        line.holding(is_equal)
    }));
    let (cost, time) = once(|| greedy::nearest_free(&scene, &candidates.grounds, instance));
    lines.push(Line::new("assignment, all volunteers", "fair greedy", time, cost));
    let (cost, time) = once(|| greedy::shortest_first(problem, instance));
    lines.push(Line::new("assignment, by the same ways", "shortest first", time, cost));
    lines.extend(everyone::lines(&scene, &candidates, graph));
    line::print(wanted, &instance.name, Some(&exact), &lines);
}
