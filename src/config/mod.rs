//! Settings, each a flag and an environment variable. Nothing else reads the environment.

mod admin;
#[cfg(feature = "planted_bugs")]
mod planted;
mod serve;

pub use admin::AdminSettings;
#[cfg(feature = "planted_bugs")]
pub use planted::{crash_point, planted_bugs};
pub use serve::{DatabaseSettings, ServeSettings};
