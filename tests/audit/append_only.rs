//! The books are append-only for every role of the service, whatever the code does.

use crate::support::postgres::{TestDatabase, try_ask};
use crate::support::run;

const ROLES: [&str; 4] = ["birgemiz_app", "birgemiz_admin", "birgemiz_gate", "birgemiz_system"];

const BOOKS: [(&str, &str); 5] = [
    ("events", "kind"),
    ("door_readings", "actor_kind"),
    ("access_records", "code"),
    ("seals", "head"),
    ("restorations", "sealed_up_to"),
];

#[test]
fn nobody_of_the_service_may_change_or_take_away_what_was_written() {
    run(async {
        let database = TestDatabase::migrated().await;
        for role in ROLES {
            let url = database.urls.service.replace("birgemiz_app", role);
            for (book, column) in BOOKS {
                for sql in [
                    format!("UPDATE {book} SET {column} = {column}"),
                    format!("DELETE FROM {book}"),
                    format!("TRUNCATE {book}"),
                    format!("ALTER TABLE {book} DISABLE ROW LEVEL SECURITY"),
                    format!("DROP TABLE {book}"),
                ] {
                    let refusal = try_ask(&url, &sql).await.unwrap_err();
                    let code = refusal.code().map(tokio_postgres::error::SqlState::code);
                    assert_eq!(code, Some("42501"), "{role}: {sql}: {refusal:?}");
                }
            }
        }
        database.drop_now().await;
    });
}

#[test]
fn nobody_but_the_service_itself_may_seal_or_see_a_seal() {
    run(async {
        let database = TestDatabase::migrated().await;
        for role in ROLES {
            let url = database.urls.service.replace("birgemiz_app", role);
            let seen = try_ask(&url, "SELECT count(*) FROM seals").await;
            assert_eq!(seen.is_ok(), role == "birgemiz_system", "{role}: {seen:?}");
            let noted = try_ask(
                &url,
                "INSERT INTO restorations (at, book, sealed_up_to) VALUES (now(), 'events', 1)",
            )
            .await;
            assert!(noted.is_err(), "{role} says that a backup was brought back");
        }
        database.drop_now().await;
    });
}
