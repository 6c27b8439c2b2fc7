//! The event log: does it reach its readers, and do the tables say what it says?

use super::{Check, Finding};
use crate::storage::StorageError;
use crate::storage::inspection::{Inspection, LogHealth, Server};

/// A transaction of ours takes at most some seconds; one of a minute was forgotten by somebody.
const OLD_TRANSACTION_S: f64 = 60.0;

/// Readers that have not been told of an event for this long act on an old world.
const LATE_S: f64 = 30.0;

/// As many as a person can look into; the rest are counted.
const NAMED: usize = 5;

const HEALTH: Check = Check::new(
    "event log",
    "readers stop below the oldest running transaction; one that hangs keeps news from everybody",
);
const AGREEMENT: Check = Check::new(
    "log and tables",
    "what the log does not tell never happened to those who follow it: the fleet, the feeds, the audit",
);
const BALANCE: Check =
    Check::new("requests accounted for", "every request that was accepted is open, closed or cancelled");

pub(super) fn health(log: LogHealth, server: &Server) -> Finding {
    let found = format!(
        "{} events, {} not yet for readers (oldest {:.0} s); oldest running transaction {:.0} s",
        log.events, log.hidden, log.lag_s, server.oldest_transaction_s
    );
    let end_it = format!(
        "psql -c 'SELECT pg_terminate_backend({})'   # after a look at pg_stat_activity",
        server.oldest_transaction_by
    );
    if log.of_the_future > 0 {
        return HEALTH.fail(
            format!("{found}; {} events of transactions this server has yet to come to", log.of_the_future),
            "birgemiz restore --replace FILE   # pg_restore alone does not make a log readable on another server",
        );
    }
    if log.hidden > 0 && log.lag_s > LATE_S {
        return HEALTH.fail(found, end_it);
    }
    if server.oldest_transaction_s > OLD_TRANSACTION_S {
        return HEALTH.warn(found, end_it);
    }
    HEALTH.ok(found)
}

pub(super) async fn agreement(inspection: &Inspection) -> Result<Vec<Finding>, StorageError> {
    let (differing, compared) = inspection.disagreements(usize::MAX).await?;
    let named: Vec<String> = differing
        .iter()
        .take(NAMED)
        .map(|one| {
            let word = |status: &Option<String>| status.clone().unwrap_or_else(|| "nothing".to_owned());
            format!("{} is {} by the log and {} by its row", one.id, word(&one.by_log), word(&one.by_table))
        })
        .collect();
    let agreement = if differing.is_empty() {
        AGREEMENT.ok(format!("{compared} lives replayed, all as the tables tell them"))
    } else {
        AGREEMENT.fail(
            format!("{} of {compared} differ: {}", differing.len(), named.join("; ")),
            "birgemiz backup FILE   # keep the evidence; somebody wrote past the service: set each row to what the log says",
        )
    };
    Ok(vec![agreement, balance(inspection).await?])
}

async fn balance(inspection: &Inspection) -> Result<Finding, StorageError> {
    let balances = inspection.balances().await?;
    let uneven: Vec<String> = balances
        .iter()
        .filter(|balance| !balance.is_even())
        .map(|it| {
            format!(
                "{}: {} accepted, but {} open + {} closed + {} cancelled",
                it.organisation, it.accepted, it.open, it.closed, it.cancelled
            )
        })
        .collect();
    if uneven.is_empty() {
        let accepted: i64 = balances.iter().map(|balance| balance.accepted).sum();
        return Ok(BALANCE.ok(format!("{accepted} accepted, by {} organisations", balances.len())));
    }
    Ok(BALANCE.fail(
        uneven.join("; "),
        "birgemiz doctor   # `log and tables` names the rows; restore them from a backup",
    ))
}
