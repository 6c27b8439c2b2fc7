//! Why an action was not carried out, in terms that a caller can act on.

use std::borrow::Cow;

use domain::refusal::Code;

use crate::storage::StorageError;

/// One field that was not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// JSON Pointer (RFC 6901) to the field, such as `/lines/0/quantity`.
    pub pointer: Cow<'static, str>,
    /// What is wrong with it.
    pub code: Code,
    /// What to do about it. Never the value itself.
    pub detail: Cow<'static, str>,
}

impl Flaw {
    /// A value that breaks its rule.
    pub fn value(pointer: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { pointer: pointer.into(), code: Code::InvalidValue, detail: detail.into() }
    }
}

/// An action that was refused, or failed.
#[derive(Debug)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// One sentence for this very case. Never a value that was sent.
    pub detail: Option<Cow<'static, str>>,
    /// The fields at fault.
    pub flaws: Vec<Flaw>,
    /// What is logged and never shown.
    pub cause: Option<StorageError>,
    /// When to come back, in seconds, where that helps.
    pub retry_after_s: Option<u32>,
    /// The version in which the thing is now, where the caller has seen another.
    pub current_version: Option<i32>,
    /// What was written before the refusal stays: a wrong phrase is counted although it is refused.
    pub keeps_effects: bool,
}

impl Refusal {
    /// Refused for this reason.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            detail: None,
            flaws: Vec::new(),
            cause: None,
            retry_after_s: None,
            current_version: None,
            keeps_effects: false,
        }
    }

    /// Refused for this reason, with a sentence about this case.
    pub fn because(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        Self { detail: Some(detail.into()), ..Self::new(code) }
    }

    /// Nothing that this caller may know of has that id.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(Code::NotFound)
    }

    /// Fields are not as they must be.
    #[must_use]
    pub fn flawed(flaws: Vec<Flaw>) -> Self {
        Self { flaws, ..Self::new(Code::InvalidValue) }
    }

    /// One field is not as it must be.
    pub fn flaw(pointer: impl Into<Cow<'static, str>>, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::flawed(vec![Flaw::value(pointer, detail)])
    }

    /// What was written before stays, although the call is refused.
    #[must_use]
    pub fn keeping_effects(self) -> Self {
        Self { keeps_effects: true, ..self }
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        let (code, retry_after_s) = match &error {
            StorageError::NoConnection(_) | StorageError::Repeat => (Code::Overloaded, Some(1)),
            StorageError::Constraint(_)
            | StorageError::Impossible(_)
            | StorageError::Vault(_)
            | StorageError::Database(_) => (Code::Internal, None),
        };
        Self { cause: Some(error), retry_after_s, ..Self::new(code) }
    }
}

impl From<domain::UnknownWord> for Refusal {
    fn from(error: domain::UnknownWord) -> Self {
        StorageError::from(error).into()
    }
}

impl From<domain::life::ImpossibleStanding> for Refusal {
    fn from(error: domain::life::ImpossibleStanding) -> Self {
        StorageError::from(error).into()
    }
}

impl From<crate::clock::NoRandomness> for Refusal {
    fn from(error: crate::clock::NoRandomness) -> Self {
        StorageError::Impossible(error.to_string()).into()
    }
}

/// Turns the refusal of one named constraint into what it means; other failures stay as they are.
pub fn meaning<'a>(
    constraint: &'a str,
    refusal: impl FnOnce() -> Refusal + 'a,
) -> impl FnOnce(StorageError) -> Refusal + 'a {
    move |error| {
        let is_it = matches!(&error, StorageError::Constraint(name) if name == constraint);
        if is_it { refusal() } else { error.into() }
    }
}
