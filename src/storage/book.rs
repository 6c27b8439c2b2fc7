//! The books: the append-only tables whose rows are sealed.

/// A table that is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Book {
    /// What happened.
    Events,
    /// Who read which door.
    DoorReadings,
    /// Who was not let in, and what was refused to whom.
    AccessRecords,
}

impl Book {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Events, Self::DoorReadings, Self::AccessRecords];

    /// Its word, which is its table's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::DoorReadings => "door_readings",
            Self::AccessRecords => "access_records",
        }
    }

    /// The book of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|book| book.as_str() == word)
    }

    /// The column that numbers its rows. The transaction that wrote one is in `xid` everywhere.
    #[must_use]
    pub const fn number(self) -> &'static str {
        match self {
            Self::Events => "seq",
            Self::DoorReadings | Self::AccessRecords => "id",
        }
    }
}
