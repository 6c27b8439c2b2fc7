//! The first row of a file: which column stands where.

use super::record::{Delimiter, cells};
use super::text::undone;
use super::{Column, SheetKind, Unreadable, columns_of};

/// Which column stands where, and what stands between cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    delimiter: Delimiter,
    /// One a cell of the header; none where the header's cell is empty.
    places: Vec<Option<&'static str>>,
}

impl Header {
    /// Reads a header of a file of this kind.
    ///
    /// # Errors
    /// When a name is unknown or comes twice, or a required column is missing: says which.
    pub fn read(kind: SheetKind, record: &[u8]) -> Result<Self, Unreadable> {
        let delimiter = Delimiter::sniff(record);
        let columns = columns_of(kind);
        let mut places: Vec<Option<&'static str>> = Vec::new();
        for cell in cells(record, delimiter) {
            let text = String::from_utf8_lossy(&cell);
            let name = undone(&text).to_lowercase().replace([' ', '-'], "_");
            let place = if name.is_empty() { None } else { Some(known(&name, places.len(), columns)?) };
            if place.is_some() && places.contains(&place) {
                return Err(Unreadable::Header(format!(
                    "the column {} comes twice",
                    place.unwrap_or_default()
                )));
            }
            places.push(place);
        }
        let missing: Vec<&str> = columns
            .iter()
            .filter(|column| column.required && !places.contains(&Some(column.name)))
            .map(|column| column.name)
            .collect();
        if missing.is_empty() {
            Ok(Self { delimiter, places })
        } else {
            Err(Unreadable::Header(format!("columns are missing: {}", missing.join(", "))))
        }
    }

    /// What stands between two cells.
    #[must_use]
    pub const fn delimiter(&self) -> Delimiter {
        self.delimiter
    }

    /// The column of each cell of a row, in the file's order.
    pub(super) fn places(&self) -> &[Option<&'static str>] {
        &self.places
    }
}

/// The column of that name. The name itself is not repeated where it is none of ours: somebody may have
/// left the header out, and then it is a person's.
fn known(name: &str, place: usize, columns: &[Column]) -> Result<&'static str, Unreadable> {
    if let Some(column) = columns.iter().find(|column| column.name == name) {
        return Ok(column.name);
    }
    let nearest = columns.iter().min_by_key(|column| distance(name, column.name));
    let near = nearest.filter(|column| distance(name, column.name) <= 2);
    let hint = near.map(|column| format!(" (did you mean {}?)", column.name)).unwrap_or_default();
    let names: Vec<&str> = columns.iter().map(|column| column.name).collect();
    Err(Unreadable::Header(format!(
        "column {} has a name that is not known{hint}; rename or remove it; known: {}",
        place + 1,
        names.join(", ")
    )))
}

/// How many letters must be put in, left out or changed to make one word of the other (Levenshtein, 1966).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (place, letter) in one.chars().take(64).enumerate() {
        let mut left = place + 1;
        let mut next = vec![left];
        for (above, compared) in row.windows(2).zip(&other) {
            let [diagonal, straight] = above else { continue };
            left = (left + 1).min(straight + 1).min(diagonal + usize::from(*compared != letter));
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_a_header_of_its_kind() {
        for kind in SheetKind::ALL {
            let names: Vec<&str> = columns_of(*kind).iter().map(|column| column.name).collect();
            let header = Header::read(*kind, names.join(";").as_bytes()).unwrap();
            assert_eq!(header.places().len(), names.len());
        }
    }

    #[test]
    fn names_are_found_in_any_case_and_empty_trailing_columns_are_nothing() {
        let header = Header::read(SheetKind::Items, b"Name,\"Weight KG\",volume-l,,\r\n").unwrap();
        assert_eq!(header.places(), [Some("name"), Some("weight_kg"), Some("volume_l"), None, None]);
    }

    #[test]
    fn what_is_wrong_with_a_header_is_told_without_repeating_it() {
        for (header, wanted) in [
            ("name,weigth_kg,volume_l", "did you mean weight_kg?"),
            ("name,weight_kg", "columns are missing: volume_l"),
            ("name,name,weight_kg,volume_l", "the column name comes twice"),
            ("Raushan Akhmetova,1,2", "column 1 has a name that is not known"),
        ] {
            let told = Header::read(SheetKind::Items, header.as_bytes()).unwrap_err().to_string();
            assert!(told.contains(wanted), "{told}");
            assert!(!told.contains("Raushan"), "{told}");
        }
    }
}
