//! Offers as volunteers and coordinators read them.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::actor::Actor;
use domain::dispatch::{OfferStatus, Record};
use domain::id::{RequestId, VolunteerId};
use uuid::Uuid;

use super::request_lists;
use crate::storage::schema::{offers, requests, volunteer_blocks};
use crate::storage::tables::requests::RequestRow;
use crate::storage::tables::{dispatch_memory, pursuits, requests as request_rows};
use crate::storage::{StorageError, Unit};

pub use crate::storage::tables::offers::{Known, OfferRow};
pub use crate::storage::tables::pursuits::{PursuitRow, lag_s as pursuit_lag_s};

/// An offer with what is asked for.
#[derive(Debug, Clone)]
pub struct OwnOffer {
    /// The offer.
    pub offer: OfferRow,
    /// What it is about.
    pub request: RequestRow,
    /// How many different things that asks for.
    pub lines: u32,
}

/// How somebody is looked for.
#[derive(Debug, Clone)]
pub struct Dispatch {
    /// Where that stands; none where the service does not look for anybody.
    pub pursuit: Option<PursuitRow>,
    /// Every decision that did something, the oldest first.
    pub decisions: Vec<(Uuid, Record)>,
    /// Everyone who was asked.
    pub offers: Vec<OfferRow>,
}

/// Offers that a volunteer can answer, in the order of their ids, `limit` of them after one id.
///
/// # Errors
/// When the database fails.
pub async fn open_of(
    unit: &mut Unit<'_>,
    volunteer: VolunteerId,
    (after, limit): (Option<Uuid>, i64),
) -> Result<Vec<OwnOffer>, StorageError> {
    // Whoever is kept apart from a household after they were asked sees nothing of it any more.
    let kept_apart = volunteer_blocks::table
        .filter(volunteer_blocks::volunteer_id.eq(offers::volunteer_id))
        .filter(volunteer_blocks::household_id.eq(requests::household_id));
    let found: Vec<(OfferRow, RequestRow)> = offers::table
        .inner_join(requests::table.on(requests::id.eq(offers::request_id)))
        .filter(offers::volunteer_id.eq(volunteer.uuid()))
        .filter(offers::status.eq(OfferStatus::Sent.as_str()))
        .filter(not(exists(kept_apart)))
        .filter(offers::id.gt(after.unwrap_or(Uuid::nil())))
        .order(offers::id)
        .limit(limit)
        .select((OfferRow::as_select(), RequestRow::as_select()))
        .load(unit.conn)
        .await?;
    let ids: Vec<Uuid> = found.iter().map(|(_, request)| request.id).collect();
    let mut lines = request_lists::lines(unit, ids).await?;
    let own = |(offer, request): (OfferRow, RequestRow)| {
        let lines = lines.remove(&request.id).unwrap_or_default().len();
        OwnOffer { offer, request, lines: u32::try_from(lines).unwrap_or(u32::MAX) }
    };
    Ok(found.into_iter().map(own).collect())
}

/// How somebody is looked for, if the caller may know: coordinators of the organisation whose request it is.
///
/// # Errors
/// When the database fails, or holds a record that is none.
pub async fn dispatch_of(unit: &mut Unit<'_>, request: RequestId) -> Result<Option<Dispatch>, StorageError> {
    let Actor::Coordinator { organisation, .. } = unit.actor else { return Ok(None) };
    let row = request_rows::find(unit, request).await?;
    if row.is_none_or(|row| row.organisation_id != organisation.uuid()) {
        return Ok(None);
    }
    Ok(Some(Dispatch {
        pursuit: pursuits::find(unit, request).await?,
        decisions: dispatch_memory::decisions_of(unit, request.uuid()).await?,
        offers: crate::storage::tables::offers::of_request(unit, request).await?,
    }))
}
