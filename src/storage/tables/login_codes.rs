//! Codes and links by which somebody logs in who has their letters, hashed.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::Moment;
use uuid::Uuid;

use crate::storage::forgetting::forget_some;
use crate::storage::prepared::Prepare;
use crate::storage::schema::login_codes;
use crate::storage::{StorageError, Unit};

const CODE: &str = "code";
const LINK: &str = "link";

/// A code or link as its table keeps it.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = login_codes)]
pub struct LoginCodeRow {
    /// Its id.
    pub id: Uuid,
    /// `code` or `link`.
    pub form: String,
    /// Keyed hash of the address.
    pub account: Vec<u8>,
    /// Of a link: the address, sealed.
    pub address: Option<Vec<u8>>,
    /// What is kept of the secret.
    pub secret_hash: Vec<u8>,
    /// When it was asked for.
    pub created_at: Moment,
    /// When it is good no more.
    pub expires_at: Moment,
    /// Wrong guesses at it.
    pub failures: i32,
    /// When it was used.
    pub used_at: Option<Moment>,
}

impl LoginCodeRow {
    /// A new one: a code, or a link where the sealed address is there.
    #[must_use]
    pub fn new(
        id: Uuid,
        (now, expires_at): (Moment, Moment),
        account: Vec<u8>,
        secret_hash: Vec<u8>,
    ) -> Self {
        Self {
            id,
            form: CODE.to_owned(),
            account,
            address: None,
            secret_hash,
            created_at: now,
            expires_at,
            failures: 0,
            used_at: None,
        }
    }

    /// The same as a link.
    #[must_use]
    pub fn link(self, address: Vec<u8>) -> Self {
        Self { form: LINK.to_owned(), address: Some(address), ..self }
    }
}

/// Keeps one.
///
/// # Errors
/// When the database fails.
pub async fn insert(unit: &mut Unit<'_>, row: &LoginCodeRow) -> Result<(), StorageError> {
    diesel::insert_into(login_codes::table).values(row).prepared().execute(unit.conn).await?;
    Ok(())
}

/// The code that was asked for last for an account, whatever became of it. Whoever else uses it waits.
///
/// # Errors
/// When the database fails.
pub async fn newest_locked(
    unit: &mut Unit<'_>,
    account: &[u8],
) -> Result<Option<LoginCodeRow>, StorageError> {
    let row = login_codes::table
        .filter(login_codes::account.eq(account).and(login_codes::form.eq(CODE)))
        .order((login_codes::created_at.desc(), login_codes::id.desc()))
        .select(LoginCodeRow::as_select())
        .for_update()
        .first(unit.conn)
        .await
        .optional()?;
    Ok(row)
}

/// Counts a wrong guess at a code.
///
/// # Errors
/// When the database fails.
pub async fn guessed(unit: &mut Unit<'_>, id: Uuid) -> Result<(), StorageError> {
    diesel::update(login_codes::table.find(id).filter(login_codes::failures.lt(5)))
        .set(login_codes::failures.eq(login_codes::failures + 1))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// A code was used.
///
/// # Errors
/// When the database fails.
pub async fn use_up(unit: &mut Unit<'_>, id: Uuid) -> Result<(), StorageError> {
    diesel::update(login_codes::table.find(id))
        .set(login_codes::used_at.eq(unit.now))
        .prepared()
        .execute(unit.conn)
        .await?;
    Ok(())
}

/// Uses a link, once, and answers its id and the sealed address. None when it was used, ran out, or never was.
///
/// # Errors
/// When the database fails.
pub async fn spend_link(
    unit: &mut Unit<'_>,
    secret_hash: &[u8],
) -> Result<Option<(Uuid, Option<Vec<u8>>)>, StorageError> {
    let spent = diesel::update(
        login_codes::table
            .filter(login_codes::secret_hash.eq(secret_hash).and(login_codes::form.eq(LINK)))
            .filter(login_codes::used_at.is_null())
            .filter(login_codes::expires_at.gt(unit.now)),
    )
    .set(login_codes::used_at.eq(unit.now))
    .returning((login_codes::id, login_codes::address))
    .prepared()
    .get_result(unit.conn)
    .await
    .optional()?;
    Ok(spent)
}

/// Forgets what ran out before then. Answers how many.
///
/// # Errors
/// When the database fails.
pub async fn forget_before(unit: &mut Unit<'_>, before: Moment, most: i64) -> Result<usize, StorageError> {
    forget_some(unit, "login_codes", "expires_at < $1", (before, most)).await
}
