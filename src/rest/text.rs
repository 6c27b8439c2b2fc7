//! Texts that people write: trimmed, in one normal form (NFC), without control characters, within limits.

use domain::refusal::Code;
use unicode_normalization::UnicodeNormalization;

use super::problem::Problem;

/// The longest name of anything.
pub const NAME: usize = 200;
/// The longest part of an address, and telephone number in any spelling.
pub const SHORT: usize = 50;
/// The longest e-mail address (RFC 5321, section 4.5.3.1: 64 before the @, 255 behind it).
pub const EMAIL: usize = 320;
/// The longest language tag: what whoever reads them must be ready for (RFC 5646, section 4.4.1).
pub const LANGUAGE: usize = 35;
/// The most languages of anybody.
pub const LANGUAGES: usize = 10;
/// The longest reason.
pub const REASON: usize = 500;

/// A text of 1 to `longest` characters.
///
/// # Errors
/// Names the field when it is empty, too long, or holds control characters.
pub fn required(text: &str, longest: usize, pointer: &str) -> Result<String, Problem> {
    let text: String = text.trim().nfc().collect();
    let length = text.chars().count();
    if length == 0 || length > longest {
        return Err(Problem::field(Code::InvalidValue, pointer, format!("1 to {longest} characters")));
    }
    if text.chars().any(|letter| letter.is_control() && letter != '\n') {
        return Err(Problem::field(Code::InvalidValue, pointer, "no control characters"));
    }
    Ok(text)
}

/// A text of up to `longest` characters; an empty one is none.
///
/// # Errors
/// As for [`required`].
pub fn optional(text: Option<&str>, longest: usize, pointer: &str) -> Result<Option<String>, Problem> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => required(text, longest, pointer).map(Some),
    }
}

/// A name.
///
/// # Errors
/// As for [`required`].
pub fn name(text: &str, pointer: &str) -> Result<String, Problem> {
    required(text, NAME, pointer)
}

/// An e-mail address: something, an @, and a host. Only a message that arrives proves more.
///
/// # Errors
/// Names the field when it is no address.
pub fn email(text: &str, pointer: &str) -> Result<String, Problem> {
    let text = required(text, EMAIL, pointer)?;
    let plausible = text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty() && host.contains('.') && !host.starts_with('.') && !host.ends_with('.')
    });
    if plausible && !text.contains(char::is_whitespace) {
        Ok(text)
    } else {
        Err(Problem::field(Code::InvalidValue, pointer, "an e-mail address such as name@example.org"))
    }
}

/// Languages by their BCP 47 tags, the preferred first; up to 10, each once.
///
/// # Errors
/// Names the entry that is none.
pub fn languages(tags: &[String], pointer: &str) -> Result<Vec<String>, Problem> {
    few(tags, LANGUAGES, pointer)?;
    let mut languages: Vec<String> = Vec::new();
    for (place, tag) in tags.iter().enumerate() {
        let language = language(tag, &format!("{pointer}/{place}"))?;
        if !languages.contains(&language) {
            languages.push(language);
        }
    }
    Ok(languages)
}

/// Says that a list is too long, where it is.
///
/// # Errors
/// Names the list.
pub fn few<T>(list: &[T], most: usize, pointer: &str) -> Result<(), Problem> {
    if list.len() > most {
        return Err(Problem::field(Code::InvalidValue, pointer, format!("at most {most}")));
    }
    Ok(())
}

/// A language by its BCP 47 tag.
///
/// # Errors
/// Names the field when it is none.
pub fn language(tag: &str, pointer: &str) -> Result<String, Problem> {
    let language: Option<domain::matching::Language> = tag.parse().ok().filter(|_| tag.len() <= LANGUAGE);
    language
        .map(|language| language.to_string())
        .ok_or_else(|| Problem::field(Code::InvalidValue, pointer, "a BCP 47 tag such as kk or ru"))
}
