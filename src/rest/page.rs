//! Pages of lists: keyset cursors that only we can make.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::problem::Problem;
use crate::keys::Keys;

/// How many entries a page holds when the caller does not say.
const DEFAULT: i64 = 50;
/// How many it holds at most.
const MOST: i64 = 200;
/// Places in a list of things, by id.
const LIST: &str = "cursor";
/// Bytes of the cursor's signature.
const SIGNATURE: usize = 12;

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
    pub fn wanted(&self, keys: &Keys) -> Result<Wanted, Problem> {
        wanted(keys, self.limit, self.cursor.as_deref())
    }
}

/// A page that was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Entries come after this one.
    pub after: Option<Uuid>,
    /// How many, at most.
    pub limit: i64,
}

/// Entries, and where the next ones are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The entries, oldest first.
    pub data: Vec<T>,
    /// Pass it as `cursor` for the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// Reads `limit` and `cursor`.
///
/// # Errors
/// Names the parameter that is not as it must be.
pub fn wanted(keys: &Keys, limit: Option<i64>, cursor: Option<&str>) -> Result<Wanted, Problem> {
    let limit = limit.unwrap_or(DEFAULT);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::parameter(Code::InvalidParameter, "limit", "from 1 to 200"));
    }
    let after = cursor
        .map(|cursor| {
            open(keys, LIST, cursor).ok_or_else(|| {
                Problem::parameter(
                    Code::InvalidParameter,
                    "cursor",
                    "pass next_cursor of the page before, unchanged",
                )
            })
        })
        .transpose()?;
    Ok(Wanted { after, limit })
}

impl<T> Page<T> {
    /// A page of what was found; `id` tells where each entry stands. There may be more when it is full.
    pub fn of(keys: &Keys, wanted: Wanted, data: Vec<T>, id: impl Fn(&T) -> Uuid) -> Self {
        let full = i64::try_from(data.len()).is_ok_and(|count| count >= wanted.limit);
        let next_cursor = data.last().filter(|_| full).map(|last| seal(keys, LIST, id(last)));
        Self { data, next_cursor }
    }
}

/// A place as a text that only we can make; of another sort of list it is good for nothing.
pub(super) fn seal(keys: &Keys, sort: &str, place: Uuid) -> String {
    let mut bytes = place.as_bytes().to_vec();
    bytes.extend(keys.mac(sort, &place.to_string()).iter().take(SIGNATURE));
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The place that a text of ours names.
pub(super) fn open(keys: &Keys, sort: &str, cursor: &str) -> Option<Uuid> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (place, _) = bytes.split_first_chunk::<16>()?;
    let place = Uuid::from_bytes(*place);
    (seal(keys, sort, place) == cursor).then_some(place)
}
