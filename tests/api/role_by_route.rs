//! Every operation of the contract, asked by every role with nothing in hand: who is let in at all.
//!
//! `role_by_route.txt` is checked in; `UPDATE_MATRIX=1 cargo test --test api role_by_route` writes it anew.
//! An operation that is added without a thought for who may call it shows up here.

use std::fmt::Write as _;

use birgemiz::rest::policies::Policy;
use birgemiz::rest::routes::POLICIES;
use domain::actor::Role;
use reqwest::Method;
use serde_json::json;

use crate::support::{World, run};

#[test]
fn every_role_gets_the_written_answer_at_every_route() {
    run(async {
        let world = World::new().await;
        let roles = [
            ("administrator", world.administrator_of_a()),
            ("coordinator", world.coordinator_of_a()),
            ("volunteer", world.volunteer_of_a()),
            ("partner", world.partner_of_a()),
            ("nobody", world.nobody()),
        ];
        let mut table =
            format!("# call | {}\n", roles.iter().map(|role| role.0).collect::<Vec<_>>().join(" | "));
        for (method, path) in operations() {
            write!(table, "{method} {path}").unwrap();
            for (_, caller) in &roles {
                // A stream is asked to end soon.
                let path = path.replace("{id}", "no-such-id").replace("/stream", "/stream?seconds=1");
                let call = caller.call(method.clone(), &path);
                let answer = if method == Method::GET { call.await } else { call.json(json!({})).await };
                assert!(answer.status.as_u16() < 500, "{method} {path}: {}", answer.text);
                let code = answer.json()["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
                write!(table, " | {}{code}", answer.status.as_u16()).unwrap();
            }
            table.push('\n');
        }
        compare(&table);
        answers_are_what_the_policies_say(&table);
    });
}

/// All operations of the contract; leaving comes last, since nobody comes back from it.
fn operations() -> Vec<(Method, String)> {
    let document = serde_json::to_value(birgemiz::rest::docs::document()).unwrap();
    let mut all: Vec<(Method, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = item.as_object().unwrap().keys();
            methods.map(move |method| (method.to_uppercase().parse().unwrap(), path.clone()))
        })
        .collect();
    all.sort_by_key(|(method, path)| (path.ends_with("/leave"), path.clone(), method.to_string()));
    all
}

fn compare(table: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/api/role_by_route.txt");
    #[expect(clippy::disallowed_methods, reason = "asked for by whoever runs the test")]
    if std::env::var_os("UPDATE_MATRIX").is_some() {
        std::fs::write(path, table).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    for (now, then) in table.lines().zip(written.lines()) {
        assert_eq!(now, then, "differs from tests/api/role_by_route.txt");
    }
    assert_eq!(table.lines().count(), written.lines().count());
}

/// The table may be written anew; this may not: whoever is not named by a route's policy is refused, and who is, is not.
fn answers_are_what_the_policies_say(table: &str) {
    let mut compared = 0;
    for line in table.lines().skip(1) {
        let cells: Vec<&str> = line.split(" | ").collect();
        let (method, path) = cells[0].split_once(' ').unwrap();
        let is_it = |route: &&(&str, &str, Policy)| route.0.eq_ignore_ascii_case(method) && route.1 == path;
        let (_, _, policy) = POLICIES.iter().find(is_it).unwrap();
        let person = |role: Role| policy.nobody || policy.roles.contains(&role);
        let may = [
            person(Role::Administrator),
            person(Role::Coordinator),
            person(Role::Volunteer),
            policy.nobody || policy.partners,
            policy.nobody,
        ];
        for (may, answer) in may.into_iter().zip(&cells[1..]) {
            let refused = ["403 forbidden", "401 unauthenticated"].contains(answer);
            assert_eq!(may, !refused, "{} is for {}: {answer}", cells[0], policy.name);
            compared += 1;
        }
    }
    assert!(compared > 500, "{compared}");
}
