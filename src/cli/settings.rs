//! `birgemiz settings`: what every setting is, and why it is that.

use clap::Args;
use serde_json::json;

use crate::config::{Arranged, Effective, Origin, ServeSettings};

/// `birgemiz settings`.
#[derive(Debug, Args)]
pub(super) struct SettingsArgs {
    /// The same flags as `serve`, so that a whole command line can be tried.
    #[command(flatten)]
    _serve: ServeSettings,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Prints them.
pub(super) fn print(args: &SettingsArgs, arranged: &Arranged) {
    if args.json {
        let all: serde_json::Map<_, _> = arranged.settings.iter().map(as_json).collect();
        println!("{}", json!({"file": arranged.file, "settings": all}));
        return;
    }
    match &arranged.file {
        Some(path) => println!("file of settings: {}\n", path.display()),
        None => println!("file of settings: none\n"),
    }
    let width = arranged.settings.iter().map(|known| known.setting.key.len()).max().unwrap_or_default();
    for known in &arranged.settings {
        println!("{:width$}  {}  ({})", known.setting.key, known.shown(), known.origin);
    }
}

fn as_json(known: &Effective) -> (String, serde_json::Value) {
    let value = if known.setting.is_secret { None } else { known.value.as_deref() };
    let is_set = known.origin != Origin::Default;
    let told = json!({"value": value, "is_set": is_set, "origin": known.origin.to_string()});
    (known.setting.key.clone(), told)
}
