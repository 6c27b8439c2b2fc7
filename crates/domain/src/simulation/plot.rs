//! A plot of reports side by side, as SVG: for each measure a row of bars, one for each approach.

use std::fmt::Write;

use super::report::Report;

const WIDTH: f64 = 860.0;
const LABEL: f64 = 230.0;
const BAR: f64 = 16.0;
const GAP: f64 = 30.0;
const COLOURS: [&str; 6] = ["#8d6e63", "#546e7a", "#ef6c00", "#c2185b", "#9c6ade", "#1565c0"];

/// A measure: what it is called, and how to read it off a report.
type Measure = (&'static str, fn(&Report) -> f64);

const MEASURES: [Measure; 8] = [
    ("unmatched, %", |report| report.unmatched_percent),
    ("taken within an hour, %", |report| report.within_an_hour_percent),
    ("minutes to match, nine tenths", |report| report.to_match_min[1]),
    ("minutes to the door, nine tenths", |report| report.to_door_min[1]),
    ("offers a delivery", |report| report.offers_per_delivery),
    ("no offer in 28 days, %", |report| report.no_offer_in_28_days_percent),
    ("no task, %", |report| report.no_task_percent),
    ("Gini of tasks", |report| report.gini_of_tasks),
];

/// The reports side by side. Whoever shows it has to leave the word simulation where it stands.
#[must_use]
pub fn plot(title: &str, reports: &[Report]) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let rows = (reports.len() * MEASURES.len()) as f64;
    let height = 60.0 + rows * BAR + GAP * 8.0 + 20.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<title>{0}</title>\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n\
         <text x=\"10\" y=\"24\" font-size=\"15\">{0}</text>\n<text x=\"10\" y=\"42\">Simulation with assumptions, no \
         observation.</text>\n",
        escaped(title)
    );
    let mut y = 60.0;
    for (name, of) in MEASURES {
        let most = reports.iter().map(of).fold(0.0, f64::max);
        let _ = writeln!(out, "<text x=\"10\" y=\"{}\" font-weight=\"bold\">{name}</text>", y + 12.0);
        y += 16.0;
        for (report, colour) in reports.iter().zip(COLOURS.iter().cycle()) {
            let (value, name) = (of(report), escaped(&report.approach));
            let length = if most > 0.0 { value / most * (WIDTH - LABEL - 80.0) } else { 0.0 };
            let _ = writeln!(
                out,
                "<text x=\"20\" y=\"{:.1}\">{name}</text><rect x=\"{LABEL}\" y=\"{:.1}\" width=\"{length:.1}\" \
                 height=\"{:.1}\" fill=\"{colour}\"/><text x=\"{:.1}\" y=\"{:.1}\">{value:.2}</text>",
                y + 11.0,
                y + 2.0,
                BAR - 4.0,
                LABEL + length + 5.0,
                y + 11.0,
            );
            y += BAR;
        }
        y += GAP - 16.0;
    }
    out.push_str("</svg>\n");
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_break_the_picture() {
        let svg = plot("a <b> & c", &[]);
        assert!(svg.contains("a &lt;b&gt; &amp; c") && svg.ends_with("</svg>\n"));
    }
}
