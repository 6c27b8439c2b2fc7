//! `birgemiz keys`: the keys that sign access tokens, and whose turn it is.

use clap::{Args, Subcommand};
use serde_json::json;

use crate::config::KeysSettings;
use crate::keys::{self, KeysError, LOOK_EVERY, Listed, NewTurn, Turn};

/// `birgemiz keys`.
#[derive(Debug, Args)]
pub(super) struct KeysArgs {
    #[command(flatten)]
    settings: KeysSettings,
    #[command(subcommand)]
    verb: Verb,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a new key. It is published at once and signs later; the one before verifies what it has signed until that
    /// has run out. Keys of which nothing is good any more are removed.
    Rotate(RotateArgs),
    /// List the keys as JSON: which waits, which signs, which verifies.
    List,
}

/// When the new key's turn begins.
#[derive(Debug, Args)]
struct RotateArgs {
    /// Seconds until it signs. Whoever verifies our tokens keeps our public keys for five minutes.
    #[arg(long, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(i64).range(SOONEST_S..=86_400))]
    in_s: i64,
    /// It signs now, and every other key is removed: somebody may have one. All access tokens are refused; people and
    /// partner apps get new ones, and nobody needs to log in again.
    #[arg(long, conflicts_with = "in_s")]
    at_once: bool,
}

/// Every process must know of it before it signs.
const SOONEST_S: i64 = 5 * LOOK_EVERY.as_secs().cast_signed();

/// Does it, and prints the keys.
pub(super) fn run(args: &KeysArgs) -> Result<(), KeysError> {
    let folder = args.settings.secrets_folder();
    if let Verb::Rotate(rotate) = &args.verb {
        let turn = if rotate.at_once {
            NewTurn::AtOnce
        } else {
            NewTurn::In(chrono::TimeDelta::seconds(rotate.in_s))
        };
        keys::rotate(&folder, turn)?;
    }
    let listed: Vec<_> = keys::list(&folder)?.iter().map(told).collect();
    println!("{:#}", json!({ "keys": listed }));
    Ok(())
}

fn told(key: &Listed) -> serde_json::Value {
    let turn = match key.turn {
        Turn::Waits => "waits",
        Turn::Signs => "signs",
        Turn::Verifies => "verifies",
        Turn::Retired => "retired",
    };
    json!({ "kid": key.id, "signs_from": key.signs_from, "turn": turn })
}
