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
