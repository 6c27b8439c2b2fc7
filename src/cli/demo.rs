//! `birgemiz demo`: a fictional city that is alive, and who can log in to it.

use std::fmt::Write as _;
use std::io::Write as _;

use crate::config::DemoSettings;
use crate::startup::{self, DemoStarted, StartupError};

/// Serves the demo until a signal. Must run on the main thread: a private Postgres ends with the thread
/// that started it.
pub(super) fn demo(settings: &DemoSettings) -> Result<(), StartupError> {
    startup::demo_until_told(settings, |started| {
        // Whoever reads this may have gone by now; that is no reason to stop serving.
        let _ = std::io::stdout().write_all(greeting(started, settings).as_bytes());
    })
}

fn greeting(started: &DemoStarted, settings: &DemoSettings) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_greeting(&mut text, started, settings);
    text
}

fn write_greeting(text: &mut String, started: &DemoStarted, settings: &DemoSettings) -> std::fmt::Result {
    let (url, roster) = (&started.url, &started.roster);
    match started.built_in {
        Some(took) => {
            writeln!(
                text,
                "A fictional city was built from seed {} in {:.1} s.",
                roster.seed,
                took.as_secs_f32()
            )?;
        }
        None => writeln!(text, "The fictional city of seed {} goes on where it stopped.", roster.seed)?,
    }
    writeln!(text, "Birgemiz serves at {url}\n  documentation   {url}/docs/\n  live counts     {url}/")?;
    let life = if settings.still {
        "nothing moves (--still)".to_owned()
    } else {
        format!("{} times as fast as in life (--pace)", settings.pace)
    };
    writeln!(text, "  its people      {life}\n\nEverybody's password: {}", roster.password)?;
    if let Some(administrator) = &roster.administrator_email {
        writeln!(text, "  administrator   {administrator}")?;
    }
    for organisation in &roster.organisations {
        writeln!(text, "  coordinator     {}   {}", organisation.coordinator_email, organisation.name)?;
    }
    writeln!(text, "  volunteer       {}   yours: the city leaves this one alone", roster.volunteer_email)?;
    writeln!(text, "Partner app, of the first coordinator's organisation:")?;
    writeln!(text, "  client_id       {}\n  client_secret   {}", roster.client_id, roster.client_secret)?;
    for path in &started.written {
        writeln!(text, "The same for programs: {}", path.display())?;
    }
    writeln!(text, "\nTo paste into another terminal:\n\n{}", calls(started))
}

/// A token, what waits for a coordinator, and what goes on in a district.
fn calls(started: &DemoStarted) -> String {
    let (url, roster) = (&started.url, &started.roster);
    format!(
        "TOKEN=$(curl -s {url}/v1/auth/login -H 'Content-Type: application/json' -d '{{\"email\":\"{email}\",\"password\":\"{password}\"}}' | grep -o '\"access_token\":\"[^\"]*\"' | cut -d '\"' -f 4)\n\
         curl -s {url}/v1/areas/{area}/summary -H \"Authorization: Bearer $TOKEN\"; echo\n\
         curl -s '{url}/v1/requests/queue?limit=5' -H \"Authorization: Bearer $TOKEN\"; echo\n",
        email = roster.coordinator_email,
        password = roster.password,
        area = roster.area_id,
    )
}
