//! When all is over, the service is asked what it knows, and that is held against what was seen on the way:
//! nothing lost, nothing doubled, nothing stuck, no door left open.

use std::collections::BTreeMap;

use futures_util::{StreamExt, stream};
use serde_json::Value;

use crate::Walk;
use crate::book::Former;
use crate::calls::{Caller, text};

/// The service's own count of requests by status, once everything has been looked at.
pub(crate) async fn audit(walk: &Walk) -> Result<BTreeMap<String, u64>, String> {
    let requests = all(&walk.stage.partner, "/v1/requests").await?;
    compare_requests(walk, &requests);
    compare_households(walk, &all(&walk.stage.partner, "/v1/households").await?);
    let counts = compare_summary(walk, &requests).await?;
    for volunteer in all(&walk.stage.coordinator, "/v1/volunteers").await? {
        if volunteer.get("active_claims").and_then(Value::as_u64) != Some(0) {
            walk.tally.fault("a volunteer still holds a claim");
        }
    }
    stream::iter(walk.book.formers())
        .for_each_concurrent(8, async |former| {
            walk.tally.note(no_right(walk, &former).await);
        })
        .await;
    Ok(counts)
}

/// Every entry of a list, page by page.
async fn all(caller: &Caller, path: &str) -> Result<Vec<Value>, String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let mut page = caller.get(&format!("{path}?limit=200{cursor}")).await?.expect(200)?;
        match page.get_mut("data").map(Value::take) {
            Some(Value::Array(entries)) => found.extend(entries),
            Some(_) | None => return Err(format!("{path}: a page without data")),
        }
        match page.get("next_cursor").and_then(Value::as_str) {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return Ok(found),
        }
    }
}

fn compare_requests(walk: &Walk, requests: &[Value]) {
    let mut known: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for request in requests {
        known.entry(text(request, "external_id").unwrap_or_default()).or_default().push(request);
    }
    for (id, entry) in walk.book.all() {
        let name = &entry.external_id;
        let found = known.remove(name).unwrap_or_default();
        let [request] = found.as_slice() else {
            let what =
                if found.is_empty() { "lost".to_owned() } else { format!("{} times there", found.len()) };
            walk.tally.fault(format!("{name}: {what}"));
            continue;
        };
        let word = |field: &str| request.get(field).and_then(Value::as_str).unwrap_or("");
        if word("id") != id {
            walk.tally.fault(format!("{name}: has another id now"));
        }
        match entry.ends.as_slice() {
            [end] if *end == word("status") => {}
            [] => walk.tally.fault(format!("{name}: stuck in {} {}", word("status"), word("hold"))),
            [end] => walk.tally.fault(format!("{name}: seen to be {end}, and is {}", word("status"))),
            ends => walk.tally.fault(format!("{name}: ended {} times", ends.len())),
        }
        if entry.ends == ["fulfilled"] && word("acknowledged_at").is_empty() {
            walk.tally.fault(format!("{name}: not acknowledged"));
        }
    }
    if walk.book.all().len() != walk.addresses.len() {
        walk.tally.fault(format!("{} requests were filed", walk.book.all().len()));
    }
    for name in known.keys() {
        walk.tally.fault(format!("{name:?}: there, and nobody filed it"));
    }
}

fn compare_households(walk: &Walk, households: &[Value]) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for household in households {
        *counts.entry(text(household, "external_id").unwrap_or_default()).or_default() += 1;
    }
    for place in 0..walk.addresses.len() {
        let name = format!("household-{place}");
        let count = counts.remove(&name).unwrap_or(0);
        if count != 1 {
            walk.tally.fault(format!("{name}: {count} times there"));
        }
    }
    if !counts.is_empty() {
        walk.tally.fault(format!("{} households that nobody registered", counts.len()));
    }
}

async fn compare_summary(walk: &Walk, requests: &[Value]) -> Result<BTreeMap<String, u64>, String> {
    let summary = walk.stage.partner.get("/v1/requests/summary").await?.expect(200)?;
    let fields = summary.as_object().ok_or("a summary without fields")?;
    let mut counts = BTreeMap::new();
    for (status, count) in fields.iter().filter(|(status, _)| *status != "escalated") {
        let told = count.as_u64().unwrap_or(0);
        let is = |request: &&Value| request.get("status").and_then(Value::as_str) == Some(status.as_str());
        let listed = u64::try_from(requests.iter().filter(is).count()).unwrap_or(0);
        if told != listed {
            walk.tally.fault(format!("{status}: {told} by the summary, {listed} in the list"));
        }
        counts.insert(status.clone(), told);
    }
    Ok(counts)
}

/// Whoever held a claim and did not complete it finds the door closed.
async fn no_right(walk: &Walk, former: &Former) -> Result<(), String> {
    let path = format!("/v1/claims/{}/door?fence={}", former.claim, former.fence);
    let answer = walk.volunteer(former.volunteer)?.get(&path).await?;
    match answer.status {
        404 | 409 => walk.tally.count("closed doors"),
        _ => walk.tally.fault(format!("{}; the claim is over long since", answer.unexpected())),
    }
    Ok(())
}
