//! What every part of a running service shares.

use std::path::Path;
use std::sync::Arc;

use tokio::runtime::Handle;

use crate::actions::lease_calls::Quotas;
use crate::actions::read_events::Seen;
use crate::actions::refused_calls::RefusedCalls;
use crate::actions::{Answer, Refusal};
use crate::config::{PublicHosts, TrustedProxies};
use crate::draining::Draining;
use crate::feed::{Seats, Tail};
use crate::fleet::LiveFleet;
use crate::keys::Keys;
use crate::outbound::mail::Mailer;
use crate::outbound::webhooks::Courier;
use crate::storage::Database;
use crate::vault::Vault;
use crate::wakeup::Wakeup;

/// A running service, cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The database.
    pub database: Database,
    /// The multi-threaded runtime on which units of work finish whatever their callers do.
    pub runtime: Handle,
    /// What signs tokens and keys hashes.
    pub keys: Arc<Keys>,
    /// What seals and opens private data.
    pub vault: Arc<Vault>,
    /// The fleet in memory, kept in step with the event log.
    pub fleet: LiveFleet,
    /// The end of the event log, for those who listen.
    pub feed: Tail,
    /// Rung after every commit.
    pub wakeup: Wakeup,
    /// Whether the service is stopping, and which calls are under way.
    pub draining: Draining,
    /// How often anybody may call.
    pub quotas: Quotas,
    /// Who listens to the stream of events.
    pub streams: Seats,
    /// Who is believed about who calls.
    pub trusted_proxies: Arc<TrustedProxies>,
    /// By which names the service is called.
    pub public_hosts: Arc<PublicHosts>,
    /// How a refusal is told, where it must be kept for repetitions: the refusal and the call's id.
    pub refused: fn(&Refusal, &str) -> Answer,
    /// An event as it is pushed to receivers: the bytes that are signed.
    pub payload: fn(&Seen) -> Vec<u8>,
    /// Posts to receivers of webhooks.
    pub courier: Courier,
    /// Sends letters.
    pub mailer: Mailer,
    /// Calls that were refused because of who made them, until they are recorded.
    pub refused_calls: RefusedCalls,
    /// Where the heads of the day are kept.
    pub audit_folder: Arc<Path>,
    /// Where clients reach the service, without a slash at the end.
    pub public_url: Arc<str>,
}
