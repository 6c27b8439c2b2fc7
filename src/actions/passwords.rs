//! Passwords: argon2id, off the async threads and few at a time, so that a flood of log-ins leaves
//! room for everything else.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::refusal::Code;
use tokio::sync::Semaphore;

use super::Refusal;

/// The shortest password that is taken (NIST SP 800-63B rev. 4 asks for at least 8, better 15).
pub const SHORTEST: usize = 12;
/// The longest: long enough for any sentence, short enough to hash.
pub const LONGEST: usize = 200;

/// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// How many hashes are computed at a time.
pub const AT_ONCE: u32 = 2;
static TURNS: Semaphore = Semaphore::const_new(AT_ONCE as usize);

/// How many may wait for their turn: some two seconds' worth. Whoever comes then is told to come back.
static PLACES: Semaphore = Semaphore::const_new(64);

/// A hash that no password has, checked when nobody has that name: both answers then take as long.
const NOBODYS: &str = "$argon2id$v=19$m=19456,t=2,p=1$YmlyZ2VtaXpub2JvZHk$\
    l8aWq8nDgBjXJxqGyqV0GQMxJ0w3O6HkqkI0mXcR0zA";

/// Hashes a password, in PHC form.
///
/// # Errors
/// When it is too short or too long, or the service is busy.
pub async fn hash(password: String, pointer: &'static str) -> Result<String, Refusal> {
    let length = password.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(Refusal::flaw(pointer, format!("{SHORTEST} to {LONGEST} characters")));
    }
    in_turn(move || {
        let hash = hasher()?.hash_password(password.as_bytes()).map_err(|_| Refusal::new(Code::Internal))?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether the password has that hash. Takes as long where there is no hash.
///
/// # Errors
/// When the service is busy.
pub async fn verify(password: String, stored: Option<String>) -> Result<bool, Refusal> {
    in_turn(move || {
        let (phc, real) = stored.map_or((NOBODYS.to_owned(), false), |stored| (stored, true));
        let parsed = PasswordHash::new(&phc).map_err(|_| Refusal::new(Code::Internal))?;
        let matches = hasher()?.verify_password(password.as_bytes(), &parsed).is_ok();
        Ok(matches && real)
    })
    .await
}

fn hasher() -> Result<Argon2<'static>, Refusal> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| Refusal::new(Code::Internal))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

async fn in_turn<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    let busy = || Refusal { retry_after_s: Some(2), ..Refusal::new(Code::Overloaded) };
    let place = PLACES.try_acquire().map_err(|_| busy())?;
    let turn = TURNS.acquire().await.map_err(|_| Refusal::new(Code::Overloaded))?;
    // The turn ends with the work, which goes on when whoever asked for it has gone.
    let work = move || {
        let _held = (place, turn);
        work()
    };
    tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::new(Code::Internal))?
}
