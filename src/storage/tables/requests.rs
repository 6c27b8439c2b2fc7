//! Requests: one need of one household each, with its lines, its note and its phrase.

use crate::storage::prepared::Prepare;
use crate::storage::schema::{request_lines, request_phrases, requests};
use crate::storage::{StorageError, Unit};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{HouseholdId, ItemId, KitId, PartnerId, RequestId};
use domain::life::RequestStatus;
use uuid::Uuid;

/// A request as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = requests)]
pub struct RequestRow {
    /// Its id.
    pub id: Uuid,
    /// Who owns it.
    pub organisation_id: Uuid,
    /// Where it is served.
    pub area_id: Uuid,
    /// Under which campaign.
    pub campaign_id: Uuid,
    /// Whose need it is.
    pub household_id: Uuid,
    /// Where the goods are picked up, where that is fixed.
    pub hub_id: Option<Uuid>,
    /// The partner app that filed it, if one did.
    pub partner_id: Option<Uuid>,
    /// That partner's own name for it.
    pub external_id: Option<String>,
    /// What is asked for.
    pub kind: String,
    /// Where it is in its life.
    pub status: String,
    /// Why, in a word.
    pub status_reason: Option<String>,
    /// Why it waits for a coordinator, while it does.
    pub hold: Option<String>,
    /// Whether somebody still has the goods of an earlier attempt.
    pub goods_out: bool,
    /// How soon.
    pub urgency: String,
    /// The least means of transport.
    pub transport: Option<String>,
    /// What the volunteer must be able to do.
    pub skills: Vec<Option<String>>,
    /// What the household speaks.
    pub languages: Vec<Option<String>>,
    /// What it weighs, in grams.
    pub weight_g: i64,
    /// How much room it takes, in millilitres.
    pub volume_ml: i64,
    /// The household's coarse point.
    pub coarse_lat: f64,
    /// The household's coarse point.
    pub coarse_lon: f64,
    /// From when help makes sense.
    pub window_start: Moment,
    /// Until when.
    pub window_end: Moment,
    /// Failed attempts.
    pub failures: i32,
    /// The number of its latest claim.
    pub fence: i64,
    /// When a coordinator was told that nobody came.
    pub escalated_at: Option<Moment>,
    /// When it was first open.
    pub opened_at: Option<Moment>,
    /// When it was fulfilled.
    pub fulfilled_at: Option<Moment>,
    /// When the household confirmed.
    pub acknowledged_at: Option<Moment>,
    /// When it was filed.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// Grows with each change.
    pub version: i32,
}

impl RequestRow {
    /// Its id.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        RequestId::new(self.id)
    }

    /// Where it is in its life.
    ///
    /// # Errors
    /// When the row holds no known status.
    pub fn status(&self) -> Result<RequestStatus, StorageError> {
        Ok(self.status.parse()?)
    }
}

/// A thing of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// One unit of an item.
    Item(ItemId),
    /// A kit.
    Kit(KitId),
}

/// The request with that id, whoever owns it.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: RequestId) -> Result<Option<RequestRow>, StorageError> {
    let row =
        requests::table.find(id.uuid()).select(RequestRow::as_select()).first(unit.conn).await.optional()?;
    Ok(row)
}

/// The version in which a request is, kept from changing until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn lock_version(unit: &mut Unit<'_>, id: RequestId) -> Result<Option<i32>, StorageError> {
    let version = requests::table
        .find(id.uuid())
        .select(requests::version)
        .for_no_key_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(version)
}

/// Notes that something which hangs on a request has changed, for those who compare its version or ask what changed.
///
/// # Errors
/// When the database fails.
pub async fn touch(unit: &mut Unit<'_>, id: RequestId) -> Result<(), StorageError> {
    diesel::update(requests::table.find(id.uuid()))
        .set((requests::updated_at.eq(unit.now), requests::version.eq(requests::version + 1)))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// The request that this partner calls so.
///
/// # Errors
/// When the database fails.
pub async fn find_by_external_id(
    unit: &mut Unit<'_>,
    partner: PartnerId,
    external_id: &str,
) -> Result<Option<RequestRow>, StorageError> {
    let row = requests::table
        .filter(requests::partner_id.eq(partner.uuid()))
        .filter(requests::external_id.eq(external_id))
        .select(RequestRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The requests of these households that have not ended.
///
/// # Errors
/// When the database fails.
pub async fn unfinished_of(
    unit: &mut Unit<'_>,
    households: &[HouseholdId],
) -> Result<Vec<RequestRow>, StorageError> {
    let unfinished =
        RequestStatus::ALL.iter().filter(|status| !status.is_final()).map(|status| status.as_str());
    let rows = requests::table
        .filter(requests::household_id.eq_any(households.iter().map(|household| household.uuid())))
        .filter(requests::status.eq_any(unfinished))
        .order(requests::id)
        .select(RequestRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// What a request asks for, line by line.
///
/// # Errors
/// When the database fails.
pub async fn lines_of(unit: &mut Unit<'_>, id: RequestId) -> Result<Vec<(Thing, u32)>, StorageError> {
    let rows: Vec<(Option<Uuid>, Option<Uuid>, i32)> = request_lines::table
        .filter(request_lines::request_id.eq(id.uuid()))
        .order(request_lines::line)
        .select((request_lines::item_id, request_lines::kit_id, request_lines::quantity))
        .load(unit.conn)
        .await?;
    rows.into_iter().map(|(item, kit, quantity)| Ok((thing(item, kit)?, quantity.unsigned_abs()))).collect()
}

/// What a line asks for.
pub(in crate::storage) fn thing(item: Option<Uuid>, kit: Option<Uuid>) -> Result<Thing, StorageError> {
    match (item, kit) {
        (Some(item), None) => Ok(Thing::Item(ItemId::new(item))),
        (None, Some(kit)) => Ok(Thing::Kit(KitId::new(kit))),
        (None, None) | (Some(_), Some(_)) => {
            Err(StorageError::Impossible("a line of no thing, or of two".to_owned()))
        }
    }
}

/// The phrase's keyed hash and the wrong ones before, kept from changing until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn phrase_of(unit: &mut Unit<'_>, id: RequestId) -> Result<Option<(Vec<u8>, u32)>, StorageError> {
    let found: Option<(Vec<u8>, i32)> = request_phrases::table
        .find(id.uuid())
        .select((request_phrases::phrase_mac, request_phrases::wrong_phrases))
        .for_no_key_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(found.map(|(mac, wrong)| (mac, wrong.unsigned_abs())))
}

/// Counts a wrong phrase.
///
/// # Errors
/// When the database fails.
pub async fn count_wrong_phrase(unit: &mut Unit<'_>, id: RequestId) -> Result<(), StorageError> {
    diesel::update(request_phrases::table.find(id.uuid()))
        .set(request_phrases::wrong_phrases.eq(request_phrases::wrong_phrases + 1))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}
