//! Times that callers tell, of the years in which anything can have happened.

use std::ops::RangeInclusive;

use chrono::{DateTime, Datelike, Utc};
use domain::refusal::Code;

use super::problem::Problem;

/// Postgres knows no time before the year -4712, and nobody means one before 1900.
const YEARS: RangeInclusive<i32> = 1900..=9999;
const WANTED: &str = "a time between the years 1900 and 9999";

/// A time in a body.
///
/// # Errors
/// Names the field when it is of another year.
pub fn field(told: DateTime<Utc>, pointer: &str) -> Result<DateTime<Utc>, Problem> {
    if is_of_our_time(told) { Ok(told) } else { Err(Problem::field(Code::InvalidValue, pointer, WANTED)) }
}

/// A time in a query.
///
/// # Errors
/// Names the parameter when it is of another year.
pub fn parameter(told: Option<DateTime<Utc>>, name: &str) -> Result<Option<DateTime<Utc>>, Problem> {
    match told {
        Some(told) if !is_of_our_time(told) => Err(Problem::parameter(Code::InvalidParameter, name, WANTED)),
        told => Ok(told),
    }
}

fn is_of_our_time(told: DateTime<Utc>) -> bool {
    YEARS.contains(&told.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_means_the_bronze_age() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert!(field(at("2026-11-22T09:00:00Z"), "/at").is_ok());
        assert!(field(at("-4800-01-01T00:00:00Z"), "/at").is_err());
        assert!(parameter(Some(at("+10000-01-01T00:00:00Z")), "since").is_err());
        assert!(parameter(None, "since").is_ok());
    }
}
