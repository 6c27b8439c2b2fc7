//! Filing a request in two round trips: what it is filed upon, read with the opening, and everything that is
//! written, as one statement with the commit.

use diesel::sql_types::{
    Array, BigInt, Binary, Integer, Jsonb, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Moment;
use domain::catalogue::Load;
use domain::id::HouseholdId;
use futures_util::future::join4;
use uuid::Uuid;

use super::catalogue;
use super::households::{self, HouseholdRow};
use super::new_requests::NewRequest;
use super::notes;
use super::requests::{RequestRow, Thing};
use super::settings::{self, Setting};
use crate::clock;
use crate::planted::{Point, reach};
use crate::storage::closing::{Keeping, Origin};
use crate::storage::events::Change;
use crate::storage::idempotency::{self, KeptColumns};
use crate::storage::prepared::Prepare;
use crate::storage::{StorageError, Unit};
use crate::vault::Wrapped;

/// What a request is filed upon, as far as it exists.
#[derive(Debug)]
pub struct Ground {
    /// The household, kept from changing until the unit of work ends.
    pub household: Option<HouseholdRow>,
    /// Where and by which rules.
    pub setting: Option<Setting>,
    /// What one of each thing weighs, in the order asked.
    pub loads: Vec<Option<Load>>,
    /// The household's data key, by which its note is sealed.
    pub data_key: Option<Wrapped>,
}

/// The same as it was read.
pub(in crate::storage) struct AskedGround {
    household: Option<HouseholdRow>,
    setting: Option<settings::Row>,
    loads: Vec<Option<Load>>,
    data_key: Option<Wrapped>,
}

pub(in crate::storage) async fn ask(
    conn: &AsyncPgConnection,
    household: HouseholdId,
    things: &[Thing],
) -> Result<AskedGround, StorageError> {
    let (found, setting, loads, data_key) = join4(
        households::ask_shared(conn, household),
        settings::of_household(conn, household),
        catalogue::ask_loads(conn, household, things),
        notes::ask_data_key(conn, household.uuid()),
    )
    .await;
    Ok(AskedGround { household: found?, setting: setting?, loads: loads?, data_key: data_key? })
}

impl AskedGround {
    /// What it is at that time.
    pub(in crate::storage) fn at(self, now: Moment) -> Result<Ground, StorageError> {
        let setting = self.setting.map(|row| settings::setting(row, now)).transpose()?;
        Ok(Ground { household: self.household, setting, loads: self.loads, data_key: self.data_key })
    }
}

/// A request that is written together with the commit.
#[derive(Debug)]
pub struct ClosingFiling {
    origin: Origin,
    filing: Filing,
}

/// Everything that is written when a request is filed.
#[derive(Debug)]
struct Filing {
    row: RequestRow,
    lines: Vec<(Thing, u32)>,
    note: Option<Vec<u8>>,
    phrase_mac: Option<Vec<u8>>,
    policy_version: i32,
    changes: Vec<Change>,
}

impl ClosingFiling {
    /// Leaves the filing of this one to the commit; answers it as it will be.
    ///
    /// # Errors
    /// When its note cannot be sealed.
    pub async fn of(
        unit: &Unit<'_>,
        (household, data_key): (&HouseholdRow, Option<&Wrapped>),
        new: &NewRequest,
        policy_version: i32,
        changes: Vec<Change>,
    ) -> Result<(Self, RequestRow), StorageError> {
        let row = RequestRow::of(household, new, unit.now);
        let of = (household.organisation_id, household.id);
        let note = notes::sealed(unit, of, data_key, (row.id, new.note.as_deref())).await?;
        let filing = Filing {
            row: row.clone(),
            lines: new.lines.clone(),
            note,
            phrase_mac: new.phrase_mac.clone(),
            policy_version,
            changes,
        };
        Ok((Self { origin: Origin::of(unit), filing }, row))
    }
}

/// All of it hangs on the household, which was locked when it was read.
const FILE: &str = "
WITH q AS (
    INSERT INTO requests (id, organisation_id, area_id, campaign_id, household_id, hub_id, partner_id, external_id,
                          kind, status, hold, urgency, transport, skills, languages, weight_g, volume_ml,
                          coarse_lat, coarse_lon, window_start, window_end, opened_at, created_at, updated_at)
    SELECT $1, h.organisation_id, h.area_id, $2, h.id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,
           h.coarse_lat, h.coarse_lon, $15, $16, $17, $18, $26
    FROM households h WHERE h.id = $19
    RETURNING id, organisation_id, area_id, campaign_id
), line AS (
    INSERT INTO request_lines (request_id, line, organisation_id, area_id, campaign_id, item_id, kit_id, quantity)
    SELECT q.id, l.place - 1, q.organisation_id, q.area_id, q.campaign_id, l.item, l.kit, l.quantity
    FROM q, unnest($20::uuid[], $21::uuid[], $22::integer[]) WITH ORDINALITY l (item, kit, quantity, place)
), note AS (
    INSERT INTO request_notes (request_id, organisation_id, area_id, sealed)
    SELECT id, organisation_id, area_id, $23 FROM q WHERE $23::bytea IS NOT NULL
), phrase AS (
    INSERT INTO request_phrases (request_id, organisation_id, phrase_mac)
    SELECT id, organisation_id, $24 FROM q WHERE $24::bytea IS NOT NULL
), event AS (
    INSERT INTO events (id, at, kind, organisation_id, area_id, subject_kind, subject_id, request_id,
                        actor_kind, actor_id, reason, policy_version, call_id, changes)
    SELECT $25, $26, 'request.submitted', organisation_id, area_id, 'request', id, id, $27, $28, $8, $29, $30, $31
    FROM q
), key AS ({key} FROM q WHERE $32::text IS NOT NULL)
SELECT id FROM q";

/// Writes it, with the answer of its key. False when nothing was written, the key neither.
pub(in crate::storage) async fn close(
    mut conn: &AsyncPgConnection,
    closing: &ClosingFiling,
    keeping: Keeping<'_>,
) -> Result<bool, StorageError> {
    let ClosingFiling { origin, filing } = closing;
    let row = &filing.row;
    let kept = KeptColumns::of(keeping.as_ref());
    let (items, kits, quantities) = columns(&filing.lines);
    let changes =
        serde_json::to_value(&filing.changes).map_err(|error| StorageError::Impossible(error.to_string()))?;
    let statement = diesel::sql_query(FILE.replace("{key}", &idempotency::keeping_from(32)))
        .bind::<SqlUuid, _>(row.id)
        .bind::<SqlUuid, _>(row.campaign_id)
        .bind::<Nullable<SqlUuid>, _>(row.hub_id)
        .bind::<Nullable<SqlUuid>, _>(row.partner_id)
        .bind::<Nullable<Text>, _>(row.external_id.as_deref())
        .bind::<Text, _>(&row.kind)
        .bind::<Text, _>(&row.status)
        .bind::<Nullable<Text>, _>(row.hold.as_deref())
        .bind::<Text, _>(&row.urgency)
        .bind::<Nullable<Text>, _>(row.transport.as_deref())
        .bind::<Array<Nullable<Text>>, _>(&row.skills)
        .bind::<Array<Nullable<Text>>, _>(&row.languages)
        .bind::<BigInt, _>(row.weight_g)
        .bind::<BigInt, _>(row.volume_ml)
        .bind::<Timestamptz, _>(row.window_start)
        .bind::<Timestamptz, _>(row.window_end)
        .bind::<Nullable<Timestamptz>, _>(row.opened_at)
        .bind::<Timestamptz, _>(row.created_at)
        .bind::<SqlUuid, _>(row.household_id)
        .bind::<Array<Nullable<SqlUuid>>, _>(items)
        .bind::<Array<Nullable<SqlUuid>>, _>(kits)
        .bind::<Array<Integer>, _>(quantities)
        .bind::<Nullable<Binary>, _>(filing.note.as_deref())
        .bind::<Nullable<Binary>, _>(filing.phrase_mac.as_deref())
        .bind::<SqlUuid, _>(clock::new_id())
        .bind::<Timestamptz, _>(origin.at)
        .bind::<Text, _>(origin.actor_kind.as_str())
        .bind::<Nullable<SqlUuid>, _>(origin.actor_id)
        .bind::<Integer, _>(filing.policy_version)
        .bind::<Text, _>(&origin.call_id)
        .bind::<Jsonb, _>(changes)
        .bind::<Nullable<Text>, _>(kept.caller)
        .bind::<Nullable<Text>, _>(kept.route)
        .bind::<Nullable<Text>, _>(kept.key)
        .bind::<Nullable<Binary>, _>(kept.fingerprint)
        .bind::<Nullable<SmallInt>, _>(kept.status)
        .bind::<Nullable<Text>, _>(kept.location)
        .bind::<Nullable<Binary>, _>(kept.body)
        .bind::<Nullable<Timestamptz>, _>(kept.at)
        .prepared();
    let filed = idempotency::unless_used(statement.execute(&mut conn).await)?;
    reach(Point::RequestInserted);
    Ok(filed > 0)
}

type Columns = (Vec<Option<Uuid>>, Vec<Option<Uuid>>, Vec<i32>);

fn columns(lines: &[(Thing, u32)]) -> Columns {
    let mut columns = Columns::default();
    for (thing, quantity) in lines {
        let (item, kit) = match thing {
            Thing::Item(item) => (Some(item.uuid()), None),
            Thing::Kit(kit) => (None, Some(kit.uuid())),
        };
        columns.0.push(item);
        columns.1.push(kit);
        columns.2.push(i32::try_from(*quantity).unwrap_or(i32::MAX));
    }
    columns
}
