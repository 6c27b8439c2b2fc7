//! Who may enter whom: one direction, from the edge inward.
//!
//! ```text
//! main -> cli -> startup -> { rest, dispatch, demo, console } -> actions -> { storage, fleet, outbound } -> domain
//! rest -> storage::views            reads need no action; every write goes through one
//! ```

use crate::source::{Package, Source, room_of};
use crate::violation::Violation;

struct Room {
    name: &'static str,
    /// Rooms, or rooms within rooms, that this one may name.
    may_enter: &'static [&'static str],
}

const fn room(name: &'static str, may_enter: &'static [&'static str]) -> Room {
    Room { name, may_enter }
}

/// A new room gets its line here and its sentence in ARCHITECTURE.md.
const ROOMS: [Room; 25] = [
    room("main", &["cli"]),
    // Lists the rooms. A re-export here would hide who imports whom.
    room("lib", &[]),
    // Its verbs for administrators (migrate, doctor, backup) work without the server.
    room(
        "cli",
        &[
            "startup", "audit", "backup", "doctor", "app", "keys", "vault", "actions", "storage", "fleet",
            "outbound",
        ],
    ),
    room(
        "startup",
        &[
            "app", "keys", "vault", "wakeup", "draining", "rest", "dispatch", "demo", "console", "actions",
            "storage", "fleet", "feed", "outbound",
        ],
    ),
    room("app", &["keys", "vault", "wakeup", "draining", "actions", "storage", "fleet", "feed", "outbound"]),
    // Rows are plain data to be shown; tables, which write, stay out of reach.
    // Whoever streams the log listens to its tail.
    room("rest", &["app", "keys", "planted", "actions", "feed", "storage::views", "storage::rows"]),
    room("console", &["app"]),
    // Takes work from the queue, lends the fleet to a decision, hands notices to a channel.
    room(
        "dispatch",
        &[
            "app",
            "audit",
            "wakeup",
            "actions",
            "fleet",
            "outbound",
            "storage::views",
            "storage::queue",
            "storage::events",
        ],
    ),
    // Acts as people would, through actions, and looks as `rest` does.
    room("demo", &["app", "actions", "fleet", "storage::views", "storage::rows"]),
    room("actions", &["app", "keys", "vault", "wakeup", "planted", "storage", "fleet", "outbound"]),
    // Follows the log; never reads or writes rows.
    room(
        "fleet",
        &[
            "wakeup",
            "storage::views",
            "storage::events",
            // What a reading needs: the pool, and who asks.
            "storage::unit",
            "storage::Database",
            "storage::Unit",
            "storage::Caller",
            "storage::StorageError",
            "storage::LocalTime",
        ],
    ),
    // Follows the log as well, for those who listen to it.
    room(
        "feed",
        &[
            "wakeup",
            "storage::views",
            "storage::unit",
            "storage::Database",
            "storage::Caller",
            "storage::StorageError",
        ],
    ),
    // Seals what it keeps of households, and opens it.
    room("storage", &["planted", "vault"]),
    room("outbound", &[]),
    room("keys", &["config", "clock"]),
    // Master keys and ciphers; knows no table.
    room("vault", &["clock"]),
    // Looks at a database and at files, changes neither.
    room("doctor", &["storage", "vault"]),
    // Walks the chains of seals and names what was changed since; keeps their heads in files.
    room("audit", &["storage", "keys"]),
    // Saves and brings back a whole deployment: its tables and its secrets.
    room("backup", &["storage", "keys", "vault"]),
    room("wakeup", &[]),
    // Counts the calls under way; only `startup` ends them.
    room("draining", &[]),
    // Guards that a build made for it can switch off.
    room("planted", &["config"]),
    room("telemetry", &["config", "clock"]),
    room("config", &[]),
    room("clock", &[]),
];

/// Rooms at the bottom of the house that any other may enter.
const OPEN_TO_ALL: [&str; 3] = ["config", "clock", "telemetry"];

pub(crate) fn imports_follow_the_direction(source: &Source<'_>) -> Vec<Violation> {
    let (Package::Service, Some(from)) = (source.package, source.room().and_then(known)) else {
        return Vec::new();
    };
    source
        .mentions()
        .filter_map(|mention| {
            let inside = mention.path.split_first().filter(|(root, _)| *root == "crate")?.1;
            let to = known(inside.first()?)?;
            let wanted = inside.join("::");
            (to.name != from.name && !may_enter(from, to, &wanted)).then(|| {
                source.violation(
                    mention.line,
                    format!("`{}` may not enter `{wanted}`", from.name),
                    advice(from, to),
                )
            })
        })
        .collect()
}

/// Every file and folder at the top of `src/` is a room of the table.
pub(crate) fn are_all_known(paths: &[String]) -> Vec<Violation> {
    let mut strangers: Vec<Violation> = paths
        .iter()
        .filter_map(|path| room_of(path).filter(|room| known(room).is_none()))
        .map(|room| Violation {
            file: format!("src/{room}"),
            line: 1,
            rule: format!("`{room}` is not a room of this house"),
            remedy: "put the code into the room it belongs to, or describe the new room in ARCHITECTURE.md and add \
                     it to ROOMS in tests/architecture/rooms.rs"
                .to_owned(),
        })
        .collect();
    strangers.dedup();
    strangers
}

fn known(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

fn may_enter(from: &Room, to: &Room, wanted: &str) -> bool {
    let at_the_bottom = from.name == "lib" || OPEN_TO_ALL.contains(&from.name);
    let within = |allowed: &&str| {
        wanted.strip_prefix(*allowed).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    };
    from.may_enter.iter().any(within) || (!at_the_bottom && OPEN_TO_ALL.contains(&to.name))
}

fn advice(from: &Room, to: &Room) -> String {
    match (from.name, to.name) {
        ("rest", "storage") => "read through `storage::views`, write through an action".to_owned(),
        ("rest", "fleet" | "outbound") => "ask an action; it may use them".to_owned(),
        ("rest" | "console" | "dispatch", "rest" | "console" | "dispatch") => {
            "the edges never import each other: move what both need down into `actions` or `crates/domain`"
                .to_owned()
        }
        ("storage" | "fleet" | "outbound", _) => {
            "nothing here calls upward: return a value, or take what is needed as an argument".to_owned()
        }
        ("lib", _) => "`lib` lists the rooms; let the caller name the room itself".to_owned(),
        (name, _) => format!(
            "`{name}` may enter: {}",
            if from.may_enter.is_empty() {
                "nothing but the domain".to_owned()
            } else {
                from.may_enter.join(", ")
            }
        ),
    }
}

#[cfg(test)]
mod tests {
    use crate::planted::broken_lines;

    const RULE: &str = "may not enter";

    #[test]
    fn the_way_inward_is_open() {
        for (path, body) in [
            ("src/main.rs", "fn main() { birgemiz::cli::run(); }"),
            ("src/cli/serve.rs", "use crate::startup;"),
            ("src/startup.rs", "use crate::{rest, dispatch, console, storage};"),
            (
                "src/rest/requests/submit.rs",
                "use crate::actions::submit_request; use super::bodies; use crate::app::App;",
            ),
            ("src/rest/requests/list.rs", "use crate::storage::views::requests;"),
            ("src/actions/submit_request.rs", "use crate::storage::tables; use domain::place::Position;"),
            ("src/fleet/follow.rs", "use crate::storage::events;"),
            ("src/storage/pool.rs", "use crate::config::Storage; use crate::storage::schema;"),
        ] {
            assert_eq!(broken_lines(path, body, RULE), Vec::<usize>::new(), "{path}: {body}");
        }
    }

    #[test]
    fn the_way_outward_is_shut() {
        for (path, body) in [
            ("src/main.rs", "fn main() { birgemiz::startup::run(); }"),
            ("src/lib.rs", "pub mod storage; pub use storage::Pool;"),
            ("src/rest/requests/submit.rs", "use crate::storage::tables::requests;"),
            ("src/rest/requests/submit.rs", "use crate::storage;"),
            ("src/rest/requests/submit.rs", "use crate::storage::{views, tables};"),
            ("src/rest/requests/submit.rs", "use crate::storage::views_of_tables;"),
            ("src/rest/requests/submit.rs", "use super::super::super::fleet::live;"),
            ("src/rest/page.rs", "use crate::console::assets;"),
            ("src/dispatch/matcher.rs", "fn f() { crate::rest::server::stop(); }"),
            ("src/dispatch/matcher.rs", "use crate::storage::tables;"),
            ("src/actions/submit_request.rs", "use crate::rest::problem::Problem;"),
            ("src/storage/queue.rs", "fn f() -> crate::actions::Outcome { x() }"),
            ("src/storage/queue.rs", "use crate::fleet::live;"),
            ("src/outbound/sms.rs", "fn f() { tokio::select! { x = crate::storage::queue::take() => {} } }"),
            ("src/clock.rs", "use crate::config::Clock;"),
            ("src/app.rs", "use crate::rest;"),
        ] {
            assert_eq!(broken_lines(path, body, RULE), [2], "{path}: {body}");
        }
    }

    #[test]
    fn a_new_room_must_be_announced() {
        let paths = ["src/lib.rs", "src/rest/server.rs", "src/billing/mod.rs", "src/billing/pay.rs"]
            .map(str::to_owned);
        let found = super::are_all_known(&paths);
        assert_eq!(
            found.iter().map(|violation| violation.file.as_str()).collect::<Vec<_>>(),
            ["src/billing"]
        );
        assert!(found.iter().all(|violation| violation.remedy.contains("ARCHITECTURE.md")));
    }
}
