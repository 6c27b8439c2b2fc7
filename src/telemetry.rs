//! Logs as JSON lines on standard error, and metrics for Prometheus.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

/// Upper bounds of the latency histogram, in seconds: from a memory answer to the deadline of a call.
const LATENCIES: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 20.0];

static METRICS: OnceLock<Option<PrometheusHandle>> = OnceLock::new();

/// Starts logging and counting as usual. A second start in one process changes nothing.
pub fn start() {
    start_with(None);
}

/// Starts logging what this filter lets through, and counting. A filter that cannot be read is as none.
pub fn start_with(filter: Option<&str>) {
    let filter = filter.and_then(|text| EnvFilter::try_new(text).ok());
    let filter = filter.unwrap_or_else(|| EnvFilter::new("info"));
    let logs = tracing_subscriber::fmt().json().flatten_event(true).with_writer(std::io::stderr);
    // Where a test has started it before, that one stays.
    let _ = logs.with_env_filter(filter).try_init();
    METRICS.get_or_init(|| {
        PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &LATENCIES)
            .and_then(PrometheusBuilder::install_recorder)
            .ok()
    });
}

/// The metrics as Prometheus reads them.
#[must_use]
pub fn render_metrics() -> String {
    METRICS.get().and_then(Option::as_ref).map_or_else(String::new, |handle| {
        handle.run_upkeep();
        handle.render()
    })
}
