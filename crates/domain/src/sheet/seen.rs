//! Which rows of one file tell of the same household, person or thing.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::text::name_key;
use super::{Fault, Reason, SheetHousehold};
use crate::place::{Metres, Position, great_circle};

/// Two doors of one name that are no farther apart than this are one household.
pub const NAME_DISTANCE_M: u32 = 50;

/// What was taken from a file so far. Some 100 bytes a row: the rows themselves are not kept.
#[derive(Debug, Default)]
pub struct Seen {
    phones: HashMap<u64, u64>,
    texts: HashMap<Box<str>, u64>,
    doors: HashMap<u64, Vec<(Position, u64)>>,
}

/// Another household that is the same, and by what that shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twin {
    /// By its telephone.
    Phone,
    /// By the organisation's own name for it.
    ExternalId,
    /// By the name at a door within [`NAME_DISTANCE_M`].
    Address,
}

impl Twin {
    /// The fault of a row that repeats `what`: a row or an id.
    #[must_use]
    pub fn fault(self, what: String) -> Fault {
        let (column, reason, advice) = match self {
            Self::Phone => {
                ("phone", Reason::DuplicatePhone, "this telephone is told already; remove one of the two")
            }
            Self::ExternalId => (
                "external_id",
                Reason::DuplicateExternalId,
                "this external_id is told already; it must be unique",
            ),
            Self::Address => (
                "name",
                Reason::DuplicateAddress,
                "this name is told already within 50 m; remove one of the two",
            ),
        };
        Fault { repeats: Some(what), ..Fault::of(column, reason, advice) }
    }
}

impl Seen {
    /// The earlier row of the same household, and by what that shows.
    #[must_use]
    pub fn household(&self, told: &SheetHousehold) -> Option<(Twin, u64)> {
        let by_id = told.external_id.as_deref().and_then(|id| self.texts.get(id));
        if let Some(row) = by_id {
            return Some((Twin::ExternalId, *row));
        }
        if let Some(row) = phone_number(told).and_then(|number| self.phones.get(&number)) {
            return Some((Twin::Phone, *row));
        }
        let near = self.doors.get(&name_hash(&told.door.name))?;
        let found = near.iter().find(|(position, _)| {
            great_circle(*position, told.door.position) <= Metres::new(NAME_DISTANCE_M)
        })?;
        Some((Twin::Address, found.1))
    }

    /// Keeps a household that is taken.
    pub fn keep_household(&mut self, told: &SheetHousehold, row: u64) {
        if let Some(id) = &told.external_id {
            self.texts.entry(id.as_str().into()).or_insert(row);
        }
        if let Some(number) = phone_number(told) {
            self.phones.entry(number).or_insert(row);
        }
        self.doors.entry(name_hash(&told.door.name)).or_default().push((told.door.position, row));
    }

    /// The earlier row that told this text: an address, a name.
    #[must_use]
    pub fn text(&self, text: &str) -> Option<u64> {
        self.texts.get(text).copied()
    }

    /// Keeps the text of a row that is taken.
    pub fn keep_text(&mut self, text: &str, row: u64) {
        self.texts.entry(text.into()).or_insert(row);
    }
}

/// E.164 has fifteen digits at most, so the number itself is its key.
fn phone_number(told: &SheetHousehold) -> Option<u64> {
    told.door.phone.as_ref()?.disclose().strip_prefix('+')?.parse().ok()
}

/// Two names that met in one hash would still have to be 50 m apart to be mistaken for each other.
fn name_hash(name: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    name_key(name).hash(&mut hasher);
    hasher.finish()
}
