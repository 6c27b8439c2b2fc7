//! An invitation is made: a short code by which volunteers register with an organisation in an area.

use std::sync::Arc;

use domain::Moment;
use domain::id::{AreaId, InvitationId, OrganisationId};

use super::{Action, Refusal, meaning, permission};
use crate::clock;
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::events::{self, Event};
use crate::storage::tables::invitations::{self, InvitationRow, NewInvitation};

/// The most volunteers who may register by one code.
const MOST_USES: u32 = 10_000;
/// How long a code is good for at most.
const LONGEST_DAYS: i64 = 365;
/// Crockford's letters (<https://www.crockford.com/base32.html>): none is mistaken for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Ten letters, 50 bits: short enough to be read aloud, too long to be guessed at one try a call.
const LENGTH: u32 = 10;

/// Make an invitation.
#[derive(Clone)]
pub struct CreateInvitation {
    /// With whom volunteers register; a coordinator's own organisation when not told.
    pub organisation: Option<OrganisationId>,
    /// Where.
    pub area: AreaId,
    /// How many may.
    pub max_uses: u32,
    /// Until when.
    pub expires_at: Moment,
    /// What keys the code's hash.
    pub keys: Arc<Keys>,
}

/// An invitation and its code.
#[derive(Clone)]
pub struct InvitationWithCode {
    /// The invitation.
    pub row: InvitationRow,
    /// Its code. Shown once.
    pub code: String,
}

impl Action for CreateInvitation {
    type Done = InvitationWithCode;

    async fn run(self, unit: &mut Unit<'_>) -> Result<InvitationWithCode, Refusal> {
        let organisation = permission::staff_of(&unit.actor, self.organisation)?;
        if !(1..=MOST_USES).contains(&self.max_uses) {
            return Err(Refusal::flaw("/max_uses", format!("1 to {MOST_USES}")));
        }
        let latest = unit.now + chrono::TimeDelta::days(LONGEST_DAYS);
        if self.expires_at <= unit.now || self.expires_at > latest {
            return Err(Refusal::flaw("/expires_at", "in the future, and at most a year from now"));
        }
        let code = make_code()?;
        let new = NewInvitation {
            id: InvitationId::new(clock::new_id()),
            organisation,
            area: self.area,
            code_hash: self.keys.mac("invitation", &code),
            max_uses: self.max_uses,
            expires_at: self.expires_at,
        };
        let row = invitations::insert(unit, &new).await.map_err(meaning("invitations_area_fk", || {
            Refusal::flaw("/area_id", "no such area in which the organisation works")
        }))?;
        let created = Event {
            organisation: Some(organisation),
            area: Some(self.area),
            ..Event::about("invitation.created", "invitation", row.id)
        };
        events::append(unit, &[created]).await?;
        Ok(InvitationWithCode { row, code })
    }
}

fn make_code() -> Result<String, Refusal> {
    let bits = u64::from_be_bytes(clock::random::<8>()?);
    let letter = |place: u32| {
        let digit = (bits >> (place * 5)) & 31;
        usize::try_from(digit).ok().and_then(|digit| LETTERS.get(digit)).copied().unwrap_or(b'0')
    };
    Ok((0..LENGTH).map(letter).map(char::from).collect())
}
