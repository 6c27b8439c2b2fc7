//! Filing a request: its row, its lines, its note and its phrase.

use chrono::SubsecRound;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Moment;
use domain::catalogue::Load;
use domain::id::{CampaignId, HubId, PartnerId, RequestId};
use domain::life::{Hold, RequestStatus};
use domain::window::Window;
use domain::words::{RequestKind, Skill, Transport, Urgency};
use futures_util::future::try_join3;
use uuid::Uuid;

use super::households::HouseholdRow;
use super::notes;
use super::requests::{RequestRow, Thing};
use crate::planted::{Point, reach};
use crate::storage::prepared::Prepare;
use crate::storage::schema::{request_lines, request_notes, request_phrases, requests};
use crate::storage::{StorageError, Unit};

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

impl RequestRow {
    /// As it is filed: by the clock of its campaign, at that moment of the real time.
    #[must_use]
    pub fn of(household: &HouseholdRow, new: &NewRequest, at: Moment) -> Self {
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
            updated_at: at,
            version: 1,
        }
    }
}

/// As Postgres keeps a moment.
fn in_microseconds(moment: Moment) -> Moment {
    moment.trunc_subsecs(6)
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
    let row = RequestRow::of(household, new, unit.now);
    diesel::insert_into(requests::table).values(&row).prepared().execute(unit.conn).await?;
    reach(Point::RequestInserted);
    let of = (household.organisation_id, household.id);
    let note = notes::sealed(unit, of, None, (row.id, new.note.as_deref())).await?;
    // The row they hang on is there: these may travel together, in whatever order.
    let conn = &*unit.conn;
    try_join3(
        insert_lines(conn, &row, &new.lines),
        insert_note(conn, &row, note.as_deref()),
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
    sealed: Option<&[u8]>,
) -> Result<(), StorageError> {
    if let Some(sealed) = sealed {
        diesel::insert_into(request_notes::table)
            .values((
                request_notes::request_id.eq(row.id),
                request_notes::organisation_id.eq(row.organisation_id),
                request_notes::area_id.eq(row.area_id),
                request_notes::sealed.eq(sealed),
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
