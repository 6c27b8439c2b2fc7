//! The Postgres server: its version, whether it keeps what it acknowledged, its connections, its clock, and
//! whether its tables are the ones that this program knows.

use super::{Check, Finding};
use crate::clock;
use crate::storage::database::connections_of;
use crate::storage::durability;
use crate::storage::inspection::{Leak, Server};
use crate::storage::migrations;

/// The first major with everything that is used: `client_connection_check_interval` came with it.
const OLDEST_MAJOR: i64 = 14;

/// Clocks that differ by more than this make log lines hard to match; by much more, tokens invalid.
const CLOCK_WARN_S: f64 = 2.0;
const CLOCK_FAIL_S: f64 = 30.0;

pub(super) const REACH: Check = Check::new("database", "without it nothing is accepted and nothing is shown");
const VERSION: Check = Check::new("postgres version", "older ones lack what the service relies on");
const DURABILITY: Check = Check::new("durability", "a request that was accepted must survive a power cut");
const CONNECTIONS: Check =
    Check::new("connections", "a server that gets fewer connections than its pool wants refuses calls");
const CLOCK: Check =
    Check::new("clock", "tokens are judged by this machine's clock, everything else by the database's");
const MIGRATIONS: Check =
    Check::new("migrations", "a program and tables that do not fit each other lose or refuse data");

const ISOLATION: Check =
    Check::new("isolation", "below the code, too, no organisation reaches the private data of another");

pub(super) fn server(server: &Server, pool_size: u32) -> Vec<Finding> {
    vec![version(server), durability(server), connections(server, pool_size), clocks(server.clock_s)]
}

fn version(server: &Server) -> Finding {
    if server.version_number < OLDEST_MAJOR * 10_000 {
        return VERSION.fail(
            format!("Postgres {}", server.version),
            format!("pg_upgrade   # to Postgres {OLDEST_MAJOR} or newer"),
        );
    }
    VERSION.ok(format!("Postgres {}", server.version))
}

fn durability(server: &Server) -> Finding {
    match server.durability.iter().find(|(_, setting)| !durability::is_safe(setting)) {
        Some((name, setting)) => DURABILITY.fail(
            format!("{name} = {setting}"),
            format!("psql -c 'ALTER SYSTEM SET {name} = on' -c 'SELECT pg_reload_conf()'"),
        ),
        None => DURABILITY.ok("commits wait for the disk, and torn pages are repaired"),
    }
}

fn connections(server: &Server, pool_size: u32) -> Finding {
    // Beside its pools a server keeps one connection for notifications and one for its pulse.
    let wanted = i64::from(connections_of(pool_size)) + 2;
    let found =
        format!("{} of {} in use; each server wants up to {wanted}", server.in_use, server.connections);
    let fix = format!(
        "psql -c 'ALTER SYSTEM SET max_connections = {}'   # then restart Postgres; or lower --pool-size",
        wanted * 2 + 20
    );
    if wanted > server.connections {
        CONNECTIONS.fail(found, fix)
    } else if server.in_use * 10 > server.connections * 9 {
        CONNECTIONS.warn(found, fix)
    } else {
        CONNECTIONS.ok(found)
    }
}

fn clocks(database_s: f64) -> Finding {
    let here = clock::now();
    let here_s = here.timestamp().to_string().parse::<f64>().unwrap_or_default()
        + f64::from(here.timestamp_subsec_millis()) / 1000.0;
    let apart = (here_s - database_s).abs();
    let found = format!("this machine and the database are {apart:.1} s apart");
    let fix = "timedatectl set-ntp true   # on both machines";
    if apart > CLOCK_FAIL_S {
        CLOCK.fail(found, fix)
    } else if apart > CLOCK_WARN_S {
        CLOCK.warn(found, fix)
    } else {
        CLOCK.ok(found)
    }
}

pub(super) fn isolation(leaks: &[Leak]) -> Finding {
    let Some(first) = leaks.first() else {
        return ISOLATION.ok("every table has its policies, and no role of the service passes them by");
    };
    let others = leaks.len() - 1;
    let found = if others == 0 { first.found.clone() } else { format!("{}, and {others} more", first.found) };
    ISOLATION.fail(found, first.fix.clone())
}

pub(super) fn migrations(applied: &[String]) -> Finding {
    let known = migrations::known();
    let unknown: Vec<&str> =
        applied.iter().filter(|version| !known.contains(version)).map(String::as_str).collect();
    let pending: Vec<&str> =
        known.iter().filter(|version| !applied.contains(version)).map(String::as_str).collect();
    if !unknown.is_empty() {
        return MIGRATIONS.fail(
            format!("the tables are newer than this program: {}", unknown.join(", ")),
            "birgemiz --version   # install the release that made them, or a newer one",
        );
    }
    if !pending.is_empty() {
        return MIGRATIONS.warn(
            format!("{} have not run: {}", pending.len(), pending.join(", ")),
            "birgemiz backup FILE && birgemiz serve   # a start runs them",
        );
    }
    MIGRATIONS.ok(format!("all {} have run", known.len()))
}
