//! Holds the rules of ARCHITECTURE.md that a compiler does not: who may import whom, who may ask
//! the time or the environment, how things are named and how long they may grow.
//!
//! A rule is a function from a `Source` (one file, read) to what breaks it; each lives in its own
//! file together with planted violations that show it bites.

mod ambient;
mod honest_tests;
mod libraries;
mod mentions;
mod names;
mod planted;
mod rooms;
mod sizes;
mod source;
mod statuses;
mod tree;
mod violation;

use source::Source;
use violation::Violation;

/// Every rule about the inside of a Rust file.
const RULES: [fn(&Source<'_>) -> Vec<Violation>; 8] = [
    rooms::imports_follow_the_direction,
    libraries::stay_in_their_rooms,
    ambient::is_asked_in_one_place,
    statuses::are_chosen_in_one_place,
    names::of_types_say_what_they_are,
    sizes::stay_readable,
    honest_tests::never_sleep,
    honest_tests::are_never_skipped_in_silence,
];

/// What breaks a rule in this file, were its text at this path.
fn violations(path: &str, text: &str) -> Vec<Violation> {
    let source = match Source::read(path, text) {
        Ok(source) => source,
        Err(unreadable) => return vec![unreadable],
    };
    let mut found: Vec<Violation> = RULES.iter().flat_map(|rule| rule(&source)).collect();
    found.sort();
    found.dedup();
    found
}

#[test]
fn the_whole_tree_keeps_the_rules() -> std::io::Result<()> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths = tree::files(root)?;
    assert!(paths.iter().any(|path| path == "src/lib.rs"), "the walk of the tree found no src/lib.rs");

    let mut found: Vec<Violation> =
        paths.iter().flat_map(|path| names::of_files_say_what_they_hold(path)).collect();
    found.extend(rooms::are_all_known(&paths));
    for path in paths.iter().filter(|path| path.ends_with(".rs")) {
        found.extend(violations(path, &std::fs::read_to_string(root.join(path))?));
    }

    let list: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(list.is_empty(), "{} rules broken:\n\n{}\n", list.len(), list.join("\n"));
    Ok(())
}

#[test]
fn a_file_that_is_not_rust_is_reported_and_not_passed_over() {
    let found = violations("src/actions/broken.rs", "//! Broken.\nfn (");
    assert!(found.iter().any(|violation| violation.rule.contains("cannot be read")), "{found:?}");
}
