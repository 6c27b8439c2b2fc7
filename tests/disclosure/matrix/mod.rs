//! The disclosure matrix: in each state of a request, what everyone is shown of the people by each call.
//!
//! `matrix.txt` has a block for each state; in it, for each call, who gets which answer and what is in it (the words are
//! told at its top). `UPDATE_MATRIX=1 cargo test --test disclosure matrix` writes it anew; read the difference before
//! it is committed. What the product promises is asked of the answers themselves and cannot be written anew (`promises`).

mod cast;
mod fixture;
mod marks;
mod promises;
mod rows;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use self::cast::Cast;
use self::fixture::{Fixture, STATES};
use self::rows::ROWS;
use crate::support::{World, run};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/disclosure/matrix/matrix.txt");

#[test]
fn everyone_is_shown_what_the_table_says_by_every_call_in_every_state() {
    run(async {
        let world = World::new().await;
        let cast = Cast::new(&world).await;
        let mut table = marks::LEGEND.to_owned();
        let (mut broken, mut kept) = (Vec::new(), promises::Kept::default());
        for (number, state) in STATES.iter().enumerate() {
            let fixture = Fixture::make(&world, &cast, number).await;
            writeln!(table, "\n== {state:?}").unwrap();
            for row in ROWS {
                // The same answer is told once, with everyone who got it.
                let mut cells: BTreeMap<String, Vec<&str>> = BTreeMap::new();
                for party in &cast.parties {
                    let answer = row.ask(party, &fixture).await;
                    let shown = fixture.marks.in_answer(&answer);
                    broken.extend(kept.broken(*state, (row.name, party.name), &shown));
                    cells.entry(marks::cell(&answer, &shown)).or_default().push(party.name);
                }
                writeln!(table, "{}", row.name).unwrap();
                for (cell, names) in cells {
                    writeln!(table, "    {cell}: {}", names.join(", ")).unwrap();
                }
            }
        }
        written_anew(&table);
        assert!(broken.is_empty(), "{} shown that nobody promised: {broken:#?}", broken.len());
        kept.all();
        compare(&table);
    });
}

fn written_anew(table: &str) {
    #[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(PATH, table).unwrap();
    }
}

fn compare(table: &str) {
    let written = std::fs::read_to_string(PATH).unwrap_or_default();
    let mut block = "";
    let mut call = "";
    for (now, then) in table.lines().zip(written.lines()) {
        assert_eq!(now, then, "differs from {PATH}: {block}, {call}");
        if now.starts_with("==") {
            block = now;
        } else if !now.starts_with(' ') {
            call = now;
        }
    }
    assert_eq!(table.lines().count(), written.lines().count());
}

#[test]
fn every_operation_of_the_contract_is_in_the_table_or_left_out_for_a_reason() {
    let document = serde_json::to_value(birgemiz::rest::docs::document()).unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            operations.push(format!("{} {path}", method.to_uppercase()));
        }
    }
    let asked: Vec<&str> = ROWS.iter().map(rows::Row::operation).collect();
    let unknown: Vec<&String> =
        operations.iter().filter(|one| !asked.contains(&one.as_str()) && !rows::left_out(one)).collect();
    assert!(unknown.is_empty(), "asked by nobody, for no reason: {unknown:#?}");
    for row in asked {
        assert!(operations.iter().any(|one| one == row), "the contract has no {row}");
    }
}
