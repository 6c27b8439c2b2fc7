//! A test waits for an event, not for a length of time; and one that is skipped says why.

use crate::mentions::How;
use crate::source::{Package, Source};
use crate::violation::Violation;

/// The comment, on the line or above it, that names the event which cannot be waited for otherwise.
const EXCUSE: &str = "// waits for:";

pub(crate) fn never_sleep(source: &Source<'_>) -> Vec<Violation> {
    source
        .mentions()
        .filter(|mention| mention.in_test || is_test_file(source))
        // The call is the violation; the import alone harms nobody.
        .filter(|mention| mention.how != How::Imported)
        .filter(|mention| {
            matches!(mention.segments().as_slice(), [_, .., "sleep" | "sleep_until" | "sleep_ms"])
        })
        .filter(|mention| !is_excused(source, mention.line))
        .map(|mention| {
            let remedy = format!("wait for the event itself, or write `{EXCUSE} ...` above the line");
            source.violation(mention.line, "a test may not sleep", remedy)
        })
        .collect()
}

pub(crate) fn are_never_skipped_in_silence(source: &Source<'_>) -> Vec<Violation> {
    source
        .contents
        .silently_skipped
        .iter()
        .map(|line| {
            source.violation(
                *line,
                "a skipped test says why",
                "write `#[ignore = \"the reason\"]`, or delete the test",
            )
        })
        .collect()
}

fn is_test_file(source: &Source<'_>) -> bool {
    source.package == Package::Outside && source.path.split('/').any(|folder| folder == "tests")
}

fn is_excused(source: &Source<'_>, line: usize) -> bool {
    let mut excused = false;
    for (number, text) in source.lines().take(line) {
        let is_comment = text.trim_start().starts_with("//");
        excused = text.contains(EXCUSE) || (excused && (is_comment || number == line));
    }
    excused
}

#[cfg(test)]
mod tests {
    use crate::planted::broken_lines;

    #[test]
    fn a_test_that_sleeps_is_found() {
        for body in [
            "async fn f() {\n    tokio::time::sleep(d).await; }",
            "use tokio::{\ntime::sleep}; async fn f() { sleep(d).await; }",
            "use std::thread;\nfn f() { thread::sleep(d); }",
            "// waits for: another line\nfn f() { std::thread::sleep(d); }\nfn g() { std::thread::sleep(d); }",
        ] {
            let found = broken_lines("tests/api/claim.rs", body, "sleep");
            assert_eq!(found, [if body.contains("another") { 4 } else { 3 }], "{body}");
        }
        let unit = "#[cfg(test)] mod tests { fn f() { tokio::time::sleep(d); } }";
        assert_eq!(broken_lines("src/dispatch/wakeup.rs", unit, "sleep"), [2]);
    }

    #[test]
    fn a_sleep_with_its_reason_and_a_sleep_of_the_service_are_allowed() {
        for (path, body) in [
            (
                "tests/crash/kill.rs",
                "fn f() {\n    // waits for: the kernel to reap the child; it tells nobody\n    std::thread::sleep(d); }",
            ),
            (
                "tests/crash/kill.rs",
                "fn f() {\n    // waits for: the kernel\n    // to reap the child\n    std::thread::sleep(d); }",
            ),
            ("tests/crash/kill.rs", "fn f() { std::thread::sleep(d); // waits for: the disk\n }"),
            ("tests/crash/kill.rs", "fn f(sleep: u8) { g(sleep) }"),
            ("src/dispatch/wakeup.rs", "async fn f() { tokio::time::sleep(d).await }"),
            ("benches/api.rs", "fn f() { std::thread::sleep(d) }"),
        ] {
            assert_eq!(broken_lines(path, body, "sleep"), Vec::<usize>::new(), "{path}: {body}");
        }
    }

    #[test]
    fn a_test_skipped_without_a_reason_is_found() {
        assert_eq!(broken_lines("tests/api/claim.rs", "#[test]\n#[ignore]\nfn f() {}", "skipped"), [3]);
        assert_eq!(
            broken_lines(
                "tests/api/claim.rs",
                "#[test]\n#[ignore = \"needs a fast disk\"]\nfn f() {}",
                "skipped"
            ),
            Vec::<usize>::new()
        );
    }
}
