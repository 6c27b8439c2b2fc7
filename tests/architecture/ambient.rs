//! The time, randomness and the environment are arguments: one room asks for each.

use crate::mentions::{How, Mention};
use crate::source::{Package, Source};
use crate::violation::Violation;

const CLOCKS: [(&str, &str); 9] = [
    ("Utc", "now"),
    ("Local", "now"),
    ("Instant", "now"),
    ("SystemTime", "now"),
    ("Uuid", "now_v1"),
    ("Uuid", "now_v6"),
    ("Uuid", "now_v7"),
    ("Uuid", "new_v4"),
    ("Timestamp", "now"),
];

/// What `std::env` reads from the environment; `args` and `current_exe` are not of it.
const ENVIRONMENT: [&str; 9] =
    ["var", "var_os", "vars", "vars_os", "set_var", "remove_var", "temp_dir", "home_dir", "*"];

pub(crate) fn is_asked_in_one_place(source: &Source<'_>) -> Vec<Violation> {
    if source.package == Package::Outside {
        return Vec::new();
    }
    let clock = source
        .mentions()
        .filter(|mention| source.room() != Some("clock") && asks_the_time(mention))
        .map(|mention| {
            let rule = format!("only `clock` may ask for `{}`", mention.path.join("::"));
            source.violation(
                mention.line,
                rule,
                "take `now` or the new id as an argument; at the edge, ask `clock` for it",
            )
        });
    let read = source.mentions().filter(|mention| reads_the_environment(mention)).map(|mention| mention.line);
    let arguments = source.contents.arguments_from_environment.iter().copied();
    let environment = read.chain(arguments).filter(|_| source.room() != Some("config")).map(|line| {
        let remedy = "declare the variable in its group under src/config and pass the value on";
        source.violation(line, "only `config` may read the environment", remedy)
    });
    clock.chain(environment).collect()
}

fn asks_the_time(mention: &Mention) -> bool {
    mention.how != How::InAttribute
        && matches!(mention.segments().as_slice(), [.., of, what] if CLOCKS.contains(&(*of, *what)))
}

/// A unit test may have a folder for what it writes.
fn reads_the_environment(mention: &Mention) -> bool {
    match mention.segments().as_slice() {
        ["std", "env", "temp_dir"] => !mention.in_test,
        ["std", "env", what, ..] => ENVIRONMENT.contains(what),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::planted::broken_lines;

    #[test]
    fn the_time_is_asked_by_clock_alone() {
        for body in [
            "use chrono::Utc; fn f() { Utc::now(); }",
            "fn f() { chrono::Local::now(); }",
            "use std::time::Instant as Stopwatch; fn f() { Stopwatch::now(); }",
            "fn f() { let ask = std::time::SystemTime::now; ask(); }",
            "fn f() { tokio::time::Instant::now(); }",
            "fn f() { format!(\"{}\", uuid::Uuid::now_v7()); }",
        ] {
            assert_eq!(broken_lines("src/actions/claim.rs", body, "only `clock`"), [2], "{body}");
            assert_eq!(broken_lines("crates/domain/src/claim.rs", body, "only `clock`"), [2], "{body}");
            assert_eq!(broken_lines("src/clock.rs", body, "only `clock`"), Vec::<usize>::new(), "{body}");
        }
        assert_eq!(
            broken_lines(
                "src/actions/claim.rs",
                "fn f(now: u8) { crate::clock::now(); g(now) }",
                "only `clock`"
            ),
            Vec::<usize>::new()
        );
    }

    #[test]
    fn the_environment_is_read_by_config_alone() {
        for body in [
            "fn f() { std::env::var(\"PORT\"); }",
            "use std::env; fn f() { env::vars_os(); }",
            "use std::env::temp_dir;",
            "use std::env::*;",
            "#[derive(clap::Args)] struct Serve { #[arg(long, env = \"PORT\")] port: u16 }",
        ] {
            assert_eq!(broken_lines("src/cli/serve.rs", body, "only `config`"), [2], "{body}");
            assert_eq!(
                broken_lines("src/config/http.rs", body, "only `config`"),
                Vec::<usize>::new(),
                "{body}"
            );
        }
        let allowed =
            "use std::env; fn f() { env::current_exe(); std::env::args(); env!(\"CARGO_PKG_VERSION\"); }";
        assert_eq!(broken_lines("src/cli/doctor.rs", allowed, "only `config`"), Vec::<usize>::new());
    }
}
