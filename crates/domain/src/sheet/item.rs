//! A row of items.

use super::row::{Judgement, Row};
use super::text::{NAME, SHORT};
use super::{Fault, Reason, number};
use crate::catalogue::{Load, MAX_OF_ONE, thousandths};

/// An item that may enter a catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetItem {
    /// Its name.
    pub name: String,
    /// What one of it is.
    pub unit: String,
    /// What one weighs and fills.
    pub load: Load,
}

impl SheetItem {
    /// Judges a row.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn judge(row: &Row<'_>) -> Result<Self, Vec<Fault>> {
        let mut judgement = Judgement::default();
        let j = &mut judgement;
        let name = j.take(row.required("name", NAME));
        let unit = j.take(row.text("unit", SHORT));
        let grams = j.take(row.filled("weight_kg").and_then(|cell| amount(cell, "weight_kg")));
        let millilitres = j.take(row.filled("volume_l").and_then(|cell| amount(cell, "volume_l")));
        let whole = (|| {
            Some(Self {
                name: name?,
                unit: unit?.unwrap_or_else(|| "piece".to_owned()),
                load: Load { grams: grams?, millilitres: millilitres? },
            })
        })();
        judgement.end(whole)
    }
}

fn amount(cell: &str, column: &'static str) -> Result<u32, Fault> {
    let number = number::within(cell, (0.0, 2_000.0), column)?;
    thousandths(number, MAX_OF_ONE).ok_or_else(|| Fault::of(column, Reason::OutOfRange, "0 to 2000"))
}
