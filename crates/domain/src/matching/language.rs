//! A language someone speaks, as matching compares it: the first part of its BCP 47 tag.

use std::fmt;
use std::str::FromStr;

/// The longest primary subtag that BCP 47 (RFC 5646, section 2.2.1) permits.
const LONGEST: usize = 8;
/// The shortest.
const SHORTEST: usize = 2;

/// A spoken language: the primary subtag of a BCP 47 tag, in lower case.
///
/// Script and region are dropped on purpose. Two people who speak `ru-KZ` and `ru-RU` understand
/// each other, and a needless refusal leaves a household without help.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Language([u8; LONGEST]);

/// The text is not a BCP 47 language tag. Does not carry the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a language tag of BCP 47, such as kk, ru or en-GB")]
pub struct NotALanguage;

impl FromStr for Language {
    type Err = NotALanguage;

    fn from_str(tag: &str) -> Result<Self, NotALanguage> {
        let mut parts = tag.split('-');
        let primary = parts.next().unwrap_or_default();
        let letters = primary.bytes().all(|byte| byte.is_ascii_alphabetic());
        let rest = parts.all(|part| {
            (1..=LONGEST).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        if !letters || !rest || !(SHORTEST..=LONGEST).contains(&primary.len()) {
            return Err(NotALanguage);
        }
        let mut subtag = [0; LONGEST];
        for (place, byte) in subtag.iter_mut().zip(primary.bytes()) {
            *place = byte.to_ascii_lowercase();
        }
        Ok(Self(subtag))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .take_while(|byte| **byte != 0)
            .try_for_each(|byte| fmt::Write::write_char(f, char::from(*byte)))
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl serde::Serialize for Language {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_by_its_first_part() {
        for (tag, language) in
            [("kk", "kk"), ("ru-KZ", "ru"), ("EN-gb", "en"), ("zh-Hans-CN", "zh"), ("ast", "ast")]
        {
            assert_eq!(tag.parse::<Language>().expect("a language").to_string(), language);
        }
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for tag in ["", "k", "kk_KZ", "kk-", "-kk", "k1", "қаз", "abcdefghi", "en--gb", "en-abcdefghi"] {
            assert_eq!(tag.parse::<Language>(), Err(NotALanguage), "{tag}");
        }
    }
}
