//! The server that runs, if one does: is it ready, and does its fleet in memory hold what the tables hold?

use std::io::{self, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::Duration;

use super::{Check, Finding};
use crate::storage::StorageError;
use crate::storage::inspection::Inspection;

/// A server answers these from memory.
const PATIENCE: Duration = Duration::from_secs(3);

/// A fleet follows within half a second; looked at this often, it must be in step once.
const LOOKS: usize = 8;
const BETWEEN_LOOKS: Duration = Duration::from_millis(400);

/// Metrics are some kilobytes.
const MOST_BYTES: u64 = 4 << 20;

const READY: Check = Check::new("service", "only a ready server serves calls");
const FLEET: Check =
    Check::new("fleet", "matching sees what is in memory: what is not there is offered to nobody");

const DRIFT: Check = Check::new(
    "drift",
    "matching goes by what is in memory: whoever differs there from the tables is asked in vain, or not at all",
);

pub(super) async fn findings(listen: SocketAddr, owner_url: &str) -> Result<Vec<Finding>, StorageError> {
    let Ok(answer) = get(listen, "/health/ready").await else {
        return Ok(vec![READY.warn(format!("no server answers at {}", reachable(listen)), "birgemiz serve")]);
    };
    if !answer.contains("\"status\":\"ready\"") {
        let why = answer.split("\"detail\":\"").nth(1).and_then(|rest| rest.split('"').next());
        let found = format!("it is not ready: {}", why.unwrap_or("it does not say why"));
        return Ok(vec![READY.fail(found, "journalctl -u birgemiz -n 50")]);
    }
    Ok(vec![
        READY.ok(format!("ready at {}", reachable(listen))),
        fleet(listen, owner_url).await?,
        drift(&get(listen, "/metrics").await.unwrap_or_default()),
    ])
}

async fn fleet(listen: SocketAddr, owner_url: &str) -> Result<Finding, StorageError> {
    let mut found = String::new();
    for look in 0..LOOKS {
        if look > 0 {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        let metrics = get(listen, "/metrics").await.unwrap_or_default();
        let (volunteers, open) = Inspection::begin(owner_url).await?.fleet_size().await?;
        let in_memory = |name: &str| gauge(&metrics, name);
        let (Some(known), Some(known_open)) =
            (in_memory("birgemiz_fleet_volunteers"), in_memory("birgemiz_fleet_open_requests"))
        else {
            let fix = format!("curl http://{}/metrics", reachable(listen));
            return Ok(FLEET.warn("the server does not tell what it has in memory", fix));
        };
        found = format!(
            "{known} volunteers and {known_open} open requests in memory, {volunteers} and {open} in the tables"
        );
        if (known, known_open) == (volunteers, open) {
            return Ok(FLEET.ok(found));
        }
    }
    Ok(FLEET.fail(found, "systemctl restart birgemiz   # it reads everything anew; then look for `the fleet falls behind` in its log"))
}

/// What the server found when it compared its memory with the tables, a little every ten seconds.
fn drift(metrics: &str) -> Finding {
    match gauge(metrics, "birgemiz_fleet_drift_total") {
        None => DRIFT.warn("the server does not tell what it has compared".to_owned(), "curl /metrics"),
        Some(0) => DRIFT.ok("nothing in memory was found to differ from the tables".to_owned()),
        Some(found) => DRIFT.warn(
            format!("{found} differed from the tables since the server started, and were read again"),
            "journalctl -u birgemiz | grep drifted   # a row that is changed by hand has no event; if none was, report it",
        ),
    }
}

/// A gauge without labels, as Prometheus' text format has it.
fn gauge(metrics: &str, name: &str) -> Option<i64> {
    let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    value.split('.').next()?.trim().parse().ok()
}

/// Where a server that listens there is reached from this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// One call in HTTP/1.0, the oldest that ends with its connection: headers and body as they came.
async fn get(listen: SocketAddr, path: &'static str) -> io::Result<String> {
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = TcpStream::connect_timeout(&reachable(listen), PATIENCE)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.take(MOST_BYTES).read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    });
    asked.await.map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Level;

    #[test]
    fn drift_is_told_by_how_much_there_was() {
        let told = |count: &str| drift(&format!("birgemiz_fleet_drift_total{count}\n")).level;
        assert_eq!((told(" 0"), told(" 3"), told("{}")), (Level::Ok, Level::Warn, Level::Warn));
    }

    #[test]
    fn a_gauge_is_read_from_prometheus_text() {
        let text = "# TYPE birgemiz_fleet_volunteers gauge\nbirgemiz_fleet_volunteers 12\nother 3.5\n";
        assert_eq!(gauge(text, "birgemiz_fleet_volunteers"), Some(12));
        assert_eq!(gauge(text, "other"), Some(3));
        assert_eq!(gauge(text, "birgemiz_fleet"), None);
    }
}
