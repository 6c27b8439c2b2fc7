//! A row of hubs.

use super::row::{Judgement, Row};
use super::text::NAME;
use super::{Fault, Grounds};
use crate::id::AreaId;
use crate::place::Position;

/// A hub that may be entered.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetHub {
    /// The area it serves.
    pub area: AreaId,
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: String,
    /// Where it is.
    pub position: Position,
    /// When it is open.
    pub opening_hours: Option<String>,
}

impl SheetHub {
    /// Judges a row.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn judge(row: &Row<'_>, grounds: &Grounds<'_>) -> Result<Self, Vec<Fault>> {
        let mut judgement = Judgement::default();
        let j = &mut judgement;
        let name = j.take(row.required("name", NAME));
        let address = j.take(row.required("address", NAME));
        let position = j.take(row.required_position());
        let area = position.and_then(|position| j.take(grounds.area(row, Some(position))));
        let opening_hours = j.take(row.text("opening_hours", NAME));
        let whole = (|| {
            Some(Self {
                area: area?.id,
                name: name?,
                address: address?,
                position: position?,
                opening_hours: opening_hours?,
            })
        })();
        judgement.end(whole)
    }
}
