//! Volunteers: registered by the invitation, approved, on duty; then each looks at what is near and takes it,
//! deliberately where others look too.

use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use serde_json::{Value, json};

use crate::addresses::Address;
use crate::calls::{Caller, Credentials, Line, text};
use crate::staging::{PASSWORD, Stage};
use crate::{Options, Walk, journey};
use birgemiz::demo::Chance;

/// Passwords are slow to hash on purpose: no more at once than there are processors for it.
const AT_ONCE: usize = 2;
/// Volunteers set out from so few places that they see the same requests first.
const BASES: usize = 12;
/// A volunteer takes one of so many nearest.
const CHOICE: usize = 3;
/// How long to wait where nothing is to be had.
const PAUSE: Duration = Duration::from_millis(1_500);

/// Registers and approves them all, and logs them in.
pub(crate) async fn recruit(
    line: &Line,
    stage: &Stage,
    options: &Options,
    addresses: &[Address],
) -> Result<Vec<Caller>, String> {
    let mut chance = Chance::new(options.seed, 1);
    let bases: Vec<Address> = (0..BASES).filter_map(|_| chance.pick(addresses).cloned()).collect();
    let bases = &bases;
    stream::iter(0..usize::from(options.volunteers))
        .map(async |index| {
            let base = bases.get(index % BASES).ok_or("a volunteer without a base")?;
            let email = format!("volunteer-{index}-{}@walk.example", stage.name);
            let body = registration(stage, index, &email, base);
            let nobody = Caller::new(line, Credentials::Nobody);
            let id = text(&nobody.post("/v1/volunteers/register", body).await?.expect(201)?, "id")?;
            let approve = format!("/v1/volunteers/{id}/approve");
            stage.coordinator.post(&approve, json!({})).await?.expect(200)?;
            let volunteer = Caller::new(line, Credentials::Person { email, password: PASSWORD.to_owned() });
            volunteer.log_in().await?;
            volunteer.put("/v1/me/duty", json!({"on": true})).await?.expect(200)?;
            go_to(&volunteer, base).await?;
            Ok::<_, String>(volunteer)
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await
}

fn registration(stage: &Stage, index: usize, email: &str, base: &Address) -> Value {
    let (transport, kilograms, litres) = match index % 3 {
        0 => ("car", 200, 400),
        1 => ("bicycle", 25, 60),
        _ => ("foot", 12, 40),
    };
    let languages = match index % 4 {
        0 => json!(["kk"]),
        1 => json!(["ru", "kk"]),
        _ => json!(["kk", "ru"]),
    };
    json!({
        "invitation_code": stage.invitation,
        "name": format!("Volunteer {index}"),
        "email": email,
        "password": PASSWORD,
        "transport": transport,
        "capacity_kg": kilograms,
        "capacity_l": litres,
        "languages": languages,
        "radius_m": 20_000,
        "base": {"lat": base.lat, "lon": base.lon},
    })
}

/// Tells the service where the volunteer is now.
pub(crate) async fn go_to(volunteer: &Caller, place: &Address) -> Result<(), String> {
    let here = json!({"lat": place.lat, "lon": place.lon, "accuracy_m": 20.0});
    volunteer.put("/v1/me/position", here).await?.expect(204).map(drop)
}

/// Takes one request after the other until there is none left on its way.
pub(crate) async fn serve(walk: &Walk, index: usize) {
    let mut chance = Chance::new(walk.seed, 1_000 + u64::try_from(index).unwrap_or(0));
    while !walk.is_over() {
        let taken = one_more(walk, index, &mut chance).await;
        if walk.tally.note(taken) != Some(true) {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Whether there was one to try for.
async fn one_more(walk: &Walk, index: usize, chance: &mut Chance) -> Result<bool, String> {
    let volunteer = walk.volunteer(index)?;
    let feed = volunteer.get("/v1/me/nearby-requests?limit=5").await?.expect(200)?;
    let list = |sort: &str| feed.get(sort).and_then(Value::as_array).cloned().unwrap_or_default();
    let (nearby, calls) = (list("nearby"), list("calls"));
    let from = if nearby.is_empty() || (chance.percent(10) && !calls.is_empty()) { calls } else { nearby };
    let Some(chosen) = from.get(chance.below(from.len().min(CHOICE))) else {
        if let Some(elsewhere) = chance.pick(&walk.addresses) {
            go_to(volunteer, elsewhere).await?;
        }
        return Ok(false);
    };
    let twice = chance.percent(8);
    journey::take(walk, index, &text(chosen, "request_id")?, twice).await?;
    Ok(true)
}
