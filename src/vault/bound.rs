//! To what a sealed value belongs: it opens nowhere else (associated data, RFC 5116).

use uuid::Uuid;

use super::{MasterId, Purpose};

/// The place of a sealed value. Two places never read the same: none of their parts holds a line's end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound(String);

impl Bound {
    /// A column of a row of an organisation.
    #[must_use]
    pub fn row(organisation: Uuid, column: &'static str, row: Uuid) -> Self {
        Self(format!("birgemiz 1\n{organisation}\n{column}\n{row}"))
    }

    /// A numbered part of such a row.
    #[must_use]
    pub fn part(organisation: Uuid, column: &'static str, row: Uuid, part: i32) -> Self {
        Self(format!("birgemiz 1\n{organisation}\n{column}\n{row}\n{part}"))
    }

    /// A household's data key, wrapped by this version of its organisation's.
    #[must_use]
    pub fn data_key(organisation: Uuid, household: Uuid, version: i32) -> Self {
        Self(format!("birgemiz 1\n{organisation}\nhousehold_doors.data_key\n{household}\n{version}"))
    }

    /// An organisation's key, wrapped by that master key.
    #[must_use]
    pub fn organisation_key(organisation: Uuid, purpose: Purpose, version: i32, master: &MasterId) -> Self {
        let purpose = purpose.as_str();
        Self(format!("birgemiz 1\n{organisation}\norganisation_keys.wrapped\n{purpose}\n{version}\n{master}"))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
