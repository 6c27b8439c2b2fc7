//! Many things in one call. Each stands alone: its own transaction, its own idempotency key made from the call's, its own
//! verdict. A call that was cut off can be sent again as it was, and only as it was: things go by their places, so one
//! that moved up by a place would be done twice.

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::refusal::Code;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer;
use super::extract::digest;
use super::problem::{Problem, ProblemBody};
use crate::actions::begin_bulk::BeginBulk;
use crate::actions::{Action, Answer, Call, Key, Run, perform};
use crate::app::App;

/// The most things in one call.
const MOST: usize = 500;

/// What became of all of them.
pub struct Verdicts {
    each: Vec<Verdict>,
    /// Whether every one of them was told before, so that this call did nothing.
    is_replay: bool,
}

/// What became of one thing.
pub struct Verdict {
    is_replay: bool,
    /// The HTTP status that it would have had alone.
    pub status: u16,
    /// What was made of it.
    pub made: Option<Box<RawValue>>,
    /// Why nothing was.
    pub problem: Option<ProblemBody>,
}

/// Does with each of these things, one after the other, what `check` makes of it.
///
/// # Errors
/// When there are too many of them, which is said of the field that holds them, or the call's key was used for others.
pub async fn each<A: Action>(
    app: &Data<App>,
    call: &Call,
    (field, things): (&str, Vec<Value>),
    check: impl Fn(&[u8]) -> Result<A, Problem>,
    render: fn(&A::Done) -> Answer,
) -> Result<Verdicts, Problem> {
    if things.len() > MOST {
        return Err(Problem::field(Code::InvalidValue, format!("/{field}"), format!("at most {MOST}")));
    }
    let was_begun = begin(app, call).await?;
    let mut verdicts = Vec::with_capacity(things.len());
    for (place, thing) in things.into_iter().enumerate() {
        let thing = thing.to_string().into_bytes();
        let outcome = match check(&thing) {
            Ok(action) => {
                perform(app, one_of(call, place, &thing), action, render).await.map_err(Problem::from)
            }
            Err(problem) => Err(problem),
        };
        verdicts.push(Verdict::from(outcome));
    }
    let is_replay = was_begun && verdicts.iter().all(|verdict: &Verdict| verdict.is_replay);
    Ok(Verdicts { each: verdicts, is_replay })
}

/// Binds the call's key, where it has one, to its body. Answers whether that was done before.
async fn begin(app: &Data<App>, call: &Call) -> Result<bool, Problem> {
    if call.key.is_none() || call.run == Run::Dry {
        return Ok(false);
    }
    let begun = perform(app, call.clone(), BeginBulk, |()| answer::multi_status(&())).await?;
    Ok(begun.replayed)
}

impl Verdicts {
    /// The answer: what `each` makes of the verdicts, in a body that holds them all.
    pub fn told<T, B: Serialize>(
        self,
        each: impl Fn(Verdict) -> T,
        body: impl FnOnce(Vec<T>) -> B,
    ) -> HttpResponse {
        let results = self.each.into_iter().map(each).collect();
        Answer { replayed: self.is_replay, ..answer::multi_status(&body(results)) }.into()
    }
}

/// The call as if it had been made for this thing alone.
fn one_of(call: &Call, place: usize, thing: &[u8]) -> Call {
    // No caller's key has a space in it, so none is like this one.
    let key = |key: Key| Key { key: format!("{} {place}", key.key), fingerprint: digest(thing), ..key };
    Call { key: call.key.clone().map(key), ..call.clone() }
}

impl From<Result<Answer, Problem>> for Verdict {
    fn from(outcome: Result<Answer, Problem>) -> Self {
        match outcome {
            Ok(answer) => {
                Self { is_replay: answer.replayed, status: answer.status, made: raw(answer), problem: None }
            }
            Err(problem) => {
                let problem = problem.body();
                Self { is_replay: false, status: problem.status, made: None, problem: Some(problem) }
            }
        }
    }
}

fn raw(answer: Answer) -> Option<Box<RawValue>> {
    String::from_utf8(answer.body).ok().and_then(|text| RawValue::from_string(text).ok())
}
