//! Several words in one cell, apart by commas, semicolons, bars, slashes or lines.

use std::str::FromStr;

use super::{Fault, Reason};
use crate::UnknownWord;
use crate::matching::Language;

const SEPARATORS: [char; 5] = [',', ';', '|', '/', '\n'];

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(SEPARATORS).map(str::trim).filter(|piece| !piece.is_empty())
}

/// A word of a closed list, in any case, with spaces or hyphens for underscores.
pub(super) fn word<T: FromStr<Err = UnknownWord>>(text: &str, column: &'static str) -> Result<T, Fault> {
    let plain = text.trim().to_lowercase().replace([' ', '-'], "_");
    plain.parse().map_err(|error: UnknownWord| {
        Fault::of(column, Reason::UnknownWord, format!("write one of: {}", error.known.join(", ")))
    })
}

/// Words of a closed list, each once, in the list's order.
pub(super) fn words<T: FromStr<Err = UnknownWord> + Ord>(
    text: &str,
    column: &'static str,
) -> Result<Vec<T>, Fault> {
    let mut found = pieces(text).map(|piece| word(piece, column)).collect::<Result<Vec<T>, _>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// A language by its BCP 47 tag.
pub(super) fn language(text: &str, column: &'static str) -> Result<String, Fault> {
    let read: Result<Language, _> = text.trim().parse();
    read.map(|language| language.to_string())
        .map_err(|_| Fault::of(column, Reason::NotALanguage, "write language tags such as kk, ru"))
}

/// Up to ten languages, the preferred first, each once.
pub(super) fn languages(text: &str, column: &'static str) -> Result<Vec<String>, Fault> {
    let mut found: Vec<String> = Vec::new();
    for piece in pieces(text) {
        let language = language(piece, column)?;
        if !found.contains(&language) {
            found.push(language);
        }
    }
    if found.len() > 10 {
        return Err(Fault::of(column, Reason::TooLong, "at most 10 languages"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::HouseholdCategory;

    #[test]
    fn words_are_read_as_people_write_them() {
        let read = words::<HouseholdCategory>("Elderly alone; special-needs|elderly_alone", "categories");
        assert_eq!(read.unwrap(), [HouseholdCategory::ElderlyAlone, HouseholdCategory::SpecialNeeds]);
        let fault = words::<HouseholdCategory>("rich", "categories").unwrap_err();
        assert!(fault.reason == Reason::UnknownWord && fault.advice.contains("elderly_alone"));
        assert!(!fault.advice.contains("rich"), "{fault:?}");
    }

    #[test]
    fn languages_keep_their_order() {
        assert_eq!(languages("ru-KZ, kk / ru", "languages").unwrap(), ["ru", "kk"]);
        assert_eq!(languages("qazaqşa", "languages").unwrap_err().reason, Reason::NotALanguage);
    }
}
