//! In which encoding a file is, told by its first bytes: UTF-8 is read, everything else is refused
//! with what to do.

use super::Unreadable;

const UTF8_MARK: &[u8] = b"\xEF\xBB\xBF";
const UTF16_MARKS: [&[u8]; 2] = [b"\xFF\xFE", b"\xFE\xFF"];
const ZIP: &[u8] = b"PK\x03\x04";

/// How many bytes of the file's beginning are looked at.
pub(super) const LOOK: usize = 8 * 1024;

/// How many bytes to skip before the text begins.
///
/// # Errors
/// When the file is in another encoding, or no text.
pub fn check(start: &[u8]) -> Result<usize, Unreadable> {
    if start.is_empty() {
        return Err(Unreadable::Empty);
    }
    if start.starts_with(ZIP) {
        return Err(Unreadable::Workbook);
    }
    if UTF16_MARKS.iter().any(|mark| start.starts_with(mark)) || looks_like_utf16(start) {
        return Err(Unreadable::Utf16);
    }
    if looks_like_single_bytes(start) {
        return Err(Unreadable::SingleByte);
    }
    Ok(if start.starts_with(UTF8_MARK) { UTF8_MARK.len() } else { 0 })
}

/// Every second byte of ASCII text in UTF-16 is zero.
fn looks_like_utf16(start: &[u8]) -> bool {
    let zeros = start.iter().take(LOOK).filter(|byte| **byte == 0).count();
    start.len() >= 4 && zeros * 3 >= start.len().min(LOOK)
}

/// Most of the letters beyond ASCII are not UTF-8. A damaged letter here and there is a matter of its row.
fn looks_like_single_bytes(start: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    let look = start.get(..LOOK).unwrap_or(start);
    for chunk in look.utf8_chunks() {
        good += chunk.valid().chars().filter(|letter| !letter.is_ascii()).count();
        // What the cut at the end of the look tore apart is no fault of the file.
        bad += chunk.invalid().len();
    }
    bad > 3 && bad > good
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_read_with_and_without_its_mark() {
        assert_eq!(check("имя;телефон".as_bytes()), Ok(0));
        assert_eq!(check("\u{feff}имя;телефон".as_bytes()), Ok(3));
    }

    #[test]
    fn other_encodings_are_refused_with_what_to_do() {
        let utf16: Vec<u8> = "name;phone\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked: Vec<u8> = [0xFF, 0xFE].into_iter().chain(utf16.clone()).collect();
        // "Сауле Ахметова" in Windows-1251.
        let old = b"name\n\xD1\xE0\xF3\xEB\xE5 \xC0\xF5\xEC\xE5\xF2\xEE\xE2\xE0\n";
        for (bytes, wanted) in [
            (utf16.as_slice(), Unreadable::Utf16),
            (marked.as_slice(), Unreadable::Utf16),
            (old.as_slice(), Unreadable::SingleByte),
            (b"PK\x03\x04rest".as_slice(), Unreadable::Workbook),
            (b"".as_slice(), Unreadable::Empty),
        ] {
            assert_eq!(check(bytes), Err(wanted.clone()));
            assert!(wanted == Unreadable::Empty || wanted.to_string().contains("save"), "{wanted}");
        }
    }

    #[test]
    fn one_damaged_letter_does_not_condemn_a_file() {
        let mut file = "name\nСауле Ахметова\n".repeat(3).into_bytes();
        file.extend_from_slice(b"\xD1\xE0\n");
        assert_eq!(check(&file), Ok(0));
    }
}
