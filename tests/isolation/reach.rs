//! What SQL in the service's roles reaches: of an organisation that shares nothing, of one that shares a campaign, of a
//! volunteer, of an administrator, and of whoever is not logged in.

use birgemiz::clock;
use domain::actor::Role;
use domain::id::{AreaId, CampaignId, OrganisationId, UserId};
use serde_json::json;
use uuid::Uuid;

use crate::session::Session;
use crate::support::postgres::TestDatabase;
use crate::support::{World, run};

/// An organisation that shares nothing with the others, and one household of its own.
struct Stranger {
    organisation: Uuid,
    coordinator: Uuid,
    campaign: Uuid,
    area: Uuid,
    household: Uuid,
}

impl Stranger {
    async fn plant(database: &TestDatabase) -> Self {
        let stranger = Self {
            organisation: OrganisationId::new(clock::new_id()).uuid(),
            coordinator: UserId::new(clock::new_id()).uuid(),
            campaign: CampaignId::new(clock::new_id()).uuid(),
            area: AreaId::new(clock::new_id()).uuid(),
            household: clock::new_id(),
        };
        let Self { organisation, coordinator, campaign, area, household } = &stranger;
        let role = Role::Coordinator.as_str();
        database
            .ask(&format!(
                "INSERT INTO organisations (id, name, created_at) VALUES ('{organisation}', 'Strangers', now());
                 INSERT INTO users (id, organisation_id, role, name, email, created_at)
                 VALUES ('{coordinator}', '{organisation}', '{role}', 'Stranger', 'stranger@example.org', now());
                 INSERT INTO campaigns (id, organisation_id, name, created_at)
                 VALUES ('{campaign}', '{organisation}', 'Other winter', now());
                 INSERT INTO campaign_organisations (campaign_id, organisation_id, joined_at)
                 VALUES ('{campaign}', '{organisation}', now());
                 INSERT INTO areas (id, organisation_id, campaign_id, name, time_zone, shape, centre_lat, centre_lon, created_at)
                 SELECT '{area}', '{organisation}', '{campaign}', name, time_zone, shape, centre_lat, centre_lon, now()
                 FROM areas LIMIT 1;
                 INSERT INTO area_organisations VALUES ('{organisation}', '{area}', '{campaign}');
                 {}", insert_household(household, organisation, area, "7"),
            ))
            .await;
        stranger
    }

    async fn session(&self, database: &TestDatabase) -> Session {
        let session = Session::of_the_app(database).await;
        session.open_as(self.coordinator).await;
        session
    }
}

fn insert_household(id: &Uuid, organisation: &Uuid, area: &Uuid, external_id: &str) -> String {
    format!(
        "INSERT INTO households (id, organisation_id, area_id, external_id, status, members, categories, languages, coarse_lat,
                                 coarse_lon, created_at, updated_at)
         VALUES ('{id}', '{organisation}', '{area}', '{external_id}', 'verified', 1, '{{}}', '{{}}', 43, 77, now(), now())"
    )
}

fn insert_door(household: &Uuid, organisation: &Uuid, area: &Uuid) -> String {
    format!(
        "INSERT INTO household_doors (household_id, organisation_id, area_id, sealed, data_key, key_version, name_index, lat,
                                      lon, cells)
         VALUES ('{household}', '{organisation}', '{area}', decode(repeat('00', 28), 'hex'), decode(repeat('00', 60), 'hex'), 1,
                 decode(repeat('00', 32), 'hex'), 43, 77, '{{}}')"
    )
}

/// A world in which much has happened: its request, claimed by a volunteer of organisation A.
async fn lived_in() -> (World, String, String) {
    let world = World::new().await;
    let (request, _) = world.open_request().await;
    let claim =
        world.volunteer_of_a().post(&format!("/v1/requests/{request}/claim"), json!({})).await.expect(201);
    let text = |field: &str| claim[field].as_str().unwrap().to_owned();
    let door = format!("/v1/claims/{}/door?fence={}", text("id"), claim["fence"]);
    world.volunteer_of_a().get(&door).await.expect(200);
    world
        .coordinator_of_a()
        .post(
            "/v1/hubs",
            json!({
                "area_id": world.seeded.area.to_string(), "name": "Depot", "address": "Abay 1",
                "position": {"lat": 43.2, "lon": 76.9}
            }),
        )
        .await
        .expect(201);
    (world, request, text("id"))
}

/// Every table that tells whose its rows are.
async fn tables(database: &TestDatabase) -> Vec<String> {
    let rows = database
        .ask(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attname = 'organisation_id' ORDER BY 1",
        )
        .await;
    rows.into_iter().map(|mut row| row.remove(0).unwrap()).collect()
}

const REFUSED: &str = "42501";

#[test]
fn an_organisation_that_shares_nothing_sees_and_changes_nothing_of_others() {
    run(async {
        let (world, ..) = lived_in().await;
        let database = &world.database;
        let stranger = Stranger::plant(database).await;
        let own = stranger.organisation;
        let session = stranger.session(database).await;
        let (mut seen, mut full) = (0, 0);
        for table in tables(database).await {
            let others = format!("organisation_id IS DISTINCT FROM '{own}'");
            full +=
                i32::from(database.count(&format!("SELECT count(*) FROM {table} WHERE {others}")).await > 0);
            let read = session.attempt(&format!("SELECT 1 FROM {table} WHERE {others}")).await;
            assert!(read == Ok(0) || read == Err(REFUSED.to_owned()), "{table} is read: {read:?}");
            seen += i32::from(read == Ok(0));
            for change in [
                format!("UPDATE {table} SET organisation_id = organisation_id WHERE {others}"),
                format!("UPDATE {table} SET organisation_id = '{own}'"),
                format!("DELETE FROM {table} WHERE {others}"),
            ] {
                let changed = session.attempt(&change).await;
                let of_its_own = i64::try_from(*changed.as_ref().unwrap_or(&0)).unwrap();
                let may = database
                    .count(&format!("SELECT count(*) FROM {table} WHERE organisation_id = '{own}'"))
                    .await;
                assert!(changed == Err(REFUSED.to_owned()) || of_its_own <= may, "{change}: {changed:?}");
                assert!(
                    may > 0 || changed == Ok(0) || changed == Err(REFUSED.to_owned()),
                    "{change}: {changed:?}"
                );
            }
            let emptied = session.attempt(&format!("TRUNCATE {table} CASCADE")).await;
            assert_eq!(emptied, Err(REFUSED.to_owned()), "{table} is emptied");
        }
        assert!(seen >= 25 && full >= 20, "{seen} tables were asked, {full} hold something");
        for helper in [
            format!(
                "SELECT 1 FROM doors_in_cells('{}', '{{0}}', '{{9223372036854775807}}', 9)",
                world.seeded.area.uuid()
            ),
            format!(
                "SELECT 1 FROM doors_named('{}', '{{raushan akhmetova}}', '{{0}}', 90)",
                world.seeded.a.id.uuid()
            ),
        ] {
            assert_eq!(session.attempt(&helper).await, Ok(0), "{helper}");
        }
    });
}

#[test]
fn an_organisation_neither_writes_nor_refers_to_nor_finds_out_what_is_anothers() {
    run(async {
        let (world, request, _) = lived_in().await;
        let database = &world.database;
        let stranger = Stranger::plant(database).await;
        let Stranger { organisation: own, area, campaign, household: ours, .. } = &stranger;
        let (theirs, their_area) = (world.seeded.a.id.uuid(), world.seeded.area.uuid());
        let household = database.ask("SELECT household_id FROM household_doors").await[0][0].clone().unwrap();
        database.ask("UPDATE households SET external_id = '42' WHERE external_id IS NULL; DELETE FROM household_consents; DELETE FROM request_phrases").await;
        let session = stranger.session(database).await;
        let id = clock::new_id();

        let written = session.attempt(&insert_household(&id, &theirs, &their_area, "1")).await;
        assert_eq!(written, Err(REFUSED.to_owned()), "a household of another organisation's");
        let grant = format!(
            "INSERT INTO campaign_organisations VALUES ('{}', '{own}', now())",
            world.seeded.campaign.uuid()
        );
        assert_eq!(session.attempt(&grant).await, Err(REFUSED.to_owned()), "a part in another's campaign");
        let grant = format!("INSERT INTO area_organisations VALUES ('{own}', '{their_area}', '{campaign}')");
        assert_eq!(session.attempt(&grant).await, Err(REFUSED.to_owned()), "a part in another's area");
        let staged = format!(
            "INSERT INTO import_coarse_points_inlet VALUES ('{id}', '{their_area}', 1, '{theirs}', 43, 77, NULL)"
        );
        assert_eq!(session.attempt(&staged).await, Err(REFUSED.to_owned()), "staged for another");

        let linked = format!(
            "INSERT INTO household_consents VALUES ('{household}', '{own}', 'x', 'kk', 'paper', now(), now())"
        );
        assert_eq!(
            session.attempt(&linked).await,
            Err("23503".to_owned()),
            "a consent of another's household"
        );
        let linked = format!(
            "INSERT INTO requests (id, organisation_id, area_id, campaign_id, household_id, kind, status, urgency, skills,
               languages, weight_g, volume_ml, coarse_lat, coarse_lon, window_start, window_end, created_at, updated_at)
             VALUES ('{id}', '{own}', '{area}', '{campaign}', '{household}', 'call', 'open', 'low', '{{}}', '{{}}', 0, 0, 43,
                     77, now(), now() + '1 hour', now(), now())"
        );
        assert_eq!(
            session.attempt(&linked).await,
            Err("23503".to_owned()),
            "a request of another's household"
        );
        let note = format!(
            "INSERT INTO request_phrases (request_id, organisation_id, phrase_mac)
             SELECT '{}', '{own}', ''",
            uuid_of(&request)
        );
        assert_eq!(session.attempt(&note).await, Err("23503".to_owned()), "a phrase of another's request");

        let attached = format!(
            "INSERT INTO claims (id, organisation_id, area_id, request_id, household_id, volunteer_organisation_id,
               volunteer_id, source, status, fence, lease_until, policy_version, claimed_at, ended_at)
             VALUES ('{id}', '{theirs}', '{their_area}', '{}', '{household}', '{own}', '{id}', 'self', 'completed', 99, now(), 1,
                     now(), now())",
            uuid_of(&request)
        );
        assert_eq!(
            session.attempt(&attached).await,
            Err(REFUSED.to_owned()),
            "a claim that opens another's door"
        );
        let promoted = "UPDATE users SET role = 'administrator'";
        assert_eq!(
            session.attempt(promoted).await,
            Err(REFUSED.to_owned()),
            "an administrator, made in passing"
        );
        let entered = format!(
            "INSERT INTO users (id, organisation_id, role, name, email, created_at)
             VALUES ('{id}', '{own}', 'administrator', 'Nobody', 'nobody@example.org', now())"
        );
        assert_eq!(session.attempt(&entered).await, Err(REFUSED.to_owned()), "an administrator, entered");

        // What another organisation has already is no news.
        let same_phone = insert_door(ours, own, area);
        assert_eq!(session.attempt(&same_phone).await, Ok(1), "the same telephone");
        assert_eq!(
            session.attempt(&insert_household(&id, own, area, "42")).await,
            Ok(1),
            "the same name of its own"
        );
    });
}

fn uuid_of(id: &str) -> Uuid {
    let request: domain::id::RequestId = id.parse().unwrap();
    request.uuid()
}

#[test]
fn who_shares_a_campaign_sees_requests_by_their_coarse_points_and_nothing_private() {
    run(async {
        let (world, ..) = lived_in().await;
        let session = Session::of_the_app(&world.database).await;
        session.open_as(world.seeded.b.coordinator.user.uuid()).await;
        let theirs = world.seeded.a.id.uuid();
        for (table, is_shared) in [
            ("requests", true),
            ("households", true),
            ("hubs", true),
            ("volunteers", true),
            ("household_doors", false),
            ("household_consents", false),
            ("users", false),
            ("partners", false),
            ("claims", true),
            ("deliveries", true),
            ("request_notes", false),
            ("request_phrases", false),
            ("events", false),
            ("door_readings", false),
        ] {
            let seen = session
                .count(&format!("SELECT count(*) FROM {table} WHERE organisation_id = '{theirs}'"))
                .await;
            assert_eq!(seen > 0, is_shared, "{table}: {seen}");
        }
        let taken = session.attempt("UPDATE households SET status = 'archived'").await;
        assert_eq!(taken, Ok(0), "another's household is changed");
        let moved = format!("UPDATE requests SET organisation_id = '{}'", world.seeded.b.id.uuid());
        assert!(session.attempt(&moved).await.is_err(), "another's request is taken over");
    });
}

#[test]
fn a_volunteer_sees_the_doors_that_they_serve_and_no_others() {
    run(async {
        let (world, _, claim) = lived_in().await;
        let doors = "SELECT count(*) FROM household_doors";
        let of = async |person: Uuid| {
            let session = Session::of_the_app(&world.database).await;
            session.open_as(person).await;
            session.count(doors).await
        };
        let [first, second] = world.seeded.a.volunteers;
        assert_eq!(of(first.person.user.uuid()).await, 1, "who holds the claim");
        assert_eq!(of(second.person.user.uuid()).await, 0, "another of the same organisation");
        let release = format!("/v1/claims/{claim}/release");
        world.volunteer_of_a().post(&release, json!({"fence": 1, "reason": "ill"})).await.expect(200);
        assert_eq!(of(first.person.user.uuid()).await, 0, "who has released it");
        assert_eq!(of(world.seeded.a.coordinator.user.uuid()).await, 1, "a coordinator");
    });
}

#[test]
fn administrators_and_those_who_are_not_logged_in_reach_no_household() {
    run(async {
        let (world, ..) = lived_in().await;
        for role in ["birgemiz_admin", "birgemiz_gate"] {
            let session = Session::as_role(&world.database, role).await;
            session.ask("BEGIN").await.unwrap();
            for table in [
                "households",
                "household_doors",
                "household_consents",
                "requests",
                "request_notes",
                "claims",
                "photos",
                "calls",
                "door_readings",
            ] {
                let read = session.attempt(&format!("SELECT * FROM {table}")).await;
                assert_eq!(read, Err(REFUSED.to_owned()), "{role} reads {table}");
            }
        }
    });
}

#[test]
fn no_role_becomes_another_or_does_without_the_policies() {
    run(async {
        let (world, ..) = lived_in().await;
        for role in ["birgemiz_app", "birgemiz_admin", "birgemiz_gate"] {
            let session = Session::as_role(&world.database, role).await;
            session.ask("BEGIN").await.unwrap();
            for other in ["birgemiz_system", "birgemiz_definer", "birgemiz_owner", "postgres"] {
                let became = session.attempt(&format!("SET ROLE {other}")).await;
                assert_eq!(became, Err(REFUSED.to_owned()), "{role} becomes {other}");
            }
            let without = session.attempt("SET LOCAL row_security = off; SELECT 1 FROM organisations").await;
            assert_eq!(without, Err(REFUSED.to_owned()), "{role} without the policies");
            for made in [
                "CREATE TABLE x (x text)",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
                "ALTER TABLE requests DISABLE ROW LEVEL SECURITY",
                "DROP POLICY requests_own ON requests",
            ] {
                assert_eq!(session.attempt(made).await, Err(REFUSED.to_owned()), "{role}: {made}");
            }
        }
    });
}
