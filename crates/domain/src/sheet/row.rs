//! One row: its cells by their columns, and the values that every kind of row has.

use std::borrow::Cow;

use super::record::{Scan, Whole, cells, scan};
use super::{Fault, Header, Reason, number, text};
use crate::place::{Coordinate, Position};

/// A row of a file, judged no further than that its cells could be told apart.
#[derive(Debug, Clone)]
pub struct Row<'a> {
    /// As a spreadsheet counts: the header is row 1.
    pub row: u64,
    /// The line of the file at which it begins, from 1.
    pub line: u64,
    cells: Vec<(&'static str, Cow<'a, str>)>,
}

/// A place in the file, and what stands there.
pub struct Placed<'a> {
    /// As a spreadsheet counts.
    pub row: u64,
    /// The line of the file.
    pub line: u64,
    /// The row, or why it is none.
    pub found: Result<Row<'a>, Fault>,
}

/// The rows of a part that begins at this row and line. Rows without any text are passed over.
#[must_use]
pub fn rows<'a>(header: &Header, bytes: &'a [u8], first: (u64, u64)) -> Vec<Placed<'a>> {
    let (mut row, mut line) = first;
    let mut found = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let (len, lines, whole) = match scan(rest, header.delimiter(), Whole::Yes) {
            Scan::Whole { len, lines } => (len, lines, true),
            Scan::Broken { len } => (len, 1, false),
            Scan::More | Scan::Endless => (rest.len(), 1, false),
        };
        let (record, after) = rest.split_at(len);
        let judged = if whole {
            Row::read(header, record, (row, line))
        } else {
            Some(Err(Fault::of_row(
                Reason::BrokenQuotes,
                "close the quote, or write \"\" for a quote inside",
            )))
        };
        found.extend(judged.map(|judged| Placed { row, line, found: judged }));
        rest = after;
        row += 1;
        line += u64::try_from(lines).unwrap_or(u64::MAX);
    }
    found
}

impl<'a> Row<'a> {
    /// `None` when nothing is in it.
    fn read(header: &Header, record: &'a [u8], (row, line): (u64, u64)) -> Option<Result<Self, Fault>> {
        let mut told = Vec::new();
        let mut places = header.places().iter();
        for cell in cells(record, header.delimiter()) {
            let place = places.next().copied().flatten();
            let text = match as_text(cell) {
                Ok(text) => text,
                Err(()) => {
                    let advice = "a letter is damaged; save the file as \"CSV UTF-8\" and retype it";
                    return Some(Err(Fault { column: place, ..Fault::of_row(Reason::NotUtf8, advice) }));
                }
            };
            if text.is_empty() {
                continue;
            }
            let Some(name) = place else {
                let advice =
                    "there are more cells than the header has names; quote texts that hold the delimiter";
                return Some(Err(Fault::of_row(Reason::TooManyCells, advice)));
            };
            told.push((name, text));
        }
        if told.is_empty() { None } else { Some(Ok(Self { row, line, cells: told })) }
    }

    /// The cell of that column, unless it is empty.
    pub(super) fn cell(&self, column: &'static str) -> Option<&str> {
        self.cells.iter().find(|(name, _)| *name == column).map(|(_, text)| text.as_ref())
    }

    /// The cell of a column that must be filled.
    pub(super) fn filled(&self, column: &'static str) -> Result<&str, Fault> {
        self.cell(column).ok_or_else(|| Fault::of(column, Reason::MissingValue, "fill this cell"))
    }

    /// A text, where there is one.
    pub(super) fn text(&self, column: &'static str, longest: usize) -> Result<Option<String>, Fault> {
        self.cell(column).map(|cell| text::within(cell, longest, column)).transpose()
    }

    /// A text that must be there.
    pub(super) fn required(&self, column: &'static str, longest: usize) -> Result<String, Fault> {
        text::within(self.filled(column)?, longest, column)
    }

    /// Whatever a column holds, read by `read`, where it is filled.
    pub(super) fn read_as<T>(
        &self,
        column: &'static str,
        read: impl FnOnce(&str, &'static str) -> Result<T, Fault>,
    ) -> Result<Option<T>, Fault> {
        self.cell(column).map(|cell| read(cell, column)).transpose()
    }

    /// The position, where one is told.
    pub(super) fn position(&self) -> Result<Option<Position>, Fault> {
        let number = |column| {
            self.read_as(column, |cell, column| {
                number::read(cell).ok_or_else(|| {
                    Fault::of(column, Reason::NotAPosition, "write decimal degrees such as 43.238949")
                })
            })
        };
        match (number("lat")?, number("lon")?) {
            (None, None) => Ok(None),
            (Some(_), None) => Err(Fault::of("lon", Reason::MissingValue, "a position has both lat and lon")),
            (None, Some(_)) => Err(Fault::of("lat", Reason::MissingValue, "a position has both lat and lon")),
            (Some(lat), Some(lon)) => position(lat, lon).map(Some),
        }
    }

    /// The position, that must be told.
    pub(super) fn required_position(&self) -> Result<Position, Fault> {
        self.filled("lat")?;
        self.position()?.ok_or_else(|| Fault::of("lat", Reason::MissingValue, "fill this cell"))
    }
}

fn position(lat: f64, lon: f64) -> Result<Position, Fault> {
    Position::new(lat, lon).map_err(|error| {
        if Position::new(lon, lat).is_ok() {
            return Fault::of("lat", Reason::SwappedPosition, "lat and lon seem to be swapped");
        }
        let column = match error.coordinate {
            Coordinate::Latitude => "lat",
            Coordinate::Longitude => "lon",
        };
        Fault::of(column, Reason::NotAPosition, error.to_string())
    })
}

fn as_text(cell: Cow<'_, [u8]>) -> Result<Cow<'_, str>, ()> {
    match cell {
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(text::undone).map_err(drop),
        Cow::Owned(bytes) => {
            String::from_utf8(bytes).map(|text| Cow::Owned(text::undone(&text).into_owned())).map_err(drop)
        }
    }
}

/// Collects the faults of several columns: all of them are told at once.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    faults: Vec<Fault>,
}

impl Judgement {
    /// The value, or `None` and its fault kept.
    pub(super) fn take<T>(&mut self, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.faults.push(fault)).ok()
    }

    /// The whole, if nothing was at fault.
    pub(super) fn end<T>(self, whole: Option<T>) -> Result<T, Vec<Fault>> {
        match whole {
            Some(whole) if self.faults.is_empty() => Ok(whole),
            Some(_) | None => Err(self.faults),
        }
    }
}
