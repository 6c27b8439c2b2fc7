//! Settings, each a flag, an environment variable and a key of one file. Nothing else reads the environment.

mod admin;
mod backup;
mod effective;
mod everywhere;
mod file;
mod known;
mod page;
mod serve;

pub use admin::AdminSettings;
pub use backup::{BackupSettings, SealingSettings, VerifySettings};
pub use effective::{Arranged, Effective, Origin, arrange};
pub use everywhere::Everywhere;
pub use file::SettingsError;
pub use known::{Setting, settings};
pub use page::page;
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
