//! How deep, how long and how many: what no body is beyond, looked at before it is read. Fields have narrower limits
//! of their own.

use domain::refusal::Code;

use crate::actions::Refusal;

/// How deep values may lie in each other. Ours lie six deep at most.
const DEEPEST: usize = 32;

/// The longest text, in characters. The longest of ours are addresses of receivers.
pub const LONGEST_TEXT: usize = 4_096;

/// The most entries of a list: as many as buildings are counted at once.
pub const MOST_ENTRIES: usize = 10_000;

/// What a text of JSON is beyond, if anything.
///
/// # Errors
/// Says what, never where: what was sent is not repeated.
pub(super) fn check(text: &[u8]) -> Result<(), Refusal> {
    let mut shape = Shape::default();
    for byte in text {
        shape.take(*byte);
        if shape.entries.len() > DEEPEST {
            return Err(Refusal::because(Code::MalformedJson, format!("at most {DEEPEST} levels deep")));
        }
    }
    if shape.longest > LONGEST_TEXT {
        return Err(Refusal::because(
            Code::InvalidValue,
            format!("texts of at most {LONGEST_TEXT} characters"),
        ));
    }
    if shape.most > MOST_ENTRIES {
        return Err(Refusal::because(Code::InvalidValue, format!("lists of at most {MOST_ENTRIES} entries")));
    }
    Ok(())
}

/// What was seen so far. Brackets and commas within texts are no structure.
#[derive(Default)]
struct Shape {
    /// Of each value that is open: the commas in it.
    entries: Vec<usize>,
    most: usize,
    /// The characters of the text that is open.
    text: Option<usize>,
    longest: usize,
    escape: Escape,
}

/// What the bytes behind a backslash stand for.
#[derive(Default, Clone, Copy)]
enum Escape {
    #[default]
    None,
    Begun,
    /// So many hexadecimal digits are to come.
    Digits(u8),
}

impl Shape {
    fn take(&mut self, byte: u8) {
        match self.text {
            Some(length) => self.take_letter(length, byte),
            None => self.take_structure(byte),
        }
    }

    fn take_letter(&mut self, length: usize, byte: u8) {
        let (escape, grown) = match (self.escape, byte) {
            (Escape::None, b'"') => return self.text = None,
            (Escape::None, b'\\') => (Escape::Begun, 1),
            // A character of several bytes counts by its first.
            (Escape::None, _) => (Escape::None, usize::from(byte & 0xC0 != 0x80)),
            (Escape::Begun, b'u') => (Escape::Digits(4), 0),
            (Escape::Begun, _) | (Escape::Digits(0..=1), _) => (Escape::None, 0),
            (Escape::Digits(left), _) => (Escape::Digits(left - 1), 0),
        };
        self.escape = escape;
        self.text = Some(length + grown);
        self.longest = self.longest.max(length + grown);
    }

    fn take_structure(&mut self, byte: u8) {
        match byte {
            b'"' => self.text = Some(0),
            b'[' | b'{' => self.entries.push(1),
            b']' | b'}' => self.entries.truncate(self.entries.len().saturating_sub(1)),
            b',' => {
                if let Some(entries) = self.entries.last_mut() {
                    *entries += 1;
                    self.most = self.most.max(*entries);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(text: &str) -> bool {
        check(text.as_bytes()).is_ok()
    }

    #[test]
    fn brackets_count_as_depth_only_where_they_are_structure() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(fits(&nested(DEEPEST)));
        assert!(!fits(&nested(DEEPEST + 1)));
        assert!(fits(&nested(DEEPEST).repeat(3)));
        let text = serde_json::to_string(&"[{\"\\".repeat(100)).unwrap();
        assert!(fits(&text), "{text}");
        assert!(!fits(&format!("{text}{}", nested(DEEPEST + 1))));
    }

    #[test]
    fn texts_are_measured_in_characters_however_they_are_written() {
        for letter in ["a", "\u{49b}", "\\n", "\\u0041", "\\\""] {
            assert!(fits(&format!("[\"{}\"]", letter.repeat(LONGEST_TEXT))), "{letter}");
            assert!(!fits(&format!("[\"{}\"]", letter.repeat(LONGEST_TEXT + 1))), "{letter}");
        }
    }

    #[test]
    fn lists_are_counted_each_by_itself() {
        let list = |entries: usize| format!("[{}]", vec!["0"; entries].join(","));
        assert!(fits(&format!("[{},{}]", list(MOST_ENTRIES), list(MOST_ENTRIES))));
        assert!(!fits(&list(MOST_ENTRIES + 1)));
    }
}
