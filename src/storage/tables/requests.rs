//! Requests: one need of one household each, with its lines, its note and its phrase.

use chrono::SubsecRound;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Moment;
use domain::catalogue::Load;
use domain::id::{CampaignId, HouseholdId, HubId, ItemId, KitId, PartnerId, RequestId};
use domain::life::{Hold, RequestStatus};
use domain::window::Window;
use domain::words::{RequestKind, Skill, Transport, Urgency};
use futures_util::future::try_join3;
use uuid::Uuid;

use super::households::HouseholdRow;
use crate::planted::{Point, reach};
use crate::storage::prepared::Prepare;
use crate::storage::schema::{request_lines, request_notes, request_phrases, requests};
use crate::storage::{StorageError, Unit};

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
    /// As it is filed.
    #[must_use]
    pub fn of(household: &HouseholdRow, new: &NewRequest) -> Self {
        Self {
            id: new.id.uuid(),
            organisation_id: household.organisation_id,
            area_id: household.area_id,
            campaign_id: new.campaign.uuid(),
            household_id: household.id,
            hub_id: new.hub.map(HubId::uuid),
            partner_id: new.partner.map(PartnerId::uuid),
            external_id: new.external_id.clone(),
            kind: new.kind.as_str().to_owned(),
            status: new.status().as_str().to_owned(),
            hold: new.hold.map(|hold| hold.as_str().to_owned()),
            urgency: new.urgency.as_str().to_owned(),
            transport: new.transport.map(|transport| transport.as_str().to_owned()),
            skills: new.skills.iter().map(|skill| Some(skill.as_str().to_owned())).collect(),
            languages: new.languages.iter().cloned().map(Some).collect(),
            weight_g: i64::from(new.load.grams),
            volume_ml: i64::from(new.load.millilitres),
            coarse_lat: household.coarse_lat,
            coarse_lon: household.coarse_lon,
            window_start: in_microseconds(new.window.start()),
            window_end: in_microseconds(new.window.end()),
            opened_at: new.hold.is_none().then_some(new.now),
            status_reason: None,
            goods_out: false,
            failures: 0,
            fence: 0,
            escalated_at: None,
            fulfilled_at: None,
            acknowledged_at: None,
            created_at: new.now,
            updated_at: new.now,
            version: 1,
        }
    }

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

/// As Postgres keeps a moment.
fn in_microseconds(moment: Moment) -> Moment {
    moment.trunc_subsecs(6)
}

/// A thing of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// One unit of an item.
    Item(ItemId),
    /// A kit.
    Kit(KitId),
}

/// A request to be filed.
#[derive(Debug, Clone)]
pub struct NewRequest {
    /// Its id.
    pub id: RequestId,
    /// Under which campaign.
    pub campaign: CampaignId,
    /// Who filed it.
    pub partner: Option<PartnerId>,
    /// That partner's own name for it.
    pub external_id: Option<String>,
    /// Where the goods are picked up.
    pub hub: Option<HubId>,
    /// What is asked for.
    pub kind: RequestKind,
    /// Why it waits; none when it is open at once.
    pub hold: Option<Hold>,
    /// How soon.
    pub urgency: Urgency,
    /// The least means of transport.
    pub transport: Option<Transport>,
    /// What the volunteer must be able to do.
    pub skills: Vec<Skill>,
    /// What the household speaks.
    pub languages: Vec<String>,
    /// What it weighs and how much room it takes.
    pub load: Load,
    /// When help makes sense.
    pub window: Window,
    /// What is asked for, and how many.
    pub lines: Vec<(Thing, u32)>,
    /// What the volunteer should know.
    pub note: Option<String>,
    /// The keyed hash of the phrase, where one is needed.
    pub phrase_mac: Option<Vec<u8>>,
    /// The time by which it is filed.
    pub now: Moment,
}

impl NewRequest {
    /// The status it begins with.
    #[must_use]
    pub const fn status(&self) -> RequestStatus {
        if self.hold.is_some() { RequestStatus::PendingVerification } else { RequestStatus::Open }
    }
}

/// Files a request.
///
/// # Errors
/// A `requests_external_id_unique` constraint when the partner has filed it before; a
/// `request_lines_item_fk` or `request_lines_kit_fk` when a line is of another catalogue.
pub async fn insert(
    unit: &mut Unit<'_>,
    household: &HouseholdRow,
    new: &NewRequest,
) -> Result<RequestRow, StorageError> {
    let row = RequestRow::of(household, new);
    diesel::insert_into(requests::table).values(&row).prepared().execute(unit.conn).await?;
    reach(Point::RequestInserted);
    // The row they hang on is there: these may travel together, in whatever order.
    let conn = &*unit.conn;
    try_join3(
        insert_lines(conn, &row, &new.lines),
        insert_note(conn, &row, new.note.as_deref()),
        insert_phrase(conn, &row, new.phrase_mac.as_deref()),
    )
    .await?;
    Ok(row)
}

/// A line of a request as its table keeps it.
#[derive(Debug, Insertable)]
#[diesel(table_name = request_lines)]
pub(super) struct LineRow {
    request_id: Uuid,
    line: i16,
    organisation_id: Uuid,
    area_id: Uuid,
    campaign_id: Uuid,
    item_id: Option<Uuid>,
    kit_id: Option<Uuid>,
    quantity: i32,
}

/// The lines of a request, in their order.
pub(super) fn line_rows(row: &RequestRow, lines: &[(Thing, u32)]) -> Vec<LineRow> {
    let line = |(line, (thing, quantity)): (i16, &(Thing, u32))| {
        let (item_id, kit_id) = match thing {
            Thing::Item(item) => (Some(item.uuid()), None),
            Thing::Kit(kit) => (None, Some(kit.uuid())),
        };
        LineRow {
            request_id: row.id,
            line,
            organisation_id: row.organisation_id,
            area_id: row.area_id,
            campaign_id: row.campaign_id,
            item_id,
            kit_id,
            quantity: i32::try_from(*quantity).unwrap_or(i32::MAX),
        }
    };
    (0_i16..).zip(lines).map(line).collect()
}

async fn insert_lines(
    mut conn: &AsyncPgConnection,
    row: &RequestRow,
    lines: &[(Thing, u32)],
) -> Result<(), StorageError> {
    let rows = line_rows(row, lines);
    if !rows.is_empty() {
        // At most a hundred lines, so at most a hundred texts.
        diesel::insert_into(request_lines::table).values(rows).prepared().execute(&mut conn).await?;
    }
    Ok(())
}

async fn insert_note(
    mut conn: &AsyncPgConnection,
    row: &RequestRow,
    note: Option<&str>,
) -> Result<(), StorageError> {
    if let Some(note) = note {
        diesel::insert_into(request_notes::table)
            .values((
                request_notes::request_id.eq(row.id),
                request_notes::organisation_id.eq(row.organisation_id),
                request_notes::area_id.eq(row.area_id),
                request_notes::note.eq(note),
            ))
            .prepared()
            .execute(&mut conn)
            .await?;
    }
    Ok(())
}

async fn insert_phrase(
    mut conn: &AsyncPgConnection,
    row: &RequestRow,
    mac: Option<&[u8]>,
) -> Result<(), StorageError> {
    if let Some(mac) = mac {
        diesel::insert_into(request_phrases::table)
            .values((
                request_phrases::request_id.eq(row.id),
                request_phrases::organisation_id.eq(row.organisation_id),
                request_phrases::phrase_mac.eq(mac),
            ))
            .prepared()
            .execute(&mut conn)
            .await?;
    }
    Ok(())
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

/// The household's requests that have not ended.
///
/// # Errors
/// When the database fails.
pub async fn unfinished_of(
    unit: &mut Unit<'_>,
    household: HouseholdId,
) -> Result<Vec<RequestRow>, StorageError> {
    let unfinished =
        RequestStatus::ALL.iter().filter(|status| !status.is_final()).map(|status| status.as_str());
    let rows = requests::table
        .filter(requests::household_id.eq(household.uuid()))
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

/// What the volunteer should know. Shown with the door, by its rule.
///
/// # Errors
/// When the database fails.
pub async fn note_of(unit: &mut Unit<'_>, id: RequestId) -> Result<Option<String>, StorageError> {
    let note =
        request_notes::table.find(id.uuid()).select(request_notes::note).first(unit.conn).await.optional()?;
    Ok(note)
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
