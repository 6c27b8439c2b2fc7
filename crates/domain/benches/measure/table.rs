//! A table of what was measured, put into a document between two marks: who answers, mean time by size. With the
//! plot, if there is one.

use std::fmt::Write;
use std::path::Path;

use super::plot::Point;

/// Where the table of a document begins and ends.
const MARKS: [&str; 2] = ["<!-- scripts/bench nearest writes this table -->\n", "<!-- to here -->"];

/// Puts the table, and a plot beside or below the document, in the place of those before. The first points are
/// ours.
pub(crate) fn put_into(path: &str, plot: Option<&str>, points: &[Point]) -> std::io::Result<()> {
    let text = std::fs::read_to_string(path)?;
    let [begin, end] = MARKS;
    let parts = text.split_once(begin).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
    let Some((before, after)) = parts else { return Err(std::io::ErrorKind::NotFound.into()) };
    let folder = Path::new(path).parent().unwrap_or(Path::new(""));
    let plot = plot.and_then(|plot| Path::new(plot).strip_prefix(folder).ok());
    let plot = plot.map(|plot| format!("\n![Mean time by number of volunteers]({})\n", plot.display()));
    let shown = table(points) + &plot.unwrap_or_default();
    std::fs::write(path, format!("{before}{begin}{shown}{end}{after}"))
}

fn table(points: &[Point]) -> String {
    let mut sizes: Vec<u32> = points.iter().map(|point| point.n).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let mut peers: Vec<&str> = Vec::new();
    for point in points {
        if !peers.contains(&point.peer) {
            peers.push(point.peer);
        }
    }
    let find = |peer: &str, n: u32| points.iter().find(|point| point.peer == peer && point.n == n);
    let ours = peers.first().copied().unwrap_or_default();
    let mut out = "| who answers |".to_owned();
    for n in &sizes {
        let _ = write!(out, " {} |", grouped(*n));
    }
    out.push_str(" p99 at the largest | times ours |\n| --- |");
    out.push_str(&" ---: |".repeat(sizes.len() + 2));
    out.push('\n');
    for peer in peers {
        let _ = write!(out, "| {peer} |");
        for n in &sizes {
            let mean = find(peer, *n).map(|point| format!("{:.1} µs", point.mean_us));
            let _ = write!(out, " {} |", mean.unwrap_or_else(|| "-".to_owned()));
        }
        let largest = sizes.iter().rev().find_map(|n| Some((find(peer, *n)?, find(ours, *n)?)));
        if let Some((theirs, ours)) = largest {
            let _ = writeln!(out, " {:.1} µs | {:.1} |", theirs.p99_us, theirs.mean_us / ours.mean_us);
        }
    }
    out
}

/// With a comma at the thousands.
fn grouped(n: u32) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}
