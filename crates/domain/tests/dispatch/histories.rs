//! Long random histories: nothing that must hold breaks, and whatever is planted is found.

use super::town::{Plant, Town};

/// Lives so many steps in towns of several seeds; answers how many decisions were made and waves sent.
fn live(first_seed: u64, steps: u64, plant: Option<Plant>) -> Result<(u64, u64), String> {
    const A_LIFE: u64 = 20_000;
    let (mut decisions, mut waves) = (0, 0);
    for life in 0..steps.div_ceil(A_LIFE) {
        let seed = first_seed + life;
        let mut town = Town::new(seed, plant);
        for step in 0..A_LIFE.min(steps) {
            town.step()
                .and_then(|()| town.nobody_starves())
                .map_err(|fault| format!("seed {seed}, step {step}: {fault}"))?;
        }
        decisions += town.judge.decisions;
        waves += town.judge.waves;
    }
    Ok((decisions, waves))
}

/// `BIRGEMIZ_DISPATCH=full` takes a million steps; `BIRGEMIZ_SEED` chooses where to begin.
#[test]
#[expect(clippy::disallowed_methods, reason = "how long it takes is chosen by whoever runs it")]
fn in_long_random_histories_everything_that_must_hold_does() {
    let full = std::env::var("BIRGEMIZ_DISPATCH").is_ok_and(|size| size == "full");
    let seed = std::env::var("BIRGEMIZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let steps = if full { 1_000_000 } else { 40_000 };
    let (decisions, waves) = live(seed, steps, None).expect("nothing breaks");
    println!("seed {seed}: {steps} steps, {decisions} decisions, {waves} waves");
    assert!(decisions > steps / 100 && waves > steps / 1_000, "{decisions} {waves}");
}

#[test]
fn whatever_is_planted_is_found_by_what_it_breaks() {
    for (plant, found_by) in [
        (Plant::ForgetsOffers, "as many offers as the budget bears"),
        (Plant::ForgetsWhoWasAsked, "was asked before"),
        (Plant::AsksForWhatHasEnded, "although it is not open"),
        (Plant::LosesLooks, "starves"),
        (Plant::KeepsAnotherDecision, "computed again"),
        (Plant::KnowsNoNight, "it is night"),
        (Plant::ClaimsTwice, "is held by"),
    ] {
        let fault = live(1, 20_000, Some(plant)).expect_err("a planted mistake is found");
        assert!(fault.contains(found_by), "{plant:?}: {fault}");
    }
}
