//! What one can read at a sitting: the length of a file and of a function, and a file that opens
//! by saying what it knows.

use crate::source::{Package, Source};
use crate::violation::Violation;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

pub(crate) fn stay_readable(source: &Source<'_>) -> Vec<Violation> {
    if source.package == Package::Outside || source.is_generated() {
        return Vec::new();
    }
    let lines = source.text.lines().count();
    let file = (lines > FILE_LINES).then(|| {
        let rule = format!("{lines} lines; a file has at most {FILE_LINES}");
        source.violation(
            FILE_LINES + 1,
            rule,
            "find the second thing this file knows and give it its own file",
        )
    });
    let opening = (!source.text.starts_with("//!")).then(|| {
        source.violation(
            1,
            "a file opens with `//!`",
            "say in one or two sentences what it knows and why it exists",
        )
    });
    let functions = source.contents.functions.iter().filter(|function| function.length > FUNCTION_LINES).map(
        |function| {
            let rule = format!(
                "`{}` has {} lines; a function has at most {FUNCTION_LINES}",
                function.name, function.length
            );
            source.violation(function.line, rule, "name its steps and make each a function")
        },
    );
    file.into_iter().chain(opening).chain(functions).collect()
}

#[cfg(test)]
mod tests {
    use crate::planted::lines;

    #[test]
    fn a_long_file_is_found_unless_a_program_wrote_it() {
        let long = format!("//! Planted.\n{}", "// x\n".repeat(400));
        assert_eq!(lines("src/actions/claim.rs", &long, ""), [401]);
        assert_eq!(lines("src/storage/schema.rs", &long, ""), Vec::<usize>::new());
        let just_right = format!("//! Planted.\n{}", "// x\n".repeat(399));
        assert_eq!(lines("src/actions/claim.rs", &just_right, ""), Vec::<usize>::new());
    }

    #[test]
    fn a_long_function_is_found_where_it_begins() {
        let body = "    step();\n";
        let free = format!("//! Planted.\n/// Said before it.\nfn long() {{\n{}}}\n", body.repeat(59));
        assert_eq!(lines("src/actions/claim.rs", &free, ""), [3]);
        let method = format!("//! Planted.\nimpl X {{\nfn long() {{\n{}}}\n}}\n", body.repeat(59));
        assert_eq!(lines("crates/domain/src/claim.rs", &method, ""), [3]);
        let just_right = format!("//! Planted.\nfn fits() {{\n{}}}\n", body.repeat(58));
        assert_eq!(lines("src/actions/claim.rs", &just_right, ""), Vec::<usize>::new());
    }

    #[test]
    fn a_file_that_does_not_say_what_it_knows_is_found() {
        assert_eq!(lines("src/actions/claim.rs", "fn f() {}", ""), [1]);
        assert_eq!(lines("tests/api/claim.rs", "fn f() {}", ""), Vec::<usize>::new());
    }
}
