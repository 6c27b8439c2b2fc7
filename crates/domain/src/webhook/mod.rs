//! Webhooks: when a delivery is tried again, when a receiver is given rest, and when it is given up.

mod schedule;
mod verdict;

pub use schedule::{ATTEMPTS, Jitter, delay_after};
pub use verdict::{GIVES_UP_AFTER, Outcome, Verdict, after};

use crate::word::words;

words! {
    /// How what is sent is signed.
    Signing: "signing" {
        /// HMAC-SHA256 under a secret that both sides know.
        V1 = "v1",
        /// Ed25519: receivers hold a public key, and can forge nothing.
        V1a = "v1a",
    }
}

words! {
    /// Whether anything is sent to a receiver.
    WebhookStatus: "status of a webhook endpoint" { Active = "active", Disabled = "disabled", Deleted = "deleted" }
}

words! {
    /// Why nothing is sent to a receiver.
    DisabledReason: "reason why a webhook endpoint is disabled" {
        /// It answered 410.
        Gone = "gone",
        /// It failed for days, or one message failed as often as one may.
        Failing = "failing",
        /// Its partner app was revoked, or may manage webhooks no more.
        OwnerRevoked = "owner_revoked",
        /// Its owner switched it off.
        SwitchedOff = "switched_off",
    }
}
