//! One place where a rule is broken, said so that the reader knows what to do next.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    pub(crate) file: String,
    pub(crate) line: usize,
    pub(crate) rule: String,
    pub(crate) remedy: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, rule, remedy } = self;
        write!(f, "{file}:{line}: {rule}\n    -> {remedy}")
    }
}

#[test]
fn a_violation_says_file_line_rule_and_what_to_do() {
    let violation = Violation {
        file: "src/rest/a.rs".to_owned(),
        line: 7,
        rule: "no".to_owned(),
        remedy: "do it so".to_owned(),
    };
    assert_eq!(violation.to_string(), "src/rest/a.rs:7: no\n    -> do it so");
}
