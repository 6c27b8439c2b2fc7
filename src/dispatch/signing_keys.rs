//! That the key ring was rotated is recorded by whichever process sees it: `birgemiz keys rotate` knows files and no database.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::actions::perform_as_system;
use crate::actions::tell_signing_keys::TellSigningKeys;
use crate::app::App;

/// As often as processes look into the folder.
const EVERY: Duration = Duration::from_secs(2);

/// Records for ever. What this process has told already costs nothing.
pub async fn tell_signing_keys(app: App) {
    let mut told = BTreeSet::new();
    let mut looks = tokio::time::interval(EVERY);
    loop {
        looks.tick().await;
        let kids: BTreeSet<String> =
            app.keys.jwks().keys.into_iter().filter_map(|key| key.common.key_id).collect();
        if kids.is_subset(&told) {
            continue;
        }
        match perform_as_system(&app, TellSigningKeys { kids: kids.iter().cloned().collect() }).await {
            Ok(()) => told = kids,
            Err(refusal) => {
                tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "a signing key is not told of yet");
            }
        }
    }
}
