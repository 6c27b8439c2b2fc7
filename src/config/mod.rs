//! Settings, each a flag, an environment variable and a key of one file. Nothing else reads the environment.

mod admin;
mod audit;
mod backup;
mod demo;
mod effective;
mod everywhere;
mod file;
mod known;
mod limits;
mod mail;
mod page;
#[cfg(feature = "planted_bugs")]
mod planted;
mod serve;

pub use admin::AdminSettings;
pub use audit::AuditSettings;
pub use backup::{BackupSettings, KeysSettings, SealingSettings, VerifySettings};
pub use demo::{DemoSettings, NoDemo};
pub use effective::{Arranged, Effective, Origin, arrange};
pub use everywhere::Everywhere;
pub use file::SettingsError;
pub use known::{Setting, settings};
pub use limits::{PublicHosts, QuotaSettings, StreamSettings, TrustedProxies};
pub use mail::{MailChannel, MailSettings, SmtpTls};
pub use page::page;
#[cfg(feature = "planted_bugs")]
pub use planted::{crash_point, planted_bugs};
pub use serve::{DatabaseSettings, POOL_WAIT_MS, ServeSettings, StopSettings, WebhookSettings};
