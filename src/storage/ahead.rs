//! What an action asks first, so that it can travel with the opening of its unit of work.
//!
//! It is sent before anybody knows who the caller is now or whether the key is free. Where it would lock
//! anything it therefore asks [`GO`], which the opening has set: nothing is waited for in vain.

use diesel_async::AsyncPgConnection;
use domain::Moment;
use domain::id::{HouseholdId, RequestId, UserId, VolunteerId};

use super::StorageError;
use super::tables::filings::{self, AskedGround, Ground};
use super::tables::requests::Thing;
use super::tables::sides::{self, AskedSides, Sides};

/// True once the opening found that its caller may act and its key is free.
pub(super) const GO: &str = "current_setting('birgemiz.go', true) = 'true'";

/// What is asked ahead.
#[derive(Debug, Clone)]
pub enum Question {
    /// Both sides of a claim.
    Claim {
        /// What is to be claimed.
        request: RequestId,
        /// Who is to hold it.
        claimant: Claimant,
    },
    /// What a request is filed upon.
    Filing {
        /// Whose need it is.
        household: HouseholdId,
        /// What is asked for.
        things: Vec<Thing>,
    },
}

/// Who is to hold a claim.
#[derive(Debug, Clone, Copy)]
pub enum Claimant {
    /// The volunteer that this person is.
    Caller(UserId),
    /// That one.
    Chosen(VolunteerId),
}

/// What was read ahead. An action that finds it in its unit may leave its last statement to the commit.
#[derive(Debug)]
pub enum Reading {
    /// Both sides of a claim.
    Claim(Box<Sides>),
    /// What a request is filed upon.
    Filing(Box<Ground>),
}

/// The same as rows: what they mean depends on the time, which comes with the opening.
pub(super) enum Asked {
    Claim(Box<AskedSides>),
    Filing(Box<AskedGround>),
}

pub(super) async fn ask(
    conn: &AsyncPgConnection,
    question: Option<&Question>,
) -> Result<Option<Asked>, StorageError> {
    Ok(match question {
        None => None,
        Some(Question::Claim { request, claimant }) => {
            Some(Asked::Claim(Box::new(sides::ask(conn, *request, *claimant).await?)))
        }
        Some(Question::Filing { household, things }) => {
            Some(Asked::Filing(Box::new(filings::ask(conn, *household, things).await?)))
        }
    })
}

impl Asked {
    pub(super) fn at(self, now: Moment) -> Result<Reading, StorageError> {
        Ok(match self {
            Self::Claim(rows) => Reading::Claim(Box::new(rows.at(now)?)),
            Self::Filing(rows) => Reading::Filing(Box::new(rows.at(now)?)),
        })
    }
}
