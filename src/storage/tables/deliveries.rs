//! Deliveries, their proofs and their photos.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use domain::id::{ClaimId, DeliveryId, ProofId};
use domain::place::Metres;
use domain::proof::ProofKind;
use uuid::Uuid;

use crate::clock;
use crate::planted::{Point, reach};
use crate::storage::prepared::Prepare;
use crate::storage::schema::{deliveries, photos, proofs};
use crate::storage::{StorageError, Unit};

/// A delivery as its table keeps it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = deliveries)]
pub struct DeliveryRow {
    /// Its id.
    pub id: Uuid,
    /// Who owns the request.
    pub organisation_id: Uuid,
    /// Where it is served.
    pub area_id: Uuid,
    /// The request.
    pub request_id: Uuid,
    /// The claim it is made under.
    pub claim_id: Uuid,
    /// Where it is.
    pub status: String,
    /// How it went.
    pub outcome: Option<String>,
    /// Why, in a word.
    pub status_reason: Option<String>,
    /// When the goods were picked up.
    pub picked_up_at: Option<Moment>,
    /// When the volunteer was at the door.
    pub arrived_at: Option<Moment>,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// When it began.
    pub created_at: Moment,
    /// Grows with each change.
    pub version: i32,
}

/// The delivery with that id.
///
/// # Errors
/// When the database fails.
pub async fn find(unit: &mut Unit<'_>, id: DeliveryId) -> Result<Option<DeliveryRow>, StorageError> {
    let row = deliveries::table
        .find(id.uuid())
        .select(DeliveryRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// The delivery under a claim, where goods change hands.
///
/// # Errors
/// When the database fails.
pub async fn under(unit: &mut Unit<'_>, claim: ClaimId) -> Result<Option<DeliveryRow>, StorageError> {
    let row = deliveries::table
        .filter(deliveries::claim_id.eq(claim.uuid()))
        .select(DeliveryRow::as_select())
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Records what proved a delivery.
///
/// # Errors
/// When the database fails.
pub async fn insert_proofs(
    unit: &mut Unit<'_>,
    delivery: (Uuid, DeliveryId),
    kinds: &[ProofKind],
    distance: Option<Metres>,
) -> Result<(), StorageError> {
    let rows: Vec<_> = kinds
        .iter()
        .map(|kind| {
            let distance = distance.filter(|_| *kind == ProofKind::Position);
            (
                proofs::id.eq(ProofId::new(clock::new_id()).uuid()),
                proofs::organisation_id.eq(delivery.0),
                proofs::delivery_id.eq(delivery.1.uuid()),
                proofs::kind.eq(kind.as_str()),
                proofs::distance_m.eq(distance.map(|distance| f64::from(distance.get()))),
                proofs::created_at.eq(unit.now),
            )
        })
        .collect();
    diesel::insert_into(proofs::table).values(rows).execute(unit.conn).await?;
    reach(Point::ProofsWritten);
    Ok(())
}

/// What proved a delivery.
///
/// # Errors
/// When the database fails.
pub async fn proofs_of(unit: &mut Unit<'_>, id: DeliveryId) -> Result<Vec<ProofKind>, StorageError> {
    let kinds: Vec<String> = proofs::table
        .filter(proofs::delivery_id.eq(id.uuid()))
        .order(proofs::kind)
        .select(proofs::kind)
        .load(unit.conn)
        .await?;
    kinds.iter().map(|kind| kind.parse().map_err(StorageError::from)).collect()
}

/// Keeps a delivery's photo; the one before it is gone.
///
/// # Errors
/// When the database fails.
pub async fn put_photo(
    unit: &mut Unit<'_>,
    delivery: (Uuid, DeliveryId),
    jpeg: &[u8],
) -> Result<(), StorageError> {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, jpeg).as_ref().to_vec();
    diesel::insert_into(photos::table)
        .values((
            photos::delivery_id.eq(delivery.1.uuid()),
            photos::organisation_id.eq(delivery.0),
            photos::media_type.eq("image/jpeg"),
            photos::bytes.eq(jpeg),
            photos::sha256.eq(&digest),
            photos::created_at.eq(unit.now),
        ))
        .on_conflict(photos::delivery_id)
        .do_update()
        .set((photos::bytes.eq(jpeg), photos::sha256.eq(&digest), photos::created_at.eq(unit.now)))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Whether a delivery has a photo.
///
/// # Errors
/// When the database fails.
pub async fn has_photo(unit: &mut Unit<'_>, id: DeliveryId) -> Result<bool, StorageError> {
    let found: Option<Uuid> =
        photos::table.find(id.uuid()).select(photos::delivery_id).first(unit.conn).await.optional()?;
    Ok(found.is_some())
}

/// A delivery's photo: JPEG.
///
/// # Errors
/// When the database fails.
pub async fn photo_of(unit: &mut Unit<'_>, id: DeliveryId) -> Result<Option<Vec<u8>>, StorageError> {
    let bytes = photos::table.find(id.uuid()).select(photos::bytes).first(unit.conn).await.optional()?;
    Ok(bytes)
}
