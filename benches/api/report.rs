//! What was measured, as a table for people or a line of JSON each for programs.

use std::time::Duration;

use serde_json::json;

use crate::load::Measured;

pub(crate) struct Report {
    json: bool,
}

/// One figure and what it is compared with.
pub(crate) struct Row {
    question: String,
    connections: usize,
    per_second: f64,
    p50: Option<Duration>,
    p99: Option<Duration>,
    ratio_to_ours: Option<f64>,
}

impl Row {
    pub(crate) fn http(question: &str, connections: usize, measured: &Measured) -> Self {
        Self {
            question: question.to_owned(),
            connections,
            per_second: measured.per_second(),
            p50: Some(measured.percentile(500)),
            p99: Some(measured.percentile(990)),
            ratio_to_ours: None,
        }
    }
}

impl Row {
    /// The same, of calls that bring so many each.
    pub(crate) fn of_many(question: &str, connections: usize, measured: &Measured, each: u32) -> Self {
        let one = Self::http(question, connections, measured);
        Self { per_second: one.per_second * f64::from(each), ..one }
    }
}

impl Report {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn machine(&self, what: &str) {
        if self.json {
            return;
        }
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown");
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        println!("{model}, {cores} cores, load before: {}\n{what}\n", load.trim());
        println!(
            "{:44} {:>5} {:>10} {:>9} {:>9} {:>8}",
            "", "conns", "per second", "p50 ms", "p99 ms", "ours is"
        );
    }

    pub(crate) fn started(&self, ready_after: Duration, mib: u64) {
        self.say("ready_s", ready_after.as_secs_f64());
        self.say("resident_mib_at_start", mib as f64);
    }

    pub(crate) fn ended(&self, mib: u64) {
        self.say("resident_mib_at_end", mib as f64);
    }

    fn say(&self, what: &str, value: f64) {
        if self.json {
            println!("{}", json!({"question": what, "value": value}));
        } else {
            println!("{what:44} {:>5} {value:>10.1}", "");
        }
    }

    /// Something that went on for long, by one connection.
    pub(crate) fn rate(&mut self, question: &str, per_second: f64, ratio_to_ours: Option<f64>) {
        let question = question.to_owned();
        self.row(Row { question, connections: 1, per_second, p50: None, p99: None, ratio_to_ours });
    }

    pub(crate) fn row(&mut self, row: Row) {
        let ms = |duration: Option<Duration>| duration.map(|duration| duration.as_secs_f64() * 1000.0);
        if self.json {
            println!(
                "{}",
                json!({"question": row.question, "connections": row.connections, "per_second": row.per_second,
                    "p50_ms": ms(row.p50), "p99_ms": ms(row.p99), "ratio_to_ours": row.ratio_to_ours})
            );
            return;
        }
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| format!("{value:.2}"));
        let percent = row.ratio_to_ours.map_or_else(String::new, |ratio| format!("{:.0} %", 100.0 / ratio));
        println!(
            "{:44} {:>5} {:>10.0} {:>9} {:>9} {:>8}",
            row.question,
            row.connections,
            row.per_second,
            number(ms(row.p50)),
            number(ms(row.p99)),
            percent
        );
    }

    /// Ours, pgbench's one statement, and the bare update, each as the median of its rounds.
    pub(crate) fn writes(
        &mut self,
        question: &str,
        connections: usize,
        mut rounds: Vec<(Measured, Option<f64>, Option<f64>)>,
        statement_is: &str,
    ) {
        let statement = median(rounds.iter().filter_map(|round| round.1).collect());
        let update = median(rounds.iter().filter_map(|round| round.2).collect());
        rounds.sort_by(|a, b| a.0.per_second().total_cmp(&b.0.per_second()));
        let ours = rounds.swap_remove(rounds.len() / 2).0;
        let per_second = ours.per_second();
        self.row(Row::http(&format!("{question} over HTTP"), connections, &ours));
        for (name, figure) in [(statement_is, statement), ("the bare UPDATE (pgbench)", update)] {
            if let Some(figure) = figure {
                self.row(Row {
                    question: format!("  {name}"),
                    connections,
                    per_second: figure,
                    p50: None,
                    p99: None,
                    ratio_to_ours: Some(figure / per_second),
                });
            }
        }
        if statement.is_none() && !self.json {
            println!("  pgbench is not installed: not in this run");
        }
    }
}

fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied()
}
