//! Households without their doors.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Moment;
use domain::household::HouseholdStatus;
use domain::id::{AreaId, HouseholdId, OrganisationId, PartnerId};
use domain::place::{Cell, CoarsePoint};
use domain::words::HouseholdCategory;
use uuid::Uuid;

use crate::storage::ahead::GO;
use crate::storage::prepared::Prepare;
use crate::storage::schema::{household_consents, households, requests};
use crate::storage::{StorageError, Unit};

/// A household as its table keeps it.
#[derive(Debug, Clone, Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = households)]
pub struct HouseholdRow {
    /// Its id.
    pub id: Uuid,
    /// Who owns it.
    pub organisation_id: Uuid,
    /// Where it is served.
    pub area_id: Uuid,
    /// The partner app that filed it, if one did.
    pub partner_id: Option<Uuid>,
    /// That partner's own name for it.
    pub external_id: Option<String>,
    /// Where it is in its life.
    pub status: String,
    /// Why, in a word.
    pub status_reason: Option<String>,
    /// How many live there.
    pub members: i32,
    /// Why it is served.
    pub categories: Vec<Option<String>>,
    /// What is spoken there, the preferred first.
    pub languages: Vec<Option<String>>,
    /// Its coarse point.
    pub coarse_lat: f64,
    /// Its coarse point.
    pub coarse_lon: f64,
    /// The cell of the coarse point.
    pub coarse_cell: Option<i64>,
    /// When it was registered.
    pub created_at: Moment,
    /// When it was last changed.
    pub updated_at: Moment,
    /// Grows with each change.
    pub version: i32,
    /// When everything private of it was erased.
    pub erased_at: Option<Moment>,
}

impl HouseholdRow {
    /// Its id.
    #[must_use]
    pub const fn household(&self) -> HouseholdId {
        HouseholdId::new(self.id)
    }

    /// Who owns it.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }

    /// Where it is served.
    #[must_use]
    pub const fn area(&self) -> AreaId {
        AreaId::new(self.area_id)
    }

    /// Who filed it.
    #[must_use]
    pub fn partner(&self) -> Option<PartnerId> {
        self.partner_id.map(PartnerId::new)
    }

    /// Where it is in its life.
    ///
    /// # Errors
    /// When the row holds no known status.
    pub fn status(&self) -> Result<HouseholdStatus, StorageError> {
        Ok(self.status.parse()?)
    }

    /// Why it is served.
    ///
    /// # Errors
    /// When the row holds an unknown category.
    pub fn categories(&self) -> Result<Vec<HouseholdCategory>, StorageError> {
        words(&self.categories)
    }

    /// What is spoken there.
    #[must_use]
    pub fn languages(&self) -> Vec<String> {
        self.languages.iter().flatten().cloned().collect()
    }

    /// Its coarse point.
    ///
    /// # Errors
    /// When the row holds no place.
    pub fn coarse_point(&self) -> Result<CoarsePoint, StorageError> {
        coarse_point(self.coarse_lat, self.coarse_lon, self.coarse_cell)
    }
}

/// A coarse point from its columns.
pub(in crate::storage) fn coarse_point(
    lat: f64,
    lon: f64,
    cell: Option<i64>,
) -> Result<CoarsePoint, StorageError> {
    let impossible = |error: String| StorageError::Impossible(error);
    let cell = cell
        .map(|bits| Cell::from_bits(bits.cast_unsigned()))
        .transpose()
        .map_err(|error| impossible(error.to_string()))?;
    CoarsePoint::stored(lat, lon, cell).map_err(|error| impossible(error.to_string()))
}

/// Words of a text array. Postgres cannot promise that an array holds no null; ours never do.
pub(in crate::storage) fn words<T: std::str::FromStr<Err = domain::UnknownWord>>(
    stored: &[Option<String>],
) -> Result<Vec<T>, StorageError> {
    stored.iter().flatten().map(|word| word.parse().map_err(StorageError::from)).collect()
}

/// A text array from words.
pub(in crate::storage) fn array<T: ToString>(words: impl IntoIterator<Item = T>) -> Vec<Option<String>> {
    words.into_iter().map(|word| Some(word.to_string())).collect()
}

/// A household to be registered.
#[derive(Debug, Clone)]
pub struct NewHousehold {
    /// Its id.
    pub id: HouseholdId,
    /// Who owns it.
    pub organisation: OrganisationId,
    /// Where it is served.
    pub area: AreaId,
    /// Who filed it, and under what name.
    pub partner: Option<PartnerId>,
    /// That partner's own name for it.
    pub external_id: Option<String>,
    /// How many live there.
    pub members: u32,
    /// Why it is served.
    pub categories: Vec<HouseholdCategory>,
    /// What is spoken there.
    pub languages: Vec<String>,
    /// Where it is seen from afar.
    pub coarse: CoarsePoint,
}

/// Registers a household, waiting to be verified.
///
/// # Errors
/// A `households_external_id_unique` constraint when the partner has filed it before.
pub async fn insert(unit: &mut Unit<'_>, new: &NewHousehold) -> Result<HouseholdRow, StorageError> {
    let row = HouseholdRow {
        id: new.id.uuid(),
        organisation_id: new.organisation.uuid(),
        area_id: new.area.uuid(),
        partner_id: new.partner.map(PartnerId::uuid),
        external_id: new.external_id.clone(),
        status: HouseholdStatus::PendingVerification.to_string(),
        status_reason: None,
        members: i32::try_from(new.members).unwrap_or(i32::MAX),
        categories: array(&new.categories),
        languages: array(&new.languages),
        coarse_lat: new.coarse.position().lat(),
        coarse_lon: new.coarse.position().lon(),
        coarse_cell: new.coarse.cell().map(|cell| cell.bits().cast_signed()),
        created_at: unit.now,
        updated_at: unit.now,
        version: 1,
        erased_at: None,
    };
    diesel::insert_into(households::table).values(&row).prepared().execute(unit.conn).await?;
    Ok(row)
}

/// What a household agreed to.
#[derive(Debug, Clone)]
pub struct NewConsent {
    /// Which text.
    pub text_version: String,
    /// In which language.
    pub language: String,
    /// By which channel.
    pub channel: &'static str,
    /// When.
    pub given_at: Moment,
}

/// Records what a household agreed to.
///
/// # Errors
/// When the database fails.
pub async fn insert_consent(
    unit: &mut Unit<'_>,
    household: &HouseholdRow,
    consent: &NewConsent,
) -> Result<(), StorageError> {
    diesel::insert_into(household_consents::table)
        .values((
            household_consents::household_id.eq(household.id),
            household_consents::organisation_id.eq(household.organisation_id),
            household_consents::text_version.eq(&consent.text_version),
            household_consents::language.eq(&consent.language),
            household_consents::channel.eq(consent.channel),
            household_consents::given_at.eq(consent.given_at),
            household_consents::recorded_at.eq(unit.now),
        ))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// The household with that id, whoever owns it.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: HouseholdId) -> Result<Option<HouseholdRow>, StorageError> {
    let row = households::table
        .find(id.uuid())
        .select(HouseholdRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// All of these, whoever owns them.
///
/// # Errors
/// When the database fails.
pub async fn find_all(unit: &mut Unit<'_>, ids: &[HouseholdId]) -> Result<Vec<HouseholdRow>, StorageError> {
    let rows = households::table
        .filter(households::id.eq_any(ids.iter().map(|id| id.uuid())))
        .select(HouseholdRow::as_select())
        .load(unit.conn)
        .await?;
    Ok(rows)
}

/// The one with that id, kept from changing until the unit of work ends.
///
/// # Errors
/// When the database fails.
pub async fn find_locked(unit: &mut Unit<'_>, id: HouseholdId) -> Result<Option<HouseholdRow>, StorageError> {
    let row = households::table
        .find(id.uuid())
        .select(HouseholdRow::as_select())
        .for_no_key_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The household that this partner calls so.
///
/// # Errors
/// When the database fails.
pub async fn find_by_external_id(
    unit: &mut Unit<'_>,
    partner: PartnerId,
    external_id: &str,
) -> Result<Option<HouseholdRow>, StorageError> {
    let row = households::table
        .filter(households::partner_id.eq(partner.uuid()))
        .filter(households::external_id.eq(external_id))
        .select(HouseholdRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Moves a household from the status it was read with to another. False when it has changed meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn set_status(
    unit: &mut Unit<'_>,
    household: &HouseholdRow,
    to: HouseholdStatus,
    reason: Option<&str>,
) -> Result<bool, StorageError> {
    let changed = diesel::update(
        households::table
            .find(household.id)
            .filter(households::status.eq(&household.status))
            .filter(households::version.eq(household.version)),
    )
    .set((
        households::status.eq(to.as_str()),
        households::status_reason.eq(reason),
        households::updated_at.eq(unit.now),
        households::version.eq(household.version + 1),
    ))
    .prepared()
    .execute(unit.conn)
    .await?;
    Ok(changed == 1)
}

/// Draws the coarse point of a household that was known by its district, and of its requests, which repeat it.
///
/// # Errors
/// When the database fails.
pub async fn set_coarse_point(
    unit: &mut Unit<'_>,
    household: HouseholdId,
    coarse: CoarsePoint,
) -> Result<(), StorageError> {
    let (lat, lon) = (coarse.position().lat(), coarse.position().lon());
    diesel::update(households::table.find(household.uuid()))
        .set((
            households::coarse_lat.eq(lat),
            households::coarse_lon.eq(lon),
            households::coarse_cell.eq(coarse.cell().map(|cell| cell.bits().cast_signed())),
            households::updated_at.eq(unit.now),
            households::version.eq(households::version + 1),
        ))
        .execute(unit.conn)
        .await?;
    diesel::update(requests::table.filter(requests::household_id.eq(household.uuid())))
        .set((
            requests::coarse_lat.eq(lat),
            requests::coarse_lon.eq(lon),
            requests::updated_at.eq(unit.now),
            requests::version.eq(requests::version + 1),
        ))
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// The household with that id, kept from changing until the unit of work ends, though others may read it so too.
///
/// # Errors
/// When the database fails.
pub async fn find_shared(unit: &mut Unit<'_>, id: HouseholdId) -> Result<Option<HouseholdRow>, StorageError> {
    let row = households::table
        .find(id.uuid())
        .select(HouseholdRow::as_select())
        .for_share()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The same before it is known who the caller is now: it is kept from changing only if they may act.
pub(in crate::storage) async fn ask_shared(
    mut conn: &AsyncPgConnection,
    id: HouseholdId,
) -> Result<Option<HouseholdRow>, StorageError> {
    let text = format!(
        "SELECT id, organisation_id, area_id, partner_id, external_id, status, status_reason, members, categories, \
                languages, coarse_lat, coarse_lon, coarse_cell, created_at, updated_at, version, erased_at \
         FROM households WHERE id = $1 AND {GO} FOR SHARE"
    );
    Ok(diesel::sql_query(text)
        .bind::<diesel::sql_types::Uuid, _>(id.uuid())
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()?)
}
