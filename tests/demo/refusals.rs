//! What the demo refuses, before it makes anything.

use crate::server::{Demo, Place};

#[test]
fn a_foreign_database_is_refused_in_one_sentence_and_nothing_is_made() {
    let place = Place::new();
    let foreign = ["--database-url", "postgresql://somebody@elsewhere/theirs"];
    Demo::refuses(&place, &foreign, "does not touch the one that DATABASE_URL names");
    Demo::refuses_with(&place, &[], Some(foreign[1]), "does not touch the one that DATABASE_URL names");
    assert!(!place.folder().exists());
}

#[test]
fn whoever_is_not_at_this_machine_is_kept_out() {
    let place = Place::new();
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8080"] {
        Demo::refuses(&place, &["--listen", listen], "listens on loopback only");
    }
    assert!(!place.folder().exists());
}

#[test]
fn a_folder_with_something_else_in_it_is_left_alone_even_when_told_to_start_afresh() {
    let place = Place::new();
    let data = place.folder().join("postgres/cluster");
    std::fs::create_dir_all(&data).unwrap();
    Demo::refuses(&place, &["--reset"], "holds something that is not a demo's");
    assert!(data.is_dir());
}
