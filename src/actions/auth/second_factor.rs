//! What somebody shows beside their password: a code of the authenticator app on their telephone (TOTP, RFC 6238), or one
//! of the recovery codes that they wrote down.
//!
//! Whatever begins a session wants a [`Passed`], and only this makes one: no way to log in goes past it.

use std::net::IpAddr;
use std::sync::Arc;

use domain::Moment;
use domain::actor::Role;
use domain::id::UserId;
use domain::refusal::Code;
use domain::session::AuthenticatorRule;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::actions::Refusal;
use crate::actions::guessing::{Guess, Target};
use crate::clock;
use crate::keys::Keys;
use crate::storage::events::{self, Event};
use crate::storage::tables::authenticators::{self, AuthenticatorRow};
use crate::storage::tables::organisations;
use crate::storage::tables::users::UserRow;
use crate::storage::{StorageError, Unit};

/// How long the secret is, in bytes: what RFC 4226 recommends (section 4, R6), and what apps take.
const SECRET: usize = 20;

/// How long a code is shown, in seconds.
const STEP_S: u64 = 30;

/// How many codes before and after this half minute's are good too: telephones' clocks differ (RFC 6238, section 5.2).
const SKEW: u16 = 1;

/// How many recovery codes somebody gets.
const RECOVERY_CODES: usize = 10;

/// How many letters a recovery code has: 50 random bits, of which a guesser tries ten in a quarter of an hour.
const RECOVERY_LETTERS: usize = 10;

/// What they are written with: nothing that is taken for something else (Crockford's base 32).
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// What somebody shows beside their password or letter, if anything.
#[derive(Clone)]
pub struct SecondFactor {
    /// A code of their app, or a recovery code, as they typed it.
    pub shown: Option<String>,
    /// Where they call from, where that is known.
    pub from: Option<IpAddr>,
    /// What keys the hashes of recovery codes.
    pub keys: Arc<Keys>,
}

/// Somebody who has shown all that they must.
pub(super) struct Passed<'u> {
    user: &'u UserRow,
    awaits_authenticator: bool,
}

impl<'u> Passed<'u> {
    /// Somebody who was entered, or showed a first code, in this very transaction.
    pub(super) const fn just_now(user: &'u UserRow) -> Self {
        Self { user, awaits_authenticator: false }
    }

    /// Who.
    pub(super) const fn user(&self) -> &'u UserRow {
        self.user
    }

    /// Whether they must set up an authenticator before they do anything else.
    pub(super) const fn awaits_authenticator(&self) -> bool {
        self.awaits_authenticator
    }
}

impl SecondFactor {
    /// Lets somebody pass whose password or letter was right. Call it before anything is written that may not stay: a wrong
    /// code is counted, and that stays.
    ///
    /// # Errors
    /// `authenticator_code_required` where nothing was shown, `wrong_authenticator_code`, `too_many_attempts`.
    pub(super) async fn pass<'u>(
        &self,
        unit: &mut Unit<'_>,
        user: &'u UserRow,
    ) -> Result<Passed<'u>, Refusal> {
        let row = authenticators::find_locked(unit, (user.organisation(), user.user())).await?;
        let Some(row) = row.filter(|row| row.confirmed_at.is_some()) else {
            let is_staff = user.role()? != Role::Volunteer;
            let awaits_authenticator = is_staff
                && organisations::authenticator_rule(unit, user.organisation()).await?
                    == AuthenticatorRule::Demanded;
            return Ok(Passed { user, awaits_authenticator });
        };
        let shown = self.shown.as_deref().ok_or(Code::AuthenticatorCodeRequired)?;
        self.guess(unit, user, &row, shown).await?;
        Ok(Passed { user, awaits_authenticator: false })
    }

    async fn guess(
        &self,
        unit: &mut Unit<'_>,
        user: &UserRow,
        row: &AuthenticatorRow,
        shown: &str,
    ) -> Result<(), Refusal> {
        let guess = self.limits(user);
        guess.check(unit).await?;
        let accepted = match Shown::read(shown) {
            Some(Shown::OfApp(code)) => accept_code(unit, row, &code).await?,
            Some(Shown::Recovery(code)) => self.accept_recovery(unit, row, &code).await?,
            None => false,
        };
        if accepted {
            return Ok(());
        }
        Err(guess.was_wrong(unit, Code::WrongAuthenticatorCode.into()).await?.keeping_effects())
    }

    /// How often somebody may be wrong, by whichever way they log in.
    pub(super) fn limits(&self, user: &UserRow) -> Guess {
        let target = Target::AuthenticatorCode;
        Guess::from(&self.keys, target, self.from).at(&self.keys, target, &user.email)
    }

    async fn accept_recovery(
        &self,
        unit: &mut Unit<'_>,
        row: &AuthenticatorRow,
        code: &str,
    ) -> Result<bool, Refusal> {
        let (organisation, user) = row.owner();
        let hash = recovery_hash(&self.keys, user, code);
        let is = |kept: &Option<Vec<u8>>| {
            kept.as_ref()
                .is_some_and(|kept| aws_lc_rs::constant_time::verify_slices_are_equal(kept, &hash).is_ok())
        };
        let left: Vec<_> = row.recovery_hashes.iter().filter(|kept| !is(kept)).cloned().collect();
        if left.len() == row.recovery_hashes.len() {
            return Ok(false);
        }
        authenticators::keep_recovery(unit, row.owner(), &left).await?;
        let used = Event {
            organisation: Some(organisation),
            ..Event::about("user.recovery_code_used", "user", user.uuid())
        };
        events::append(unit, &[used]).await?;
        Ok(true)
    }
}

/// What was typed.
enum Shown {
    /// Six digits.
    OfApp(String),
    /// A recovery code.
    Recovery(String),
}

impl Shown {
    /// However it is spaced.
    fn read(text: &str) -> Option<Self> {
        let plain: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && *letter != '-')
            .map(|letter| letter.to_ascii_lowercase())
            .collect();
        if plain.len() == 6 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::OfApp(plain));
        }
        let is_recovery =
            plain.len() == RECOVERY_LETTERS && plain.bytes().all(|byte| LETTERS.contains(&byte));
        is_recovery.then_some(Self::Recovery(plain))
    }
}

/// Uses up a code of the app; `false` when it is wrong, or it or a later one was used.
async fn accept_code(unit: &mut Unit<'_>, row: &AuthenticatorRow, code: &str) -> Result<bool, Refusal> {
    let secret = authenticators::secret(unit, row).await?;
    let Some(step) = step_of(&secret, code, unit.now)?.filter(|step| *step > row.last_step) else {
        return Ok(false);
    };
    authenticators::use_step(unit, row.owner(), step).await?;
    Ok(true)
}

/// Of which half minute a code is, if it is one of now.
pub(super) fn step_of(secret: &[u8], code: &str, now: Moment) -> Result<Option<i64>, StorageError> {
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    let code: String = code.chars().filter(|letter| !letter.is_whitespace()).collect();
    let step = app_of(secret, "somebody")?.check(&code, seconds);
    Ok(step.and_then(|step| i64::try_from(step).ok()))
}

/// A new secret.
pub(super) fn new_secret() -> Result<[u8; SECRET], clock::NoRandomness> {
    clock::random()
}

/// What an app is told: its secret in base 32, and the same as an address that is shown as a picture.
pub(super) fn told(secret: &[u8], email: &str) -> Result<(String, String), StorageError> {
    // A colon would end the name early (Google's Key Uri Format), and no address that we know of needs one.
    let app = app_of(secret, &email.replace(':', " "))?;
    let url = app.to_url().map_err(|_| unusable())?;
    Ok((app.secret().to_base32(), url))
}

fn app_of(secret: &[u8], name: &str) -> Result<Totp, StorageError> {
    let app = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_skew(SKEW)
        .with_step_duration(STEP_S)
        .with_secret(Secret::new(secret.into()))
        .with_account_name(name)
        .with_issuer(Some("Birgemiz"))
        .build();
    app.map_err(|_| unusable())
}

fn unusable() -> StorageError {
    StorageError::Impossible("an authenticator's secret that no app would take".to_owned())
}

/// Recovery codes as they are shown, once.
pub(super) fn new_recovery_codes() -> Result<Vec<String>, clock::NoRandomness> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let bytes = clock::random::<RECOVERY_LETTERS>()?;
            let letter = |byte: &u8| char::from(*LETTERS.get(usize::from(byte & 31)).unwrap_or(&b'0'));
            let letters: String = bytes.iter().map(letter).collect();
            let (first, second) = letters.split_at(RECOVERY_LETTERS / 2);
            Ok(format!("{first}-{second}"))
        })
        .collect()
}

/// What is kept of a recovery code.
pub(super) fn recovery_hash(keys: &Keys, user: UserId, code: &str) -> Vec<u8> {
    keys.mac("recovery code", &format!("{user} {}", code.replace('-', "")))
}
