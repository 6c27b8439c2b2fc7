//! An ordinary life: first start, second start, who may connect, who runs it, and its end.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use rustix::process::{Pid, getpgid};

use crate::owner::Owner;
use crate::place::{Place, ask, try_ask, uid_of_process, we_are_root};
use crate::watch::runs;

#[test]
fn the_second_start_finds_what_the_first_one_kept() {
    let place = Place::new();
    let first = place.start();
    ask(&first, "create table kept (word text); insert into kept values ('bread')");
    let made = fs::metadata(place.cluster().join("PG_VERSION")).unwrap();
    first.stop();

    let second = place.start();
    assert_eq!(ask(&second, "select word from kept"), ["bread"]);
    let found = fs::metadata(place.cluster().join("PG_VERSION")).unwrap();
    assert_eq!(made.ino(), found.ino(), "initdb ran twice");
}

#[test]
fn nothing_listens_on_tcp() {
    let place = Place::new();
    let server = place.start();
    let listening = listening_tcp_sockets(server.process_id());
    let own: Vec<String> = sockets_of(server.process_id());
    assert!(!own.is_empty(), "the server must at least have its Unix socket");
    assert_eq!(own.iter().filter(|socket| listening.contains(socket)).count(), 0);
    assert_eq!(ask(&server, "show listen_addresses"), [""]);
}

#[test]
fn the_socket_is_open_to_the_servers_user_alone() {
    let place = Place::new();
    let server = place.start();
    let folder = fs::metadata(place.data_dir().join("socket")).unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    assert_eq!(folder.uid(), uid_of_process(server.process_id()));
}

#[test]
fn durable_settings_win_over_what_was_written_into_the_cluster() {
    let place = Place::new();
    let weak = place.start();
    for name in ["fsync", "full_page_writes", "synchronous_commit"] {
        ask(&weak, &format!("alter system set {name} = off"));
    }
    weak.stop();

    let server = place.start();
    for name in ["fsync", "full_page_writes", "synchronous_commit", "data_checksums"] {
        assert_eq!(ask(&server, &format!("show {name}")), ["on"], "{name}");
    }
    assert_eq!(ask(&server, "show max_connections"), ["10"], "chosen options are in force too");
}

#[test]
fn a_failed_statement_leaves_no_personal_data_in_the_log() {
    let place = Place::new();
    let server = place.start();
    let url = server.url("postgres", "postgres");
    ask(&server, "create table people (phone text unique); insert into people values ('+77010000001')");
    assert!(try_ask(&url, "insert into people values ('+77010000001')").is_err());
    let log = place.log();
    assert!(log.contains("duplicate key"), "{log}");
    assert!(!log.contains("77010000001"), "{log}");
}

#[test]
fn stopping_ends_the_server_cleanly_and_leaves_no_process() {
    let place = Place::new();
    let server = place.start();
    let pid = server.process_id();
    server.stop();
    assert!(!runs(pid));
    assert!(!place.cluster().join("postmaster.pid").exists());
    assert!(place.log().contains("database system is shut down"));
}

#[test]
fn a_ctrl_c_does_not_reach_the_server_before_its_owner() {
    let place = Place::new();
    let server = place.start();
    let pid = Pid::from_raw(i32::try_from(server.process_id()).unwrap()).unwrap();
    assert_eq!(getpgid(Some(pid)).unwrap(), pid, "the server is not in a process group of its own");
}

#[test]
fn the_server_does_not_run_as_root() {
    let place = Place::new();
    let server = place.start();
    assert_ne!(uid_of_process(server.process_id()), 0);
    assert_eq!(fs::metadata(place.cluster()).unwrap().uid(), uid_of_process(server.process_id()));
}

#[test]
fn an_ordinary_user_runs_the_server_as_themselves() {
    if !we_are_root() {
        println!("not shown here: this whole run is by an ordinary user, so every other test shows it");
        return;
    }
    let nobody = fs::read_to_string("/etc/passwd").unwrap();
    let nobody: Vec<&str> =
        nobody.lines().find(|line| line.starts_with("nobody:")).unwrap().split(':').collect();
    let (uid, gid) = (nobody[2].parse().unwrap(), nobody[3].parse().unwrap());
    let place = Place::new();
    let program = place.path().join("owner");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    std::os::unix::fs::chown(place.path(), Some(uid), Some(gid)).unwrap();

    let mut owner = Owner::as_user(&program, uid, gid, &place.data_dir());
    let (server, url) = owner.ready();
    assert_eq!(uid_of_process(owner.process_id()), uid);
    assert_eq!(uid_of_process(server), uid);
    assert_eq!(try_ask(&url, "select 'here'").unwrap(), ["here"]);
    owner.dismiss();
    assert!(!runs(server));
}

#[test]
fn a_data_folder_too_deep_for_a_socket_works_all_the_same() {
    let place = Place::new();
    let mut settings = place.settings();
    settings.data_dir = place.path().join("d".repeat(100)).join("data");
    let server = birgemiz::storage::embedded::EmbeddedPostgres::start(&settings).unwrap();
    let folder = ask(&server, "show unix_socket_directories").concat();
    assert_eq!(ask(&server, "select 'here'"), ["here"]);
    assert!(Path::new(&folder).is_dir() && !Path::new(&folder).starts_with(place.path()), "{folder}");
    server.stop();
    assert!(!Path::new(&folder).exists(), "{folder} stays behind");
}

/// Inodes of listening TCP sockets, from `/proc/net/tcp` as the server sees it (state 0A is LISTEN).
fn listening_tcp_sockets(pid: u32) -> Vec<String> {
    let tables = ["tcp", "tcp6"]
        .map(|table| fs::read_to_string(format!("/proc/{pid}/net/{table}")).unwrap_or_default());
    let rows = tables.iter().flat_map(|table| table.lines().skip(1));
    let fields = rows.map(|row| row.split_whitespace().collect::<Vec<_>>());
    fields
        .filter(|row| row.get(3) == Some(&"0A"))
        .filter_map(|row| row.get(9).map(|&inode| inode.to_owned()))
        .collect()
}

fn sockets_of(pid: u32) -> Vec<String> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
    let targets = entries.filter_map(|entry| fs::read_link(entry.path()).ok());
    let inode = |target: std::path::PathBuf| {
        Some(target.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
    };
    targets.filter_map(inode).collect()
}
