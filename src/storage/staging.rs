//! Many judged households at once, by binary COPY, to a table between the file and their own tables: the
//! fastest way in that Postgres has.

use std::pin::pin;

use diesel_async::SimpleAsyncConnection;
use domain::Moment;
use domain::door::Door;
use domain::id::{AreaId, HouseholdId, ImportId, OrganisationId};
use domain::place::{Cell, CoarsePoint};
use tokio::task::JoinHandle;
use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use super::database::ActingRole;
use super::tables::sealed_doors::SealedDoor;
use super::{Database, StorageError, Unit};
use crate::vault::OrganisationKeys;

/// A household as it is staged, judged. Where it is seen from afar is told by its finest cell, apart.
#[derive(Clone)]
pub struct StagedHousehold {
    /// Its id.
    pub id: HouseholdId,
    /// The id of the event that will tell of it.
    pub event: Uuid,
    /// Where it is served.
    pub area: AreaId,
    /// The organisation's own name for it.
    pub external_id: Option<String>,
    /// How many live there.
    pub members: i32,
    /// Why it is served.
    pub categories: Vec<&'static str>,
    /// What is spoken there.
    pub languages: Vec<String>,
    /// Its door.
    pub door: Door,
    /// The cells by which its door is counted, the finest first.
    pub cells: Vec<Cell>,
    /// Which text it agreed to, in which language, by which channel.
    pub consent: [String; 3],
    /// When, if that was told.
    pub consent_at: Option<Moment>,
    /// What its event tells.
    pub changes: serde_json::Value,
}

impl Unit<'_> {
    /// Statements of this unit of work may take as long as thousands of rows need on a busy machine: nobody
    /// waits for them.
    pub(in crate::storage) async fn allow_long_statements(&mut self) -> Result<(), StorageError> {
        Ok(self.conn.batch_execute("SET LOCAL statement_timeout = '60s'").await?)
    }
}

/// A connection of one's own, on which COPY can be spoken.
pub struct Staging {
    client: Client,
    database: Database,
    driver: JoinHandle<()>,
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

const COPY: &str = "COPY import_staging_inlet (import_id, part, organisation_id, household_id, event_id, area_id, external_id, \
    members, categories, languages, sealed, data_key, key_version, phone_index, name_index, lat, lon, accuracy_m, \
    cells, consent, consent_at, changes) FROM STDIN (FORMAT binary)";

const TYPES: [Type; 22] = [
    Type::UUID,
    Type::INT4,
    Type::UUID,
    Type::UUID,
    Type::UUID,
    Type::UUID,
    Type::TEXT,
    Type::INT4,
    Type::TEXT_ARRAY,
    Type::TEXT_ARRAY,
    Type::BYTEA,
    Type::BYTEA,
    Type::INT4,
    Type::BYTEA,
    Type::BYTEA,
    Type::FLOAT8,
    Type::FLOAT8,
    Type::FLOAT8,
    Type::INT8_ARRAY,
    Type::TEXT_ARRAY,
    Type::TIMESTAMPTZ,
    Type::JSONB,
];

const COPY_POINTS: &str = "COPY import_coarse_points_inlet (import_id, area_id, cell, organisation_id, lat, lon, coarse_cell) \
    FROM STDIN (FORMAT binary)";

const TYPES_OF_POINTS: [Type; 7] =
    [Type::UUID, Type::UUID, Type::INT8, Type::UUID, Type::FLOAT8, Type::FLOAT8, Type::INT8];

impl Database {
    /// Opens a connection for staging.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub async fn staging(&self) -> Result<Staging, StorageError> {
        let (client, connection) = self.own_client(ActingRole::App).await?;
        let driver = tokio::spawn(async move {
            // Whoever writes hears of it too.
            let _ = connection.await;
        });
        let session = format!(
            "SET statement_timeout = '60s'; SET application_name = 'birgemiz import'; {}",
            ActingRole::App.step_down()
        );
        client.batch_execute(&session).await.map_err(lost)?;
        Ok(Staging { client, database: self.clone(), driver })
    }
}

impl Staging {
    /// Begins to work for that organisation. After a failure the connection is not used again.
    async fn begin(&self, organisation: OrganisationId) -> Result<(), StorageError> {
        let begun = format!("BEGIN; {}", working_for(organisation));
        self.client.batch_execute(&begun).await.map_err(lost)
    }

    /// Stages the households of a part, in place of whatever was staged of it before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stage(
        &self,
        (organisation, import, part): (OrganisationId, ImportId, i32),
        households: &[StagedHousehold],
    ) -> Result<(), StorageError> {
        let before = "DELETE FROM import_staging WHERE import_id = $1 AND part = $2";
        let keys = self.database.keys_of(organisation.uuid()).await?;
        self.begin(organisation).await?;
        self.client.execute(before, &[&import.uuid(), &part]).await.map_err(lost)?;
        let sink = self.client.copy_in(COPY).await.map_err(lost)?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &TYPES));
        for household in households {
            let key = Key { import: import.uuid(), part, organisation: organisation.uuid() };
            let values = Values::of(&keys, household)?;
            let columns = values.columns(household, &key);
            writer.as_mut().write(&columns).await.map_err(lost)?;
        }
        writer.finish().await.map_err(lost)?;
        self.client.batch_execute("COMMIT").await.map_err(lost)
    }

    /// Tells where the households of these cells are seen from afar, in place of what was told before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tell_coarse_points(
        &self,
        (organisation, import): (OrganisationId, ImportId),
        points: &[(AreaId, Cell, CoarsePoint)],
    ) -> Result<(), StorageError> {
        self.begin(organisation).await?;
        let (organisation, import) = (organisation.uuid(), import.uuid());
        let before = "DELETE FROM import_coarse_points WHERE import_id = $1";
        self.client.execute(before, &[&import]).await.map_err(lost)?;
        let sink = self.client.copy_in(COPY_POINTS).await.map_err(lost)?;
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &TYPES_OF_POINTS));
        for (area, cell, point) in points {
            let (lat, lon) = (point.position().lat(), point.position().lon());
            let coarse_cell = point.cell().map(number);
            let columns: [&(dyn ToSql + Sync); 7] =
                [&import, &area.uuid(), &number(*cell), &organisation, &lat, &lon, &coarse_cell];
            writer.as_mut().write(&columns).await.map_err(lost)?;
        }
        writer.finish().await.map_err(lost)?;
        self.client.batch_execute("COMMIT").await.map_err(lost)
    }
}

/// Has a transaction of a connection outside the pools work for that organisation: for COPY, which has no unit of work.
fn working_for(organisation: OrganisationId) -> String {
    format!("SELECT set_config('birgemiz.organisation', '{}', true);", organisation.uuid())
}

/// A cell as its columns keep it.
fn number(cell: Cell) -> i64 {
    cell.bits().cast_signed()
}

struct Key {
    import: Uuid,
    part: i32,
    organisation: Uuid,
}

/// What must be computed before it can be lent to a writer.
struct Values<'h> {
    id: Uuid,
    area: Uuid,
    door: SealedDoor,
    lat: f64,
    lon: f64,
    cells: Vec<i64>,
    consent: &'h [String],
}

impl<'h> Values<'h> {
    fn of(keys: &OrganisationKeys, household: &'h StagedHousehold) -> Result<Self, StorageError> {
        let door = &household.door;
        Ok(Self {
            id: household.id.uuid(),
            area: household.area.uuid(),
            door: SealedDoor::of(keys, household.id.uuid(), door)?,
            lat: door.position.lat(),
            lon: door.position.lon(),
            cells: household.cells.iter().map(|cell| number(*cell)).collect(),
            consent: &household.consent,
        })
    }

    fn columns<'a>(&'a self, household: &'a StagedHousehold, key: &'a Key) -> [&'a (dyn ToSql + Sync); 22] {
        let door = &self.door;
        [
            &key.import,
            &key.part,
            &key.organisation,
            &self.id,
            &household.event,
            &self.area,
            &household.external_id,
            &household.members,
            &household.categories,
            &household.languages,
            &door.sealed,
            &door.data_key.bytes,
            &door.data_key.version,
            &door.phone_index,
            &door.name_index,
            &self.lat,
            &self.lon,
            &household.door.accuracy_m,
            &self.cells,
            &self.consent,
            &household.consent_at,
            &household.changes,
        ]
    }
}

/// Only the fact and its code are kept: the client's own words may quote values.
fn lost(error: tokio_postgres::Error) -> StorageError {
    error.code().map_or_else(
        || StorageError::NoConnection("the connection for staging was lost".to_owned()),
        |code| StorageError::Database(format!("staging failed: {}", code.code())),
    )
}
