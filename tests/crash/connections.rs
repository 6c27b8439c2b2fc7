//! A client is gone at some stage of its call: its effect is complete or absent, no lock stays, and a
//! repetition by key has one answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::calls::Operation;
use crate::city::{City, until};
use crate::dice::Dice;
use crate::proxy::{End, Proxy};
use crate::servers::Bugs;
use crate::truth;

/// How long anything of a call may stay after its client is gone.
const NO_LOCK_AFTER: Duration = Duration::from_secs(2);

/// How far a call comes before its client is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    HeadPartlySent,
    BodyPartlySent,
    AllSent,
    AnswerPartlyRead,
}

/// How a client goes.
#[derive(Debug, Clone, Copy)]
enum Going {
    Reset,
    Close,
    /// It stays, and neither sends nor reads.
    Silence,
}

const STAGES: [Stage; 4] =
    [Stage::HeadPartlySent, Stage::BodyPartlySent, Stage::AllSent, Stage::AnswerPartlyRead];
const GOINGS: [Going; 3] = [Going::Reset, Going::Close, Going::Silence];

/// Leaves that many calls, in every way at every stage.
pub(crate) async fn leave_calls(times: usize) {
    let dice = Dice::new("connections");
    let city = City::new(Bugs::NONE).await;
    let (mut silent, mut complete) = (Vec::new(), 0);
    for time in 0..times {
        let stage = STAGES[time % STAGES.len()];
        let going = GOINGS[(time / STAGES.len()) % GOINGS.len()];
        let call =
            if dice.below(2) == 0 { city.submission() } else { city.claim(&city.open_request().await, time) };
        silent.extend(leave(&city, &call, stage, going, &dice).await);
        nothing_stays(&city, &format!("{time}: {stage:?}, {going:?}")).await;
        let had_effect = effects_of(&city, &call).await;
        let may = match stage {
            Stage::HeadPartlySent | Stage::BodyPartlySent => [0, 0],
            Stage::AllSent => [0, 1],
            Stage::AnswerPartlyRead => [1, 1],
        };
        assert!(may.contains(&had_effect), "{time}: {stage:?}, {going:?}: {had_effect} effects");
        complete += had_effect;
        one_answer(&city, &call).await;
        if time % 50 == 0 || time + 1 == times {
            let violations = truth::violations(&city.database).await;
            assert!(violations.is_empty(), "{time}: {stage:?}, {going:?}: {violations:#?}");
        }
    }
    println!(
        "connections: {times} calls left, {complete} of them complete, the others absent; no lock stayed"
    );
}

/// Sends as much of the call as the stage says, then goes; the connection that a silent client keeps.
async fn leave(city: &City, call: &Operation, stage: Stage, going: Going, dice: &Dice) -> Option<TcpStream> {
    let bytes = call.as_bytes(&city.keys);
    let head = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
    let within = |from: usize, to: usize| from + usize::try_from(dice.below((to - from) as u64)).unwrap();
    let sent = match stage {
        Stage::HeadPartlySent => within(1, head),
        Stage::BodyPartlySent => within(head, bytes.len()),
        Stage::AllSent | Stage::AnswerPartlyRead => bytes.len(),
    };
    let mut stream = TcpStream::connect(city.url().trim_start_matches("http://")).await.unwrap();
    stream.set_nodelay(true).unwrap();
    stream.write_all(&bytes[..sent]).await.unwrap();
    match stage {
        Stage::HeadPartlySent | Stage::BodyPartlySent => {}
        // Somewhere between its arrival and its commit.
        Stage::AllSent => dice.random_moment(20).await,
        Stage::AnswerPartlyRead => {
            let mut part = vec![0; within(1, 200)];
            assert_ne!(stream.read(&mut part).await.unwrap(), 0);
        }
    }
    match going {
        Going::Reset => stream.set_zero_linger().unwrap(),
        Going::Close => {}
        Going::Silence => return Some(stream),
    }
    None
}

/// Nobody is in a transaction, and nobody holds a lock that outlives a statement.
async fn nothing_stays(city: &City, what: &str) {
    let sql = "SELECT (SELECT count(*) FROM pg_stat_activity WHERE application_name = 'birgemiz' AND xact_start IS NOT NULL) \
        + (SELECT count(*) FROM pg_locks WHERE locktype IN ('advisory', 'tuple', 'transactionid'))";
    until(NO_LOCK_AFTER, what, async || city.database.count(sql).await == 0).await;
}

async fn effects_of(city: &City, call: &Operation) -> i64 {
    let sql = format!("SELECT count(*) FROM events WHERE call_id = '{}'", call.key);
    city.database.count(&sql).await
}

/// By its key a call has one answer and one effect, however often it is repeated.
async fn one_answer(city: &City, call: &Operation) {
    let (first, second) = (city.settled(call).await, city.settled(call).await);
    assert_eq!(first.status, 201, "{} {}", call.path, first.body);
    assert_eq!(first.lasting(), second.lasting(), "{}", call.path);
    assert_eq!(effects_of(city, call).await, 1, "{}", call.path);
}

/// Cuts the answer to a claim after every `step`-th byte, on its way to the client.
pub(crate) async fn cut_answers_to_clients(step: usize) {
    let city = City::new(Bugs::NONE).await;
    let proxy = Proxy::start(End::Tcp(city.url().trim_start_matches("http://").to_owned())).await;
    let whole = length_of_an_answer(&city).await;
    let mut cut = 0;
    for bytes in (0..whole).step_by(step) {
        let call = city.claim(&city.open_request().await, bytes);
        proxy.cut_after(i64::try_from(bytes).unwrap());
        let cut_off = city.client.send(&format!("http://127.0.0.1:{}", proxy.port), &call).await;
        assert!(cut_off.is_err(), "cut after {bytes} of {whole} bytes, and yet: {cut_off:?}");
        proxy.heal();
        one_answer(&city, &call).await;
        cut += 1;
    }
    let violations = truth::violations(&city.database).await;
    assert!(violations.is_empty(), "{violations:#?}");
    println!("answers: cut {cut} times within their {whole} bytes; one claim each, one answer by key");
}

async fn length_of_an_answer(city: &City) -> usize {
    let call = city.claim(&city.open_request().await, 0);
    let mut stream = TcpStream::connect(city.url().trim_start_matches("http://")).await.unwrap();
    stream.write_all(&call.as_bytes(&city.keys)).await.unwrap();
    let mut answer = Vec::new();
    let ends = |answer: &[u8]| {
        let text = String::from_utf8_lossy(answer).to_lowercase();
        let head = text.find("\r\n\r\n")? + 4;
        let (_, length) = text.split_once("content-length: ")?;
        Some(head + length.split("\r\n").next()?.parse::<usize>().ok()?)
    };
    loop {
        assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0);
        if let Some(end) = ends(&answer).filter(|end| *end <= answer.len()) {
            return end;
        }
    }
}

/// Cuts what Postgres answers during a claim or a submission after every `step`-th byte, on its way to
/// the service, until a whole call has passed uncut.
pub(crate) async fn cut_answers_to_the_service(step: usize) {
    let city = Arc::new(City::new(Bugs::NONE).await);
    let proxy = Proxy::start(End::Unix(city.engine.socket.clone())).await;
    city.kill_server();
    city.lead_to_the_database_by(proxy.port);
    city.start();
    let (mut cut, mut committed, mut uncut) = (0, 0, 0);
    for bytes in (0..).step_by(step) {
        let call = city.claim(&city.open_request().await, bytes);
        proxy.cut_after(i64::try_from(bytes).unwrap());
        let reply = city.client.send(&city.url(), &call).await;
        let was_cut = proxy.is_cut();
        proxy.heal();
        if let Ok(reply) = &reply {
            assert!(
                matches!(reply.status, 201 | 503),
                "cut after {bytes} bytes: {} {}",
                reply.status,
                reply.body
            );
        }
        let answered = reply.is_ok_and(|reply| reply.is_success());
        cut += usize::from(!answered);
        uncut += usize::from(!was_cut);
        committed += usize::from(!answered && effects_of(&city, &call).await == 1);
        nothing_stays(&city, &format!("cut after {bytes} bytes")).await;
        one_answer(&city, &call).await;
        if uncut == 3 {
            break;
        }
        assert!(bytes < 200_000, "a claim never passes uncut");
    }
    let violations = truth::violations(&city.database).await;
    assert!(violations.is_empty(), "{violations:#?}");
    println!("database: cut {cut} claims off, {committed} of them after their commit; one answer by key");
}
