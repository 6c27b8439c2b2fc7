//! Letters are sent, by whichever process finds them first.

use futures_util::future::join_all;

use crate::actions::mail::{GiveUp, Settle, TakeDue};
use crate::actions::{Refusal, perform_as_system};
use crate::app::App;
use crate::outbound::mail::{Letter, Sent};

/// Sends what is due, some at a time.
pub(super) async fn pass(app: &App) {
    if let Err(refusal) = send_all(app).await {
        tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "letters will be looked at again");
    }
}

async fn send_all(app: &App) -> Result<(), Refusal> {
    let dead = perform_as_system(app, GiveUp).await?;
    count("expired", u64::try_from(dead).unwrap_or(u64::MAX));
    while !app.draining.is_stopping() {
        let taken = perform_as_system(app, TakeDue { keys: app.keys.clone() }).await?;
        join_all(taken.letters.into_iter().map(|(letter, attempts)| send(app, letter, attempts))).await;
        if !taken.more {
            break;
        }
    }
    Ok(())
}

/// Sends one letter and writes down how that went. What could not be written down is sent again.
async fn send(app: &App, letter: Letter, attempts: i32) {
    let sent = app.mailer.send(&letter).await;
    count(word(&sent), 1);
    match &sent {
        Sent::Taken => {}
        Sent::Never(why) => tracing::warn!(letter = %letter.id, why, "a letter will never arrive"),
        Sent::Later(why) => tracing::warn!(letter = %letter.id, why, attempts, "a letter was not sent yet"),
    }
    let settle = Settle { taken: (letter.id, attempts), sent };
    if let Err(refusal) = perform_as_system(app, settle).await {
        tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "it was not written down how a letter went");
    }
}

/// Counters that were never counted are not there.
pub(super) fn begin_at_zero() {
    for outcome in ["sent", "never", "later", "expired"] {
        count(outcome, 0);
    }
}

const fn word(sent: &Sent) -> &'static str {
    match sent {
        Sent::Taken => "sent",
        Sent::Never(_) => "never",
        Sent::Later(_) => "later",
    }
}

fn count(outcome: &'static str, times: u64) {
    metrics::counter!("birgemiz_mail_attempts_total", "outcome" => outcome).increment(times);
}
