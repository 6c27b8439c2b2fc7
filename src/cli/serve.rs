//! `birgemiz serve`: the service in the foreground, until it is told to stop.

use crate::config::ServeSettings;
use crate::startup::{self, StartupError};
use crate::telemetry;

/// Serves until a signal. Must run on the main thread: a private Postgres ends with the thread that
/// started it.
pub(super) fn serve(settings: &ServeSettings) -> Result<(), StartupError> {
    telemetry::start();
    startup::serve_until_told(settings, |started| {
        println!("Birgemiz serves at {}", started.url);
        println!("  documentation   {}/docs/", started.url);
        println!("  live counts     {}/", started.url);
        println!("  OpenAPI         {}/openapi.yaml", started.url);
        if let Some(link) = &started.first_administrator {
            println!();
            println!("Nobody can log in yet. Make the first administrator here, once, within a day:");
            println!("  {link}");
        }
        println!();
        println!("Try the whole life of a request on real addresses:  scripts/walk --help");
    })
}
