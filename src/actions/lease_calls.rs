//! Quotas of calls: whoever calls too often is told to wait, whichever process they call.
//!
//! What is let through is decided by [`domain::quota`]; here is what several calls of one process share, and
//! how a lease is had. A database that has none to give stops nobody: other limits hold then.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Instant;

use domain::id::{OrganisationId, PartnerId, UserId};
use domain::quota::{Account, Lease, Quota, Verdict};
use quick_cache::sync::Cache;
use uuid::Uuid;

use super::{Action, Call, Refusal, perform_for};
use crate::app::App;
use crate::clock;
use crate::config::QuotaSettings;
use crate::keys::Keys;
use crate::storage::tables::quota_leases::{self, Holder, Leased};
use crate::storage::{Caller, Unit};

/// How long a window is.
const WINDOW_S: u32 = 60;
/// As many callers as a process remembers; some 200 bytes each. Whoever is forgotten leases anew.
const MOST_HELD: usize = 100_000;
/// A lease may come too late for its window; then the next one is asked for.
const TRIES: u32 = 3;

/// Whose calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limited {
    /// A person's.
    Person(UserId),
    /// A partner app's.
    Partner(PartnerId),
    /// Those of everybody at an address who is not logged in.
    Address(IpAddr),
}

/// How somebody stands with one quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The kind of holder, by which the quota is told.
    pub name: &'static str,
    /// The quota.
    pub quota: Quota,
    /// Calls that are left.
    pub left: u32,
    /// Until the window ends, in milliseconds.
    pub for_ms: u64,
}

/// One quota is used up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedUp {
    /// How the caller stands; the last one is the one that is used up.
    pub standings: Vec<Standing>,
    /// Its name.
    pub name: &'static str,
    /// When to come back, in seconds.
    pub retry_after_s: u32,
}

/// The quotas of a process, cheap to clone.
#[derive(Clone)]
pub struct Quotas {
    settings: QuotaSettings,
    begun: Instant,
    held: Arc<Cache<Holder, Arc<Held>>>,
}

/// What is held of one quota.
#[derive(Default)]
struct Held {
    account: Mutex<Account>,
    organisation: OnceLock<OrganisationId>,
    /// One lease at a time.
    leasing: tokio::sync::Mutex<()>,
}

impl Quotas {
    /// Quotas as they are set.
    #[must_use]
    pub fn new(settings: QuotaSettings) -> Self {
        Self { settings, begun: clock::instant(), held: Arc::new(Cache::new(MOST_HELD)) }
    }

    /// Lets a call through, and tells how its caller stands.
    ///
    /// # Errors
    /// When the caller's quota, or their organisation's, is used up.
    pub async fn admit(&self, app: &App, caller: Limited) -> Result<Vec<Standing>, UsedUp> {
        let mut standings = Vec::with_capacity(2);
        let organisation = self.count(app, holder(&app.keys, caller), &mut standings).await?;
        if let Some(organisation) = organisation {
            self.count(app, Holder::Organisation(organisation.uuid()), &mut standings).await?;
        }
        Ok(standings)
    }

    async fn count(
        &self,
        app: &App,
        holder: Holder,
        standings: &mut Vec<Standing>,
    ) -> Result<Option<OrganisationId>, UsedUp> {
        let Some(quota) = self.quota(holder) else { return Ok(None) };
        let held = self.held(holder);
        let refused_for = self.judge(app, holder, quota, &held).await;
        let (left, for_ms) = held.account().remaining(quota, self.now_ms());
        let name = holder.parts().0;
        let left = if refused_for.is_some() { 0 } else { left };
        standings.push(Standing { name, quota, left, for_ms });
        match refused_for {
            None => Ok(held.organisation.get().copied()),
            Some(for_ms) => {
                let retry_after_s = u32::try_from(for_ms.div_ceil(1_000)).unwrap_or(u32::MAX).max(1);
                Err(UsedUp { standings: std::mem::take(standings), name, retry_after_s })
            }
        }
    }

    /// `None` when the call is let through, else how long it is refused.
    async fn judge(&self, app: &App, holder: Holder, quota: Quota, held: &Held) -> Option<u64> {
        let ask = || held.account().ask(quota, self.now_ms());
        for _ in 0..TRIES {
            match ask() {
                Verdict::Admitted => return None,
                Verdict::Refused { for_ms } => return Some(for_ms),
                Verdict::Lease { .. } => {}
            }
            let _alone = held.leasing.lock().await;
            // Whoever was waited for may have leased enough for this call too.
            let wanted = match ask() {
                Verdict::Admitted => return None,
                Verdict::Refused { for_ms } => return Some(for_ms),
                Verdict::Lease { wanted } => wanted,
            };
            // Asked before it is granted, so that the window never ends later here than there.
            let asked_ms = self.now_ms();
            match lease(app, LeaseCalls { holder, quota, wanted }).await {
                Some(leased) => held.take_in(leased, asked_ms),
                None => break,
            }
        }
        held.account().trust();
        None
    }

    fn quota(&self, holder: Holder) -> Option<Quota> {
        let calls = match holder {
            Holder::Person(_) => self.settings.person_quota,
            Holder::Partner(_) => self.settings.partner_quota,
            Holder::Organisation(_) => self.settings.organisation_quota,
            Holder::Address(_) => self.settings.address_quota,
        };
        (calls > 0).then_some(Quota { calls, window_s: WINDOW_S })
    }

    fn held(&self, holder: Holder) -> Arc<Held> {
        let made = || Ok::<_, std::convert::Infallible>(Arc::default());
        match self.held.get_or_insert_with(&holder, made) {
            Ok(held) => held,
            Err(never) => match never {},
        }
    }

    fn now_ms(&self) -> u64 {
        u64::try_from(clock::since(self.begun).as_millis()).unwrap_or(u64::MAX)
    }
}

impl Held {
    fn account(&self) -> std::sync::MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take_in(&self, leased: Leased, asked_ms: u64) {
        if let Some(organisation) = leased.organisation {
            // Nobody changes organisations; a second telling says the same.
            let _ = self.organisation.set(organisation);
        }
        let Leased { granted, in_all, ends_in_ms, .. } = leased;
        self.account().take_in(Lease { granted, in_all, ends_ms: asked_ms + ends_in_ms });
    }
}

fn holder(keys: &Keys, caller: Limited) -> Holder {
    match caller {
        Limited::Person(user) => Holder::Person(user.uuid()),
        Limited::Partner(partner) => Holder::Partner(partner.uuid()),
        Limited::Address(address) => {
            let hash = keys.mac("address", &address.to_string());
            Holder::Address(Uuid::from_bytes(hash.first_chunk().copied().unwrap_or_default()))
        }
    }
}

/// Leases in a task of its own: a caller who hangs up leaves no connection half-way.
async fn lease(app: &App, lease: LeaseCalls) -> Option<Leased> {
    let app_of_task = app.clone();
    let leasing = app.runtime.spawn(async move {
        // Whose calls they are is not known yet: the token alone was read.
        perform_for(&app_of_task, &Call::of(Caller::Nobody, clock::new_id().to_string()), lease).await
    });
    match leasing.await {
        Ok(Ok(leased)) => Some(leased),
        Ok(Err(refusal)) => {
            tracing::debug!(code = %refusal.code, "no calls were leased");
            None
        }
        Err(_) => None,
    }
}

/// Lease some calls of a window.
#[derive(Clone)]
struct LeaseCalls {
    holder: Holder,
    quota: Quota,
    wanted: u32,
}

impl Action for LeaseCalls {
    type Done = Leased;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Leased, Refusal> {
        Ok(quota_leases::lease(unit, self.holder, self.quota, self.wanted).await?)
    }
}
