//! Households are registered and verified, and a request is filed for each; some of it is sent twice.

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::Walk;
use crate::book::Entry;
use crate::calls::{new_key, text};

/// Calls of the partner app and of the coordinator that are under way at once.
const AT_ONCE: usize = 6;
/// Requests in one bulk.
const BULK: usize = 100;

/// Registers, verifies, files.
pub(crate) async fn file_everything(walk: &Walk) -> Result<(), String> {
    let places: Vec<usize> = (0..walk.addresses.len()).collect();
    let households: Vec<String> =
        stream::iter(&places).map(|place| register(walk, *place)).buffered(AT_ONCE).try_collect().await?;
    // The last tenth is verified only after its requests were filed: those wait for it.
    let early = households.len() - households.len() / 10;
    verify(walk, households.iter().take(early)).await?;
    let numbered: Vec<(usize, &String)> = households.iter().enumerate().collect();
    for (number, some) in numbered.chunks(BULK).enumerate() {
        file(walk, some, number == 0).await?;
    }
    verify(walk, households.iter().skip(early)).await
}

async fn register(walk: &Walk, place: usize) -> Result<String, String> {
    let address = walk.addresses.get(place).ok_or("a place without an address")?;
    let languages = if place.is_multiple_of(5) { json!(["kk"]) } else { json!(["kk", "ru"]) };
    let body = json!({
        "area_id": walk.stage.area,
        "external_id": format!("household-{place}"),
        "members": 1 + place % 6,
        "categories": [if place.is_multiple_of(3) { "elderly_alone" } else { "large_low_income_family" }],
        "languages": languages,
        "consent": {"text_version": "walk-1", "language": "kk", "channel": "partner_app"},
        "door": {
            "name": format!("Household {place}"),
            "phone": format!("+7701{place:07}"),
            "street": address.street,
            "house": address.housenumber,
            "flat": (1 + place % 90).to_string(),
            "position": {"lat": address.lat, "lon": address.lon},
        },
    });
    let key = new_key();
    let id =
        text(&walk.stage.partner.post_as("/v1/households", body.clone(), &key).await?.expect(201)?, "id")?;
    if place.is_multiple_of(50) {
        let again = walk.stage.partner.post_as("/v1/households", body, &key).await?;
        walk.replayed("a household", again.replayed, text(&again.expect(201)?, "id")? == id);
    }
    Ok(id)
}

async fn verify(walk: &Walk, households: impl Iterator<Item = &String>) -> Result<(), String> {
    stream::iter(households)
        .map(Ok::<_, String>)
        .try_for_each_concurrent(AT_ONCE, async |household| {
            let path = format!("/v1/households/{household}/verify");
            walk.stage.coordinator.post(&path, json!({})).await?.expect(200).map(drop)
        })
        .await
}

/// Files one bulk; sends it a second time where asked, to see that nothing is filed twice.
async fn file(walk: &Walk, some: &[(usize, &String)], twice: bool) -> Result<(), String> {
    let requests: Vec<Value> =
        some.iter().map(|(place, household)| request(walk, *place, household)).collect();
    let (body, key) = (json!({"requests": requests}), new_key());
    let partner = &walk.stage.partner;
    let filed =
        verdicts(partner.post_as("/v1/requests/bulk", body.clone(), &key).await?.expect(207)?, some.len())?;
    for ((place, household), request) in some.iter().zip(&filed) {
        let address = walk.addresses.get(*place).ok_or("a place without an address")?.clone();
        let entry = Entry {
            place: *place,
            external_id: external_id(*place),
            household: (*household).clone(),
            address,
            phrase: text(request, "phrase").ok(),
            attempts: 0,
            ends: Vec::new(),
            acknowledged: false,
        };
        if !walk.book.enter(text(request, "id")?, entry) {
            walk.tally.fault(format!("{} has the id of another request", external_id(*place)));
        }
    }
    if twice {
        let again =
            verdicts(partner.post_as("/v1/requests/bulk", body, &key).await?.expect(207)?, some.len())?;
        let ids = |requests: &[Value]| requests.iter().map(|request| text(request, "id")).collect::<Vec<_>>();
        let silent = again.iter().all(|request| request.get("phrase").is_none());
        walk.replayed("a bulk", silent, ids(&again) == ids(&filed));
    }
    Ok(())
}

/// The requests of a bulk that was taken as a whole.
fn verdicts(body: Value, sent: usize) -> Result<Vec<Value>, String> {
    let results = body.get("results").and_then(Value::as_array).ok_or("a bulk without results")?;
    if results.len() != sent {
        return Err(format!("{sent} requests were sent and {} answered", results.len()));
    }
    let one = |result: &Value| match result.get("status").and_then(Value::as_u64) {
        Some(201) => result.get("request").cloned().ok_or_else(|| "a verdict without its request".to_owned()),
        status => {
            let code = result.pointer("/problem/code").and_then(Value::as_str).unwrap_or("");
            Err(format!("a request was not filed: {} {code}", status.unwrap_or(0)))
        }
    };
    results.iter().map(one).collect()
}

fn external_id(place: usize) -> String {
    format!("request-{place}")
}

fn request(walk: &Walk, place: usize, household: &str) -> Value {
    let kind = match place % 24 {
        3 => "call",
        11 => "welfare_check",
        17 => "collection",
        _ => "delivery",
    };
    let lines = match kind {
        "call" | "welfare_check" => json!([]),
        // Some loads are more than anybody carries on foot.
        _ if place.is_multiple_of(6) => {
            json!([{"kit_id": walk.stage.kit, "quantity": 2}, {"item_id": walk.stage.item, "quantity": 2}])
        }
        _ => json!([{"kit_id": walk.stage.kit, "quantity": 1}]),
    };
    let urgency = if place.is_multiple_of(10) { "high" } else { "normal" };
    json!({"household_id": household, "external_id": external_id(place), "kind": kind, "urgency": urgency, "lines": lines})
}
