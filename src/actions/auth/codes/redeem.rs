//! Somebody shows the code or the link that came to them, and is logged in.
//!
//! A code is good once, for the one who asked last, and for five guesses: they are counted on its row, under its lock, in
//! the transaction that tells the verdict. A crowd of guesses at once is no more than five.

use std::sync::Arc;

use domain::refusal::Code;

use super::{account, address_of, code_hash};
use crate::actions::auth::second_factor::SecondFactor;
use crate::actions::auth::secret;
use crate::actions::auth::session::{self, Session};
use crate::actions::guessing::Guess;
use crate::actions::{Action, Refusal};
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::tables::login_codes::{self, LoginCodeRow};
use crate::storage::tables::users::{self, UserRow};

/// Wrong guesses after which a code is good for nothing.
const GUESSES: i32 = 5;

/// A code that somebody shows.
#[derive(Clone)]
pub struct CodeShown {
    /// Who guesses.
    pub guess: Guess,
    /// The address to which it was sent.
    pub email: String,
    /// Its six digits.
    pub code: String,
    /// What keys its hash.
    pub keys: Arc<Keys>,
}

impl CodeShown {
    /// Uses it up and answers whose it is, or counts a wrong guess.
    ///
    /// # Errors
    /// In one way, whatever is wrong with it; what was counted stays.
    pub(in crate::actions::auth) async fn accept(&self, unit: &mut Unit<'_>) -> Result<UserRow, Refusal> {
        self.guess.check(unit).await?;
        let newest = login_codes::newest_locked(unit, &account(&self.keys, &self.email)).await?;
        if let Some(row) = newest.as_ref().filter(|row| self.is_right(row, unit.now)) {
            login_codes::use_up(unit, row.id).await?;
            if let Some(user) = active(unit, &self.email).await? {
                return Ok(user);
            }
        } else if let Some(row) = &newest {
            login_codes::guessed(unit, row.id).await?;
        }
        Err(self.guess.was_wrong(unit, Code::WrongCredentials.into()).await?.keeping_effects())
    }

    fn is_right(&self, row: &LoginCodeRow, now: domain::Moment) -> bool {
        let hash = code_hash(&self.keys, row.id, &self.code);
        let same = aws_lc_rs::constant_time::verify_slices_are_equal(&hash, &row.secret_hash).is_ok();
        same && row.used_at.is_none() && now < row.expires_at && row.failures < GUESSES
    }
}

/// Log in by a code.
#[derive(Clone)]
pub struct RedeemCode {
    /// The code.
    pub shown: CodeShown,
    /// What they show beside it.
    pub second: SecondFactor,
    /// What their device says of itself.
    pub device: Option<String>,
}

impl Action for RedeemCode {
    type Done = Session;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Session, Refusal> {
        let user = self.shown.accept(unit).await?;
        let passed = self.second.pass(unit, &user).await?;
        session::begin(unit, &passed, self.device).await
    }
}

/// Log in by a link.
#[derive(Clone)]
pub struct RedeemLink {
    /// From the link.
    pub token: String,
    /// What they show beside it; its keys open the address.
    pub second: SecondFactor,
    /// What their device says of itself.
    pub device: Option<String>,
}

impl Action for RedeemLink {
    type Done = Session;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Session, Refusal> {
        let (id, sealed) =
            login_codes::spend_link(unit, &secret::digest(&self.token)).await?.ok_or(Code::LinkNotValid)?;
        let email = sealed
            .and_then(|sealed| self.second.keys.open(&address_of(id), &sealed))
            .and_then(|email| String::from_utf8(email).ok())
            .ok_or(Code::LinkNotValid)?;
        let user = active(unit, &email).await?.ok_or(Code::LinkNotValid)?;
        let passed = self.second.pass(unit, &user).await?;
        session::begin(unit, &passed, self.device).await
    }
}

/// The person with that address, if they may log in, kept from changing until this is done.
async fn active(unit: &mut Unit<'_>, email: &str) -> Result<Option<UserRow>, Refusal> {
    let Some(found) = users::find_by_email(unit, email).await? else {
        return Ok(None);
    };
    Ok(users::find_shared(unit, found.user()).await?.filter(UserRow::is_active))
}
