//! Somebody registers as a volunteer by an invitation code. They wait to be approved.

use std::sync::Arc;

use domain::refusal::Code;
use domain::volunteer::VolunteerStatus;

use super::enter_volunteer::{self, Newcomer};
use super::{Action, Refusal};
use crate::keys::Keys;
use crate::storage::Unit;
use crate::storage::tables::invitations;
use crate::storage::tables::volunteers::{Abilities, VolunteerRow};

/// Register as a volunteer.
#[derive(Clone)]
pub struct RegisterVolunteer {
    /// The invitation's code, as it was typed.
    pub code: String,
    /// Their name.
    pub name: String,
    /// Where they are written to; they log in with it.
    pub email: String,
    /// The hash of their password.
    pub password_hash: String,
    /// What they can.
    pub abilities: Abilities,
    /// What keys the code's hash.
    pub keys: Arc<Keys>,
}

impl RegisterVolunteer {
    /// What somebody shows who registers: the code and the address, hashed so that neither is kept.
    #[must_use]
    pub fn shown(&self) -> Vec<u8> {
        self.keys
            .mac("shown at registration", &format!("{}\n{}", normal(&self.code), self.email.to_lowercase()))
    }
}

impl Action for RegisterVolunteer {
    type Done = VolunteerRow;

    async fn run(self, unit: &mut Unit<'_>) -> Result<VolunteerRow, Refusal> {
        let code_hash = self.keys.mac("invitation", &normal(&self.code));
        // The use is given back with everything else, should the registration fail.
        let invited = invitations::spend(unit, &code_hash).await?.ok_or(Code::InvitationNotValid)?;
        let newcomer = Newcomer {
            organisation: invited.organisation,
            area: invited.area,
            name: self.name,
            email: self.email,
            password_hash: Some(self.password_hash),
            status: VolunteerStatus::Registered,
            abilities: self.abilities,
        };
        enter_volunteer::enter(unit, newcomer, "volunteer.registered").await
    }
}

/// A code as it is hashed: people type it in any case, with spaces and hyphens where they like.
fn normal(code: &str) -> String {
    code.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect::<String>().to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::normal;

    #[test]
    fn a_code_is_the_same_however_it_is_typed() {
        for typed in ["K7QP-2M4X", "k7qp2m4x", " k7qp 2m4x\t"] {
            assert_eq!(normal(typed), "K7QP2M4X", "{typed}");
        }
    }
}
