//! `kill -9` of the owner, of the server, of both, and in the middle of the first start.

use crate::owner::Owner;
use crate::place::{Place, ask, try_ask};
use crate::watch::{kill_9, processes_about, runs, until};

#[test]
fn killing_the_owner_ends_the_server() {
    let place = Place::new();
    let mut owner = Owner::of(&place.data_dir());
    let (server, url) = owner.ready();
    try_ask(&url, "create table kept (word text); insert into kept values ('bread')").unwrap();
    assert!(runs(server));

    owner.kill_9();
    until("the server ends after its owner was killed", || !runs(server));
    until("nothing of it is left", || processes_about(&place.data_dir()).is_empty());
    assert!(place.log().contains("database system is shut down"), "it did not shut down cleanly");
    assert_eq!(ask(&place.start(), "select word from kept"), ["bread"]);
}

#[test]
fn a_start_right_after_the_owner_was_killed_waits_for_the_old_server_to_go() {
    let place = Place::new();
    let mut owner = Owner::of(&place.data_dir());
    let (_, url) = owner.ready();
    try_ask(&url, "create table kept (word text); insert into kept values ('bread')").unwrap();
    owner.kill_9();
    assert_eq!(ask(&place.start(), "select word from kept"), ["bread"]);
}

#[test]
fn a_killed_server_is_started_again_with_every_row() {
    let place = Place::new();
    let mut server = place.start();
    ask(&server, "create table kept (word text); insert into kept values ('bread')");
    assert!(!server.revive().unwrap(), "a running server needs no second one");
    let (killed, url) = (server.process_id(), server.url("postgres", "postgres"));

    kill_9(killed);
    until("the killed server ends", || !runs(killed));
    assert!(server.revive().unwrap());
    assert_ne!(server.process_id(), killed);
    assert_eq!(server.url("postgres", "postgres"), url);
    assert_eq!(ask(&server, "select word from kept"), ["bread"]);
    assert!(place.log().contains("was not properly shut down"), "there was no crash to recover from");
}

#[test]
fn rows_survive_when_owner_and_server_are_killed_at_once() {
    let place = Place::new();
    for round in 1..=3 {
        let mut owner = Owner::of(&place.data_dir());
        let (server, url) = owner.ready();
        try_ask(
            &url,
            "create table if not exists kept (n int); insert into kept select count(*) + 1 from kept",
        )
        .unwrap();
        kill_9(server);
        owner.kill_9();
        assert_eq!(ask(&place.start(), "select count(*) from kept"), [round.to_string()]);
    }
}

#[test]
fn a_first_start_that_was_killed_half_way_leaves_a_folder_that_starts() {
    let place = Place::new();
    let unfinished = place.data_dir().join("cluster.tmp");
    let mut owner = Owner::of(&place.data_dir());
    // Postgres writes this file long before a cluster is whole.
    until("initdb is half-way", || unfinished.join("PG_VERSION").exists());
    owner.kill_9();
    assert!(
        unfinished.exists() && !place.cluster().exists(),
        "the owner was killed too late to prove anything"
    );
    until("initdb ends with its owner", || processes_about(&unfinished).is_empty());

    let server = place.start();
    assert_eq!(ask(&server, "select 'here'"), ["here"]);
    assert!(!unfinished.exists());
}
