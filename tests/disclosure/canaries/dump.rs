//! A dump of the whole database, as whoever steals a backup of it without the secrets' folder has it.

use std::collections::BTreeSet;
use std::process::Command;

use super::flock::Finder;
use crate::support::World;

/// What is not sealed, column by column, and why. No more than this, and no less: whatever is sealed one day is taken
/// out of here.
const KNOWINGLY_PLAIN: &[(&str, &str, &str)] = &[
    ("household_doors.lat", "exact", "coarse points, areas and distances are computed by Postgres"),
    ("households.external_id", "external", "the partner's own name is found by equality; it names no person"),
    ("requests.external_id", "external", "the same, for requests"),
    ("idempotency_keys.body", "external", "the answer to who sent it, for seven days"),
    ("idempotency_keys.key", "key", "found by equality; drawn by the caller, for seven days"),
    (
        "households.status_reason",
        "reason",
        "why it stands as it does, in a coordinator's words; goes with an erasure",
    ),
    ("requests.status_reason", "reason", "the same, of a request"),
    ("claims.status_reason", "reason", "why it was given up, in a volunteer's words; goes with an erasure"),
    ("deliveries.status_reason", "reason", "why it failed, in a volunteer's words; goes with an erasure"),
    ("volunteer_blocks.reason", "reason", "why two are kept apart; goes with an erasure"),
    ("users.name", "person", "who logs in: volunteers and staff, listed and sorted by name"),
    ("users.email", "person", "found by equality at a login"),
    ("idempotency_keys.body", "person", "the answer to who added somebody, for seven days"),
    ("volunteer_positions.base_lat", "whereabouts", "distances are computed; the base that they chose"),
    ("volunteer_positions.last_lat", "whereabouts", "distances are computed; the last one alone is kept"),
    ("photos.bytes", "picture", "proofs; without what telephones write beside them, deleted after 30 days"),
];

/// How the bytes of a JPEG begin in a dump.
const PICTURE: &str = "\\\\xffd8ff";

/// Everything in the dump that is neither known to be plain, nor known and not there.
pub(crate) fn shows_what_is_known(world: &World, finder: &Finder) {
    let dump = dump(world);
    let (mut columns, mut table) = (Vec::new(), "");
    let (mut tables, mut open) = (BTreeSet::new(), BTreeSet::new());
    let mut rows = 0;
    for line in dump.lines() {
        if let Some(rest) = line.strip_prefix("COPY public.") {
            let (name, rest) = rest.split_once(" (").unwrap();
            table = name;
            columns =
                rest.split_once(')').unwrap().0.split(", ").map(|column| column.trim_matches('"')).collect();
            tables.insert(table);
        } else if line == "\\." {
            columns = Vec::new();
        } else if columns.is_empty() {
            assert_eq!(finder.kinds_in(line), BTreeSet::new(), "between the tables: {line}");
        } else {
            rows += 1;
            for (column, value) in columns.iter().zip(line.split('\t')) {
                for kind in finder.kinds_in(value) {
                    open.insert((format!("{table}.{column}"), kind));
                }
                if value.starts_with(PICTURE) {
                    open.insert((format!("{table}.{column}"), "picture"));
                }
            }
        }
    }
    let known = KNOWINGLY_PLAIN.iter().map(|(column, kind, _)| ((*column).to_owned(), *kind)).collect();
    let unknown: Vec<_> = open.difference(&known).collect();
    assert!(unknown.is_empty(), "lies open in the dump, and nobody knows why: {unknown:#?}");
    let sealed: Vec<_> = known.difference(&open).collect();
    assert!(sealed.is_empty(), "is said to lie open, and does not: {sealed:#?}");
    for table in
        ["household_doors", "request_notes", "events", "door_readings", "idempotency_keys", "imports"]
    {
        assert!(tables.contains(table), "it is a whole one: {tables:?}");
    }
    println!("{rows} rows of {} tables in the dump", tables.len());
}

/// The whole database as Postgres' own program writes it out.
fn dump(world: &World) -> String {
    let program = std::fs::read_dir("/usr/lib/postgresql")
        .unwrap()
        .map(|major| major.unwrap().path().join("bin/pg_dump"))
        .filter(|path| path.is_file())
        .max()
        .unwrap();
    let url = &world.database.urls.owner;
    let taken = Command::new(program).args(["--enable-row-security", "--dbname", url]).output().unwrap();
    assert!(taken.status.success(), "{}", String::from_utf8_lossy(&taken.stderr));
    String::from_utf8(taken.stdout).unwrap()
}
