//! Texts and amounts on the command line, as they must be.

use domain::catalogue::{MAX_OF_ONE, thousandths};
use unicode_normalization::UnicodeNormalization;

/// The longest text that is taken: an address, opening hours.
const LONGEST: usize = 500;
/// The longest name of anything.
const LONGEST_NAME: usize = 200;

/// A name: trimmed, in normal form C, of 1 to 200 characters.
pub(in crate::cli) fn name(text: &str) -> Result<String, String> {
    within(text, LONGEST_NAME)
}

/// Any other text: the same, of 1 to 500 characters.
pub(super) fn text(text: &str) -> Result<String, String> {
    within(text, LONGEST)
}

fn within(text: &str, longest: usize) -> Result<String, String> {
    let text: String = text.trim().nfc().collect();
    if !(1..=longest).contains(&text.chars().count()) || text.chars().any(char::is_control) {
        return Err(format!("1 to {longest} characters, none of them a control character"));
    }
    Ok(text)
}

/// An e-mail address, as far as can be seen.
pub(super) fn email(text: &str) -> Result<String, String> {
    let text = name(text)?;
    let plausible = text.split_once('@').is_some_and(|(local, host)| !local.is_empty() && host.contains('.'));
    if plausible && !text.contains(char::is_whitespace) {
        Ok(text)
    } else {
        Err("an e-mail address such as name@example.org".to_owned())
    }
}

/// Kilograms or litres, as grams or millilitres.
pub(super) fn amount(text: &str) -> Result<u32, String> {
    let amount = text.parse::<f64>().ok();
    amount
        .and_then(|amount| thousandths(amount, MAX_OF_ONE))
        .ok_or_else(|| "a number from 0 to 2000".to_owned())
}
