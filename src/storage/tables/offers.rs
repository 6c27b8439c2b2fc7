//! Offers: who was asked about which request, and what they said. What ends them when their request is taken is the
//! database's own trigger, whoever takes it.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::dispatch::acceptance::{Facts, Parts};
use domain::dispatch::{DeclineReason, Offer, OfferStatus};
use domain::id::{AreaId, OfferId, OrganisationId, RequestId, VolunteerId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::storage::prepared::Prepare;
use crate::storage::schema::offers;
use crate::storage::{StorageError, Unit};

/// An offer as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = offers)]
pub struct OfferRow {
    /// Its id.
    pub id: Uuid,
    /// Who owns the request.
    pub organisation_id: Uuid,
    /// Where it is served.
    pub area_id: Uuid,
    /// The request.
    pub request_id: Uuid,
    /// Whose volunteer was asked.
    pub volunteer_organisation_id: Uuid,
    /// Who was asked.
    pub volunteer_id: Uuid,
    /// By which decision.
    pub decision_id: Uuid,
    /// In which wave.
    pub wave: i32,
    /// Where it is.
    pub status: String,
    /// Why it was declined.
    pub reason: Option<String>,
    /// What was known.
    pub known: serde_json::Value,
    /// By which policy.
    pub policy_version: i32,
    /// When it was made.
    pub sent_at: Moment,
    /// Until when it can be accepted.
    pub expires_at: Moment,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// Whether the estimates have taken it in.
    pub is_learnt: bool,
    /// Grows with each change.
    pub version: i32,
}

/// What was known when it was made.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Known {
    /// Of volunteer and request.
    pub facts: Facts,
    /// How likely the volunteer seemed to accept.
    pub parts: Parts,
}

impl OfferRow {
    /// Its id.
    #[must_use]
    pub const fn offer(&self) -> OfferId {
        OfferId::new(self.id)
    }

    /// The request.
    #[must_use]
    pub const fn request(&self) -> RequestId {
        RequestId::new(self.request_id)
    }

    /// Who was asked.
    #[must_use]
    pub const fn volunteer(&self) -> VolunteerId {
        VolunteerId::new(self.volunteer_id)
    }

    /// Who owns the request.
    #[must_use]
    pub const fn organisation(&self) -> OrganisationId {
        OrganisationId::new(self.organisation_id)
    }

    /// Where it is served.
    #[must_use]
    pub const fn area(&self) -> AreaId {
        AreaId::new(self.area_id)
    }

    /// Where it is.
    ///
    /// # Errors
    /// When the row holds no known status.
    pub fn status(&self) -> Result<OfferStatus, StorageError> {
        Ok(self.status.parse()?)
    }

    /// What was known when it was made.
    ///
    /// # Errors
    /// When the row holds something else.
    pub fn known(&self) -> Result<Known, StorageError> {
        serde_json::from_value(self.known.clone())
            .map_err(|error| StorageError::Impossible(error.to_string()))
    }

    /// The offer as decisions see it.
    ///
    /// # Errors
    /// When the row holds something that no code of ours writes.
    pub fn seen(&self) -> Result<Offer, StorageError> {
        let Known { facts, parts } = self.known()?;
        Ok(Offer {
            volunteer: self.volunteer(),
            wave: self.wave.unsigned_abs(),
            sent_at: self.sent_at,
            expires_at: self.expires_at,
            facts,
            parts,
            status: self.status()?,
        })
    }
}

/// Keeps what was offered.
///
/// # Errors
/// A constraint, where a request is not open or somebody was asked before; else when the database fails.
pub async fn insert(unit: &mut Unit<'_>, rows: &[OfferRow]) -> Result<(), StorageError> {
    diesel::insert_into(offers::table).values(rows).execute(unit.conn).await?;
    Ok(())
}

/// All offers of a request, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub async fn of_request(unit: &mut Unit<'_>, request: RequestId) -> Result<Vec<OfferRow>, StorageError> {
    Ok(offers::table
        .filter(offers::request_id.eq(request.uuid()))
        .order(offers::id)
        .select(OfferRow::as_select())
        .prepared()
        .load(unit.conn)
        .await?)
}

/// The offers of a request that ended unanswered by then: they expire now.
///
/// # Errors
/// When the database fails.
pub async fn expire(
    unit: &mut Unit<'_>,
    request: RequestId,
    now: Moment,
) -> Result<Vec<OfferRow>, StorageError> {
    Ok(diesel::update(
        offers::table
            .filter(offers::request_id.eq(request.uuid()))
            .filter(offers::status.eq(OfferStatus::Sent.as_str()))
            .filter(offers::expires_at.le(now)),
    )
    .set((
        offers::status.eq(OfferStatus::Expired.as_str()),
        offers::ended_at.eq(offers::expires_at.nullable()),
        offers::version.eq(offers::version + 1),
    ))
    .returning(OfferRow::as_returning())
    .prepared()
    .get_results(unit.conn)
    .await?)
}

/// The offer with that id, as far as the caller may see it.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: OfferId) -> Result<Option<OfferRow>, StorageError> {
    Ok(offers::table.find(id.uuid()).select(OfferRow::as_select()).first(unit.conn).await.optional()?)
}

/// Declines it, if it can still be answered.
///
/// # Errors
/// When the database fails.
pub async fn decline(
    unit: &mut Unit<'_>,
    id: OfferId,
    reason: DeclineReason,
    now: Moment,
) -> Result<Option<OfferRow>, StorageError> {
    Ok(diesel::update(
        offers::table
            .find(id.uuid())
            .filter(offers::status.eq(OfferStatus::Sent.as_str()))
            .filter(offers::expires_at.gt(now)),
    )
    .set((
        offers::status.eq(OfferStatus::Declined.as_str()),
        offers::reason.eq(reason.as_str()),
        offers::ended_at.eq(now),
        offers::version.eq(offers::version + 1),
    ))
    .returning(OfferRow::as_returning())
    .prepared()
    .get_result(unit.conn)
    .await
    .optional()?)
}

/// Offers of these volunteers since then: who, and when.
///
/// # Errors
/// When the database fails.
pub async fn sent_since(
    unit: &mut Unit<'_>,
    volunteers: &[Uuid],
    since: Moment,
) -> Result<Vec<(Uuid, Moment)>, StorageError> {
    Ok(offers::table
        .filter(offers::volunteer_id.eq_any(volunteers))
        .filter(offers::sent_at.gt(since))
        .order(offers::sent_at)
        .select((offers::volunteer_id, offers::sent_at))
        .load(unit.conn)
        .await?)
}

/// Offers that have ended and were not learnt from, the oldest first; kept from others who would learn from them.
///
/// # Errors
/// When the database fails.
pub async fn unlearnt(unit: &mut Unit<'_>, limit: i64) -> Result<Vec<OfferRow>, StorageError> {
    Ok(offers::table
        .filter(offers::is_learnt.eq(false))
        .filter(offers::status.ne(OfferStatus::Sent.as_str()))
        .order((offers::ended_at, offers::id))
        .limit(limit)
        .select(OfferRow::as_select())
        .for_update()
        .skip_locked()
        .load(unit.conn)
        .await?)
}

/// These were learnt from.
///
/// # Errors
/// When the database fails.
pub async fn are_learnt(unit: &mut Unit<'_>, ids: &[Uuid]) -> Result<(), StorageError> {
    diesel::update(offers::table.filter(offers::id.eq_any(ids)))
        .set(offers::is_learnt.eq(true))
        .execute(unit.conn)
        .await?;
    Ok(())
}
