//! Logging in: people by password, partners by secret, and the first administrator by a link.

use serde_json::{Value, json};

use crate::support::{Bare, World, run};

const PATH: &str = "/v1/households/hh_01jd9x0q3vfhz8w2k5m7n6t4ra";

#[test]
fn people_log_in_by_password_and_partners_by_secret() {
    run(async {
        let world = World::new().await;
        let login = |password: &str| {
            let body = json!({"email": "Coordinator@A.example", "password": password});
            world.nobody().post("/v1/auth/login", body)
        };
        login("not the password at all").await.refused(401, "wrong_credentials");
        let session = login(World::PASSWORD).await.expect(200);
        let token = session["access_token"].as_str().unwrap();
        world.nobody().with_token(token).get(PATH).await.refused(404, "not_found");

        let renew = |session: &Value| json!({"refresh_token": session["refresh_token"]});
        let next = world.nobody().post("/v1/auth/refresh", renew(&session)).await.expect(200);
        world.nobody().post("/v1/auth/logout", renew(&next)).await.expect(204);
        world.nobody().post("/v1/auth/refresh", renew(&next)).await.refused(401, "wrong_credentials");

        let ask = |secret: &str| {
            let id = world.seeded.a.partner;
            let form = format!(
                "grant_type=client_credentials&client_id={id}&client_secret={secret}&scope=households%3Aread"
            );
            let call = world.nobody().call(reqwest::Method::POST, "/v1/auth/token");
            call.bytes("application/x-www-form-urlencoded", form)
        };
        ask("wrong").await.refused(401, "wrong_credentials");
        let granted = ask(World::PARTNER_SECRET).await.expect(200);
        let partner = world.nobody().with_token(granted["access_token"].as_str().unwrap());
        partner.get(PATH).await.refused(404, "not_found");
        partner.post("/v1/households", world.household()).key("k").await.refused(403, "missing_scope");
    });
}

#[test]
fn the_first_administrator_sets_the_service_up_by_a_link_that_works_once() {
    run(async {
        let bare = Bare::new().await;
        let body = |token: &str| {
            json!({
                "token": token,
                "organisation_name": "Akimat of Almaty",
                "name": "Aigerim Serik",
                "email": "admin@example.org",
                "password": World::PASSWORD
            })
        };
        let nobody = bare.nobody();
        nobody.post("/v1/auth/setup", body("bol_guessed")).await.refused(404, "link_not_valid");
        let token = bare.first_administrators_token();
        let mut short = body(token);
        short["password"] = json!("short");
        nobody.post("/v1/auth/setup", short).await.refused(422, "invalid_value");

        let session = nobody.post("/v1/auth/setup", body(token)).await.expect(200);
        assert_eq!(session["role"], "administrator");
        nobody.post("/v1/auth/setup", body(token)).await.refused(404, "link_not_valid");
        let login = json!({"email": "admin@example.org", "password": World::PASSWORD});
        nobody.post("/v1/auth/login", login).await.expect(200);
        assert_eq!(bare.database.count("SELECT count(*) FROM organisations").await, 1);
    });
}
