//! Numbers as people write them: a comma or a point before the decimals, spaces between thousands.

use super::{Fault, Reason};

/// The number that a text writes. `None` when it writes none.
pub(super) fn read(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace()).collect();
    let plain = match (digits.rfind(','), digits.rfind('.')) {
        // Where both stand, the later one is before the decimals.
        (Some(comma), Some(point)) if comma > point => digits.replace('.', "").replace(',', "."),
        (Some(_), Some(_)) => digits.replace(',', ""),
        (Some(_), None) => digits.replace(',', "."),
        (None, _) => digits,
    };
    let numeric = plain.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    plain.parse().ok().filter(|number: &f64| numeric && number.is_finite())
}

/// A number from `least` to `most`.
pub(super) fn within(text: &str, (least, most): (f64, f64), column: &'static str) -> Result<f64, Fault> {
    let number =
        read(text).ok_or_else(|| Fault::of(column, Reason::NotANumber, "write a number such as 12.5"))?;
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(Fault::of(column, Reason::OutOfRange, format!("write a number from {least} to {most}")))
    }
}

/// A whole number from `least` to `most`.
pub(super) fn whole(text: &str, (least, most): (u32, u32), column: &'static str) -> Result<u32, Fault> {
    let number = within(text, (f64::from(least), f64::from(most)), column)?;
    if number.fract() != 0.0 {
        return Err(Fault::of(column, Reason::NotANumber, "write a whole number"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and from least to most"
    )]
    let number = number as u32;
    Ok(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_the_spellings_of_people() {
        for (text, wanted) in [
            ("43.238949", Some(43.238_949)),
            ("43,238949", Some(43.238_949)),
            ("1 234,5", Some(1_234.5)),
            ("1.234,5", Some(1_234.5)),
            ("1,234.5", Some(1_234.5)),
            ("-7", Some(-7.0)),
            ("2.0", Some(2.0)),
            ("1e3", Some(1_000.0)),
            ("1,2,3", None),
            ("12kg", None),
            ("NaN", None),
            ("inf", None),
            ("", None),
        ] {
            assert_eq!(read(text), wanted, "{text}");
        }
    }

    #[test]
    fn a_whole_number_has_no_part() {
        assert_eq!(whole("3,0", (1, 100), "members"), Ok(3));
        assert_eq!(whole("3.5", (1, 100), "members").unwrap_err().reason, Reason::NotANumber);
        assert_eq!(whole("0", (1, 100), "members").unwrap_err().reason, Reason::OutOfRange);
    }
}
