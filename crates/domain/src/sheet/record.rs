//! Where a record of CSV (RFC 4180) ends and what its cells are.
//!
//! Of our own because a quote that is never closed must cost its own row and no other: a reader that
//! follows the standard alone swallows everything up to the next quote, however far that is.

use std::borrow::Cow;

/// The longest record, in bytes. A row with a note of 1,000 letters fits ten times.
pub const MAX_RECORD: usize = 64 * 1024;

/// What stands between two cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`, as Excel writes where the comma is the decimal sign.
    Semicolon,
    /// A tabulator.
    Tab,
}

impl Delimiter {
    /// The byte itself.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Semicolon => b';',
            Self::Tab => b'\t',
        }
    }

    /// The one that stands most often in a header outside quotes; a comma when none does.
    #[must_use]
    pub fn sniff(header: &[u8]) -> Self {
        let mut quoted = false;
        let mut counts = [(Self::Comma, 0_usize), (Self::Semicolon, 0), (Self::Tab, 0)];
        for byte in header {
            quoted ^= *byte == b'"';
            for (delimiter, count) in &mut counts {
                *count += usize::from(!quoted && delimiter.byte() == *byte);
            }
        }
        let most = counts.into_iter().reduce(|best, next| if next.1 > best.1 { next } else { best });
        most.map_or(Self::Comma, |(delimiter, _)| delimiter)
    }
}

/// What stands at the beginning of some bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scan {
    /// A record of this many bytes and lines, its line end included.
    Whole { len: usize, lines: usize },
    /// A line of this many bytes with a quote that is not closed where it must be.
    Broken { len: usize },
    /// The record goes on beyond these bytes.
    More,
    /// A line longer than any record may be.
    Endless,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum At {
    CellStart,
    Bare,
    Quoted,
    AfterQuote,
}

/// Finds the end of the record that `bytes` begin with. `whole` tells that nothing follows them.
#[must_use]
pub fn scan(bytes: &[u8], delimiter: Delimiter, whole: Whole) -> Scan {
    let (mut at, mut lines) = (At::CellStart, 1);
    let mut rest = bytes.iter().enumerate().peekable();
    while let Some((place, byte)) = rest.next() {
        if place >= MAX_RECORD {
            return broken(bytes, whole);
        }
        let ends_cell = *byte == delimiter.byte();
        at = match (at, *byte) {
            (At::Quoted, b'"') => At::AfterQuote,
            (At::Quoted, b'\n') => {
                lines += 1;
                At::Quoted
            }
            (At::Quoted, _) => At::Quoted,
            (At::AfterQuote, b'"') => At::Quoted,
            (At::CellStart, b'"') => At::Quoted,
            (At::CellStart | At::Bare | At::AfterQuote, b'\n') => {
                return Scan::Whole { len: place + 1, lines };
            }
            (At::CellStart | At::Bare | At::AfterQuote, b'\r') => match rest.peek() {
                Some((_, b'\n')) => return Scan::Whole { len: place + 2, lines },
                None if whole == Whole::No => return Scan::More,
                Some(_) | None => return Scan::Whole { len: place + 1, lines },
            },
            (At::CellStart | At::Bare | At::AfterQuote, _) if ends_cell => At::CellStart,
            (At::CellStart | At::Bare, _) => At::Bare,
            (At::AfterQuote, _) => return broken(bytes, whole),
        };
    }
    match (whole, at) {
        (Whole::No, _) => Scan::More,
        (Whole::Yes, At::Quoted) => broken(bytes, whole),
        (Whole::Yes, At::CellStart | At::Bare | At::AfterQuote) => Scan::Whole { len: bytes.len(), lines },
    }
}

/// Whether bytes are all there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// Nothing follows.
    Yes,
    /// More may follow.
    No,
}

/// The first line alone is given up.
fn broken(bytes: &[u8], whole: Whole) -> Scan {
    match bytes.iter().take(MAX_RECORD).position(|byte| *byte == b'\n') {
        Some(place) => Scan::Broken { len: place + 1 },
        None if bytes.len() < MAX_RECORD && whole == Whole::No => Scan::More,
        None if bytes.len() < MAX_RECORD => Scan::Broken { len: bytes.len() },
        None => Scan::Endless,
    }
}

/// The cells of a whole record, without quotes and line end.
#[must_use]
pub fn cells(record: &[u8], delimiter: Delimiter) -> Vec<Cow<'_, [u8]>> {
    let mut cells = Vec::new();
    let mut rest = without_line_end(record);
    loop {
        let (cell, after) = match rest.split_first() {
            Some((b'"', inside)) => quoted(inside),
            Some(_) | None => bare(rest, delimiter),
        };
        cells.push(cell);
        match after.split_first() {
            Some((_, next)) => rest = next,
            None => return cells,
        }
    }
}

fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}

/// A cell up to the next delimiter, and what follows it, the delimiter first.
fn bare(rest: &[u8], delimiter: Delimiter) -> (Cow<'_, [u8]>, &[u8]) {
    let end = rest.iter().position(|byte| *byte == delimiter.byte()).unwrap_or(rest.len());
    let (cell, after) = rest.split_at(end);
    (Cow::Borrowed(cell), after)
}

/// A cell up to its closing quote, and what follows that.
fn quoted(inside: &[u8]) -> (Cow<'_, [u8]>, &[u8]) {
    let mut cell: Cow<'_, [u8]> = Cow::Borrowed(&[]);
    let mut rest = inside;
    loop {
        let end = rest.iter().position(|byte| *byte == b'"').unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        if cell.is_empty() {
            cell = Cow::Borrowed(piece);
        } else {
            cell.to_mut().extend_from_slice(piece);
        }
        match after {
            [b'"', b'"', more @ ..] => {
                cell.to_mut().push(b'"');
                rest = more;
            }
            [b'"', more @ ..] => return (cell, more),
            _ => return (cell, &[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(record: &str, delimiter: Delimiter) -> Vec<String> {
        cells(record.as_bytes(), delimiter)
            .iter()
            .map(|cell| String::from_utf8(cell.to_vec()).expect("text"))
            .collect()
    }

    #[test]
    fn delimiters_are_sniffed_outside_quotes() {
        for (header, wanted) in [
            ("name,phone,lat", Delimiter::Comma),
            ("name;phone;lat", Delimiter::Semicolon),
            ("name\tphone\tlat", Delimiter::Tab),
            ("\"a,b,c,d\";name;phone", Delimiter::Semicolon),
            ("name", Delimiter::Comma),
        ] {
            assert_eq!(Delimiter::sniff(header.as_bytes()), wanted, "{header}");
        }
    }

    #[test]
    fn cells_are_read_as_rfc_4180_writes_them() {
        assert_eq!(texts("a,\"b\"\"c\",,\"d\ne\"\r\n", Delimiter::Comma), ["a", "b\"c", "", "d\ne"]);
        assert_eq!(texts("=\"77010000001\";x", Delimiter::Semicolon), ["=\"77010000001\"", "x"]);
        assert_eq!(texts("a,\n", Delimiter::Comma), ["a", ""]);
    }

    #[test]
    fn a_quote_that_is_not_closed_costs_its_line_alone() {
        let whole = |text: &str| scan(text.as_bytes(), Delimiter::Comma, Whole::Yes);
        assert_eq!(whole("a,\"b\nc,d\n"), Scan::Broken { len: 5 });
        assert_eq!(whole("a,\"b\n\"c\",d\n"), Scan::Broken { len: 5 });
        assert_eq!(whole("a,\"b\"x,c\nnext\n"), Scan::Broken { len: 9 });
        assert_eq!(whole("a,\"b\nb\",c\nnext\n"), Scan::Whole { len: 10, lines: 2 });
        assert_eq!(whole(&format!("a,\"{}", "b\n".repeat(MAX_RECORD))), Scan::Broken { len: 5 });
    }

    #[test]
    fn what_may_go_on_is_waited_for() {
        for text in ["", "a,b", "a,\"b", "a,\"b\"", "a\r"] {
            assert_eq!(scan(text.as_bytes(), Delimiter::Comma, Whole::No), Scan::More, "{text}");
        }
        let line = vec![b'x'; MAX_RECORD + 1];
        assert_eq!(scan(&line, Delimiter::Comma, Whole::No), Scan::Endless);
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_read_back(
            rows in proptest::collection::vec(proptest::collection::vec(any::<String>(), 1..6), 1..6),
        ) {
            let quote = |cell: &String| format!("\"{}\"", cell.replace('"', "\"\""));
            let file: String = rows
                .iter()
                .map(|row| row.iter().map(quote).collect::<Vec<_>>().join(";") + "\r\n")
                .collect();
            let mut rest = file.as_bytes();
            for row in &rows {
                let Scan::Whole { len, .. } = scan(rest, Delimiter::Semicolon, Whole::Yes) else {
                    panic!("no record");
                };
                let (record, after) = rest.split_at(len);
                prop_assert_eq!(&texts(std::str::from_utf8(record).unwrap(), Delimiter::Semicolon), row);
                rest = after;
            }
            prop_assert!(rest.is_empty());
        }

        #[test]
        fn scanning_always_goes_forward_and_never_beyond(bytes in proptest::collection::vec(any::<u8>(), 1..300)) {
            match scan(&bytes, Delimiter::Comma, Whole::Yes) {
                Scan::Whole { len, .. } | Scan::Broken { len } => prop_assert!((1..=bytes.len()).contains(&len)),
                Scan::More | Scan::Endless => prop_assert!(false),
            }
        }
    }
}
