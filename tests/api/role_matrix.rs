//! Who gets what answer, for everyone, everywhere, in every state: compared with a checked-in table.
//!
//! A line of `role_matrix.txt` is a state, a call, and each party's answer. `DOOR` marks an answer that
//! holds anything of the door. `UPDATE_MATRIX=1 cargo test --test api role_matrix` writes it anew; read
//! the difference before it is committed.

mod calls;
mod fixture;

use std::fmt::Write as _;

use self::calls::CALLS;
use self::fixture::{Cast, Fixture, STATES};
use crate::support::{World, run};

#[test]
fn everyone_gets_the_written_answer_everywhere_in_every_state() {
    run(async {
        let world = World::new().await;
        let cast = Cast::new(&world).await;
        let mut table = String::new();
        writeln!(table, "# state | call | {}", cast.names().join(" | ")).unwrap();
        for state in STATES {
            let mut fixture = Fixture::make(&world, &cast, *state).await;
            for call in CALLS {
                write!(table, "{state:?} | {}", call.name).unwrap();
                for party in cast.parties() {
                    let before = fixture.snapshot(&world).await;
                    let answer = call.send(&party.caller, &fixture, party).await;
                    let cell = fixture::cell(&answer);
                    write!(table, " | {cell}").unwrap();
                    let after = fixture.snapshot(&world).await;
                    if answer.status.is_success() {
                        if before != after {
                            fixture = Fixture::make(&world, &cast, *state).await;
                        }
                    } else {
                        assert_eq!(before, after, "{state:?} {} by {}: {cell}", call.name, party.name);
                    }
                }
                table.push('\n');
            }
        }
        compare(&table);
        doors_are_where_the_product_says(&table);
    });
}

fn compare(table: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/role_matrix.txt");
    #[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(path, table).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    for (now, then) in table.lines().zip(written.lines()) {
        assert_eq!(now, then, "differs from tests/api/role_matrix.txt");
    }
    assert_eq!(table.lines().count(), written.lines().count());
}

/// The table may be written anew; this may not.
fn doors_are_where_the_product_says(table: &str) {
    let names: Vec<&str> = table.lines().next().unwrap().split(" | ").skip(2).collect();
    let mut doors = 0;
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(" | ").collect();
        for (name, cell) in names.iter().zip(&cells[2..]) {
            let shown = cell.contains("DOOR");
            // Completed claims keep their door for the grace, also where the household refused the goods.
            let holds = ["Claimed", "PickedUp", "AtDoor", "Fulfilled", "Unfulfilled"].contains(&cells[0]);
            let may = match cells[1] {
                "GET household door" => ["coordinator", "partner"].contains(name),
                "GET claim door" => *name == "holder" && holds,
                _ => false,
            };
            assert_eq!(shown, may, "{} | {} | {name}: {cell}", cells[0], cells[1]);
            doors += usize::from(shown);
        }
    }
    assert_eq!(doors, STATES.len() * 2 + 5);
}
