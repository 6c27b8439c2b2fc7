//! Settings, each a flag and an environment variable. Nothing else reads the environment.

mod admin;
mod serve;

pub use admin::AdminSettings;
pub use serve::{DatabaseSettings, ServeSettings, StopSettings};

/// The bugs that a build made for it is told to have, by their names; see `planted`.
#[cfg(feature = "planted_bugs")]
#[must_use]
pub fn planted_bugs() -> &'static [String] {
    static NAMES: std::sync::OnceLock<Vec<String>> = std::sync::OnceLock::new();
    NAMES.get_or_init(|| {
        #[expect(clippy::disallowed_methods, reason = "config is the one place that reads the environment")]
        let names = std::env::var("BIRGEMIZ_PLANTED_BUGS").unwrap_or_default();
        names.split(',').map(str::to_owned).collect()
    })
}
