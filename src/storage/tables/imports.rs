//! Imports: what was brought, on whose behalf, who works on it and how far it is.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{AreaId, CampaignId, ImportId, OrganisationId};
use domain::sheet::{ImportStatus, SheetKind};
use uuid::Uuid;

use crate::storage::schema::imports;
use crate::storage::{Caller, StorageError, Unit};

/// An import as its table keeps it.
#[derive(Debug, Clone, Queryable, QueryableByName, Selectable)]
#[diesel(table_name = imports)]
pub struct ImportRow {
    /// Its id.
    pub id: Uuid,
    /// For whom.
    pub organisation_id: Uuid,
    /// What its rows are.
    pub kind: String,
    /// Where it stands.
    pub status: String,
    /// The area of rows that name none.
    pub area_id: Option<Uuid>,
    /// The campaign.
    pub campaign_id: Option<Uuid>,
    /// Whether its rows need no verification.
    pub verified: bool,
    /// Whether rows are judged only.
    pub dry_run: bool,
    /// On whose behalf.
    pub user_id: Option<Uuid>,
    /// In which role.
    pub role: Option<String>,
    /// The first row.
    pub header: Option<Vec<u8>>,
    /// How many parts there are.
    pub parts: i32,
    /// How many are dealt with.
    pub parts_done: i32,
    /// How many rows there are.
    pub rows_total: i64,
    /// How many are dealt with.
    pub rows_done: i64,
    /// How many were taken in.
    pub rows_taken: i64,
    /// How many were not.
    pub rows_refused: i64,
    /// Why it was broken off.
    pub failure: Option<String>,
    /// When it came.
    pub created_at: Moment,
    /// When it was done.
    pub ended_at: Option<Moment>,
}

impl ImportRow {
    /// Its id.
    #[must_use]
    pub const fn import(&self) -> ImportId {
        ImportId::new(self.id)
    }

    /// For whom.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }

    /// What its rows are.
    ///
    /// # Errors
    /// When the row holds no known kind.
    pub fn kind(&self) -> Result<SheetKind, StorageError> {
        Ok(self.kind.parse()?)
    }

    /// Where it stands.
    ///
    /// # Errors
    /// When the row holds no known status.
    pub fn status(&self) -> Result<ImportStatus, StorageError> {
        Ok(self.status.parse()?)
    }

    /// On whose behalf its rows are taken in, with the rights that they have then.
    ///
    /// # Errors
    /// When the row holds no known role.
    pub fn caller(&self) -> Result<Caller, StorageError> {
        match (self.user_id, &self.role) {
            (Some(user), Some(role)) => {
                Ok(Caller::Person { user: domain::id::UserId::new(user), role: role.parse()?, session: None })
            }
            (Some(_), None) | (None, _) => Ok(Caller::System),
        }
    }
}

/// An import that begins.
#[derive(Debug, Clone)]
pub struct NewImport {
    /// Its id.
    pub id: ImportId,
    /// For whom.
    pub organisation: OrganisationId,
    /// What its rows are.
    pub kind: SheetKind,
    /// The area of rows that name none.
    pub area: Option<AreaId>,
    /// The campaign.
    pub campaign: Option<CampaignId>,
    /// Whether its rows need no verification.
    pub verified: bool,
    /// Whether rows are judged only.
    pub dry_run: bool,
}

/// Begins an import on behalf of whoever acts.
///
/// # Errors
/// An `imports_area_fk` or `imports_campaign_fk` constraint where the organisation does not work there.
pub async fn insert(unit: &mut Unit<'_>, new: &NewImport) -> Result<(), StorageError> {
    let (kind, who) = unit.actor.signature();
    diesel::insert_into(imports::table)
        .values((
            imports::id.eq(new.id.uuid()),
            imports::organisation_id.eq(new.organisation.uuid()),
            imports::kind.eq(new.kind.as_str()),
            imports::status.eq(ImportStatus::Receiving.as_str()),
            imports::area_id.eq(new.area.map(AreaId::uuid)),
            imports::campaign_id.eq(new.campaign.map(CampaignId::uuid)),
            imports::verified.eq(new.verified),
            imports::dry_run.eq(new.dry_run),
            imports::user_id.eq(who),
            imports::role.eq(who.map(|_| kind.as_str())),
            imports::created_at.eq(unit.now),
            imports::updated_at.eq(unit.now),
        ))
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// The import with that id, whoever owns it.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: ImportId) -> Result<Option<ImportRow>, StorageError> {
    let row =
        imports::table.find(id.uuid()).select(ImportRow::as_select()).first(unit.conn).await.optional()?;
    Ok(row)
}

/// The import of this very file that is under way or done.
///
/// # Errors
/// When the database fails.
pub async fn find_by_fingerprint(
    unit: &mut Unit<'_>,
    organisation: OrganisationId,
    fingerprint: &[u8],
) -> Result<Option<ImportRow>, StorageError> {
    let statuses = [ImportStatus::Checking, ImportStatus::Writing, ImportStatus::Done];
    let row = imports::table
        .filter(imports::organisation_id.eq(organisation.uuid()))
        .filter(imports::fingerprint.eq(fingerprint))
        .filter(imports::dry_run.eq(false))
        .filter(imports::status.eq_any(statuses.map(ImportStatus::as_str)))
        .select(ImportRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The file has arrived: its header, and what tells it from others.
///
/// # Errors
/// An `imports_fingerprint_unique` constraint when another call brought the same file meanwhile.
pub async fn arrived(
    unit: &mut Unit<'_>,
    id: ImportId,
    (header, fingerprint): (&[u8], &[u8]),
    to: ImportStatus,
) -> Result<Option<ImportRow>, StorageError> {
    let row = diesel::update(
        imports::table.find(id.uuid()).filter(imports::status.eq(ImportStatus::Receiving.as_str())),
    )
    .set((
        imports::status.eq(to.as_str()),
        imports::header.eq(header),
        imports::fingerprint.eq(fingerprint),
        imports::updated_at.eq(unit.now),
    ))
    .returning(ImportRow::as_returning())
    .get_result(unit.conn)
    .await
    .optional()?;
    Ok(row)
}

const RETURNING: &str = "RETURNING i.id, i.organisation_id, i.kind, i.status, i.area_id, i.campaign_id, i.verified, \
    i.dry_run, i.user_id, i.role, i.header, i.parts, i.parts_done, i.rows_total, i.rows_done, i.rows_taken, \
    i.rows_refused, i.failure, i.created_at, i.ended_at";

/// How long a runner that says nothing keeps an import. Each part takes a second or so.
const LEASE: &str = "interval '10 seconds'";

/// Takes the oldest import that nobody works on, or only this one. An organisation's imports go one after
/// the other, so that each sees what the one before took in.
///
/// # Errors
/// When the database fails.
pub async fn take(
    unit: &mut Unit<'_>,
    runner: Uuid,
    only: Option<ImportId>,
) -> Result<Option<ImportRow>, StorageError> {
    let sql = format!(
        "UPDATE imports i SET runner = $1, leased_until = clock_timestamp() + {LEASE} WHERE i.id = ( \
           SELECT f.id FROM imports f WHERE f.status IN ('checking', 'writing') \
             AND (f.runner IS NULL OR f.runner = $1 OR f.leased_until < clock_timestamp()) \
             AND ($2 IS NULL OR f.id = $2) \
             AND NOT EXISTS (SELECT 1 FROM imports o WHERE o.organisation_id = f.organisation_id \
                             AND o.status IN ('checking', 'writing') AND o.id < f.id) \
           ORDER BY f.id LIMIT 1 FOR UPDATE SKIP LOCKED) {RETURNING}"
    );
    let row = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(runner)
        .bind::<Nullable<SqlUuid>, _>(only.map(ImportId::uuid))
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Keeps an import for its runner a while longer, and from everybody else until the unit of work ends.
/// `None` when another has taken it over.
///
/// # Errors
/// When the database fails.
pub async fn hold(
    unit: &mut Unit<'_>,
    runner: Uuid,
    id: ImportId,
) -> Result<Option<ImportRow>, StorageError> {
    let sql = format!(
        "UPDATE imports i SET leased_until = clock_timestamp() + {LEASE} \
         WHERE i.id = $2 AND i.runner = $1 AND i.status IN ('checking', 'writing') {RETURNING}"
    );
    let row = diesel::sql_query(sql)
        .bind::<SqlUuid, _>(runner)
        .bind::<SqlUuid, _>(id.uuid())
        .get_result(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Lets anybody take it, at once.
///
/// # Errors
/// When the database fails.
pub async fn leave(unit: &mut Unit<'_>, runner: Uuid, id: ImportId) -> Result<(), StorageError> {
    diesel::update(imports::table.find(id.uuid()).filter(imports::runner.eq(runner)))
        .set(imports::runner.eq(None::<Uuid>))
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// What was done to one part.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress {
    /// Rows of it.
    pub rows: i64,
    /// Rows that were taken in.
    pub taken: i64,
    /// Rows that were newly found at fault.
    pub refused: i64,
}

/// Counts a part that is dealt with.
///
/// # Errors
/// When the database fails.
pub async fn advance(
    unit: &mut Unit<'_>,
    id: ImportId,
    progress: Progress,
) -> Result<ImportRow, StorageError> {
    let row = diesel::update(imports::table.find(id.uuid()))
        .set((
            imports::parts_done.eq(imports::parts_done + 1),
            imports::rows_done.eq(imports::rows_done + progress.rows),
            imports::rows_taken.eq(imports::rows_taken + progress.taken),
            imports::rows_refused.eq(imports::rows_refused + progress.refused),
            imports::updated_at.eq(unit.now),
        ))
        .returning(ImportRow::as_returning())
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// All is judged: from here on rows are taken in, from the first part on.
///
/// # Errors
/// When the database fails.
pub async fn begin_writing(unit: &mut Unit<'_>, id: ImportId) -> Result<ImportRow, StorageError> {
    let row = diesel::update(imports::table.find(id.uuid()))
        .set((
            imports::status.eq(ImportStatus::Writing.as_str()),
            imports::parts_done.eq(0),
            imports::rows_done.eq(0_i64),
            imports::updated_at.eq(unit.now),
        ))
        .returning(ImportRow::as_returning())
        .get_result(unit.conn)
        .await?;
    Ok(row)
}

/// It is done, or broken off for a reason.
///
/// # Errors
/// When the database fails.
pub async fn end(
    unit: &mut Unit<'_>,
    id: ImportId,
    failure: Option<&str>,
) -> Result<ImportRow, StorageError> {
    let to = if failure.is_some() { ImportStatus::Failed } else { ImportStatus::Done };
    let row = diesel::update(imports::table.find(id.uuid()))
        .set((
            imports::status.eq(to.as_str()),
            imports::failure.eq(failure),
            imports::runner.eq(None::<Uuid>),
            imports::ended_at.eq(unit.now),
            imports::updated_at.eq(unit.now),
        ))
        .returning(ImportRow::as_returning())
        .get_result(unit.conn)
        .await?;
    Ok(row)
}
