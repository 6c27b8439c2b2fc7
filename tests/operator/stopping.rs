//! Stopping: not ready at once, what is under way finished, what is cut off owned up to.

use std::io::{Read, Write};
use std::net::TcpStream;

use rustix::process::Signal;
use serde_json::Value;

use crate::program::{PATIENCE, Server, birgemiz, passable, until};
use crate::support::postgres::TestDatabase;
use crate::support::run;

/// A server on a database that the test can hold up.
pub(crate) async fn server(database: &TestDatabase, more: &[&str]) -> Server {
    let mut command = birgemiz();
    command.args(["serve", "--listen", "127.0.0.1:0", "--secrets-dir"]).arg(passable("stop").join("secrets"));
    command.args(more);
    command.env("DATABASE_URL", &database.urls.service);
    command.env("BIRGEMIZ_OWNER_DATABASE_URL", &database.urls.owner);
    Server::start(&mut command)
}

/// One call by hand, so that the test decides when it is read: the connection, its answer to come.
pub(crate) fn begin(server: &Server, path: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    stream
}

pub(crate) fn read(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    // A connection that was cut off mid-way is an answer too: an empty one.
    let _ = stream.read_to_string(&mut answer);
    answer
}

/// Waits until a call for the first page waits for the lock that the test holds: others read households as well.
pub(crate) async fn held_up(database: &TestDatabase) {
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'
                   AND application_name = 'birgemiz' AND query LIKE 'WITH sandboxes AS%'";
    let began = crate::program::now();
    while database.count(waiting).await == 0 {
        assert!(began.elapsed() < PATIENCE, "nobody waits for the lock");
    }
}

/// A session that keeps everybody from reading requests, for as long as it lives.
pub(crate) async fn lock(database: &TestDatabase) -> tokio_postgres::Client {
    let (client, connection) =
        tokio_postgres::connect(&database.urls.owner, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute("BEGIN; LOCK TABLE households IN ACCESS EXCLUSIVE MODE").await.unwrap();
    client
}

fn report(server: &Server) -> Value {
    let log = server.log();
    let line = log.lines().rev().find(|line| line.contains("\"message\":\"stopped\""));
    serde_json::from_str(line.unwrap_or_else(|| panic!("no report:\n{log}"))).unwrap()
}

#[test]
fn a_call_under_way_is_finished_and_readiness_fails_at_once() {
    run(async {
        let database = TestDatabase::migrated().await;
        let mut server = server(&database, &["--stop-delay-ms", "1500"]).await;
        let holder = lock(&database).await;
        let call = begin(&server, "/");
        held_up(&database).await;
        server.signal(Signal::TERM);
        let took = until("it says that it is not ready", || {
            read(begin(&server, "/health/ready")).contains("the service is stopping")
        });
        assert!(took.as_millis() < 1000, "{took:?}");
        assert!(read(begin(&server, "/health/live")).starts_with("HTTP/1.1 200"), "it still lives");
        drop(holder);
        let answer = read(call);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let status = server.end();
        assert!(status.success(), "{status}: {}", server.log());
        let report = report(&server);
        assert_eq!((&report["calls_dropped"], &report["units_dropped"]), (&0.into(), &0.into()), "{report}");
        assert!(report["calls_finished"].as_u64().unwrap() >= 1, "{report}");
        database.drop_now().await;
    });
}

#[test]
fn what_outlasts_the_limit_is_cut_off_counted_and_told_by_the_exit_code() {
    run(async {
        let database = TestDatabase::migrated().await;
        // Locks are waited for 2 s and tried again, far longer than the limit.
        let mut server = server(&database, &["--stop-limit-s", "1"]).await;
        let holder = lock(&database).await;
        let call = begin(&server, "/");
        held_up(&database).await;
        let status = server.stop();
        assert_eq!(status.code(), Some(1), "{}", server.log());
        assert!(!read(call).starts_with("HTTP/1.1 200"));
        let report = report(&server);
        assert!(report["calls_dropped"].as_u64().unwrap() >= 1, "{report}");
        assert!(server.log().contains("were cut off unanswered"), "{}", server.log());
        drop(holder);
        database.drop_now().await;
    });
}
