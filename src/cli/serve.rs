//! `birgemiz serve`: the service in the foreground, until it is told to stop.

use std::io::Write;

use crate::config::ServeSettings;
use crate::startup::{self, Started, StartupError};

/// Serves until a signal. Must run on the main thread: a private Postgres ends with the thread that
/// started it.
pub(super) fn serve(settings: &ServeSettings) -> Result<(), StartupError> {
    startup::serve_until_told(settings, |started| {
        // Whoever reads this may have gone by now; that is no reason to stop serving.
        let _ = std::io::stdout().write_all(greeting(started).as_bytes());
    })
}

fn greeting(started: &Started) -> String {
    let url = &started.url;
    let mut text = format!(
        "Birgemiz serves at {url}\n  documentation   {url}/docs/\n  live counts     {url}/\n  OpenAPI         {url}/openapi.yaml\n"
    );
    if let Some(link) = &started.first_administrator {
        text.push_str("\nNobody can log in yet. Make the first administrator here, once, within a day:\n  ");
        text.push_str(link);
        text.push('\n');
    }
    text.push_str(
        "\nTo see the whole life of a request on real addresses, in another terminal:  scripts/walk\n",
    );
    text
}
