//! What spreadsheets make of telephone numbers, undone where nothing was lost.

/// A telephone number as it would be dialled, or what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dialled {
    /// The number, as people write it.
    Number(String),
    /// A spreadsheet rounded it: `7.70E+10` was once eleven digits.
    LostDigits,
}

/// The number that a cell holds.
#[must_use]
pub fn dialled(cell: &str) -> Dialled {
    let cell = cell.trim();
    if let Some(digits) = scientific(cell) {
        return digits.map_or(Dialled::LostDigits, Dialled::Number);
    }
    // A number that was taken for a number: 77010000001.0
    let whole = cell.strip_suffix(".0").or_else(|| cell.strip_suffix(",0")).filter(|whole| all_digits(whole));
    let number = whole.unwrap_or(cell);
    Dialled::Number(match number.strip_prefix("00") {
        Some(international) if !international.starts_with('0') => format!("+{international}"),
        Some(_) | None => number.to_owned(),
    })
}

/// The digits of `7.7010000001E+10`: all of them, or none when some were rounded away. `None` when it is
/// not written so.
fn scientific(cell: &str) -> Option<Option<String>> {
    let (mantissa, exponent) = cell.split_once(['e', 'E'])?;
    let exponent: usize = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let (first, rest) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    if first.len() != 1 || !all_digits(first) || !rest.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let digits = format!("{first}{rest}");
    // Fewer digits than the power of ten asks for: the others are gone.
    Some((digits.len() == exponent + 1).then_some(digits))
}

fn all_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spreadsheets_spellings_are_undone_where_nothing_is_lost() {
        let number = |text: &str| Dialled::Number(text.to_owned());
        for (cell, wanted) in [
            ("+7 701 000 00 01", number("+7 701 000 00 01")),
            ("7.7010000001E+10", number("77010000001")),
            ("7,7010000001E+10", number("77010000001")),
            ("7.70E+10", Dialled::LostDigits),
            ("7,7E+10", Dialled::LostDigits),
            ("77010000001.0", number("77010000001")),
            ("0077010000001", number("+77010000001")),
            ("8 (701) 000-00-01", number("8 (701) 000-00-01")),
            ("one", number("one")),
        ] {
            assert_eq!(dialled(cell), wanted, "{cell}");
        }
    }
}
