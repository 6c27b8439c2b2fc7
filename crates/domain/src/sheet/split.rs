//! Cuts a file, as it arrives, into parts of whole records, so that no more than one part is held.

use super::record::{Delimiter, MAX_RECORD, Scan, Whole, scan};
use super::{Header, SheetKind, Unreadable, encoding};

/// Some whole records of a file, as they came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The first record's row, as a spreadsheet counts: the header is row 1.
    pub first_row: u64,
    /// The line of the file at which it begins.
    pub first_line: u64,
    /// How many records.
    pub rows: usize,
    /// The records.
    pub bytes: Vec<u8>,
}

/// The largest part, in bytes.
const MAX_PART: usize = 4 * 1024 * 1024;

/// Takes bytes in any pieces and gives parts.
#[derive(Debug)]
pub struct Splitter {
    kind: SheetKind,
    header: Option<(Header, Vec<u8>)>,
    waiting: Vec<u8>,
    /// How far into what waits the records are known.
    scanned: usize,
    rows: usize,
    lines: u64,
    next_row: u64,
    next_line: u64,
}

impl Splitter {
    /// Begins a file whose rows are of this kind.
    #[must_use]
    pub const fn new(kind: SheetKind) -> Self {
        Self {
            kind,
            header: None,
            waiting: Vec::new(),
            scanned: 0,
            rows: 0,
            lines: 0,
            next_row: 2,
            next_line: 1,
        }
    }

    /// What the rows are.
    #[must_use]
    pub const fn kind(&self) -> SheetKind {
        self.kind
    }

    /// The header's own bytes, once it has been read.
    #[must_use]
    pub fn header(&self) -> Option<&[u8]> {
        self.header.as_ref().map(|(_, bytes)| bytes.as_slice())
    }

    /// Takes the next bytes, and gives the parts that are whole with them.
    ///
    /// # Errors
    /// When the file as a whole cannot be read.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<Part>, Unreadable> {
        self.waiting.extend_from_slice(bytes);
        if self.header.is_none() && self.waiting.len() < encoding::LOOK {
            return Ok(Vec::new());
        }
        self.advance(Whole::No)
    }

    /// Nothing follows: gives what is left.
    ///
    /// # Errors
    /// When the file as a whole cannot be read.
    pub fn finish(mut self) -> Result<(Vec<u8>, Vec<Part>), Unreadable> {
        let mut parts = self.advance(Whole::Yes)?;
        parts.extend(self.cut());
        let (_, header) = self.header.ok_or(Unreadable::Empty)?;
        if parts.is_empty() && self.next_row == 2 {
            return Err(Unreadable::Empty);
        }
        Ok((header, parts))
    }

    fn advance(&mut self, whole: Whole) -> Result<Vec<Part>, Unreadable> {
        if self.header.is_none() {
            self.read_header(whole)?;
        }
        let mut parts = Vec::new();
        let Some((header, _)) = &self.header else { return Ok(parts) };
        let delimiter = header.delimiter();
        loop {
            let rest = self.waiting.get(self.scanned..).unwrap_or_default();
            if rest.is_empty() {
                break;
            }
            let (len, lines) = match scan(rest, delimiter, whole) {
                Scan::Whole { len, lines } => (len, lines),
                Scan::Broken { len } => (len, 1),
                Scan::More => break,
                Scan::Endless => return Err(Unreadable::EndlessRow),
            };
            self.scanned += len;
            self.rows += 1;
            self.lines += u64::try_from(lines).unwrap_or(u64::MAX);
            if self.rows >= self.kind.rows_of_a_part() || self.scanned >= MAX_PART {
                parts.extend(self.cut());
            }
        }
        Ok(parts)
    }

    fn read_header(&mut self, whole: Whole) -> Result<(), Unreadable> {
        let skip = encoding::check(&self.waiting)?;
        let text = self.waiting.get(skip..).unwrap_or_default();
        let line = text.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let delimiter = Delimiter::sniff(line);
        let (len, lines) = match scan(text, delimiter, whole) {
            Scan::Whole { len, lines } => (len, lines),
            Scan::More if text.len() < MAX_RECORD => return Ok(()),
            Scan::More | Scan::Endless => return Err(Unreadable::EndlessRow),
            Scan::Broken { .. } => {
                return Err(Unreadable::Header("one of its quotes is not closed".to_owned()));
            }
        };
        let bytes = text.get(..len).unwrap_or_default().to_vec();
        self.header = Some((Header::read(self.kind, &bytes)?, bytes));
        self.waiting.drain(..skip + len);
        self.next_line += u64::try_from(lines).unwrap_or(u64::MAX);
        Ok(())
    }

    fn cut(&mut self) -> Option<Part> {
        if self.rows == 0 {
            return None;
        }
        let rest = self.waiting.split_off(self.scanned);
        let bytes = std::mem::replace(&mut self.waiting, rest);
        let part = Part { first_row: self.next_row, first_line: self.next_line, rows: self.rows, bytes };
        self.next_row += u64::try_from(self.rows).unwrap_or(u64::MAX);
        self.next_line += self.lines;
        (self.scanned, self.rows, self.lines) = (0, 0, 0);
        Some(part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(file: &[u8], piece: usize) -> Vec<Part> {
        let mut splitter = Splitter::new(SheetKind::Items);
        let mut parts = Vec::new();
        for bytes in file.chunks(piece) {
            parts.extend(splitter.feed(bytes).unwrap());
        }
        let (_, last) = splitter.finish().unwrap();
        parts.extend(last);
        parts
    }

    #[test]
    fn a_header_alone_and_nothing_at_all_are_refused() {
        for file in ["", "name;unit;weight_kg;volume_l\n"] {
            let mut splitter = Splitter::new(SheetKind::Items);
            splitter.feed(file.as_bytes()).unwrap();
            assert_eq!(splitter.finish().unwrap_err(), Unreadable::Empty);
        }
    }

    #[test]
    fn rows_and_lines_are_counted_as_people_count_them() {
        let mut file = "name;unit;weight_kg;volume_l\n".to_owned();
        for row in 0..450 {
            file.push_str(&format!("\"Item\n{row}\";piece;1;1\n"));
        }
        let parts = split(file.as_bytes(), 7);
        let told: Vec<_> = parts.iter().map(|part| (part.first_row, part.first_line, part.rows)).collect();
        assert_eq!(told, [(2, 2, 200), (202, 402, 200), (402, 802, 50)]);
    }

    proptest! {
        #[test]
        fn the_pieces_in_which_a_file_arrives_make_no_difference(
            noise in proptest::collection::vec("[a-z\";\n\r]{0,20}", 1..500), piece in 1_usize..9_000,
        ) {
            let file = format!("name;unit;weight_kg;volume_l\nx;\n{}", noise.concat());
            let (apart, whole) = (split(file.as_bytes(), piece), split(file.as_bytes(), file.len()));
            prop_assert_eq!(&apart, &whole);
            let together: Vec<u8> = whole.into_iter().flat_map(|part| part.bytes).collect();
            prop_assert!(file.as_bytes().ends_with(&together));
        }
    }
}
