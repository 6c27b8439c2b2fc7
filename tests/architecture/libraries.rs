//! Which library is known to which room, and what the domain must not know at all.

use crate::mentions::Mention;
use crate::source::{Package, Source};
use crate::violation::Violation;

/// A family of libraries that only some rooms may name.
struct Family {
    /// A library belongs to it by this name, or by this name and an underscore.
    stems: &'static [&'static str],
    rooms: &'static [&'static str],
    remedy: &'static str,
}

const FAMILIES: [Family; 2] = [
    Family {
        stems: &["actix"],
        rooms: &["rest", "console"],
        remedy: "HTTP stays at the edge: the server is built in src/rest/server.rs; pass plain values inward",
    },
    Family {
        stems: &["diesel", "tokio_postgres", "postgres", "bb8"],
        rooms: &["storage"],
        remedy: "give `storage` a function that says what is wanted, and call that",
    },
];

/// What would bring input, output, chance or a runtime into the decisions.
const NOT_IN_DOMAIN: [&str; 17] = [
    "actix",
    "async_trait",
    "bb8",
    "diesel",
    "fastrand",
    "futures_util",
    "getrandom",
    "log",
    "metrics",
    "postgres",
    "rand",
    "reqwest",
    "rustix",
    "tokio",
    "tokio_postgres",
    "tracing",
    "birgemiz",
];

/// Doors out of the process in the standard library.
const STD_NOT_IN_DOMAIN: [&str; 5] = ["env", "fs", "net", "os", "process"];

pub(crate) fn stay_in_their_rooms(source: &Source<'_>) -> Vec<Violation> {
    match source.package {
        Package::Service => {
            source.mentions().filter_map(|mention| out_of_its_room(source, mention)).collect()
        }
        Package::Domain => {
            source.mentions().filter_map(|mention| an_effect_in_the_domain(source, mention)).collect()
        }
        Package::Outside => Vec::new(),
    }
}

fn out_of_its_room(source: &Source<'_>, mention: &Mention) -> Option<Violation> {
    let library = mention.library()?;
    let family = FAMILIES.iter().find(|family| family.stems.iter().any(|stem| is_of(library, stem)))?;
    let room = source.room()?;
    (!family.rooms.contains(&room)).then(|| {
        let rule = format!("only {} may know `{library}`", family.rooms.join(" and "));
        source.violation(mention.line, rule, family.remedy)
    })
}

fn an_effect_in_the_domain(source: &Source<'_>, mention: &Mention) -> Option<Violation> {
    let library = mention.library()?;
    let effect = match mention.segments().as_slice() {
        ["std", module, ..] if STD_NOT_IN_DOMAIN.contains(module) && !mention.in_test => {
            format!("std::{module}")
        }
        _ => NOT_IN_DOMAIN.iter().any(|stem| is_of(library, stem)).then(|| library.to_owned())?,
    };
    let remedy =
        "the domain decides and does nothing: take the value as an argument, return what must happen";
    Some(source.violation(mention.line, format!("`crates/domain` may not know `{effect}`"), remedy))
}

fn is_of(library: &str, stem: &str) -> bool {
    library.strip_prefix(stem).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

#[cfg(test)]
mod tests {
    use crate::planted::broken_lines;

    const RULE: &str = " know `";

    #[test]
    fn a_library_in_its_room_is_at_home() {
        for (path, body) in [
            ("src/rest/server.rs", "use actix_web::HttpServer;"),
            ("src/console/pages.rs", "fn f() -> actix_web::HttpResponse { x() }"),
            ("src/storage/tables/requests.rs", "use diesel::prelude::*; use diesel_async::RunQueryDsl;"),
            ("src/storage/pool.rs", "use bb8::Pool; use tokio_postgres::Client;"),
            (
                "src/dispatch/matcher.rs",
                "async fn f(diesel: u8) { tokio::task::yield_now().await; drop(diesel) }",
            ),
            ("crates/domain/src/place/cell.rs", "use h3o::CellIndex; fn f(rand: u64) -> u64 { rand }"),
        ] {
            assert_eq!(broken_lines(path, body, RULE), Vec::<usize>::new(), "{path}: {body}");
        }
    }

    #[test]
    fn a_library_elsewhere_is_found() {
        for (path, body) in [
            ("src/startup.rs", "use actix_web::HttpServer;"),
            ("src/actions/claim.rs", "fn f(x: actix_web::web::Json<u8>) {}"),
            ("src/main.rs", "#[actix_web::main] async fn main() {}"),
            ("src/rest/requests/list.rs", "use diesel::prelude::*;"),
            ("src/actions/claim.rs", "#[derive(diesel::Queryable)] struct Claim;"),
            ("src/fleet/follow.rs", "use tokio_postgres as pg;"),
            ("src/fleet/follow.rs", "fn f() { ::bb8::Pool::builder(); }"),
            ("crates/domain/src/matching/judge.rs", "use rand::Rng;"),
            ("crates/domain/src/matching/judge.rs", "fn f() { tracing::info!(\"no\"); }"),
            ("crates/domain/src/matching/judge.rs", "fn f() { std::fs::read(\"x\"); }"),
            ("crates/domain/src/matching/judge.rs", "#[tokio::test] async fn f() {}"),
        ] {
            assert_eq!(broken_lines(path, body, RULE), [2], "{path}: {body}");
        }
    }

    #[test]
    fn a_test_of_the_domain_may_read_a_file_of_cases() {
        assert_eq!(
            broken_lines("crates/domain/src/place/cell.rs", "#[cfg(test)] mod tests { use std::fs; }", RULE),
            Vec::<usize>::new()
        );
    }
}
