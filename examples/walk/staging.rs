//! Everything that must be there before the first household: organisation, campaign, area, catalogue,
//! coordinator, partner app, invitation.

use std::time::Duration;

use serde_json::{Value, json};

use crate::Options;
use crate::addresses::{Address, outline};
use crate::calls::{Caller, Credentials, Line, text};

/// Everybody's password here. The people are of no other use than this walk.
pub(crate) const PASSWORD: &str = "a walk through the whole city";

/// How long a claim lasts without a sign of progress: short, so that a lapse is seen to happen.
pub(crate) const LEASE_S: u64 = 6;

/// What is ready.
#[derive(Debug)]
pub(crate) struct Stage {
    /// Unlike that of any other walk on the same server.
    pub(crate) name: String,
    pub(crate) area: String,
    pub(crate) kit: String,
    pub(crate) item: String,
    pub(crate) invitation: String,
    pub(crate) coordinator: Caller,
    pub(crate) partner: Caller,
}

/// Makes it all.
pub(crate) async fn prepare(line: &Line, options: &Options, addresses: &[Address]) -> Result<Stage, String> {
    let name = crate::calls::new_key();
    let administrator = administrator(line, options, &name).await?;
    let make = async |path: &str, body: Value| administrator.post(path, body).await?.expect(201);

    let organisation =
        text(&make("/v1/organisations", json!({"name": format!("Walk {name}")})).await?, "id")?;
    // The volunteers are few, and each opens as many doors in an hour as others in a month.
    let policy = json!({"lease_s": LEASE_S, "max_failures": 3, "volunteer_doors_per_hour": 100_000});
    let campaign = json!({"organisation_id": organisation, "name": "Walk", "policy": policy});
    let campaign = text(&make("/v1/campaigns", campaign).await?, "id")?;
    let area = json!({"campaign_id": campaign, "name": "Walk", "time_zone": "Asia/Almaty", "geometry": outline(addresses)});
    let area = text(&make("/v1/areas", area).await?, "id")?;
    let positions: Vec<Value> =
        addresses.iter().map(|address| json!({"lat": address.lat, "lon": address.lon})).collect();
    for some in positions.chunks(5_000) {
        let path = format!("/v1/areas/{area}/buildings");
        administrator.post(&path, json!({"positions": some})).await?.expect(200)?;
    }
    let (item, kit) = catalogue(&administrator, &campaign).await?;
    let user = json!({"organisation_id": organisation, "role": "coordinator", "name": "Coordinator of the walk",
        "email": format!("coordinator-{name}@walk.example")});
    let coordinator = person_by_link(line, &make("/v1/users", user).await?).await?;
    let partner = json!({"organisation_id": organisation, "campaign_id": campaign, "name": "Partner of the walk",
        "scopes": ["households:write", "households:read", "requests:write", "requests:read"]});
    let partner = make("/v1/partners", partner).await?;
    let credentials =
        Credentials::Partner { id: text(&partner, "client_id")?, secret: text(&partner, "client_secret")? };
    let partner = Caller::new(line, credentials);
    partner.log_in().await?;
    let expires_at = birgemiz::clock::now() + Duration::from_secs(24 * 3600);
    let invitation =
        json!({"area_id": area, "max_uses": options.volunteers, "expires_at": expires_at.to_rfc3339()});
    let invitation = coordinator.post("/v1/invitations", invitation).await?.expect(201)?;
    let invitation = text(&invitation, "code")?;
    Ok(Stage { name, area, kit, item, invitation, coordinator, partner })
}

/// By the one-time link where there is one, else by the password that was given.
async fn administrator(line: &Line, options: &Options, name: &str) -> Result<Caller, String> {
    let credentials = match (&options.link, &options.email, &options.password) {
        (Some(link), _, _) => {
            let (_, token) = link.split_once('#').ok_or("the link has no part behind a #")?;
            let email = format!("administrator-{name}@walk.example");
            let body = json!({"token": token, "organisation_name": format!("Birgemiz {name}"),
                "name": "Administrator of the walk", "email": email, "password": PASSWORD});
            let nobody = Caller::new(line, Credentials::Nobody);
            nobody.post("/v1/auth/setup", body).await?.expect(200)?;
            Credentials::Person { email, password: PASSWORD.to_owned() }
        }
        (None, Some(email), Some(password)) => {
            Credentials::Person { email: email.clone(), password: password.clone() }
        }
        (None, _, _) => {
            return Err("--url needs --link, or --email and --password, of an administrator".to_owned());
        }
    };
    let administrator = Caller::new(line, credentials);
    administrator.log_in().await?;
    Ok(administrator)
}

/// Who was entered sets a password by their link, and logs in.
async fn person_by_link(line: &Line, invited: &Value) -> Result<Caller, String> {
    let link = text(invited, "password_link")?;
    let (_, token) = link.split_once('#').ok_or("a password link without a token")?;
    let nobody = Caller::new(line, Credentials::Nobody);
    nobody.post("/v1/auth/password", json!({"token": token, "password": PASSWORD})).await?.expect(200)?;
    let credentials = Credentials::Person { email: text(invited, "email")?, password: PASSWORD.to_owned() };
    let person = Caller::new(line, credentials);
    person.log_in().await?;
    Ok(person)
}

async fn catalogue(administrator: &Caller, campaign: &str) -> Result<(String, String), String> {
    let mut items = Vec::new();
    for (name, unit, weight, volume) in
        [("Flour", "bag", 2.0, 2.8), ("Oil", "bottle", 0.95, 1.0), ("Water", "canister", 5.0, 5.0)]
    {
        let item = json!({"campaign_id": campaign, "name": name, "unit": unit, "weight_kg": weight, "volume_l": volume});
        items.push(text(&administrator.post("/v1/items", item).await?.expect(201)?, "id")?);
    }
    let lines: Vec<Value> = items.iter().map(|item| json!({"item_id": item, "quantity": 1})).collect();
    let kit = json!({"campaign_id": campaign, "name": "Food for a week", "lines": lines});
    let kit = text(&administrator.post("/v1/kits", kit).await?.expect(201)?, "id")?;
    let item = items.pop().ok_or("no items")?;
    Ok((item, kit))
}
