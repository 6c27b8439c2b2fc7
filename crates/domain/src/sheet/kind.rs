//! What can be imported, and where an import stands.

use crate::word::words;

words! {
    /// What the rows of a file are.
    SheetKind: "kind of import" {
        Households = "households",
        Volunteers = "volunteers",
        Requests = "requests",
        Hubs = "hubs",
        Items = "items",
    }
}

words! {
    /// Where an import stands.
    ImportStatus: "import status" {
        /// The file is arriving.
        Receiving = "receiving",
        /// Every row is judged; nothing is written yet.
        Checking = "checking",
        /// Good rows are being taken in.
        Writing = "writing",
        /// All is done; the report is whole.
        Done = "done",
        /// It was broken off; what had been taken in stays.
        Failed = "failed",
    }
}

impl SheetKind {
    /// How many rows are dealt with in one transaction: thousands where they are copied in bulk, few
    /// where each is an action with locks of its own.
    #[must_use]
    pub const fn rows_of_a_part(self) -> usize {
        match self {
            Self::Households => 4_000,
            Self::Volunteers | Self::Requests => 2_000,
            Self::Hubs | Self::Items => 200,
        }
    }
}
