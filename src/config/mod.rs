//! Settings, each a flag and an environment variable. Nothing else reads the environment.

mod admin;
mod demo;
#[cfg(feature = "planted_bugs")]
mod planted;
mod serve;

pub use admin::AdminSettings;
pub use demo::{DemoSettings, NoDemo};
#[cfg(feature = "planted_bugs")]
pub use planted::{crash_point, planted_bugs};
pub use serve::{DatabaseSettings, ServeSettings};
