//! Both sides of a claim: the volunteer, locked, and the request, as matching sees them.

use diesel::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use domain::Moment;
use domain::id::{RequestId, VolunteerId};
use domain::matching::Candidate;
use futures_util::future::join;
use uuid::Uuid;

use super::candidates::{
    CANDIDATES, CandidateRow, Matchable, OPEN, OPEN_FROM, OpenRow, candidate, matchable,
};
use super::settings::{self, Setting};
use crate::storage::ahead::{Claimant, GO};
use crate::storage::prepared::Prepare;
use crate::storage::{StorageError, Unit};

/// Both sides of a claim, read in one round trip; the volunteer is locked first, so that what is theirs stays
/// as it is read.
///
/// # Errors
/// As for [`candidates`].
pub async fn sides(
    unit: &mut Unit<'_>,
    request: RequestId,
    volunteer: VolunteerId,
) -> Result<Sides, StorageError> {
    let text = format!("{CANDIDATES} WHERE v.id = $1 {LOCKED}");
    let conn = &*unit.conn;
    let (candidate, request) =
        join(one_candidate(conn, text, volunteer.uuid()), one_request(conn, request)).await;
    AskedSides { candidate: candidate?, request: request? }.at(unit.now)
}

/// The same before it is known who the caller is now: the volunteer is locked only if they may act.
pub(in crate::storage) async fn ask(
    conn: &AsyncPgConnection,
    request: RequestId,
    claimant: Claimant,
) -> Result<AskedSides, StorageError> {
    let (text, id) = match claimant {
        Claimant::Caller(user) => {
            (format!("{CANDIDATES} WHERE v.user_id = $1 AND {GO} {LOCKED}"), user.uuid())
        }
        Claimant::Chosen(volunteer) => {
            (format!("{CANDIDATES} WHERE v.id = $1 AND {GO} {LOCKED}"), volunteer.uuid())
        }
    };
    let (candidate, request) = join(one_candidate(conn, text, id), one_request(conn, request)).await;
    Ok(AskedSides { candidate: candidate?, request: request? })
}

const LOCKED: &str = "AND v.status NOT IN ('left', 'rejected') FOR NO KEY UPDATE OF v";

/// Both sides as they were read.
pub(in crate::storage) struct AskedSides {
    candidate: Option<CandidateRow>,
    request: Option<ClaimableRow>,
}

impl AskedSides {
    /// What they are at that time.
    pub(in crate::storage) fn at(self, now: Moment) -> Result<Sides, StorageError> {
        let request = self.request.map(|row| claimable(row, now)).transpose()?;
        Ok(Sides { request, candidate: self.candidate.map(candidate).transpose()? })
    }
}

/// What a claim is decided by, as far as it exists.
#[derive(Debug, Clone)]
pub struct Sides {
    /// The request.
    pub request: Option<Claimable>,
    /// The volunteer, unless they left or were rejected.
    pub candidate: Option<Candidate>,
}

/// A request as a claim looks at it.
#[derive(Debug, Clone)]
pub struct Claimable {
    /// As matching sees it.
    pub matchable: Matchable,
    /// The number of its latest claim.
    pub fence: i64,
    /// Where and by which rules.
    pub setting: Setting,
}

async fn one_candidate(
    mut conn: &AsyncPgConnection,
    text: String,
    id: Uuid,
) -> Result<Option<CandidateRow>, StorageError> {
    Ok(diesel::sql_query(text).bind::<SqlUuid, _>(id).prepared().get_result(&mut conn).await.optional()?)
}

async fn one_request(
    mut conn: &AsyncPgConnection,
    request: RequestId,
) -> Result<Option<ClaimableRow>, StorageError> {
    let text = format!(
        "SELECT {OPEN}, q.fence, a.centre_lat, a.centre_lon, p.body AS policy, p.version AS policy_version \
         {OPEN_FROM} JOIN policies p ON p.campaign_id = c.id AND p.version = c.policy_version WHERE q.id = $1"
    );
    Ok(diesel::sql_query(text)
        .bind::<SqlUuid, _>(request.uuid())
        .prepared()
        .get_result(&mut conn)
        .await
        .optional()?)
}

#[derive(QueryableByName)]
struct ClaimableRow {
    #[diesel(embed)]
    open: OpenRow,
    #[diesel(sql_type = BigInt)]
    fence: i64,
    #[diesel(embed)]
    setting: settings::Row,
}

fn claimable(row: ClaimableRow, now: Moment) -> Result<Claimable, StorageError> {
    Ok(Claimable {
        matchable: matchable(row.open)?,
        fence: row.fence,
        setting: settings::setting(row.setting, now)?,
    })
}
