//! Takes letters that are due, and writes down how sending them went.
//!
//! Taking is a transaction of its own, and so is writing down: no connection waits for a mail server. A process that
//! dies in between leaves a letter that the next one sends again, under the same `Message-ID`.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::Moment;
use domain::id::OrganisationId;

use super::post;
use crate::actions::{Action, Refusal};
use crate::keys::Keys;
use crate::outbound::mail::{Letter, Sent};
use crate::storage::Unit;
use crate::storage::tables::mail_messages::{self, Standing, TakenRow};
use crate::storage::tables::{organisations, users};

/// How many are sent at once.
const TOGETHER: i64 = 10;

/// For how long nobody else takes what one has taken: several times as long as sending takes at most.
#[must_use]
pub const fn lease() -> TimeDelta {
    TimeDelta::minutes(2)
}

/// How long after each attempt the next one is made; the last of them again and again, until the letter is of no use.
const PAUSES_S: [i64; 7] = [5, 15, 60, 300, 900, 1_800, 3_600];

/// Give up letters that are of no use any more; answers how many.
#[derive(Debug, Clone, Copy)]
pub struct GiveUp;

impl Action for GiveUp {
    type Done = usize;

    async fn run(self, unit: &mut Unit<'_>) -> Result<usize, Refusal> {
        Ok(mail_messages::give_up(unit).await?)
    }
}

/// Take letters that are due.
#[derive(Clone)]
pub struct TakeDue {
    /// What opens them.
    pub keys: Arc<Keys>,
}

/// What was taken.
pub struct Taken {
    /// To be sent, each with how often it was taken.
    pub letters: Vec<(Letter, i32)>,
    /// Whether more may be due.
    pub more: bool,
}

impl Action for TakeDue {
    type Done = Taken;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Taken, Refusal> {
        let rows = mail_messages::take(unit, unit.now + lease(), TOGETHER).await?;
        let more = i64::try_from(rows.len()).unwrap_or(TOGETHER) >= TOGETHER;
        let mut letters = Vec::new();
        for row in rows {
            let taken = (row.id, row.attempts);
            let Some(letter) = post::open(&self.keys, row.id, &row.sealed) else {
                mail_messages::settle(unit, taken, &Standing::Dead, "unreadable").await?;
                continue;
            };
            if may_go(unit, &row, &letter).await? {
                letters.push((letter, row.attempts));
            } else {
                mail_messages::settle(unit, taken, &Standing::Withheld, "withheld").await?;
            }
        }
        Ok(Taken { letters, more })
    }
}

/// Whether anybody may have it: a sandbox writes nobody, and what is for people who may log in goes to nobody else.
async fn may_go(unit: &mut Unit<'_>, row: &TakenRow, letter: &Letter) -> Result<bool, Refusal> {
    if row.is_sandbox {
        return Ok(false);
    }
    if !row.users_only {
        return Ok(true);
    }
    let Some(user) = users::find_by_email(unit, &letter.to).await?.filter(users::UserRow::is_active) else {
        return Ok(false);
    };
    let organisation = organisations::find(unit, OrganisationId::new(user.organisation_id)).await?;
    Ok(organisation.is_some_and(|organisation| !organisation.is_sandbox))
}

/// Write down how sending a letter went.
#[derive(Debug, Clone)]
pub struct Settle {
    /// Which, and how often it was taken.
    pub taken: (uuid::Uuid, i32),
    /// How it went.
    pub sent: Sent,
}

impl Action for Settle {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        let (standing, outcome) = match self.sent {
            Sent::Taken => (Standing::Sent, "sent".to_owned()),
            Sent::Never(why) => (Standing::Dead, why),
            Sent::Later(why) => (Standing::WaitsUntil(next_attempt(unit.now, self.taken.1)), why),
        };
        Ok(mail_messages::settle(unit, self.taken, &standing, &outcome).await?)
    }
}

/// When a letter is tried again that was taken so often.
fn next_attempt(now: Moment, attempts: i32) -> Moment {
    let past = usize::try_from(attempts.max(1) - 1).unwrap_or_default();
    let pause = PAUSES_S.get(past).or(PAUSES_S.last()).copied().unwrap_or_default();
    now + TimeDelta::seconds(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_attempt_waits_longer_than_the_one_before_up_to_an_hour() {
        let now = Moment::default();
        let pauses: Vec<i64> =
            (0..10).map(|attempts| (next_attempt(now, attempts) - now).num_seconds()).collect();
        assert_eq!(pauses, [5, 5, 15, 60, 300, 900, 1_800, 3_600, 3_600, 3_600]);
    }
}
