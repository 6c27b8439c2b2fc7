//! A request gets another phrase, told to whoever speaks with its household: because the one before was
//! forgotten, or never told, as with requests that came from a file.

use std::sync::Arc;

use domain::actor::Actor;
use domain::id::RequestId;
use domain::refusal::Code;
use domain::words::RequestKind;

use super::submit_request::{make_phrase, phrase_mac};
use super::{Action, Refusal, seen};
use crate::keys::Keys;
use crate::storage::events::{self, Event};
use crate::storage::tables::phrases;
use crate::storage::tables::requests::{self, RequestRow};
use crate::storage::{StorageError, Unit};

/// Give a request another phrase.
#[derive(Clone)]
pub struct IssuePhrase {
    /// Which.
    pub request: RequestId,
    /// What keys the phrase's hash.
    pub keys: Arc<Keys>,
}

/// A phrase that was made.
#[derive(Clone)]
pub struct Issued {
    /// For which request.
    pub request: RequestId,
    /// The phrase, to be told once.
    pub phrase: String,
}

impl Action for IssuePhrase {
    type Done = Issued;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Issued, Refusal> {
        find(unit, self.request).await?;
        let version = requests::lock_version(unit, self.request).await?.ok_or_else(Refusal::not_found)?;
        seen::compare(unit, version)?;
        // As it is now that it is locked: it may have ended since.
        let row = find(unit, self.request).await?;
        check(&row)?;
        requests::touch(unit, self.request).await?;
        let phrase = make_phrase()?;
        phrases::replace(unit, &row, &phrase_mac(&self.keys, self.request, &phrase)).await?;
        events::append(unit, &[issued(&row)]).await?;
        Ok(Issued { request: self.request, phrase })
    }
}

/// The request, for whom it is theirs to tell its household.
async fn find(unit: &mut Unit<'_>, request: RequestId) -> Result<RequestRow, Refusal> {
    let row = requests::find(unit, request).await?.filter(|row| speaks_for(&unit.actor, row));
    row.ok_or_else(Refusal::not_found)
}

/// Who tells phrases to the household: its organisation's coordinators, or the partner that filed the request.
fn speaks_for(actor: &Actor, row: &RequestRow) -> bool {
    match actor {
        Actor::Coordinator { organisation, .. } => organisation.uuid() == row.organisation_id,
        Actor::Partner { partner, .. } => row.partner_id == Some(partner.uuid()),
        Actor::Administrator { .. } | Actor::Volunteer { .. } | Actor::System | Actor::Nobody => false,
    }
}

fn check(row: &RequestRow) -> Result<(), Refusal> {
    let kind: RequestKind = row.kind.parse().map_err(StorageError::from)?;
    if !kind.moves_goods() {
        return Err(Refusal::because(Code::WrongState, "nothing is handed over at a call or a check"));
    }
    if row.status()?.is_final() {
        return Err(Refusal::because(Code::WrongState, "it has ended; nothing is handed over any more"));
    }
    Ok(())
}

fn issued(row: &RequestRow) -> Event {
    Event {
        organisation: Some(domain::id::OrganisationId::new(row.organisation_id)),
        area: Some(domain::id::AreaId::new(row.area_id)),
        request: Some(row.request()),
        ..Event::about("request.phrase_issued", "request", row.id)
    }
}
