//! Logging in by a code or a link that came in a letter.

mod ask;
mod redeem;

pub use ask::{AskToLogIn, Form};
pub use redeem::{CodeShown, RedeemCode, RedeemLink};

use uuid::Uuid;

use crate::keys::Keys;

/// Whose code it is: the address, hashed, in whatever case it was written.
fn account(keys: &Keys, email: &str) -> Vec<u8> {
    keys.mac("login code of", &email.to_lowercase())
}

/// What is kept of a code. Six digits are soon tried, so without the key, which is in no database, nobody can.
fn code_hash(keys: &Keys, id: Uuid, code: &str) -> Vec<u8> {
    keys.mac("login code", &format!("{id}\n{code}"))
}

/// What a link's address is sealed for.
fn address_of(id: Uuid) -> String {
    format!("address of login link {id}")
}
