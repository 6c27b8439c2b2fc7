//! Cells that a spreadsheet would run as a formula are made harmless before they leave us.

use std::borrow::Cow;

/// The text with an apostrophe before it where a spreadsheet would take it for a formula (OWASP, "CSV
/// Injection"). Reading takes such an apostrophe away again.
#[must_use]
pub fn neutralised(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\'']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_run_is_made_text() {
        for (text, wanted) in [
            ("=HYPERLINK(\"x\")", "'=HYPERLINK(\"x\")"),
            ("+77010000001", "'+77010000001"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("'x", "''x"),
            ("Raushan", "Raushan"),
            ("", ""),
        ] {
            assert_eq!(neutralised(text), wanted);
        }
    }
}
