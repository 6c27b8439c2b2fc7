//! On what ground rows are judged: the areas that there are, the day, and how telephones are read.

use super::row::Row;
use super::text::name_key;
use super::{Fault, Reason};
use crate::door::Phone;
use crate::id::AreaId;
use crate::place::{AreaShape, Position};

/// An area in which the importing organisation works.
#[derive(Debug, Clone)]
pub struct ServedArea {
    /// Its id.
    pub id: AreaId,
    /// Its name.
    pub name: String,
    /// Its outline.
    pub shape: AreaShape,
    /// The country whose spelling of telephone numbers is usual there.
    pub phone_region: String,
}

/// What rows are judged by.
pub struct Grounds<'a> {
    /// The areas that rows may be of.
    pub areas: &'a [ServedArea],
    /// The one that was given with the file.
    pub given: Option<AreaId>,
    /// Reads a telephone number of a region, however it is spelt.
    pub phone: &'a (dyn Fn(&str, &str) -> Option<Phone> + Sync),
    /// Today.
    pub today: chrono::NaiveDate,
}

impl Grounds<'_> {
    /// The area of a row: the one it names, else the one given, else the one around the position.
    pub(super) fn area(&self, row: &Row<'_>, position: Option<Position>) -> Result<&ServedArea, Fault> {
        let named = row.text("area", super::text::NAME)?;
        let area = match (named, self.given, position) {
            (Some(name), _, _) => self.named(&name),
            (None, Some(given), _) => self.areas.iter().find(|area| area.id == given),
            (None, None, Some(position)) => {
                let around = self.areas.iter().find(|area| area.shape.contains(position));
                let advice = "no area of yours is around this position; check lat and lon";
                return around.ok_or_else(|| outside(self.areas, position, advice));
            }
            (None, None, None) => {
                return Err(Fault::of("area", Reason::MissingValue, "name the area, or give a position"));
            }
        };
        let area = area.ok_or_else(|| {
            Fault::of("area", Reason::UnknownArea, "write the name or id of an area in which you work")
        })?;
        match position {
            Some(position) if !area.shape.contains(position) => {
                let advice = "the position lies outside the row's area; check lat, lon and area";
                Err(outside(std::slice::from_ref(area), position, advice))
            }
            Some(_) | None => Ok(area),
        }
    }

    fn named(&self, name: &str) -> Option<&ServedArea> {
        if let Ok(id) = name.parse::<AreaId>() {
            return self.areas.iter().find(|area| area.id == id);
        }
        let key = name_key(name);
        self.areas.iter().find(|area| name_key(&area.name) == key)
    }
}

/// Why a position is in none of these areas: where the other way round it would be in one, that is why.
fn outside(areas: &[ServedArea], position: Position, advice: &'static str) -> Fault {
    let swapped = Position::new(position.lon(), position.lat());
    if swapped.is_ok_and(|swapped| areas.iter().any(|area| area.shape.contains(swapped))) {
        return Fault::of("lat", Reason::SwappedPosition, "lat and lon seem to be swapped");
    }
    Fault::of("lat", Reason::OutsideArea, advice)
}
