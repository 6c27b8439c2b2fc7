//! The calls of the README and of the quickstart, pasted by bash as a newcomer would paste them.

use crate::guide;
use crate::server::Demo;

const HEADING: &str = "## The API in five calls";

/// Pastes every shell block below the heading, in order and in one shell, where demo.json is.
pub(crate) fn its_calls_work(demo: &Demo) {
    let readme = include_str!("../../README.md");
    let calls = readme.split_once(HEADING).unwrap().1.split("\n## ").next().unwrap();
    assert_eq!(
        guide::samples(calls, "sh").len(),
        3,
        "preparation, five calls, and one request to be watched"
    );
    let said = guide::paste(calls, demo.folder_of_the_copy(), &[]);
    println!("{said}");
    let lines: Vec<&str> = said.lines().collect();
    assert!(lines[0].contains(r#""status":"verified""#), "{said}");
    // The door, as the claim's holder reads it.
    assert!(lines[1].contains(r#""street":"Abay Avenue""#), "{said}");
    assert_eq!(lines.last(), Some(&"fulfilled"), "{said}");
    assert!(!said.contains("/docs/errors"), "{said}");
}

/// The same with the quickstart.
pub(crate) fn the_quickstart_works(demo: &Demo) {
    let said = guide::paste(include_str!("../../docs/quickstart.md"), demo.folder_of_the_copy(), &[]);
    let waits = "pending_verification";
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [waits, waits, "the same", "new_household", "request.submitted", "cancelled"],
        "{said}"
    );
}
