//! `birgemiz simulate`: tries ways of asking volunteers in a made-up city, side by side, and prints what came of it.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use domain::dispatch::{DispatchPolicy, Mode};
use domain::simulation::{Approach, Report, Scenario, plot, simulate};

/// What to simulate, and by which policy.
#[derive(Debug, Args)]
pub(super) struct SimulateArgs {
    /// The city: a TOML file such as those in examples/scenarios.
    scenario: PathBuf,
    /// A policy of dispatch as JSON; fields that are missing take the defaults. Its mode is taken to be waves, unless
    /// it is `exclusive`.
    #[arg(long)]
    policy: Option<PathBuf>,
    /// So many per cent of the city's volunteers: how many are needed?
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    volunteers_percent: u32,
    /// Only ours, as it is, without the others and without wrong estimates.
    #[arg(long)]
    only_waves: bool,
    /// Write a plot as SVG.
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Print the reports as JSON.
    #[arg(long)]
    json: bool,
}

/// Simulates, and prints the reports.
pub(super) fn run(args: &SimulateArgs) -> Result<(), String> {
    let scenario = scenario(args)?;
    let policy = policy(args)?;
    let mut approaches = Approach::side_by_side(policy);
    if args.only_waves {
        approaches = vec![Approach::Waves { policy, belief_percent: 100 }];
    }
    let reports = approaches
        .iter()
        .map(|approach| {
            simulate(&scenario, approach).map_err(|error| format!("{}: {error}", args.scenario.display()))
        })
        .collect::<Result<Vec<Report>, String>>()?;
    if let Some(path) = &args.svg {
        fs::write(path, plot(&scenario.name, &reports))
            .map_err(|error| format!("{}: {error}", path.display()))?;
    }
    if args.json {
        println!("{}", serde_json::to_string_pretty(&reports).map_err(|error| error.to_string())?);
        return Ok(());
    }
    println!("{}: simulation with assumptions, no observation. Seed {}.", scenario.name, scenario.seed);
    println!("{}", Report::heading());
    for report in &reports {
        println!("{}", report.line());
    }
    if let Some(ours) = reports.iter().find(|report| report.approach == "waves") {
        print!("\nwaves, by district:\n{}", ours.district_lines());
    }
    Ok(())
}

fn scenario(args: &SimulateArgs) -> Result<Scenario, String> {
    let path = &args.scenario;
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let scenario: Scenario = toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(if args.volunteers_percent == 100 {
        scenario
    } else {
        scenario.with_volunteers(args.volunteers_percent)
    })
}

fn policy(args: &SimulateArgs) -> Result<DispatchPolicy, String> {
    let Some(path) = &args.policy else {
        return Ok(DispatchPolicy { mode: Mode::Waves, ..DispatchPolicy::default() });
    };
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let policy: DispatchPolicy =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    policy.check().map_err(|error| format!("{}: {error}", path.display()))?;
    let mode = match policy.mode {
        Mode::Exclusive => Mode::Exclusive,
        Mode::Manual | Mode::SelfClaim | Mode::Waves | Mode::AutoPlan => Mode::Waves,
    };
    Ok(DispatchPolicy { mode, ..policy })
}
