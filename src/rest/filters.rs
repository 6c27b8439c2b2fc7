//! Filters of lists: comma-separated words, ids and limits, each refused by its parameter's name.

use std::str::FromStr;

use domain::UnknownWord;
use domain::refusal::Code;

use super::problem::Problem;

/// Comma-separated words of one list; none when absent.
///
/// # Errors
/// Names the parameter, and the words that it takes.
pub fn words<T: FromStr<Err = UnknownWord>>(text: Option<&str>, name: &str) -> Result<Vec<T>, Problem> {
    text.into_iter()
        .flat_map(|text| text.split(','))
        .map(|word| word.trim().parse().map_err(|unknown| refused(name, &unknown)))
        .collect()
}

/// One word of a list, where given.
///
/// # Errors
/// Names the parameter, and the words that it takes.
pub fn word<T: FromStr<Err = UnknownWord>>(text: Option<&str>, name: &str) -> Result<Option<T>, Problem> {
    text.map(|text| text.parse().map_err(|unknown| refused(name, &unknown))).transpose()
}

/// How many entries, from 1 to `most`; `usual` when absent.
///
/// # Errors
/// When it is beyond those.
pub fn limit(limit: Option<u16>, usual: u16, most: u16) -> Result<u16, Problem> {
    match limit.unwrap_or(usual) {
        limit if (1..=most).contains(&limit) => Ok(limit),
        _ => Err(Problem::parameter(Code::InvalidParameter, "limit", format!("from 1 to {most}"))),
    }
}

fn refused(name: &str, unknown: &UnknownWord) -> Problem {
    let detail = format!("one or more of {}, separated by commas", unknown.known.join(", "));
    Problem::parameter(Code::InvalidParameter, name, detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::words::Urgency;

    #[test]
    fn several_words_are_taken_and_an_unknown_one_is_refused() {
        let urgencies = words::<Urgency>(Some("high, low"), "urgency").unwrap();
        assert_eq!(urgencies, [Urgency::High, Urgency::Low]);
        assert_eq!(words::<Urgency>(None, "urgency").unwrap(), []);
        for text in ["", "high,", "HIGH", "high;low"] {
            let refused = words::<Urgency>(Some(text), "urgency").map_err(|problem| problem.body().code);
            assert_eq!(refused, Err(Code::InvalidParameter), "{text}");
        }
    }

    #[test]
    fn a_limit_beyond_the_most_is_refused() {
        for (asked, answer) in [(None, Some(50)), (Some(1), Some(1)), (Some(0), None), (Some(201), None)] {
            assert_eq!(limit(asked, 50, 200).ok(), answer, "{asked:?}");
        }
    }
}
