//! Where somebody is logged in: seen, ended from elsewhere, renewed, and ended when somebody else renews.

mod ending;
mod renewing;

use serde_json::{Value, json};

use crate::support::{Answer, Caller, World};

/// Somebody who logged in by their password.
struct LoggedIn {
    caller: Caller,
    id: String,
    refresh_token: String,
}

impl LoggedIn {
    async fn on(world: &World, email: &str, device: &str) -> Self {
        let body = json!({"email": email, "password": World::PASSWORD});
        let login = world.nobody().post("/v1/auth/login", body).header("user-agent", device);
        Self::of(world, &login.await.expect(200))
    }

    fn of(world: &World, session: &Value) -> Self {
        Self {
            caller: world.nobody().with_token(text(session, "access_token")),
            id: text(session, "session_id"),
            refresh_token: text(session, "refresh_token"),
        }
    }
}

/// Seeded people have no password of their own session's making: volunteers get one like the others'.
async fn with_passwords(world: &World) {
    let same =
        "UPDATE users SET password_hash = (SELECT max(password_hash) FROM users) WHERE password_hash IS NULL";
    world.database.ask(same).await;
}

async fn renew(caller: &Caller, refresh_token: &str) -> Answer {
    caller.post("/v1/auth/refresh", json!({"refresh_token": refresh_token})).await
}

/// Why sessions of somebody ended, by the log.
async fn ends(world: &World, user: uuid::Uuid) -> Vec<String> {
    let asked = format!(
        "SELECT reason FROM events WHERE kind = 'user.logged_out' AND subject_id = '{user}' ORDER BY seq"
    );
    world.database.ask(&asked).await.into_iter().filter_map(|row| row[0].clone()).collect()
}

fn text(of: &Value, field: &str) -> String {
    of[field].as_str().unwrap_or_else(|| panic!("no {field} in {of}")).to_owned()
}
