//! Without a unit of work that says for whom, nothing is shown, and that is complained of.

use crate::session::Session;
use crate::support::{World, run};

const COMPLAINT: &str = "no unit of work has said for whom: no organisation's row is shown";

const OF_ORGANISATIONS: [&str; 7] =
    ["organisations", "households", "household_doors", "requests", "users", "events", "partners"];

async fn sees_nothing(session: &Session, when: &str) {
    for table in OF_ORGANISATIONS {
        let seen = session.count(&format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(seen, 0, "{table} {when}");
        let complaints = session.complaints();
        assert!(complaints.iter().any(|told| told == COMPLAINT), "{table} {when}: {complaints:?}");
    }
}

#[test]
fn without_a_unit_of_work_no_row_is_shown_and_that_is_complained_of() {
    run(async {
        let world = World::new().await;
        world.open_request().await;
        let session = Session::of_the_app(&world.database).await;
        sees_nothing(&session, "on a fresh connection").await;

        session.open_as(world.seeded.a.coordinator.user.uuid()).await;
        session.ask("SELECT set_config('birgemiz.go', 'true', true)").await.unwrap();
        for table in OF_ORGANISATIONS {
            assert!(session.count(&format!("SELECT count(*) FROM {table}")).await > 0, "{table}");
        }
        assert_eq!(session.complaints(), Vec::<String>::new());
        session.ask("COMMIT").await.unwrap();
        sees_nothing(&session, "on a connection that was used").await;

        session.ask("BEGIN").await.unwrap();
        let refused = session.attempt(
            "INSERT INTO organisations (id, name, created_at) VALUES (gen_random_uuid(), 'x', now())",
        );
        assert_eq!(refused.await, Err("42501".to_owned()));
        let household = "INSERT INTO household_consents SELECT household_id, organisation_id, 'x', 'kk', 'paper', now(), now() \
                         FROM (SELECT gen_random_uuid() AS household_id, gen_random_uuid() AS organisation_id) nobody";
        assert_eq!(
            session.attempt(household).await,
            Err("42501".to_owned()),
            "nothing is written for nobody"
        );
    });
}

#[test]
fn a_person_who_was_disabled_sees_nothing_and_that_is_no_mistake_of_ours() {
    run(async {
        let world = World::new().await;
        let coordinator = world.seeded.a.coordinator.user.uuid();
        world.database.ask(&format!("UPDATE users SET status = 'disabled' WHERE id = '{coordinator}'")).await;
        let session = Session::of_the_app(&world.database).await;
        let opened = format!("BEGIN; SELECT is_known FROM open_as('{coordinator}', NULL)");
        assert_eq!(session.ask(&opened).await.unwrap(), ["f"]);
        session.ask("SELECT set_config('birgemiz.go', 'false', true)").await.unwrap();
        assert_eq!(session.count("SELECT count(*) FROM users").await, 0);
        assert_eq!(session.complaints(), Vec::<String>::new());
    });
}
