//! The roles that the service acts in. What each may see and change is said by grants and row-level security alone
//! (docs/isolation.md); none owns anything, and none becomes another.

use domain::actor::Role;
use tokio_postgres::Config;

use super::Caller;

/// For whom a connection works. It does so from its first statement to its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ActingRole {
    /// Coordinators, volunteers and partner apps: what is their organisation's, or shared with it.
    App,
    /// Administrators: what is the deployment's, and nothing about households.
    Admin,
    /// Whoever is not known yet: logging in, registering, the counting of calls.
    Gate,
    /// The service itself: loops, memory, and the command line.
    System,
}

/// The other roles' pools are a quarter of the callers', within these bounds: few wait there, and what floods one of
/// them leaves the callers theirs.
const FEWEST: u32 = 2;
const MOST: u32 = 8;

impl ActingRole {
    /// All of them.
    pub(super) const ALL: [Self; 4] = [Self::App, Self::Admin, Self::Gate, Self::System];

    /// The role in which the transactions of such a caller run.
    pub(super) const fn of(caller: Caller) -> Self {
        match caller {
            Caller::Person { role: Role::Administrator, .. } => Self::Admin,
            Caller::Person { role: Role::Coordinator | Role::Volunteer, .. } | Caller::Partner { .. } => {
                Self::App
            }
            Caller::Nobody => Self::Gate,
            Caller::System => Self::System,
        }
    }

    /// Its name in Postgres.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::App => "birgemiz_app",
            Self::Admin => "birgemiz_admin",
            Self::Gate => "birgemiz_gate",
            Self::System => "birgemiz_system",
        }
    }

    /// How many connections it may have beside so many for those who call.
    pub(super) fn share_of(self, size: u32) -> u32 {
        match self {
            Self::App => size,
            Self::Admin | Self::Gate | Self::System => (size / 4).clamp(FEWEST, MOST),
        }
    }

    /// How many connections all roles may have together.
    pub(super) fn all_of(size: u32) -> u32 {
        Self::ALL.iter().map(|role| role.share_of(size)).sum()
    }

    /// Logs in as the role itself where the URL names the service's own, and otherwise as whom it names, who is a
    /// member of all of them.
    pub(super) fn log_in(self, config: &Config) -> Config {
        let mut config = config.clone();
        if config.get_user() == Some(Self::App.name()) {
            config.user(self.name());
        }
        config
    }

    /// Gives up whatever else the login may do.
    pub(super) fn step_down(self) -> String {
        format!("SET ROLE {};", self.name())
    }
}
