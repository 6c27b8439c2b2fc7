//! Logging in, the people who do, and the apps that file requests.

use reqwest::Method;
use serde_json::json;

use super::recorder::{Recorder, text};
use crate::authenticators::App;
use crate::support::letters::{letters, token_in};
use crate::support::{Bare, World};

pub(super) async fn walk(recorder: &mut Recorder, world: &World) {
    first_administrator(recorder).await;
    session(recorder, world).await;
    token(recorder, world).await;
    users(recorder, world).await;
    partners(recorder, world).await;
    authenticators(recorder, world).await;
}

async fn first_administrator(recorder: &mut Recorder) {
    let bare = Bare::limited().await;
    let body = json!({
        "token": bare.first_administrators_token(),
        "organisation_name": "Akimat of Almaty",
        "name": "Aigerim Serik",
        "email": "admin@example.org",
        "password": World::PASSWORD
    });
    recorder.post("setUp", &bare.nobody(), "/v1/auth/setup", body).await;
}

async fn session(recorder: &mut Recorder, world: &World) {
    let nobody = world.nobody();
    let body = json!({"email": "coordinator@a.example", "password": World::PASSWORD});
    let session = recorder.post("logIn", &nobody, "/v1/auth/login", body).await;
    let body = json!({"email": "volunteer@a.example", "form": "link"});
    recorder.post("askCode", &nobody, "/v1/auth/codes", body).await;
    let body = json!({"token": token_in(&letters(world, 1).await[0])});
    recorder.post("redeemCode", &nobody, "/v1/auth/codes/redeem", body).await;
    let body = json!({"refresh_token": text(&session, "refresh_token")});
    let next = recorder.post("refreshSession", &nobody, "/v1/auth/refresh", body).await;
    let body = json!({"refresh_token": text(&next, "refresh_token")});
    let caller = nobody.with_token(text(&next, "access_token"));
    let shown = json!({"password": World::PASSWORD});
    recorder.post("stepUp", &caller, "/v1/auth/step-up", shown).await;
    recorder.one_of("listMySessions", &caller, "/v1/me/sessions", &text(&next, "session_id")).await;
    let (other, none) = (login(world).await, json!({}));
    recorder.send("endMySession", &caller, (Method::DELETE, &format!("/v1/me/sessions/{other}")), none).await;
    recorder.post("logOut", &nobody, "/v1/auth/logout", body).await;
}

/// An administrator sets up an authenticator, loses it, and has another set up by everybody.
async fn authenticators(recorder: &mut Recorder, world: &World) {
    let (administrator, other) = (world.administrator_of_a(), world.coordinator_of_a());
    let path = "/v1/me/authenticator";
    let begun = recorder.post("beginAuthenticator", &administrator, path, json!({})).await;
    let app = App::knowing(&text(&begun, "authenticator_secret"));
    let confirm = format!("{path}/confirm");
    let body = json!({"authenticator_code": app.code()});
    let session = recorder.post("confirmAuthenticator", &administrator, &confirm, body).await;
    let administrator = world.nobody().with_token(text(&session, "access_token"));
    other.post(path, json!({})).await.expect(200);
    recorder.send("removeAuthenticator", &other, (Method::DELETE, path), json!({})).await;
    world.database.ask("UPDATE sessions SET ended_at = NULL, end_reason = NULL").await;
    other.post(path, json!({})).await.expect(200);
    let of_user = format!("/v1/users/{}/authenticator", world.seeded.a.coordinator.user);
    recorder.send("removeAuthenticatorOfUser", &administrator, (Method::DELETE, &of_user), json!({})).await;
    let rule = format!("/v1/organisations/{}/authenticator-rule", world.seeded.a.id);
    let body = json!({"staff_authenticator": "demanded"});
    recorder.send("setAuthenticatorRule", &administrator, (Method::PUT, &rule), body).await;
    // The rest of the walk is walked by people who need none.
    world.database.ask("UPDATE organisations SET staff_authenticator = 'optional'").await;
    world.database.ask("DELETE FROM authenticators").await;
    world.database.ask("UPDATE sessions SET ended_at = NULL, end_reason = NULL").await;
}

/// Another session of the same person; its id.
async fn login(world: &World) -> String {
    let body = json!({"email": "coordinator@a.example", "password": World::PASSWORD});
    text(&world.nobody().post("/v1/auth/login", body).await.expect(200), "session_id")
}

async fn token(recorder: &mut Recorder, world: &World) {
    let (id, secret) = (world.seeded.a.partner, World::PARTNER_SECRET);
    let scope = "households:write requests:write";
    let form =
        json!({"grant_type": "client_credentials", "client_id": id, "client_secret": secret, "scope": scope});
    let kind = "application/x-www-form-urlencoded";
    let sent = format!(
        "grant_type=client_credentials&client_id={id}&client_secret={secret}&scope={}",
        scope.replace(' ', "+")
    );
    let answer = world.nobody().call(Method::POST, "/v1/auth/token").bytes(kind, sent).await;
    let told = answer.expect(200);
    recorder.keep("issuePartnerToken", Some((kind, form)), &answer, told);
}

async fn users(recorder: &mut Recorder, world: &World) {
    let administrator = world.administrator_of_a();
    let body = json!({
        "organisation_id": world.seeded.a.id,
        "role": "coordinator",
        "name": "Aliya Nurlanova",
        "email": "aliya@example.org"
    });
    let made = recorder.post("createUser", &administrator, "/v1/users", body).await;
    let user = text(&made, "id");
    recorder.one_of("listUsers", &administrator, "/v1/users", &user).await;
    let path = format!("/v1/users/{user}");
    recorder.get("getUser", &administrator, &path).await;
    let link =
        recorder.post("makePasswordLink", &administrator, &format!("{path}/password-link"), json!({})).await;
    let link = text(&link, "password_link");
    let body = json!({"token": link.split_once('#').unwrap().1, "password": World::PASSWORD});
    recorder.post("setPassword", &world.nobody(), "/v1/auth/password", body).await;
    let sessions = format!("{path}/sessions");
    recorder.get("listSessions", &administrator, &sessions).await;
    recorder.send("endSessions", &administrator, (Method::DELETE, &sessions), json!({})).await;
    recorder.post("disableUser", &administrator, &format!("{path}/disable"), json!({})).await;
}

async fn partners(recorder: &mut Recorder, world: &World) {
    let administrator = world.administrator_of_a();
    let body = json!({
        "organisation_id": world.seeded.a.id,
        "campaign_id": world.seeded.campaign,
        "name": "Hotline 1414",
        "scopes": ["households:read", "households:write", "requests:read", "requests:write"]
    });
    let made = recorder.post("createPartner", &administrator, "/v1/partners", body).await;
    let partner = text(&made, "client_id");
    recorder.one_of("listPartners", &administrator, "/v1/partners", &partner).await;
    let path = format!("/v1/partners/{partner}");
    recorder.get("getPartner", &administrator, &path).await;
    let key = json!({"kid": "2026-11", "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"});
    let (keys, body) = (format!("{path}/keys"), json!({"keys": [key]}));
    recorder.send("setPartnerKeys", &administrator, (Method::PUT, &keys), body).await;
    recorder.post("rotatePartnerSecret", &administrator, &format!("{path}/secret"), json!({})).await;
    recorder.post("revokePartner", &administrator, &format!("{path}/revoke"), json!({})).await;
}
