//! Telephone numbers in any spelling, to E.164.

use domain::door::Phone;

use super::Refusal;

/// Reads a number as people write it; without a country code it is taken to be of `region`.
///
/// # Errors
/// Names the field when it is no number that can be dialled.
pub fn parse(text: &str, region: &str, pointer: &'static str) -> Result<Phone, Refusal> {
    let wrong =
        || Refusal::flaw(pointer, "a telephone number with its country code, such as +7 701 000 00 00");
    let region = region.parse::<phonenumber::country::Id>().map_err(|_| wrong())?;
    let number = phonenumber::parse(Some(region), text).map_err(|_| wrong())?;
    if !number.is_valid() {
        return Err(wrong());
    }
    let e164 = number.format().mode(phonenumber::Mode::E164).to_string();
    Phone::from_e164(&e164).map_err(|_| wrong())
}
