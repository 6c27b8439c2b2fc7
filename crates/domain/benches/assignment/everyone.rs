//! The best over everyone, not by lists of the nearest alone: they are widened until the bound for everyone is near, and
//! then until it is reached.

use domain::matching::assignment::{Looked, Priced, Step, Widening, verify};
use domain::place::Metres;

use crate::instance::{Candidates, Scene};
use crate::line::Line;
use crate::measure::once;

/// A thousandth.
const NEAR: u64 = 1_000;

/// Looks beyond the lists once.
fn look(scene: &Scene, candidates: &Candidates, widening: &mut Widening) -> Step {
    let prices = widening.draft().prices();
    let priced = Priced::new(&candidates.grounds, &prices);
    widening.look(|request, below, found| {
        let number = candidates.order.get(request as usize);
        let Some(place) = number.and_then(|number| scene.requests.get(*number as usize)) else { return };
        let reach = |cost: u32| Metres::new(cost / 10 + 1);
        priced.cheaper(*place, below, reach, |near| Some(near.decimetres()), found);
    })
}

/// Until it is certified to a thousandth over everyone, and from there to the best. `graph` is what the lists took.
pub(crate) fn lines(scene: &Scene, candidates: &Candidates, graph: f64) -> Vec<Line> {
    let problem = candidates.problem.clone();
    let (mut widening, begun) = once(|| Widening::of(problem));
    let (mut time, mut certified) = (graph + begun, None);
    loop {
        let before = widening.draft().answer();
        let (step, looking) = once(|| look(scene, candidates, &mut widening));
        eprintln!("over everyone, after {:.3} s: {looking:.1} ms for {step:?}", time / 1e3);
        time += looking;
        let Step::Whole(Looked { added, lacking }) = step else { continue };
        let bound = before.bound.saturating_sub(lacking);
        if certified.is_none() && (before.cost - bound) * NEAR <= before.cost {
            certified = Some((time, before.cost));
        }
        if added == 0 {
            break;
        }
    }
    let draft = widening.into_draft();
    let answer = draft.answer();
    let holds = verify(draft.problem(), &answer).is_ok_and(|proven| proven.cost == proven.bound);
    let (near, cost) = certified.unwrap_or((time, answer.cost));
    // What was certified is that near to what was found in the end.
    let is_near = (cost - answer.cost) * NEAR <= cost;
    vec![
        Line::new("certified over everyone, with candidates", "ours", near, cost).holding(is_near),
        Line::new("the best over everyone, with candidates", "ours", time, answer.cost).holding(holds),
    ]
}
