//! The secrets of receivers: made of randomness, sealed before they reach the database, opened to sign.

use domain::id::WebhookId;
use domain::webhook::Signing;

use crate::clock;
use crate::keys::Keys;
use crate::outbound::webhooks::signature::Secret;
use crate::storage::StorageError;
use crate::storage::tables::webhook_endpoints::EndpointRow;

/// A new secret.
pub(super) fn make(signing: Signing) -> Result<Secret, clock::NoRandomness> {
    Ok(Secret::new(signing, clock::random::<32>()?.to_vec()))
}

/// The secret as the database keeps it; one receiver's is good for no other.
pub(super) fn seal(keys: &Keys, id: WebhookId, secret: &Secret) -> Result<Vec<u8>, clock::NoRandomness> {
    keys.seal(&purpose(id), secret.bytes())
}

/// Those that sign now, the current one first.
pub(super) fn open(keys: &Keys, row: &EndpointRow, now: domain::Moment) -> Result<Vec<Secret>, StorageError> {
    let signing = row.signing()?;
    let previous =
        row.previous_secret.as_ref().filter(|_| row.previous_until.is_some_and(|until| now < until));
    std::iter::once(&row.secret)
        .chain(previous)
        .map(|sealed| {
            let bytes = keys.open(&purpose(row.endpoint()), sealed);
            let told = "a webhook's secret was sealed by other keys than these";
            bytes
                .map(|bytes| Secret::new(signing, bytes))
                .ok_or_else(|| StorageError::Impossible(told.to_owned()))
        })
        .collect()
}

fn purpose(id: WebhookId) -> String {
    format!("secret of {id}")
}
