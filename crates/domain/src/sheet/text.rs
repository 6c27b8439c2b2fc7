//! Texts in cells: what spreadsheets do to them is undone, and they are held to a length.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{Fault, Reason};

/// The longest name of anything, in characters.
pub(super) const NAME: usize = 200;
/// The longest short part of an address.
pub(super) const SHORT: usize = 50;

/// A cell without what spreadsheets add: `="..."`, a leading apostrophe, spaces that do not break.
pub(super) fn undone(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim_matches(is_blank);
    let inside = cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"'));
    let cell = match inside {
        Some(inside) if inside.contains('"') => Cow::Owned(inside.replace("\"\"", "\"")),
        Some(inside) => Cow::Borrowed(inside),
        None => Cow::Borrowed(without_apostrophe(cell)),
    };
    let strange = |letter: char| (is_blank(letter) && letter != ' ' && letter != '\n') || letter == '\r';
    if !cell.contains(strange) && is_nfc(&cell) {
        return cell;
    }
    let plain = cell.replace("\r\n", "\n").replace('\r', "\n");
    let plain = plain.chars().map(|letter| if strange(letter) { ' ' } else { letter });
    Cow::Owned(plain.nfc().collect::<String>().trim_matches(is_blank).to_owned())
}

/// Spaces of every width, and the mark that some programs leave at a text's beginning.
fn is_blank(letter: char) -> bool {
    (letter.is_whitespace() && letter != '\t') || matches!(letter, '\u{feff}' | '\u{200b}')
}

/// An apostrophe keeps a spreadsheet from reading a number or a formula; our own exports write it too.
fn without_apostrophe(cell: &str) -> &str {
    let guarded = |rest: &&str| {
        rest.starts_with(['=', '+', '-', '@', '\t', '\''])
            || rest.starts_with(|first: char| first.is_ascii_digit())
    };
    cell.strip_prefix('\'').filter(guarded).unwrap_or(cell)
}

/// A text of up to `longest` characters without control characters.
pub(super) fn within(text: &str, longest: usize, column: &'static str) -> Result<String, Fault> {
    if text.chars().count() > longest {
        return Err(Fault::of(column, Reason::TooLong, format!("shorten it to {longest} characters")));
    }
    if text.chars().any(|letter| letter.is_control() && letter != '\n') {
        let advice = "remove control characters; retype the text by hand";
        return Err(Fault::of(column, Reason::ControlCharacters, advice));
    }
    Ok(text.to_owned())
}

/// What two spellings of one name have in common: NFC, one case, single spaces.
#[must_use]
pub fn name_key(name: &str) -> String {
    let lower: String = name.nfc().flat_map(char::to_lowercase).nfc().collect();
    lower.split(is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_spreadsheets_add_is_taken_away() {
        for (cell, wanted) in [
            ("=\"77010000001\"", "77010000001"),
            ("=\"a\"\"b\"", "a\"b"),
            ("'+77010000001", "+77010000001"),
            ("'0123", "0123"),
            ("'Abay", "'Abay"),
            ("\u{a0}Raushan\u{a0}Akhmetova\u{202f}", "Raushan Akhmetova"),
            ("\u{feff}name", "name"),
            ("one\r\ntwo", "one\ntwo"),
            ("e\u{301}", "\u{e9}"),
            ("  ", ""),
        ] {
            assert_eq!(undone(cell), wanted, "{cell:?}");
        }
    }

    #[test]
    fn names_are_the_same_in_any_case_form_and_spacing() {
        let key = name_key("Рауза  Ахметова");
        for same in ["РАУЗА АХМЕТОВА", "рауза\u{a0}ахметова ", "Рауза\nАхметова"]
        {
            assert_eq!(name_key(same), key, "{same}");
        }
        assert_eq!(name_key("Jos\u{e9}"), name_key("JOSE\u{301}"));
        assert_ne!(name_key("Рауза Ахметов"), key);
    }

    #[test]
    fn emoji_and_right_to_left_names_pass_and_nul_does_not() {
        for name in ["Раушан 🌷 Ахметова", "فاطمة الزهراء", "👩‍👩‍👧‍👦", "ไ\u{e17}"]
        {
            assert_eq!(within(&undone(name), NAME, "name").unwrap(), name);
        }
        assert_eq!(within("a\0b", NAME, "name").unwrap_err().reason, Reason::ControlCharacters);
        assert_eq!(within(&"x".repeat(201), NAME, "name").unwrap_err().reason, Reason::TooLong);
    }

    proptest! {
        #[test]
        fn undoing_twice_changes_nothing_more_and_exports_come_back(text in "[^'=\\p{Cc}]\\PC{0,30}") {
            let once = undone(&text).into_owned();
            let out = crate::sheet::neutralised(&once).into_owned();
            prop_assert_eq!(undone(&out).into_owned(), once);
        }
    }
}
