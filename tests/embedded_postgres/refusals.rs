//! Starts that must not happen, and the one sentence a person gets instead.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use birgemiz::storage::embedded::Settings;

use crate::owner::{Outcome, Owner};
use crate::place::{Place, ask, we_are_root};

#[test]
fn a_second_owner_is_refused_and_the_first_goes_on() {
    let place = Place::new();
    let first = place.start();
    let mut second = Owner::of(&place.data_dir());
    let Outcome::Refused(sentence) = second.outcome() else { panic!("two servers on one folder") };
    let folder = place.data_dir();
    assert_eq!(
        sentence,
        format!(
            "Birgemiz is already running on {}: stop it first, or choose another data folder",
            folder.display()
        )
    );
    assert_eq!(ask(&first, "select 'here'"), ["here"]);
}

#[test]
fn without_the_lock_file_a_second_owner_is_still_refused() {
    let place = Place::new();
    let first = place.start();
    fs::remove_file(place.data_dir().join("lock")).unwrap();
    let sentence = Place::refusal(&place.settings());
    let process = format!("(process {})", first.process_id());
    assert!(sentence.contains("is still running on") && sentence.contains(&process), "{sentence}");
    assert_eq!(ask(&first, "select 'here'"), ["here"], "the refused start disturbed the first server");
}

#[test]
fn data_of_another_major_version_is_refused() {
    let place = Place::new();
    place.start().stop();
    fs::write(place.cluster().join("PG_VERSION"), "13\n").unwrap();
    let sentence = Place::refusal(&place.settings());
    assert!(sentence.contains("was made by Postgres 13") && sentence.contains("pg_upgrade"), "{sentence}");
}

#[test]
fn a_folder_that_is_no_cluster_is_refused_and_left_alone() {
    let place = Place::new();
    place.start().stop();
    fs::remove_file(place.cluster().join("PG_VERSION")).unwrap();
    let sentence = Place::refusal(&place.settings());
    assert!(sentence.contains("is no Postgres cluster"), "{sentence}");
    assert!(place.cluster().join("base").exists());
}

#[test]
fn a_failed_start_tells_what_postgres_said() {
    let place = Place::new();
    let mut settings = place.settings();
    settings.server_options.push(("work_mem".to_owned(), "plenty".to_owned()));
    let sentence = Place::refusal(&settings);
    assert!(sentence.contains("invalid value for parameter \"work_mem\""), "{sentence}");
    assert!(sentence.contains("server.log") && !sentence.contains('\n'), "{sentence}");
}

#[test]
fn turning_off_what_keeps_data_safe_is_refused_before_anything_is_made() {
    let place = Place::new();
    for name in ["fsync", "synchronous_commit", "full_page_writes"] {
        let mut settings = place.settings();
        settings.server_options.push((name.to_owned(), "off".to_owned()));
        assert!(Place::refusal(&settings).contains(name));
    }
    assert!(!place.data_dir().exists());
}

#[test]
fn a_folder_without_the_programs_is_refused() {
    let place = Place::new();
    let mut settings = place.settings();
    settings.programs_dir = Some(place.path().to_path_buf());
    let sentence = Place::refusal(&settings);
    assert!(sentence.contains("does not hold the Postgres programs"), "{sentence}");
}

#[test]
fn a_parent_that_the_service_user_cannot_enter_is_named() {
    if !we_are_root() {
        println!("not shown here: only root hands the server to a service user");
        return;
    }
    let place = Place::new();
    let closed = place.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    let sentence = Place::refusal(&Settings::new(closed.join("data")));
    let wanted = format!("the user `postgres` that runs Postgres cannot enter {}:", closed.display());
    assert!(sentence.starts_with(&wanted) && sentence.contains("chmod o+x"), "{sentence}");
}

#[test]
fn a_service_user_that_does_not_exist_or_is_root_is_refused() {
    if !we_are_root() {
        println!("not shown here: only root hands the server to a service user");
        return;
    }
    let place = Place::new();
    for (user, words) in [("nobody-of-this-name", "there is no user"), ("root", "must not be root")] {
        let mut settings = place.settings();
        settings.service_user = user.to_owned();
        let sentence = Place::refusal(&settings);
        assert!(sentence.contains(words), "{sentence}");
    }
}
