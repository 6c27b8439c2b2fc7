//! Google's OR-Tools, as a child that reads the instance from a file: `SimpleMinCostFlow`, a cost-scaling
//! push-relabel method in C++. Its own clock counts, without reading the file.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use domain::matching::assignment::Problem;

use crate::line::Line;

const PROGRAM: &str = include_str!("ortools.py");

/// What it takes and finds; none, and the reason printed, where it is not installed.
pub(crate) fn line(problem: &Problem) -> Option<Line> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let python = folder.parent()?.join("peers/ortools/bin/python");
    if !python.exists() {
        eprintln!(
            "SKIPPED: OR-Tools is not here; python3 -m venv {0} && {0}/bin/pip install ortools",
            folder.parent()?.join("peers/ortools").display()
        );
        return None;
    }
    let file = folder.join("assignment.bin");
    let answer = write(problem, &file).ok().and_then(|()| ask(python, &file));
    if answer.is_none() {
        eprintln!("SKIPPED: OR-Tools gave no answer.");
    }
    answer
}

fn ask(python: PathBuf, file: &Path) -> Option<Line> {
    let output = Command::new(python).arg("-c").arg(PROGRAM).arg(file).output().ok()?;
    let words = String::from_utf8(output.stdout).ok()?;
    let mut numbers = words.split_whitespace();
    let seconds: f64 = numbers.next()?.parse().ok()?;
    let cost = numbers.next()?.parse().ok()?;
    Some(Line::new("assignment, by the same ways", "OR-Tools", 1e3 * seconds, cost))
}

/// Numbers of four bytes: how many requests, volunteers, ways and steps; what leaving each open costs; then by
/// columns the ways' requests, volunteers and costs, and the steps' volunteers and costs.
fn write(problem: &Problem, file: &Path) -> std::io::Result<()> {
    let count = |many: usize| u32::try_from(many).unwrap_or(u32::MAX);
    let requests = || 0..count(problem.requests());
    let volunteers = || 0..count(problem.volunteers());
    let ways = || requests().flat_map(|request| problem.ways(request).iter().map(move |way| (request, way)));
    let steps = || {
        volunteers()
            .flat_map(|volunteer| problem.free_steps(volunteer).iter().map(move |step| (volunteer, *step)))
    };
    let header = [
        count(problem.requests()),
        count(problem.volunteers()),
        count(ways().count()),
        count(steps().count()),
    ];
    let mut out = std::io::BufWriter::new(std::fs::File::create(file)?);
    let numbers = header
        .into_iter()
        .chain(requests().map(|request| problem.open_cost(request).unwrap_or(0)))
        .chain(ways().map(|(request, _)| request))
        .chain(ways().map(|(_, way)| way.volunteer))
        .chain(ways().map(|(_, way)| way.cost))
        .chain(steps().map(|(volunteer, _)| volunteer))
        .chain(steps().map(|(_, step)| step));
    for number in numbers {
        out.write_all(&number.to_le_bytes())?;
    }
    out.flush()
}
