//! Many things in one call. Each stands alone: its own transaction, its own idempotency key made from the call's, its own
//! verdict. A call that was cut off can be sent again as it was.

use actix_web::web::Data;
use domain::refusal::Code;
use serde_json::Value;
use serde_json::value::RawValue;

use super::extract::digest;
use super::problem::{Problem, ProblemBody};
use crate::actions::{Action, Answer, Call, Key, perform};
use crate::app::App;

/// The most things in one call.
const MOST: usize = 500;

/// What became of one thing.
pub struct Verdict {
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
/// When there are too many of them, which is said of the field that holds them.
pub async fn each<A: Action>(
    app: &Data<App>,
    call: &Call,
    (field, things): (&str, Vec<Value>),
    check: impl Fn(&[u8]) -> Result<A, Problem>,
    render: fn(&A::Done) -> Answer,
) -> Result<Vec<Verdict>, Problem> {
    if things.len() > MOST {
        return Err(Problem::field(Code::InvalidValue, format!("/{field}"), format!("at most {MOST}")));
    }
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
    Ok(verdicts)
}

/// The call as if it had been made for this thing alone.
fn one_of(call: &Call, place: usize, thing: &[u8]) -> Call {
    let key = |key: Key| Key { key: format!("{}/{place}", key.key), fingerprint: digest(thing), ..key };
    Call { key: call.key.clone().map(key), ..call.clone() }
}

impl From<Result<Answer, Problem>> for Verdict {
    fn from(outcome: Result<Answer, Problem>) -> Self {
        match outcome {
            Ok(answer) => Self { status: answer.status, made: raw(answer), problem: None },
            Err(problem) => {
                let problem = problem.body();
                Self { status: problem.status, made: None, problem: Some(problem) }
            }
        }
    }
}

fn raw(answer: Answer) -> Option<Box<RawValue>> {
    String::from_utf8(answer.body).ok().and_then(|text| RawValue::from_string(text).ok())
}
