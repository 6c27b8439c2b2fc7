//! A database that goes away and comes back: everybody is answered within three seconds meanwhile, and
//! served again within five seconds of its return. Nothing is restarted by anybody but the service itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::StatusCode;
use rustix::process::{Pid, Signal, kill_process};

use crate::program::{Server, now, passable, until};
use crate::stopping::{begin, held_up, lock, read, server};
use crate::support::postgres::TestDatabase;
use crate::support::run;

/// The longest that anybody may wait for an answer while the database is away.
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);

/// How soon after its return everybody is served again.
const BACK_WITHIN: Duration = Duration::from_secs(5);

/// How long it is away: longer than every time-out of the service.
const AWAY_FOR: Duration = Duration::from_secs(12);

struct Asked {
    status: StatusCode,
    took: Duration,
    retry_after: Option<String>,
}

async fn ask(http: &reqwest::Client, url: &str) -> Asked {
    let began = now();
    let response = http.get(url).send().await.unwrap();
    let retry_after = response.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
    let status = response.status();
    response.bytes().await.unwrap();
    Asked { status, took: began.elapsed(), retry_after }
}

/// Twenty callers, one after the other's answer each, until they are told to stop.
async fn crowd(http: &reqwest::Client, url: &str, is_over: &AtomicBool) -> Vec<Asked> {
    let callers = (0..20).map(|_| async {
        let mut all = Vec::new();
        while !is_over.load(Ordering::Acquire) {
            all.push(ask(http, url).await);
        }
        all
    });
    futures_util::future::join_all(callers).await.into_iter().flatten().collect()
}

/// A process and all that it started, itself first: once it is stopped there come no more.
fn with_children(process: Pid) -> Vec<Pid> {
    let id = process.as_raw_nonzero();
    let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap();
    let children = children.split_whitespace().map(|child| Pid::from_raw(child.parse().unwrap()).unwrap());
    std::iter::once(process).chain(children).collect()
}

#[test]
fn while_postgres_stands_still_everybody_is_answered_and_afterwards_served() {
    run(async {
        let data = passable("away").join("data");
        let server = Server::on(&data, &["--log", "warn"]);
        let postgres = Server::postgres(&data);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let (page, ready) = (format!("{}/", server.url), format!("{}/health/ready", server.url));
        assert_eq!(ask(&http, &page).await.status, 200);
        let is_over = Arc::new(AtomicBool::new(false));
        let crowd = {
            let (http, page, is_over) = (http.clone(), page.clone(), Arc::clone(&is_over));
            tokio::spawn(async move { crowd(&http, &page, &is_over).await })
        };
        // The children of a stopped postmaster go on, each in a group of its own: all are stopped.
        let all = with_children(postgres);
        all.iter().for_each(|process| kill_process(*process, Signal::STOP).unwrap());
        let began = now();
        let mut not_ready = AtomicUsize::new(0);
        while began.elapsed() < AWAY_FOR {
            let asked = ask(&http, &ready).await;
            assert!(asked.took < ANSWERED_WITHIN, "readiness took {:?}", asked.took);
            if asked.status == 503 {
                *not_ready.get_mut() += 1;
            }
            let live = ask(&http, &format!("{}/health/live", server.url)).await;
            assert_eq!(live.status, 200, "liveness asks nobody");
        }
        assert!(*not_ready.get_mut() > 0, "it said that it was ready all the time");
        all.iter().for_each(|process| kill_process(*process, Signal::CONT).unwrap());
        let back = now();
        loop {
            let (page, ready) = (ask(&http, &page).await, ask(&http, &ready).await);
            if page.status == 200 && ready.status == 200 {
                break;
            }
            assert!(back.elapsed() < BACK_WITHIN, "page {}, ready {}", page.status, ready.status);
        }
        is_over.store(true, Ordering::Release);
        let answers = crowd.await.unwrap();
        let slowest = answers.iter().map(|asked| asked.took).max().unwrap();
        assert!(slowest < ANSWERED_WITHIN, "somebody waited {slowest:?}");
        let refused: Vec<_> = answers.iter().filter(|asked| asked.status != 200).collect();
        assert!(!refused.is_empty());
        for asked in refused {
            assert_eq!(asked.status, 503);
            assert!(asked.retry_after.is_some(), "a refusal that does not say when to come again");
        }
    });
}

#[test]
fn a_private_postgres_that_is_killed_comes_back_by_itself() {
    run(async {
        let data = passable("killed").join("data");
        let server = Server::on(&data, &["--log", "warn"]);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let (page, ready) = (format!("{}/", server.url), format!("{}/health/ready", server.url));
        let killed = Server::postgres(&data);
        kill_process(killed, Signal::KILL).unwrap();
        let began = now();
        until("another Postgres runs", || {
            Server::postgres_if_any(&data).is_some_and(|another| another != killed)
        });
        loop {
            let (page, ready) = (ask(&http, &page).await, ask(&http, &ready).await);
            if page.status == 200 && ready.status == 200 {
                break;
            }
            assert!([200, 503].contains(&page.status.as_u16()), "{}", page.status);
            assert!(began.elapsed() < Duration::from_secs(30), "it is not back: {}", page.status);
        }
    });
}

#[test]
fn one_slow_query_takes_no_server_out_of_service_and_a_full_pool_does() {
    run(async {
        let database = TestDatabase::migrated().await;
        // Followers use connections too, so the pool is not the smallest.
        let server = server(&database, &["--pool-size", "4"]).await;
        let ready = || read(begin(&server, "/health/ready"));
        let holder = lock(&database).await;
        let slow = begin(&server, "/");
        held_up(&database).await;
        let began = now();
        while began.elapsed() < Duration::from_millis(1200) {
            assert!(ready().starts_with("HTTP/1.1 200"), "{}", ready());
        }
        let crowd: Vec<_> = (0..12).map(|_| begin(&server, "/")).collect();
        until("readiness fails because the pool is full", || ready().contains("all connections"));
        drop(holder);
        let back = until("it is ready again", || ready().starts_with("HTTP/1.1 200"));
        assert!(back < BACK_WITHIN, "{back:?}");
        for answer in std::iter::once(slow).chain(crowd).map(read) {
            let is_served = answer.starts_with("HTTP/1.1 200");
            assert!(
                is_served || (answer.starts_with("HTTP/1.1 503") && answer.contains("retry-after")),
                "{answer}"
            );
        }
        database.drop_now().await;
    });
}
