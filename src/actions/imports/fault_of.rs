//! The refusal of one row's act, as a fault of that row.

use domain::refusal::Code;
use domain::sheet::{Fault, Reason, SheetKind};

use crate::actions::Refusal;

/// The fault that a refusal means for a row. Failures that are no fault of the row's are given back.
pub(super) fn fault_of(kind: SheetKind, refusal: Refusal) -> Result<Fault, Refusal> {
    if refusal.cause.is_some() || matches!(refusal.code, Code::Overloaded | Code::Internal | Code::Forbidden)
    {
        return Err(refusal);
    }
    if refusal.code == Code::AlreadyExists {
        return Ok(exists_already(kind));
    }
    let flaw = refusal.flaws.first();
    let column = flaw.and_then(|flaw| column_of(&flaw.pointer));
    let advice = flaw.map(|flaw| flaw.detail.clone()).or(refusal.detail);
    let advice = advice.unwrap_or_else(|| format!("refused: {}", refusal.code).into());
    Ok(Fault { column, ..Fault::of_row(Reason::Refused, advice) })
}

fn exists_already(kind: SheetKind) -> Fault {
    match kind {
        SheetKind::Volunteers => {
            Fault::of("email", Reason::DuplicateEmail, "somebody logs in with this address already")
        }
        SheetKind::Households | SheetKind::Requests => {
            Fault::of("external_id", Reason::DuplicateExternalId, "this external_id is in use already")
        }
        SheetKind::Hubs | SheetKind::Items => {
            Fault::of("name", Reason::DuplicateName, "there is one of this name already")
        }
    }
}

fn column_of(pointer: &str) -> Option<&'static str> {
    [
        ("/lines", "lines"),
        ("/window", "window_end"),
        ("/hub_id", "hub"),
        ("/household_id", "household_id"),
        ("/area_id", "area"),
    ]
    .into_iter()
    .find(|(known, _)| pointer.starts_with(known))
    .map(|(_, column)| column)
}
