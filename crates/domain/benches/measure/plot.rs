//! A plot of what was measured, as SVG: mean time over size, both by powers of ten, a line for each peer.

use std::fmt::Write;

/// One measurement.
pub(crate) struct Point {
    pub(crate) peer: &'static str,
    pub(crate) n: u32,
    pub(crate) mean_us: f64,
    pub(crate) p99_us: f64,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 60.0;
const RIGHT: f64 = 250.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 45.0;
const COLOURS: [&str; 10] = [
    "#c2185b", "#1565c0", "#0097a7", "#5e8c31", "#8d6e63", "#6a1b9a", "#ef6c00", "#546e7a", "#9e9d24",
    "#d32f2f",
];

/// The powers of ten around all values of one axis, and where a value is between its two ends.
struct Axis {
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Axis {
    fn around(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let low = values.clone().fold(f64::INFINITY, f64::min).log10().floor();
        let high = values.fold(0.0, f64::max).log10().ceil().max(low + 1.0);
        Self { low, high, from, to }
    }

    fn at(&self, value: f64) -> f64 {
        self.from + (value.log10() - self.low) / (self.high - self.low) * (self.to - self.from)
    }

    fn powers(&self) -> impl Iterator<Item = f64> + use<> {
        (self.low as i32..=self.high as i32).map(|power| 10_f64.powi(power))
    }
}

pub(crate) fn svg(title: &str, points: &[Point]) -> String {
    let x = Axis::around(points.iter().map(|point| f64::from(point.n)), LEFT, WIDTH - RIGHT);
    let y = Axis::around(points.iter().map(|point| point.mean_us), HEIGHT - BOTTOM, TOP);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>{title}</title>\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"white\"/>\n\
         <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{title}</text>\n"
    );
    grid(&mut out, &x, &y);
    let mut peers: Vec<&str> = Vec::new();
    for point in points {
        if !peers.contains(&point.peer) {
            peers.push(point.peer);
        }
    }
    for (peer, colour) in peers.into_iter().zip(COLOURS) {
        line(&mut out, &x, &y, points.iter().filter(|point| point.peer == peer), colour);
    }
    out.push_str("</svg>\n");
    out
}

fn grid(out: &mut String, x: &Axis, y: &Axis) {
    for power in x.powers() {
        let at = x.at(power);
        let _ = writeln!(
            out,
            "<path d=\"M{at:.1} {TOP}V{:.1}\" stroke=\"#ddd\"/><text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{power}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 18.0
        );
    }
    for power in y.powers() {
        let at = y.at(power);
        let _ = writeln!(
            out,
            "<path d=\"M{LEFT} {at:.1}H{:.1}\" stroke=\"#ddd\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{power} us</text>",
            WIDTH - RIGHT,
            LEFT - 6.0,
            at + 4.0
        );
    }
    let middle = f64::midpoint(LEFT, WIDTH - RIGHT);
    let _ = writeln!(
        out,
        "<text x=\"{middle:.1}\" y=\"{:.1}\" text-anchor=\"middle\">volunteers</text>",
        HEIGHT - 8.0
    );
}

fn line<'p>(
    out: &mut String,
    x: &Axis,
    y: &Axis,
    points: impl Iterator<Item = &'p Point> + Clone,
    colour: &str,
) {
    let mut path = String::new();
    for point in points.clone() {
        let sign = if path.is_empty() { 'M' } else { 'L' };
        let (x, y) = (x.at(f64::from(point.n)), y.at(point.mean_us));
        let _ = write!(path, "{sign}{x:.1} {y:.1}");
        let _ = writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{colour}\"/>");
    }
    let _ = writeln!(out, "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>");
    if let Some(last) = points.last() {
        let (at, up) = (x.at(f64::from(last.n)) + 8.0, y.at(last.mean_us) + 4.0);
        let _ = writeln!(
            out,
            "<text x=\"{at:.1}\" y=\"{up:.1}\" fill=\"{colour}\">{} ({:.1} us)</text>",
            last.peer, last.mean_us
        );
    }
}
