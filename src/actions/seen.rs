//! Whether a thing is still as its changer has seen it: asked by each action once it has found that the caller may
//! know of the thing, and under the lock of its row, so that nobody changes it in between.

use domain::precondition::Precondition;
use domain::refusal::Code;

use super::Refusal;
use crate::storage::Unit;

/// Goes on if the caller's precondition holds of the thing, which is in this version.
///
/// # Errors
/// When it was changed since; tells its version now.
pub(super) fn compare(unit: &mut Unit<'_>, version: i32) -> Result<(), Refusal> {
    if std::mem::take(&mut unit.precondition).holds(version) {
        return Ok(());
    }
    let detail = format!("it is in version {version} now");
    Err(Refusal { current_version: Some(version), ..Refusal::because(Code::VersionMismatch, detail) })
}

/// Goes on if no precondition is left: one that nothing was compared with would protect its sender from nothing.
///
/// # Errors
/// When one is.
pub(super) fn was_compared(unit: &Unit<'_>) -> Result<(), Refusal> {
    match &unit.precondition {
        Precondition::None => Ok(()),
        Precondition::Exists | Precondition::OneOf(_) => Err(Refusal::because(
            Code::InvalidHeader,
            "this call changes no thing that has versions; leave out If-Match",
        )),
    }
}
