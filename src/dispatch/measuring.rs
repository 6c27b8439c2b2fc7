//! Measures regularly what nobody's call measures: what waits, what is overdue, how the pool is used, and
//! whether the service is ready.

use std::time::Duration;

use crate::actions::seal::Book;
use crate::actions::{Call, read, readiness};
use crate::app::App;
use crate::storage::views::offers::pursuit_lag_s;
use crate::storage::views::{call_lists, mail, unsealed, vitals};

/// How often this process is measured.
const EVERY: Duration = Duration::from_secs(5);

/// After how many times the work is measured too. An alert waits minutes, and every request there is gets counted.
const WORK_AFTER: u32 = 3;

/// Measures for ever. A database that does not answer leaves the last figures, and its own gauge at 0.
pub async fn measure(app: App) {
    begin_at_zero();
    for time in (0..WORK_AFTER).cycle() {
        measure_the_process(&app);
        if time == 0
            && let Err(refusal) = measure_the_work(&app).await
        {
            tracing::warn!(code = %refusal.code, cause = ?refusal.cause, "the work could not be measured");
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// A counter that was never counted is not there, and an alert on it sees nothing to compare with.
fn begin_at_zero() {
    for name in [
        "birgemiz_pool_timeouts_total",
        "birgemiz_shed_total",
        "birgemiz_panics_total",
        "birgemiz_fleet_drift_total",
        "birgemiz_door_budgets_used_up_total",
        "birgemiz_door_exports_total",
        "birgemiz_heads_failures_total",
        "birgemiz_pursued_total",
        "birgemiz_pursuit_failures_total",
        "birgemiz_erased_list_failures_total",
    ] {
        metrics::counter!(name).increment(0);
    }
    for kind in ["database", "hashing", "look"] {
        metrics::counter!("birgemiz_turned_away_total", "kind" => kind).increment(0);
    }
    for code in domain::refusal::Code::ALL {
        metrics::counter!("birgemiz_refusals_total", "code" => code.as_str()).increment(0);
    }
    for book in Book::ALL {
        metrics::counter!("birgemiz_rows_sealed_total", "book" => book.as_str()).increment(0);
    }
    super::mail::begin_at_zero();
    super::sweep::begin_at_zero();
    metrics::gauge!("birgemiz_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
}

fn measure_the_process(app: &App) {
    let pool = app.database.pool_use();
    metrics::gauge!("birgemiz_pool_connections").set(f64::from(pool.open));
    metrics::gauge!("birgemiz_pool_in_use").set(f64::from(pool.in_use));
    metrics::gauge!("birgemiz_http_in_flight").set(whole(app.draining.under_way()));
    metrics::gauge!("birgemiz_streams").set(f64::from(app.streams.taken()));
    let is_ready = readiness::hindrance(app).is_none();
    metrics::gauge!("birgemiz_ready").set(if is_ready { 1.0 } else { 0.0 });
}

async fn measure_the_work(app: &App) -> Result<(), crate::actions::Refusal> {
    let (vitals, counts, calls, letters, seal_lags, pursuit_lag_s) =
        read(app, &Call::by_system(), async |unit| {
            let calls = call_lists::vitals(unit).await?;
            let letters = mail::vitals(unit).await?;
            let mut seal_lags = Vec::new();
            for book in Book::ALL {
                seal_lags.push((book, unsealed::lag_s(unit, book).await?));
            }
            let pursuit_lag_s = pursuit_lag_s(unit).await?;
            let counts = vitals::requests_by_status(unit).await?;
            Ok((vitals::vitals(unit).await?, counts, calls, letters, seal_lags, pursuit_lag_s))
        })
        .await?;
    for (book, lag_s) in seal_lags {
        metrics::gauge!("birgemiz_seal_lag_seconds", "book" => book.as_str()).set(lag_s);
    }
    metrics::gauge!("birgemiz_mail_waiting").set(whole(letters.waiting.unsigned_abs()));
    metrics::gauge!("birgemiz_mail_lag_seconds").set(letters.oldest_s);
    metrics::gauge!("birgemiz_pursuit_lag_seconds").set(whole(pursuit_lag_s.unsigned_abs()));
    metrics::gauge!("birgemiz_calls_due").set(whole(calls.due.unsigned_abs()));
    metrics::gauge!("birgemiz_oldest_due_call_seconds").set(calls.oldest_due_s);
    metrics::gauge!("birgemiz_oldest_open_request_seconds").set(vitals.oldest_open_s);
    metrics::gauge!("birgemiz_oldest_held_request_seconds").set(vitals.oldest_held_s);
    metrics::gauge!("birgemiz_leases_overdue").set(whole(vitals.leases_overdue.unsigned_abs()));
    metrics::gauge!("birgemiz_lease_overdue_seconds").set(vitals.lease_overdue_s);
    metrics::gauge!("birgemiz_events_hidden").set(whole(vitals.events_hidden.unsigned_abs()));
    metrics::gauge!("birgemiz_event_lag_seconds").set(vitals.event_lag_s);
    metrics::gauge!("birgemiz_oldest_transaction_seconds").set(vitals.oldest_transaction_s);
    for status in domain::life::RequestStatus::ALL {
        let found = counts.iter().find(|count| count.status == status.as_str());
        let number = found.map_or(0, |count| count.count.unsigned_abs());
        metrics::gauge!("birgemiz_requests", "status" => status.as_str()).set(whole(number));
    }
    Ok(())
}

/// A count as the gauges take it; beyond four thousand million it is as bad as it can be anyway.
fn whole(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
