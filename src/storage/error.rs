//! What can go wrong between the service and its database.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

use crate::vault::VaultError;

/// A failure of storage. What callers can act on has a variant of its own.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// No connection could be had in time.
    #[error("no database connection: {0}")]
    NoConnection(String),
    /// The transaction met another and may be tried again from the start.
    #[error("the transaction must be repeated")]
    Repeat,
    /// A unique or exclusion rule refused the row. Carries the constraint's name.
    #[error("constraint {0} refused the row")]
    Constraint(String),
    /// A row that no code of ours writes.
    #[error("an impossible row: {0}")]
    Impossible(String),
    /// Private data could not be sealed or opened.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Anything else.
    #[error("database error: {0}")]
    Database(String),
}

impl From<DieselError> for StorageError {
    fn from(error: DieselError) -> Self {
        if let DieselError::DatabaseError(kind, info) = &error {
            from_database(kind, info.as_ref())
        } else {
            Self::Database(error.to_string())
        }
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "diesel may learn to tell more kinds apart")]
fn from_database(
    kind: &DatabaseErrorKind,
    info: &(dyn diesel::result::DatabaseErrorInformation + Send + Sync),
) -> StorageError {
    // Only names and SQLSTATE texts are kept: Postgres' details quote values.
    let constraint = info.constraint_name().unwrap_or("unnamed").to_owned();
    match kind {
        DatabaseErrorKind::SerializationFailure => StorageError::Repeat,
        DatabaseErrorKind::UniqueViolation
        | DatabaseErrorKind::ForeignKeyViolation
        | DatabaseErrorKind::CheckViolation
        | DatabaseErrorKind::ExclusionViolation => StorageError::Constraint(constraint),
        DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
            StorageError::NoConnection("it was closed".to_owned())
        }
        _ if is_interrupted(info.message()) => StorageError::NoConnection(info.message().to_owned()),
        _ if is_repeatable(info.message()) => StorageError::Repeat,
        _ => StorageError::Database(info.message().to_owned()),
    }
}

/// Deadlock (40P01) and lock timeout (55P03), which diesel has no kind for and tells by message only.
fn is_repeatable(message: &str) -> bool {
    message == "deadlock detected" || message == "canceling statement due to lock timeout"
}

/// The server ended the session or the statement (57P01, 57P02, 57P03, 57014, 25P03): it is going down,
/// recovering, or so busy that a statement ran out of time. Told by message only, like the others.
fn is_interrupted(message: &str) -> bool {
    const WORDS: [&str; 6] = [
        "terminating connection",
        "the database system is",
        "canceling statement due to statement timeout",
        "canceling statement due to user request",
        "sorry, too many clients already",
        "remaining connection slots are reserved",
    ];
    WORDS.iter().any(|words| message.starts_with(words))
}

impl From<crate::clock::NoRandomness> for StorageError {
    fn from(error: crate::clock::NoRandomness) -> Self {
        Self::Vault(error.into())
    }
}

impl From<domain::UnknownWord> for StorageError {
    fn from(error: domain::UnknownWord) -> Self {
        Self::Impossible(error.to_string())
    }
}

impl From<domain::life::ImpossibleStanding> for StorageError {
    fn from(error: domain::life::ImpossibleStanding) -> Self {
        Self::Impossible(error.to_string())
    }
}
