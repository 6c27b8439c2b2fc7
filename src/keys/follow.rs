//! Running processes take up a change of the keys by themselves: they look at the folder now and then.

use std::sync::Arc;
use std::time::Duration;

use super::Keys;

/// How long a process may not know of a key. Far less than a key is published before it signs.
pub const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Looks for as long as it runs. While the folder cannot be read, the keys are those that were read last.
pub async fn follow(keys: Arc<Keys>) {
    let mut looks = tokio::time::interval(LOOK_EVERY);
    let mut complaint = String::new();
    loop {
        looks.tick().await;
        let looking = Arc::clone(&keys);
        let looked = tokio::task::spawn_blocking(move || looking.look_again()).await;
        let now = match looked {
            Ok(Ok(())) => String::new(),
            Ok(Err(error)) => error.to_string(),
            Err(error) => error.to_string(),
        };
        if now != complaint && !now.is_empty() {
            tracing::error!(error = %now, "the keys could not be read again; those that were read last stay in use");
        }
        complaint = now;
    }
}
