//! Guessing at passwords, one-time links and invitation codes is slowed: per account and per address, alike
//! whether there is such an account or not.
//!
//! Whether a limit is reached is asked in the transaction that tells the verdict, and a wrong guess is counted
//! there. So a crowd of guesses at once learns no more than the limit lets them, and a right guess beyond it is
//! refused like any other.

use std::net::IpAddr;

use domain::refusal::Code;

use super::{Action, Refusal};
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::savepoint::Mark;
use crate::storage::tables::access_records::{self, GuessRefused};
use crate::storage::tables::attempts::{self, Limit};

/// Wrong guesses at one account in a quarter of an hour.
const PER_ACCOUNT: u32 = 10;
/// Wrong guesses from one address in a quarter of an hour. Whole districts share one behind their mobile network.
const PER_ADDRESS: u32 = 100;

/// What is guessed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A person's password.
    Password,
    /// A partner app's secret.
    PartnerSecret,
    /// A link that works once.
    Link,
    /// An invitation code.
    Invitation,
    /// A code that came in a letter.
    LoginCode,
    /// A code of an authenticator, or in place of one.
    AuthenticatorCode,
}

impl Target {
    const fn word(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PartnerSecret => "partner_secret",
            Self::Link => "link",
            Self::Invitation => "invitation",
            Self::LoginCode => "login_code",
            Self::AuthenticatorCode => "authenticator_code",
        }
    }
}

/// Who guesses at what: the limits that hold. The address comes first: so everybody locks in one order.
#[derive(Debug, Clone)]
pub struct Guess {
    target: Target,
    limits: Vec<Limit>,
    address: Option<Vec<u8>>,
    account: Option<Vec<u8>>,
}

impl Guess {
    /// A guess from an address, where it is known.
    #[must_use]
    pub fn from(keys: &Keys, target: Target, address: Option<IpAddr>) -> Self {
        let limit = |address: IpAddr| Limit {
            subject: keys.mac("guess", &format!("{} from {address}", target.word())),
            most: PER_ADDRESS,
        };
        let limits = address.map(limit).into_iter().collect();
        let address = address.map(|address| keys.mac("address", &address.to_string()));
        Self { target, limits, address, account: None }
    }

    /// The same, at one account, whether or not there is one of that name.
    #[must_use]
    pub fn at(mut self, keys: &Keys, target: Target, account: &str) -> Self {
        let subject = keys.mac("guess", &format!("{} of {}", target.word(), account.to_lowercase()));
        self.account = Some(subject.clone());
        self.limits.push(Limit { subject, most: PER_ACCOUNT });
        self
    }

    /// Refuses when one of the limits is reached.
    ///
    /// # Errors
    /// `too_many_attempts`, with the time that is left of the quarter of an hour.
    pub async fn check(&self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        for limit in &self.limits {
            if attempts::is_used_up(unit, limit).await? {
                return Err(too_many(unit));
            }
        }
        Ok(())
    }

    /// Records and counts a wrong guess, and answers how it is refused.
    ///
    /// # Errors
    /// When the database fails.
    pub(in crate::actions) async fn was_wrong(
        &self,
        unit: &mut Unit<'_>,
        refusal: Refusal,
    ) -> Result<Refusal, Refusal> {
        let refused = GuessRefused {
            target: self.target.word(),
            code: refusal.code.as_str(),
            account: self.account.as_deref(),
            address: self.address.as_deref(),
        };
        access_records::guess_refused(unit, refused).await?;
        for limit in &self.limits {
            if !attempts::count(unit, limit).await? {
                // Others were faster: this guess is not told what it was.
                return Ok(too_many(unit));
            }
        }
        Ok(refusal)
    }
}

/// Letters with codes that one account is sent in a quarter of an hour.
const CODES_PER_ACCOUNT: u32 = 5;
/// Letters with codes that are asked for from one address in a quarter of an hour.
const CODES_PER_ADDRESS: u32 = 100;

/// Somebody who asks for a code: how often they may, whether there is such an account or not.
#[derive(Debug, Clone)]
pub struct Asking {
    limits: Vec<Limit>,
}

impl Asking {
    /// For one account, from an address where it is known.
    #[must_use]
    pub fn of(keys: &Keys, account: &str, address: Option<IpAddr>) -> Self {
        let limit = |subject: String, most| Limit { subject: keys.mac("ask", &subject), most };
        let from = address.map(|address| limit(format!("code from {address}"), CODES_PER_ADDRESS));
        let of = limit(format!("code of {}", account.to_lowercase()), CODES_PER_ACCOUNT);
        Self { limits: from.into_iter().chain([of]).collect() }
    }

    /// Counts it.
    ///
    /// # Errors
    /// `too_many_attempts`, and nothing is counted, when one of the limits is reached.
    pub async fn count(&self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        for limit in &self.limits {
            if !attempts::count(unit, limit).await? {
                return Err(too_many(unit));
            }
        }
        Ok(())
    }
}

/// An action that is refused as a wrong guess where it is one.
#[derive(Clone)]
pub struct Guessing<A> {
    /// Who guesses.
    pub guess: Guess,
    /// What they do if they are right.
    pub action: A,
}

impl<A: Action> Action for Guessing<A> {
    type Done = A::Done;

    async fn run(self, unit: &mut Unit<'_>) -> Result<A::Done, Refusal> {
        self.guess.check(unit).await?;
        Mark::Guess.set(unit).await?;
        match self.action.run(unit).await {
            Err(refusal) if is_wrong_guess(refusal.code) => {
                Mark::Guess.undo(unit).await?;
                Err(self.guess.was_wrong(unit, refusal).await?.keeping_effects())
            }
            other => other,
        }
    }
}

fn is_wrong_guess(code: Code) -> bool {
    [Code::WrongCredentials, Code::LinkNotValid, Code::InvitationNotValid].contains(&code)
}

fn too_many(unit: &Unit<'_>) -> Refusal {
    Refusal { retry_after_s: Some(attempts::seconds_left(unit.now)), ..Code::TooManyAttempts.into() }
}
