//! Why a row is not taken, or a whole file not read: a word for programs, a sentence for people.
//! Never the value itself: a report may be shown around.

use std::borrow::Cow;

use crate::word::words;

words! {
    /// Why a row is not taken.
    Reason: "reason" {
        NotUtf8 = "not_utf8",
        BrokenQuotes = "broken_quotes",
        TooManyCells = "too_many_cells",
        MissingValue = "missing_value",
        TooLong = "too_long",
        ControlCharacters = "control_characters",
        NotANumber = "not_a_number",
        OutOfRange = "out_of_range",
        NotAPosition = "not_a_position",
        SwappedPosition = "swapped_position",
        OutsideArea = "outside_area",
        UnknownArea = "unknown_area",
        NotAPhone = "not_a_phone",
        PhoneLostDigits = "phone_lost_digits",
        NotAnEmail = "not_an_email",
        UnknownWord = "unknown_word",
        NotALanguage = "not_a_language",
        NotADate = "not_a_date",
        AmbiguousDate = "ambiguous_date",
        DateInFuture = "date_in_future",
        NotALine = "not_a_line",
        UnknownItem = "unknown_item",
        UnknownHub = "unknown_hub",
        UnknownHousehold = "unknown_household",
        DuplicatePhone = "duplicate_phone",
        DuplicateExternalId = "duplicate_external_id",
        DuplicateAddress = "duplicate_address",
        DuplicateEmail = "duplicate_email",
        DuplicateName = "duplicate_name",
        /// The act itself was refused; the advice says why.
        Refused = "refused",
    }
}

/// Why a row is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// In which column; none when the row as a whole is at fault.
    pub column: Option<&'static str>,
    /// Why, for programs.
    pub reason: Reason,
    /// What to do, for people.
    pub advice: Cow<'static, str>,
    /// The row or the id that this one repeats.
    pub repeats: Option<String>,
}

impl Fault {
    /// A value of one column.
    pub fn of(column: &'static str, reason: Reason, advice: impl Into<Cow<'static, str>>) -> Self {
        Self { column: Some(column), reason, advice: advice.into(), repeats: None }
    }

    /// The row as a whole.
    pub fn of_row(reason: Reason, advice: impl Into<Cow<'static, str>>) -> Self {
        Self { column: None, reason, advice: advice.into(), repeats: None }
    }
}

/// Why a file as a whole cannot be read, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Nothing in it.
    #[error("the file is empty; save it with a header row and at least one row of data")]
    Empty,
    /// UTF-16, as Excel's "Unicode Text" writes it.
    #[error("the file is UTF-16; save it as \"CSV UTF-8 (comma delimited)\"")]
    Utf16,
    /// An old single-byte encoding.
    #[error("the file is not UTF-8 but looks like Windows-1251; save it as \"CSV UTF-8 (comma delimited)\"")]
    SingleByte,
    /// A workbook, not a text.
    #[error("the file is a workbook (XLSX or a ZIP); save the sheet as \"CSV UTF-8 (comma delimited)\"")]
    Workbook,
    /// The header cannot be read.
    #[error("the first row must name the columns; {0}")]
    Header(String),
    /// A row without end.
    #[error("a row is longer than {} KiB; this is not a table of rows", super::MAX_RECORD / 1024)]
    EndlessRow,
}
