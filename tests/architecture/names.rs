//! A name says what a thing is or knows; some words say nothing.

use crate::source::{Package, Source};
use crate::violation::Violation;

/// A file or folder may not be called this.
const EMPTY_WORDS: [&str; 5] = ["common", "misc", "shared", "types", "v2"];

/// Nor may this be a part of its name.
const EMPTY_PARTS: [&str; 4] = ["util", "utils", "helper", "helpers"];

const EMPTY_ENDINGS: [&str; 5] = ["Dto", "Manager", "Impl", "Service", "Model"];

pub(crate) fn of_files_say_what_they_hold(path: &str) -> Vec<Violation> {
    path.split('/')
        .map(|part| part.split_once('.').map_or(part, |(stem, _)| stem))
        .filter(|stem| {
            EMPTY_WORDS.contains(stem) || stem.split(['_', '-']).any(|part| EMPTY_PARTS.contains(&part))
        })
        .map(|stem| Violation {
            file: path.to_owned(),
            line: 1,
            rule: format!("`{stem}` says nothing about what is inside"),
            remedy: "name it by what it knows, or move each piece to where it is used".to_owned(),
        })
        .collect()
}

pub(crate) fn of_types_say_what_they_are(source: &Source<'_>) -> Vec<Violation> {
    if source.package == Package::Outside || source.is_generated() {
        return Vec::new();
    }
    source
        .contents
        .types
        .iter()
        .filter(|named| EMPTY_ENDINGS.iter().any(|ending| named.name.ends_with(ending)))
        .map(|named| {
            let rule = format!("a type may not be called `{}`", named.name);
            source.violation(
                named.line,
                rule,
                "name the thing itself; on the wire it ends in `Body`, as a row in `Row`",
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::of_files_say_what_they_hold;
    use crate::planted::lines;

    #[test]
    fn files_with_empty_names_are_found() {
        for path in [
            "src/rest/util.rs",
            "src/utils/mod.rs",
            "tests/common/mod.rs",
            "src/actions/date_helpers.rs",
            "crates/domain/src/types.rs",
            "src/rest/v2/mod.rs",
            "scripts/shared",
            "src/misc.rs",
        ] {
            assert_eq!(of_files_say_what_they_hold(path).len(), 1, "{path}");
        }
        for path in ["src/rest/v1/routes.rs", "src/actions/share_campaign.rs", "scripts/prerequisites"] {
            assert_eq!(of_files_say_what_they_hold(path).len(), 0, "{path}");
        }
    }

    #[test]
    fn types_with_empty_endings_are_found() {
        let planted = "//! Planted.\nstruct ClaimDto;\nenum X {}\ntrait PoolManager {}\ntype ClaimModel = u8;\n\
                       struct ClockImpl;\nstruct MatchService;\nstruct ModelOfRoads;\nimpl Y { type Service = u8; }";
        assert_eq!(lines("src/actions/claim.rs", planted, "called"), [2, 4, 5, 6, 7]);
        assert_eq!(lines("crates/domain/src/claim.rs", planted, "called"), [2, 4, 5, 6, 7]);
    }
}
