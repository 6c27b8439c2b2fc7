//! Pages of lists: keyset cursors that only we can make, each good for one walk through one list.
//!
//! Lists are ordered by id, which never changes and no two things share. So whatever is written meanwhile, a walk tells
//! once each thing that was there from its beginning to its end and fits its filters all the while.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::extract::Walk;
use super::problem::Problem;
use crate::clock;
use crate::keys::Keys;

/// How many entries a page holds when the caller does not say.
const DEFAULT: i64 = 50;
/// How many it holds at most.
const MOST: i64 = 200;
/// What a list's cursors are keyed for.
const LIST: &str = "cursor";
/// How long a cursor is good for, in minutes: whoever comes back later begins anew.
const GOOD_FOR: u32 = 7 * 24 * 60;
/// Bytes of the cursor's signature.
const SIGNATURE: usize = 12;
/// The longest text that can be a cursor of any list.
pub const LONGEST_CURSOR: usize = 100;

/// Which page.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// How many entries, 1 to 200; 50 when absent.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageParams {
    /// The page that is asked for.
    ///
    /// # Errors
    /// Names the parameter that is not as it must be.
    pub fn wanted(&self, keys: &Keys, walk: Walk) -> Result<Wanted, Problem> {
        wanted(keys, walk, self.limit, self.cursor.as_deref())
    }
}

/// A page that was asked for.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Entries come after this one.
    pub after: Option<Uuid>,
    /// How many, at most.
    pub limit: i64,
    /// Of which walk.
    pub walk: Walk,
}

/// Entries, and where the next ones are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries, oldest first where the list says nothing else.
    pub data: Vec<T>,
    /// Pass it as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
    /// Where the next page is read, on this server, by the same filters; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/v1/requests?status=open&cursor=AZOWq1x0fEyde9Jkq2bN1gHE8dQ3mC5rVtYxWzA7uKs")]
    pub next: Option<String>,
}

/// Reads `limit` and `cursor`.
///
/// # Errors
/// Names the parameter that is not as it must be.
pub fn wanted(keys: &Keys, walk: Walk, limit: Option<i64>, cursor: Option<&str>) -> Result<Wanted, Problem> {
    let limit = limit.unwrap_or(DEFAULT);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::parameter(Code::InvalidParameter, "limit", "from 1 to 200"));
    }
    let after = cursor.map(|cursor| Place::read(keys, &walk, cursor, minute())).transpose()?;
    Ok(Wanted { after, limit, walk })
}

impl<T> Page<T> {
    /// A page of what was found; `id` tells where each entry stands. There may be more when it is full.
    pub fn of(keys: &Keys, wanted: &Wanted, data: Vec<T>, id: impl Fn(&T) -> Uuid) -> Self {
        let full = i64::try_from(data.len()).is_ok_and(|count| count >= wanted.limit);
        let place = |last: &T| Place { after: id(last), made: minute() }.text(keys, &wanted.walk);
        let next_cursor = data.last().filter(|_| full).map(place);
        let next = next_cursor.as_deref().map(|cursor| wanted.walk.at(cursor));
        Self { data, next_cursor, next }
    }
}

/// Minutes since 1970, by which cursors age.
fn minute() -> u32 {
    u32::try_from(clock::now().timestamp() / 60).unwrap_or_default()
}

/// A place in a walk.
struct Place {
    after: Uuid,
    made: u32,
}

impl Place {
    fn text(&self, keys: &Keys, walk: &Walk) -> String {
        let mut bytes = self.after.as_bytes().to_vec();
        bytes.extend(self.made.to_be_bytes());
        bytes.extend(self.signature(keys, walk));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn signature(&self, keys: &Keys, walk: &Walk) -> Vec<u8> {
        let walk = URL_SAFE_NO_PAD.encode(walk.bytes());
        let mut code = keys.mac(LIST, &format!("{walk}\n{}\n{}", self.after, self.made));
        code.truncate(SIGNATURE);
        code
    }

    fn read(keys: &Keys, walk: &Walk, cursor: &str, now: u32) -> Result<Uuid, Problem> {
        let refused = |detail| Problem::parameter(Code::InvalidParameter, "cursor", detail);
        let place = Self::parse(cursor).filter(|place| place.text(keys, walk) == cursor);
        let place = place.ok_or_else(|| {
            refused(
                "pass next_cursor of the page before unchanged, with the same filters, as the same caller",
            )
        })?;
        if now.saturating_sub(place.made) > GOOD_FOR {
            return Err(refused("it is older than a week; begin anew, without a cursor"));
        }
        Ok(place.after)
    }

    fn parse(cursor: &str) -> Option<Self> {
        if cursor.len() > LONGEST_CURSOR {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (after, rest) = bytes.split_first_chunk::<16>()?;
        let made = rest.first_chunk::<4>()?;
        Some(Self { after: Uuid::from_bytes(*after), made: u32::from_be_bytes(*made) })
    }
}

/// An id as a text that only we can make; of another sort of list it is good for nothing.
pub(super) fn seal(keys: &Keys, sort: &str, place: Uuid) -> String {
    let mut bytes = place.as_bytes().to_vec();
    bytes.extend(keys.mac(sort, &place.to_string()).iter().take(SIGNATURE));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place that a text of ours names.
pub(super) fn open(keys: &Keys, sort: &str, cursor: &str) -> Option<Uuid> {
    if cursor.len() > LONGEST_CURSOR {
        return None;
    }
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (place, _) = bytes.split_first_chunk::<16>()?;
    let place = Uuid::from_bytes(*place);
    (seal(keys, sort, place) == cursor).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_is_good_for_a_week() {
        let folder = std::env::temp_dir().join(format!("birgemiz-page-{}", clock::new_id()));
        let keys = Keys::load_or_make(&folder).unwrap();
        let request = actix_web::test::TestRequest::get().uri("/v1/requests").to_http_request();
        let walk = Walk::of(&request);
        let place = Place { after: clock::new_id(), made: 1_000_000 };
        let text = place.text(&keys, &walk);
        for (later, good) in [(0, true), (GOOD_FOR, true), (GOOD_FOR + 1, false)] {
            let read = Place::read(&keys, &walk, &text, 1_000_000 + later);
            assert_eq!(read.as_ref().ok(), good.then_some(&place.after), "{later} minutes later");
            let told = read.err().map(|problem| problem.body().errors.remove(0).detail);
            assert!(told.is_none_or(|told| told.contains("older than a week")));
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    /// A cursor of each sort.
    fn cursors(keys: &Keys) -> (Walk, String, String) {
        let request = actix_web::test::TestRequest::get().uri("/v1/requests").to_http_request();
        let walk = Walk::of(&request);
        let place = Place { after: clock::new_id(), made: 1_000_000 };
        let text = place.text(keys, &walk);
        (walk, text, seal(keys, "events", place.after))
    }

    static KEYS: std::sync::LazyLock<Keys> = std::sync::LazyLock::new(|| {
        let folder = std::env::temp_dir().join(format!("birgemiz-cursors-{}", clock::new_id()));
        let keys = Keys::load_or_make(&folder).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        keys
    });

    proptest! {
        #[test]
        fn no_text_of_somebody_else_is_a_cursor(text in "\\PC{0,120}", letters in "[A-Za-z0-9_-]{0,60}") {
            let (walk, ..) = cursors(&KEYS);
            for text in [text, letters] {
                prop_assert!(Place::read(&KEYS, &walk, &text, 1_000_000).is_err());
                prop_assert_eq!(open(&KEYS, "events", &text), None);
            }
        }

        #[test]
        fn a_cursor_with_any_letter_changed_added_or_gone_is_none(
            at in any::<proptest::sample::Index>(),
            letter in "[A-Za-z0-9_=+/-]",
            edit in 0..3,
        ) {
            let (walk, listed, sealed) = cursors(&KEYS);
            prop_assert!(Place::read(&KEYS, &walk, &listed, 1_000_000).is_ok());
            prop_assert!(open(&KEYS, "events", &sealed).is_some());
            prop_assert_eq!(open(&KEYS, "requests", &sealed), None, "of another sort of list");
            let edited = |text: &str| {
                let (before, after) = text.split_at(at.index(text.len()));
                let mut rest = after.chars();
                rest.next();
                match edit {
                    0 => format!("{before}{letter}{}", rest.as_str()),
                    1 => format!("{before}{letter}{after}"),
                    _ => format!("{before}{}", rest.as_str()),
                }
            };
            for text in [&listed, &sealed] {
                let other = edited(text);
                if other != *text {
                    prop_assert!(Place::read(&KEYS, &walk, &other, 1_000_000).is_err(), "{}", other);
                    prop_assert_eq!(open(&KEYS, "events", &other), None, "{}", other);
                }
            }
        }
    }
}
