//! Positions taken in, told one by one by volunteers and by partner apps in batches.

use domain::id::VolunteerId;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::city::City;
use crate::load::{self, Ask, Measured};
use crate::report::{Report, Row};
use crate::server::Server;
use crate::{Sizes, WARM_UP};

const CONNECTIONS: usize = 64;

/// As many as a call may bring.
const EACH: u32 = 500;

/// A verdict on each of them takes so many bytes when all are taken in; a refusal takes ten times as many.
const LONGEST: usize = 20 * EACH as usize;

pub(crate) fn measure(runtime: &Runtime, city: &City, server: &Server, sizes: &Sizes, report: &mut Report) {
    let volunteers = sizes.volunteers.min(2_000);
    let singles: Vec<Ask> = (0..volunteers)
        .map(|n| {
            let body = json!({"lat": 43.2 + step(n), "lon": 76.9, "accuracy_m": 12.0}).to_string();
            Ask::put("/v1/me/position", &city.volunteer_token(n), &body)
        })
        .collect();
    let measured = tell(runtime, server, singles, sizes);
    assert!(measured.all_answered(204), "{:?}", measured.statuses);
    report.row(Row::http("positions, one a call", CONNECTIONS, &measured));

    let token = city.partner_token();
    let groups = sizes.volunteers / u64::from(EACH);
    let batches: Vec<Ask> = (0..groups)
        .map(|group| {
            let of = |n| tracked(City::volunteer(n), n);
            let all: Vec<_> = (group * u64::from(EACH)..(group + 1) * u64::from(EACH)).map(of).collect();
            Ask::post("/v1/positions", &token, "none", &json!({ "positions": all }).to_string())
        })
        .collect();
    let measured = tell(runtime, server, batches, sizes);
    assert!(measured.all_answered(207) && measured.longest_body < LONGEST, "{:?}", measured.statuses);
    report.row(Row::of_many("positions, 500 a call", 16, &measured, EACH));
    let kept = "SELECT count(*) FROM volunteer_positions WHERE last_at IS NOT NULL";
    assert!(runtime.block_on(city.count(kept)) > 0, "nothing was kept");
}

fn tell(runtime: &Runtime, server: &Server, asks: Vec<Ask>, sizes: &Sizes) -> Measured {
    let connections = if asks.len() > CONNECTIONS { CONNECTIONS } else { 16 };
    let asks: &'static [Ask] = Box::leak(asks.into_boxed_slice());
    runtime.block_on(load::repeat(server.address, asks, connections, WARM_UP));
    runtime.block_on(load::repeat(server.address, asks, connections, sizes.reading))
}

fn tracked(volunteer: VolunteerId, number: u64) -> serde_json::Value {
    let position = json!({"lat": 43.2 + step(number), "lon": 76.9});
    json!({"volunteer_id": volunteer.to_string(), "position": position})
}

fn step(number: u64) -> f64 {
    (number % 1_000) as f64 / 20_000.0
}
