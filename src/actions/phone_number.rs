//! Telephone numbers in any spelling, to E.164.

use domain::door::Phone;
use phonenumber::Mode;
use phonenumber::metadata::{DATABASE, Descriptors, Metadata};
use tokio::task::JoinHandle;

use super::Refusal;

/// Digits after which a letter begins an extension, such as `ext. 12` or `доб. 12`.
const A_WHOLE_NUMBER: usize = 7;

/// Reads the numbering plans in. They are large, and no transaction is to wait for that with its first number.
#[must_use]
pub fn read_plans() -> JoinHandle<bool> {
    tokio::task::spawn_blocking(|| by_the_library("+7 701 000 00 00", "KZ").is_some())
}

/// Reads a number as people write it; without a country code it is taken to be of `region`.
///
/// # Errors
/// Names the field when it is no number that can be dialled.
pub fn parse(text: &str, region: &str, pointer: &'static str) -> Result<Phone, Refusal> {
    let wrong =
        || Refusal::flaw(pointer, "a telephone number with its country code, such as +7 701 000 00 00");
    let text = plain(text);
    let e164 = by_the_library(&text, region).or_else(|| by_the_plan(&text, region)).ok_or_else(wrong)?;
    Phone::from_e164(&e164).map_err(|_| wrong())
}

/// The number in plain digits, without its extension.
fn plain(text: &str) -> String {
    let mut digits = 0;
    text.chars()
        .map(|letter| match letter {
            // Full-width forms, as Asian keyboards write them.
            '\u{ff0b}' => '+',
            '\u{ff10}'..='\u{ff19}' => {
                char::from_digit(u32::from(letter) - u32::from('\u{ff10}'), 10).unwrap_or(letter)
            }
            other => other,
        })
        .take_while(|letter| {
            digits += usize::from(letter.is_ascii_digit());
            digits < A_WHOLE_NUMBER || !letter.is_alphabetic()
        })
        .collect()
}

fn by_the_library(text: &str, region: &str) -> Option<String> {
    let number = phonenumber::parse(Some(region.parse().ok()?), text).ok()?;
    number.is_valid().then(|| number.format().mode(Mode::E164).to_string())
}

/// What the library makes nothing of, since it takes a leading 7 for a country and a leading 8 for a prefix where
/// both belong to the number: the digits are held against the numbering plan as they are.
fn by_the_plan(text: &str, region: &str) -> Option<String> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let plan = DATABASE.by_id(region)?;
    let code = plan.country_code().to_string();
    let abroad = digits.strip_prefix(&code);
    let at_home = plan.national_prefix().and_then(|prefix| digits.strip_prefix(prefix));
    let is_whole = text.contains('+');
    let national = [abroad, at_home.filter(|_| !is_whole), Some(digits.as_str()).filter(|_| !is_whole)];
    let plans = DATABASE.by_code(&plan.country_code())?;
    let national =
        national.into_iter().flatten().find(|number| plans.iter().any(|plan| is_in(plan, number)))?;
    Some(format!("+{code}{national}"))
}

/// Whether that plan has such a number, of a kind by which a household is reached.
fn is_in(plan: &Metadata, number: &str) -> bool {
    let kinds = plan.descriptors();
    let reached = [Descriptors::fixed_line, Descriptors::mobile, Descriptors::toll_free, Descriptors::voip];
    kinds.general().is_match(number)
        && reached.iter().any(|kind| kind(kinds).is_some_and(|kind| kind.is_match(number)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_refused_or_becomes_a_number_that_is_read_as_itself(
            text in "\\PC{0,60}",
            dialled in "[+0-9() ./\u{ff0b}\u{ff10}-\u{ff19}xдоб-]{0,30}",
            region in proptest::sample::select(vec!["KZ", "GB", "US", "DE", "XX", ""]),
        ) {
            for text in [text, dialled] {
                if let Ok(found) = parse(&text, region, "/phone") {
                    let number = found.disclose().to_owned();
                    prop_assert!(number.starts_with('+') && (9..=16).contains(&number.len()), "{}", number);
                    let again = parse(&number, region, "/phone").map(|again| again.disclose().to_owned());
                    prop_assert_eq!(again.ok(), Some(number), "{:?} in {}", text, region);
                }
            }
        }
    }
}
