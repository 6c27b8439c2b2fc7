//! Filters of lists: words, ids, parts of the map and limits, each refused by its parameter's name.

use std::str::FromStr;

use domain::UnknownWord;
use domain::place::{Bounds, Metres, Position, Region};
use domain::refusal::Code;

use super::problem::Problem;

/// The most ids in one filter: as many as a page has entries.
const MOST_IDS: usize = 200;

/// The longest list of words.
pub const LONGEST_WORDS: usize = 1_000;

/// The longest text that tells a part of the map.
pub const LONGEST_REGION: usize = 200;

/// The largest circle, in metres: a county. Larger parts are asked for by their box, or their area.
pub const MOST_RADIUS_M: u32 = 200_000;

/// Comma-separated words of one list; none when absent.
///
/// # Errors
/// Names the parameter, and the words that it takes.
pub fn words<T: FromStr<Err = UnknownWord>>(text: Option<&str>, name: &str) -> Result<Vec<T>, Problem> {
    short(text, name, LONGEST_WORDS)?
        .into_iter()
        .flat_map(|text| text.split(','))
        .map(|word| word.trim().parse().map_err(|unknown: UnknownWord| refused(name, word, unknown.known)))
        .collect()
}

/// One word of a list, where given.
///
/// # Errors
/// Names the parameter, and the words that it takes.
pub fn word<T: FromStr<Err = UnknownWord>>(text: Option<&str>, name: &str) -> Result<Option<T>, Problem> {
    text.map(|text| text.parse().map_err(|unknown: UnknownWord| refused(name, text, unknown.known)))
        .transpose()
}

/// The text, where it is not too long.
///
/// # Errors
/// Names the parameter.
pub fn short<'t>(text: Option<&'t str>, name: &str, longest: usize) -> Result<Option<&'t str>, Problem> {
    match text {
        Some(text) if text.chars().count() > longest => {
            Err(Problem::parameter(Code::InvalidParameter, name, format!("at most {longest} characters")))
        }
        text => Ok(text),
    }
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

/// Ids, separated by commas; none when absent.
///
/// # Errors
/// When one is none, or there are too many.
pub fn ids<T: FromStr>(text: Option<&str>, name: &str) -> Result<Vec<T>, Problem> {
    let Some(text) = text else {
        return Ok(Vec::new());
    };
    let detail = format!("ids separated by commas, {MOST_IDS} at most");
    let ids: Option<Vec<T>> = text.split(',').map(|id| id.trim().parse().ok()).collect();
    let ids = ids.filter(|ids| ids.len() <= MOST_IDS);
    ids.ok_or_else(|| Problem::parameter(Code::InvalidParameter, name, detail))
}

/// Which of these are asked for, separated by commas.
///
/// # Errors
/// Names what may be asked for.
pub fn among(
    text: Option<&str>,
    name: &str,
    known: &'static [&'static str],
) -> Result<Vec<&'static str>, Problem> {
    let word = |word: &str| known.iter().copied().find(|known| *known == word.trim());
    short(text, name, LONGEST_WORDS)?
        .into_iter()
        .flat_map(|text| text.split(','))
        .map(|text| word(text).ok_or_else(|| refused(name, text, known)))
        .collect()
}

/// The part of the map that `bbox`, or `near` and `radius_m`, tell.
///
/// # Errors
/// Names the parameter that is not as it must be.
pub fn region(
    bbox: Option<&str>,
    near: Option<&str>,
    radius_m: Option<u32>,
) -> Result<Option<Region>, Problem> {
    let wrong = |name: &str, detail: &'static str| Problem::parameter(Code::InvalidParameter, name, detail);
    let (bbox, near) = (short(bbox, "bbox", LONGEST_REGION)?, short(near, "near", LONGEST_REGION)?);
    match (bbox, near, radius_m) {
        (None, None, None) => Ok(None),
        (Some(text), None, None) => {
            let bounds = numbers::<4>(text).and_then(|[west, south, east, north]| {
                Bounds::between(Position::new(south, west).ok()?, Position::new(north, east).ok()?)
            });
            let bounds = bounds.ok_or_else(|| wrong("bbox", "west,south,east,north in degrees"))?;
            Ok(Some(Region::Box(bounds)))
        }
        (None, Some(text), Some(radius_m)) => {
            let centre = numbers::<2>(text).and_then(|[lat, lon]| Position::new(lat, lon).ok());
            let centre = centre.ok_or_else(|| wrong("near", "lat,lon in degrees"))?;
            radius(Some(radius_m))?;
            Ok(Some(Region::Circle(centre, Metres::new(radius_m))))
        }
        (None, None, Some(_)) => Err(wrong("near", "say near where: lat,lon")),
        (None, Some(_), None) => Err(wrong("radius_m", "say within how many metres of `near`")),
        (Some(_), _, _) => Err(wrong("bbox", "either bbox, or near and radius_m")),
    }
}

/// Within how many metres, where that is said.
///
/// # Errors
/// When it is none, or farther than anybody looks.
pub fn radius(radius_m: Option<u32>) -> Result<Option<u32>, Problem> {
    match radius_m {
        Some(radius) if !(1..=MOST_RADIUS_M).contains(&radius) => {
            let detail = format!("from 1 to {MOST_RADIUS_M}");
            Err(Problem::parameter(Code::InvalidParameter, "radius_m", detail))
        }
        radius => Ok(radius),
    }
}

fn numbers<const N: usize>(text: &str) -> Option<[f64; N]> {
    let numbers: Option<Vec<f64>> = text.split(',').map(|number| number.trim().parse().ok()).collect();
    numbers?.try_into().ok()
}

/// Which of these names somebody who wrote that one may have meant.
pub fn nearest<'k>(written: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let distance = |name: &str| strsim::damerau_levenshtein(&written.to_lowercase(), name);
    let (distance, name) = known.map(|name| (distance(name), name)).min()?;
    (distance <= 1 + name.len() / 3).then_some(name)
}

fn refused(name: &str, written: &str, known: &[&str]) -> Problem {
    let meant = nearest(written.trim(), known.iter().copied()).map(|word| format!("did you mean {word}? "));
    let detail =
        format!("{}one or more of {}, separated by commas", meant.unwrap_or_default(), known.join(", "));
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
    fn who_misspells_is_told_what_they_may_have_meant_and_never_what_they_wrote() {
        let detail =
            |text| words::<Urgency>(Some(text), "urgency").unwrap_err().body().errors.remove(0).detail;
        assert!(detail("critcal").starts_with("did you mean critical? one or more of critical, "));
        assert!(detail("xyzzyx").starts_with("one or more of "));
        assert_eq!(nearest("statsu", ["limit", "status", "area_id"].into_iter()), Some("status"));
        assert_eq!(nearest("colour", ["limit", "status", "area_id"].into_iter()), None);
    }

    #[test]
    fn a_part_of_the_map_is_a_box_or_a_circle() {
        let fits = |bbox, near, radius| region(bbox, near, radius).ok().flatten().is_some();
        assert!(fits(Some("76.8,43.2,77,43.3"), None, None));
        assert!(fits(Some("177,-20,-178,-12"), None, None), "across the antimeridian");
        assert!(fits(None, Some("43.2, 76.9"), Some(500)));
        let refused = [
            (Some("76.8,43.2,77"), None, None),
            (Some("76.8,43.3,77,43.2"), None, None),
            (Some("76.8,NaN,77,43.3"), None, None),
            (Some("76.8,43.2,77,43.3"), Some("43.2,76.9"), Some(500)),
            (None, Some("43.2,76.9"), None),
            (None, None, Some(500)),
            (None, Some("91,0"), Some(500)),
            (None, Some("43.2,76.9"), Some(0)),
            (None, Some("43.2,76.9"), Some(200_001)),
        ];
        for (bbox, near, radius) in refused {
            assert!(region(bbox, near, radius).is_err(), "{bbox:?} {near:?} {radius:?}");
        }
    }

    #[test]
    fn a_limit_beyond_the_most_is_refused() {
        for (asked, answer) in [(None, Some(50)), (Some(1), Some(1)), (Some(0), None), (Some(201), None)] {
            assert_eq!(limit(asked, 50, 200).ok(), answer, "{asked:?}");
        }
    }
}
