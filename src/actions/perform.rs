//! Carries an action out: one transaction, its idempotency key and its answer committed together,
//! repeated from the start when it met another, and finished whether or not the caller still waits.

use std::future::Future;

use domain::Moment;
use domain::precondition::Precondition;
use domain::refusal::Code;

use super::{Refusal, seen};
use crate::app::App;
use crate::planted::{Bug, is_planted};
use crate::storage::ahead::Question;
use crate::storage::idempotency::{Found, Key, NewAnswer};
use crate::storage::unit::{OpenError, Opening};
use crate::storage::{Caller, StorageError, Unit};

/// How often a transaction that met another is tried before the caller is asked to come back.
const ATTEMPTS: u32 = 5;

/// Something the system can do. The value holds everything it needs; running it decides and writes.
pub trait Action: Clone + Send + Sync + 'static {
    /// What it answers.
    type Done: Send;

    /// Decides and writes, within one unit of work. May run more than once; only one run counts.
    fn run(self, unit: &mut Unit<'_>) -> impl Future<Output = Result<Self::Done, Refusal>> + Send;

    /// What it wants to have read with the opening of its unit of work, before it is known who calls. It finds
    /// that in [`Unit::ahead`], if it runs by itself, and may then leave what it writes to the commit.
    fn asks_ahead(&self, _: Caller) -> Option<Question> {
        None
    }
}

/// Who calls, under which id, with which idempotency key.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls.
    pub caller: Caller,
    /// The id under which the call is logged.
    pub call_id: String,
    /// The key, where one was sent.
    pub key: Option<Key>,
    /// What must still hold of the thing that is changed.
    pub precondition: Precondition,
    /// Whether it is meant.
    pub run: Run,
}

/// Whether an action is meant, or tried only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// What it does stays done.
    ForReal,
    /// Everything is done, asked and refused as if it were meant, and undone: no row, no event, no key.
    Dry,
}

impl Call {
    /// A call of the service's own.
    #[must_use]
    pub fn by_system() -> Self {
        Self::of(Caller::System, crate::clock::new_id().to_string())
    }

    /// A call without a key, that is made whatever others did.
    #[must_use]
    pub const fn of(caller: Caller, call_id: String) -> Self {
        Self { caller, call_id, key: None, precondition: Precondition::None, run: Run::ForReal }
    }
}

/// An answer as it goes to the caller and into the key's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// `Location`, where something was made.
    pub location: Option<String>,
    /// The body for the caller.
    pub body: Vec<u8>,
    /// The body for replays, where it must differ because secrets are shown once.
    pub kept_body: Option<Vec<u8>>,
    /// Whether this is a replay.
    pub replayed: bool,
}

impl Answer {
    /// The answer of a dry run: nothing lies where it would, and its secrets open nothing.
    fn without_what_was_undone(self) -> Self {
        let body = self.kept_body.unwrap_or(self.body);
        Self { location: None, body, kept_body: None, ..self }
    }
}

/// Carries `action` out for `call`; `render` makes the answer that is kept with its effect. A dry run answers what would
/// be kept, without the secrets that were made on the way.
///
/// The work is a task of its own: a caller who hangs up neither stops it half-way nor leaves locks behind.
///
/// # Errors
/// With the action's refusal, or the key's.
pub async fn perform<A, R>(app: &App, call: Call, action: A, render: R) -> Result<Answer, Refusal>
where
    A: Action,
    R: Fn(&A::Done) -> Answer + Send + Sync + 'static,
{
    let (app_of_task, caller, run) = (app.clone(), call.caller, call.run);
    let task = app.runtime.spawn(async move {
        let mut ahead = in_haste(&action, &call);
        for _ in 1..ATTEMPTS {
            match attempt(&app_of_task, &call, action.clone(), &render, ahead.take()).await {
                Err(Refusal { cause: Some(StorageError::Repeat), .. }) => {}
                other => return other,
            }
        }
        attempt(&app_of_task, &call, action, &render, None).await
    });
    let answer = task.await.map_err(|_| Refusal::because(Code::Internal, "the work broke off"))?;
    if answer.is_ok() && run == Run::ForReal {
        // First counted, then told of: whoever follows the log then has looked past it.
        app.fleet.recall().wrote(caller);
        app.wakeup.ring();
    }
    answer
}

/// What is asked ahead at the first attempt. Once the world has changed meanwhile, every statement is waited
/// for, so that the refusal can say why.
fn in_haste(action: &impl Action, call: &Call) -> Option<Question> {
    // What was seen is compared under a lock, which a statement that travels with the commit takes too late.
    if call.precondition.is_some() {
        return None;
    }
    // What a dry run would write is written, so that all rules are asked.
    if call.run == Run::Dry {
        return None;
    }
    // These bugs lie between statements, which are one here.
    if is_planted(Bug::KeyAfterCommit) || is_planted(Bug::EventOutsideTransaction) {
        return None;
    }
    action.asks_ahead(call.caller)
}

/// Carries `action` out for the service itself, whose loops ask for it and hear what was done.
///
/// Rings no bell: only who asked knows whether anything was changed.
///
/// # Errors
/// With the action's refusal.
pub async fn perform_as_system<A: Action>(app: &App, action: A) -> Result<A::Done, Refusal> {
    perform_for(app, &Call::by_system(), action).await
}

/// Carries `action` out on somebody's behalf, for a loop that goes on with what they asked for earlier.
/// What they may do is asked anew. Rings no bell.
///
/// # Errors
/// With the action's refusal.
pub async fn perform_for<A: Action>(app: &App, call: &Call, action: A) -> Result<A::Done, Refusal> {
    for _ in 1..ATTEMPTS {
        match attempt_for(app, call, action.clone()).await {
            Err(Refusal { cause: Some(StorageError::Repeat), .. }) => {}
            other => return other,
        }
    }
    attempt_for(app, call, action).await
}

async fn attempt_for<A: Action>(app: &App, call: &Call, action: A) -> Result<A::Done, Refusal> {
    let opening = Opening { caller: call.caller, call_id: call.call_id.clone(), key: None };
    let mut transaction = app.database.begin(call.caller).await?;
    let outcome = match transaction.open(&opening).await {
        Ok(mut unit) => action.run(&mut unit).await,
        Err(error) => Err(error.into()),
    };
    match &outcome {
        Err(refusal) if !refusal.keeps_effects => transaction.roll_back().await,
        Ok(_) | Err(_) => transaction.commit().await?,
    }
    outcome
}

async fn attempt<A: Action>(
    app: &App,
    call: &Call,
    action: A,
    render: &(impl Fn(&A::Done) -> Answer + Sync),
    ahead: Option<Question>,
) -> Result<Answer, Refusal> {
    let key = call.key.as_ref().filter(|_| call.run == Run::ForReal);
    let opening = Opening { caller: call.caller, call_id: call.call_id.clone(), key: key.cloned() };
    let mut transaction = app.database.begin(call.caller).await?;
    let (outcome, at, closing) = match transaction.open_asking(&opening, ahead.as_ref()).await {
        Ok(mut unit) => {
            unit.precondition = call.precondition.clone();
            let outcome = answer(&mut unit, key, action, render).await;
            (outcome, Some(unit.now), unit.closing.take())
        }
        Err(error) => (Err(error.into()), None, None),
    };
    if call.run == Run::Dry {
        transaction.roll_back().await;
        return outcome.map(Answer::without_what_was_undone);
    }
    let kept = match &outcome {
        Ok(Answer { replayed: true, .. }) => None,
        Ok(answer) => Some(answer.clone()),
        // It left something behind, so a repetition must not leave it twice.
        Err(refusal) if refusal.keeps_effects => Some((app.refused)(refusal, &call.call_id)),
        Err(_) => None,
    };
    if let (Ok(answer), Some(closing), Some(at)) = (&outcome, closing, at) {
        let keeping = key.map(|key| (key, to_be_kept(answer, at)));
        transaction.commit_closing(&closing, keeping).await.map_err(once_more)?;
        return outcome;
    }
    // Who is told to come back later must not be told so again by their key.
    let key = key.filter(|_| !matches!(&outcome, Err(Refusal { retry_after_s: Some(_), .. })));
    match (kept, key, at) {
        (None, _, _) => transaction.roll_back().await,
        (Some(answer), Some(key), Some(at)) => {
            transaction.commit_with_answer(key, &to_be_kept(&answer, at)).await?;
        }
        (Some(_), _, _) => transaction.commit().await?,
    }
    outcome
}

/// Whatever rule refused a closing statement: the statements one by one tell which, and what it means.
fn once_more(error: StorageError) -> StorageError {
    if matches!(error, StorageError::Constraint(_)) { StorageError::Repeat } else { error }
}

fn to_be_kept(answer: &Answer, at: Moment) -> NewAnswer<'_> {
    NewAnswer {
        status: i16::try_from(answer.status).unwrap_or(i16::MAX),
        location: answer.location.as_deref(),
        body: answer.kept_body.as_ref().unwrap_or(&answer.body),
        at,
    }
}

/// The kept answer, where the key has one; else what the action answers.
async fn answer<A: Action>(
    unit: &mut Unit<'_>,
    key: Option<&Key>,
    action: A,
    render: &(impl Fn(&A::Done) -> Answer + Sync),
) -> Result<Answer, Refusal> {
    match (std::mem::replace(&mut unit.key, Found::New), key) {
        (Found::New, _) | (_, None) => {
            let done = action.run(unit).await?;
            seen::was_compared(unit)?;
            Ok(render(&done))
        }
        (Found::Running, Some(_)) => {
            Err(Refusal { retry_after_s: Some(1), ..Code::IdempotencyKeyRunning.into() })
        }
        (Found::Kept(kept), Some(_)) if kept.was_emptied() => {
            Err(Refusal::because(Code::IdempotencyKeyReused, "what this key was used for was erased since"))
        }
        (Found::Kept(kept), Some(key)) if kept.fingerprint != key.fingerprint => {
            Err(Code::IdempotencyKeyReused.into())
        }
        (Found::Kept(kept), Some(_)) => Ok(Answer {
            status: u16::try_from(kept.status).unwrap_or(500),
            location: kept.location,
            body: kept.body,
            kept_body: None,
            replayed: true,
        }),
    }
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NotAnyMore => Code::Unauthenticated.into(),
            OpenError::Storage(error) => error.into(),
        }
    }
}

/// Reads within one unit of work, and changes nothing.
///
/// # Errors
/// With the refusal of `read`.
pub async fn read<T>(
    app: &App,
    call: &Call,
    read: impl AsyncFnOnce(&mut Unit<'_>) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let opening = Opening { caller: call.caller, call_id: call.call_id.clone(), key: None };
    let mark = app.fleet.recall().mark();
    let mut transaction = app.database.begin(call.caller).await?;
    let outcome = match transaction.open(&opening).await {
        Ok(mut unit) => {
            app.fleet.recall().keep_standing(call.caller, &unit.actor, mark);
            read(&mut unit).await
        }
        Err(error) => Err(error.into()),
    };
    transaction.roll_back().await;
    outcome
}
