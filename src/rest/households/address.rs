//! An address as it is written in a body, wherever a body holds one.

use domain::door::Address;

use crate::rest::problem::Problem;
use crate::rest::text;

/// The parts of a written address.
#[derive(Default)]
pub struct WrittenAddress<'a> {
    /// Street or microdistrict.
    pub street: Option<&'a str>,
    /// House number.
    pub house: Option<&'a str>,
    /// Entrance.
    pub entrance: Option<&'a str>,
    /// Floor.
    pub floor: Option<&'a str>,
    /// Flat.
    pub flat: Option<&'a str>,
    /// Code of the intercom.
    pub intercom: Option<&'a str>,
    /// What to look for nearby.
    pub landmark: Option<&'a str>,
    /// Open Location Code.
    pub plus_code: Option<&'a str>,
}

impl WrittenAddress<'_> {
    /// The address as the domain knows it.
    ///
    /// # Errors
    /// Names the part, under `/door`, that is too long or holds control characters.
    pub fn check(self) -> Result<Address, Problem> {
        let short = |text, part| text::optional(text, text::SHORT, &format!("/door/{part}"));
        let long = |text, part| text::optional(text, text::NAME, &format!("/door/{part}"));
        Ok(Address {
            street: long(self.street, "street")?,
            house: short(self.house, "house")?,
            entrance: short(self.entrance, "entrance")?,
            floor: short(self.floor, "floor")?,
            flat: short(self.flat, "flat")?,
            intercom: short(self.intercom, "intercom")?,
            landmark: long(self.landmark, "landmark")?,
            plus_code: short(self.plus_code, "plus_code")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_texts_are_refused_or_short_and_plain(parts in proptest::collection::vec(any::<Option<String>>(), 8)) {
            let part = |place: usize| parts.get(place).and_then(|part| part.as_deref());
            let written = WrittenAddress {
                street: part(0),
                house: part(1),
                entrance: part(2),
                floor: part(3),
                flat: part(4),
                intercom: part(5),
                landmark: part(6),
                plus_code: part(7),
            };
            if let Ok(address) = written.check() {
                let kept = [
                    address.street, address.house, address.entrance, address.floor, address.flat,
                    address.intercom, address.landmark, address.plus_code,
                ];
                for text in kept.into_iter().flatten() {
                    prop_assert!(!text.trim().is_empty() && text.chars().count() <= text::NAME, "{:?}", text);
                    prop_assert!(!text.chars().any(char::is_control), "{:?}", text);
                }
            }
        }
    }
}
