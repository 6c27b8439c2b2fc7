//! A door: everything by which somebody could find or ring a household. It never leaves this type
//! by accident: it cannot be serialised, and printing it for debugging shows nothing.

use std::fmt;

use crate::place::Position;

/// The longest a free text behind a door may be, in characters.
pub const MAX_NOTES: usize = 1_000;

/// A telephone number in E.164: `+`, then 8 to 15 digits.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// Why a text is not a telephone number. Never holds the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number is written in E.164: + and 8 to 15 digits, such as +77010000000")]
pub struct PhoneError;

impl Phone {
    /// Takes a number that is already in E.164 (ITU-T E.164, section 6: at most 15 digits).
    ///
    /// # Errors
    /// When it is not.
    pub fn from_e164(text: &str) -> Result<Self, PhoneError> {
        let digits = text.strip_prefix('+').ok_or(PhoneError)?;
        let plausible = (8..=15).contains(&digits.len())
            && digits.bytes().all(|digit| digit.is_ascii_digit())
            && !digits.starts_with('0');
        if plausible { Ok(Self(text.to_owned())) } else { Err(PhoneError) }
    }

    /// The number, to be stored or shown to someone who has the right.
    #[must_use]
    pub fn disclose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(hidden)")
    }
}

/// Whether a door's place is its own, or only somewhere near.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exactness {
    /// The door's own place.
    Exact,
    /// A point that stands for the district: nobody may be sent there before a coordinator has found the door.
    Approximate,
}

/// Where a household lives and how to reach it.
#[derive(Clone, PartialEq)]
pub struct Door {
    /// The name to ask for.
    pub name: String,
    /// The telephone, where there is one.
    pub phone: Option<Phone>,
    /// The address in its parts; any may be missing where a landmark or Plus code must do.
    pub address: Address,
    /// The place.
    pub position: Position,
    /// Whether that is the door's own place.
    pub exactness: Exactness,
    /// How exact the place is, in metres, where the device told.
    pub accuracy_m: Option<f64>,
    /// What a volunteer should know at the door.
    pub notes: Option<String>,
}

/// The parts of an address, as people in the campaign's cities write them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Address {
    /// Street or microdistrict.
    pub street: Option<String>,
    /// House number with its letter or fraction.
    pub house: Option<String>,
    /// Entrance of the building.
    pub entrance: Option<String>,
    /// Floor.
    pub floor: Option<String>,
    /// Flat.
    pub flat: Option<String>,
    /// Code of the intercom.
    pub intercom: Option<String>,
    /// What to look for nearby.
    pub landmark: Option<String>,
    /// Open Location Code.
    pub plus_code: Option<String>,
}

impl fmt::Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Door(hidden)")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_kept_in_e164_only() {
        assert!(Phone::from_e164("+77012345678").is_ok());
        for wrong in ["87012345678", "+7701", "+7701234567890123", "+7 701 234 56 78", "+0701234567", ""] {
            assert_eq!(Phone::from_e164(wrong), Err(PhoneError), "{wrong}");
        }
    }

    #[test]
    fn debugging_a_door_shows_nothing_of_it() {
        let phone = Phone::from_e164("+77012345678").unwrap();
        assert_eq!(format!("{phone:?}"), "Phone(hidden)");
    }
}
