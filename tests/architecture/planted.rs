//! Plants a text at a path of the house and tells where it breaks a rule: how the rules are tried.

use crate::violations;

/// The lines that break a rule whose message contains `rule`; the planted text begins on line 2.
pub(crate) fn broken_lines(path: &str, planted: &str, rule: &str) -> Vec<usize> {
    lines(path, &format!("//! Planted.\n{planted}"), rule)
}

/// The same for a text that is a whole file.
pub(crate) fn lines(path: &str, text: &str, rule: &str) -> Vec<usize> {
    let found = violations(path, text).into_iter().filter(|violation| violation.rule.contains(rule));
    found.map(|violation| violation.line).collect()
}
