//! The database that everything is measured on: a private Postgres on disk, and a campaign with as many
//! volunteers as asked for, scattered around Almaty; written straight into the tables, to be quick.

use std::path::{Path, PathBuf};

use birgemiz::keys::Keys;
use birgemiz::rest::tokens::{self, Bearer};
use birgemiz::storage::database::{self, SERVICE_ROLE};
use birgemiz::storage::embedded::{EmbeddedPostgres, Settings};
use birgemiz::storage::migrations;
use birgemiz::{clock, startup::DatabaseUrls};
use domain::actor::{Role, Scope};
use domain::id::{PartnerId, SessionId, UserId, VolunteerId};
use domain::policy::Policy;
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;

use crate::country;

/// The same draws in every run.
const SEED: f64 = 0.42;

/// Everybody is logged in, by a session that has their own id.
const LOG_EVERYBODY_IN: &str =
    "INSERT INTO sessions (id, organisation_id, user_id, begun_at, renewed_at, expires_at)
        SELECT id, organisation_id, id, now(), now(), now() + interval '30 days' FROM users";

/// What is measured on.
pub(crate) struct City {
    pub(crate) folder: PathBuf,
    pub(crate) urls: DatabaseUrls,
    pub(crate) organisation: Uuid,
    pub(crate) area: Uuid,
    pub(crate) campaign: Uuid,
    pub(crate) household: Uuid,
    pub(crate) partner: Uuid,
    pub(crate) kit: Uuid,
    coordinator: Uuid,
    keys: Keys,
    postgres: EmbeddedPostgres,
    /// Numbers of volunteers who can be asked for what is near them, from 0.
    asking: Vec<u64>,
}

/// Where the volunteers are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Crowd {
    /// All within five kilometres, all alike: nobody is told from the others by a bound.
    OneCity,
    /// As `country` has them.
    Country,
}

impl City {
    /// Makes it, in a folder that goes away with it. Postgres ends with the thread that calls this.
    pub(crate) fn start(runtime: &tokio::runtime::Runtime, volunteers: u64, crowd: Crowd) -> Self {
        let folder = std::env::temp_dir().join(format!("birgemiz-bench-{}", std::process::id()));
        let mut settings = Settings::new(folder.join("data"));
        for (name, value) in
            [("shared_buffers", "256MB"), ("max_connections", "200"), ("max_wal_size", "4GB")]
        {
            settings.server_options.push((name.to_owned(), value.to_owned()));
        }
        let postgres = EmbeddedPostgres::start(&settings).unwrap();
        let name = "bench";
        let urls =
            DatabaseUrls { service: postgres.url(SERVICE_ROLE, name), owner: postgres.url("postgres", name) };
        let mut city = Self {
            keys: Keys::load_or_make(&folder.join("secrets")).unwrap(),
            folder,
            urls,
            organisation: clock::new_id(),
            area: clock::new_id(),
            campaign: clock::new_id(),
            household: clock::new_id(),
            partner: clock::new_id(),
            kit: clock::new_id(),
            coordinator: clock::new_id(),
            postgres,
            asking: Vec::new(),
        };
        runtime.block_on(async {
            database::ensure_exists(&city.postgres.url("postgres", "postgres"), name).await.unwrap();
            migrations::migrate(&city.urls.owner).await.unwrap();
            city.write(&city.foundation()).await;
            city.asking = match crowd {
                Crowd::OneCity => {
                    city.write(&city.volunteers(volunteers)).await;
                    (0..volunteers).collect()
                }
                Crowd::Country => country::write_volunteers(&city, volunteers).await,
            };
            city.write(LOG_EVERYBODY_IN).await;
            city.write("VACUUM ANALYZE sessions; VACUUM ANALYZE users; VACUUM ANALYZE volunteers; VACUUM ANALYZE volunteer_positions")
                .await;
        });
        city
    }

    /// Where pgbench connects.
    pub(crate) fn pgbench_target(&self) -> Vec<String> {
        vec![self.urls.owner.clone()]
    }

    /// The id of the volunteer with that number, from 0.
    pub(crate) fn volunteer(number: u64) -> VolunteerId {
        VolunteerId::new(numbered(VOLUNTEERS + number))
    }

    pub(crate) fn secrets(&self) -> PathBuf {
        self.folder.join("secrets")
    }

    pub(crate) fn partner_token(&self) -> String {
        self.sign(&Bearer::Partner { partner: PartnerId::new(self.partner), scopes: Scope::ALL.to_vec() })
    }

    pub(crate) fn coordinator_token(&self) -> String {
        self.sign(&person(self.coordinator, Role::Coordinator))
    }

    /// The token of the volunteer with that number, from 0.
    pub(crate) fn volunteer_token(&self, number: u64) -> String {
        self.sign(&person(numbered(USERS + number), Role::Volunteer))
    }

    /// The token of one who can be asked for what is near them.
    pub(crate) fn asking_token(&self, number: usize) -> String {
        self.volunteer_token(self.asking[number % self.asking.len()])
    }

    fn sign(&self, bearer: &Bearer) -> String {
        tokens::sign(&self.keys, bearer, clock::now()).unwrap()
    }

    /// Opens requests, one a row, all of one household, scattered like the volunteers:
    /// `each` for every one of `clients`, numbered as the pgbench scripts count them.
    pub(crate) async fn open_requests(&self, base: u64, clients: u64, each: u64) {
        let Self { organisation, area, campaign, household, partner, .. } = self;
        self.write(&format!(
            "SELECT setseed({SEED});
             INSERT INTO requests (id, organisation_id, area_id, campaign_id, household_id, partner_id, kind, status,
                urgency, skills, languages, weight_g, volume_ml, coarse_lat, coarse_lon, window_start, window_end,
                opened_at, created_at, updated_at)
             SELECT lpad(to_hex({base} + c * 1000000 + n), 32, '0')::uuid, '{organisation}', '{area}', '{campaign}',
                '{household}', '{partner}', 'delivery', 'open', 'normal', '{{}}', '{{kk,ru}}', 6000, 9000,
                43.24 + (random() + random() - 1) * 0.05, 76.89 + (random() + random() - 1) * 0.07,
                now(), now() + interval '1 day', now(), now(), now()
             FROM generate_series(0, {clients} - 1) c, generate_series(1, {each}) n;
             ANALYZE requests"
        ))
        .await;
    }

    /// Takes the open requests away again, and what volunteers hold.
    pub(crate) async fn close_everything(&self) {
        self.write(
            "UPDATE requests SET status = 'cancelled' WHERE status = 'open';
             UPDATE claims SET status = 'revoked', ended_at = now() WHERE status = 'active';
             UPDATE volunteers SET active_claims = 0 WHERE active_claims > 0;
             VACUUM ANALYZE requests; VACUUM ANALYZE volunteers; CHECKPOINT",
        )
        .await;
    }

    /// An event after which every follower reads its whole world again.
    pub(crate) async fn touch_the_campaign(&self) {
        let Self { organisation, campaign, .. } = self;
        self.write(&format!(
            "INSERT INTO events (id, at, kind, organisation_id, subject_kind, subject_id, actor_kind, call_id, changes)
             VALUES (gen_random_uuid(), now(), 'campaign.changed', '{organisation}', 'campaign', '{campaign}', 'system',
                'pgbench', '[]')"
        ))
        .await;
    }

    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.client().await.query_one(sql, &[]).await.unwrap().get(0)
    }

    /// As the owner of the tables.
    pub(crate) async fn client(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(&self.urls.owner, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    async fn write(&self, sql: &str) {
        let client = self.client().await;
        for statement in sql.split(';').filter(|statement| !statement.trim().is_empty()) {
            if let Err(error) = client.batch_execute(statement).await {
                panic!("{statement}: {error:?}");
            }
        }
    }

    fn foundation(&self) -> String {
        let Self { organisation, area, campaign, household, partner, kit, coordinator, .. } = self;
        let (policy, item, policy_id) =
            (serde_json::to_string(&Policy::default()).unwrap(), clock::new_id(), clock::new_id());
        let scopes = Scope::WORDS.join(",");
        let shape = r#"{"type":"Polygon","coordinates":[[[76.7,43.1],[77.1,43.1],[77.1,43.4],[76.7,43.4],[76.7,43.1]]]}"#;
        format!(
            "INSERT INTO organisations (id, name, created_at) VALUES ('{organisation}', 'Bench', now());
             INSERT INTO campaigns (id, organisation_id, name, created_at) VALUES ('{campaign}', '{organisation}', 'Bench', now());
             INSERT INTO policies (id, organisation_id, campaign_id, version, body, created_at)
                VALUES ('{policy_id}', '{organisation}', '{campaign}', 1, '{policy}', now());
             INSERT INTO areas (id, organisation_id, campaign_id, name, time_zone, shape, centre_lat, centre_lon, created_at)
                VALUES ('{area}', '{organisation}', '{campaign}', 'Almaty', 'Asia/Almaty', '{shape}', 43.25, 76.9, now());
             INSERT INTO campaign_organisations (campaign_id, organisation_id, joined_at) VALUES ('{campaign}', '{organisation}', now());
             INSERT INTO area_organisations (organisation_id, area_id, campaign_id) VALUES ('{organisation}', '{area}', '{campaign}');
             INSERT INTO items (id, organisation_id, campaign_id, name, unit, weight_g, volume_ml, created_at)
                VALUES ('{item}', '{organisation}', '{campaign}', 'Bread', 'piece', 500, 2000, now());
             INSERT INTO kits (id, organisation_id, campaign_id, name, created_at)
                VALUES ('{kit}', '{organisation}', '{campaign}', 'Basket', now());
             INSERT INTO kit_items (campaign_id, kit_id, item_id, quantity) VALUES ('{campaign}', '{kit}', '{item}', 2);
             INSERT INTO users (id, organisation_id, role, name, email, created_at)
                VALUES ('{coordinator}', '{organisation}', 'coordinator', 'Coordinator', 'coordinator@bench.example', now());
             INSERT INTO partners (id, organisation_id, campaign_id, name, scopes, secret_hash, created_at)
                VALUES ('{partner}', '{organisation}', '{campaign}', 'Bench', '{{{scopes}}}', '\\x00', now());
             INSERT INTO households (id, organisation_id, area_id, partner_id, status, members, categories, languages,
                coarse_lat, coarse_lon, created_at, updated_at)
                VALUES ('{household}', '{organisation}', '{area}', '{partner}', 'verified', 2, '{{elderly_alone}}', '{{kk,ru}}',
                43.24, 76.89, now(), now());
             -- The server seals it at its start.
             INSERT INTO plain_doors (household_id, organisation_id, area_id, name, lat, lon, cells)
                VALUES ('{household}', '{organisation}', '{area}', 'Nobody', 43.24, 76.89, '{{}}')"
        )
    }

    fn volunteers(&self, count: u64) -> String {
        let Self { organisation, area, .. } = self;
        let last = count - 1;
        format!(
            // One volunteer a connection takes more here than anybody ever may.
            "ALTER TABLE volunteers DROP CONSTRAINT volunteers_claim_limit_check;
             SELECT setseed({SEED});
             INSERT INTO users (id, organisation_id, role, name, email, created_at)
                SELECT lpad(to_hex({USERS} + n), 32, '0')::uuid, '{organisation}', 'volunteer', 'Volunteer', n || '@bench.example', now()
                FROM generate_series(0, {last}) n;
             INSERT INTO volunteers (id, organisation_id, area_id, user_id, status, transport, capacity_g, capacity_ml,
                skills, languages, radius_m, claim_limit, duty_until, created_at, updated_at)
                SELECT lpad(to_hex({VOLUNTEERS} + n), 32, '0')::uuid, '{organisation}', '{area}',
                lpad(to_hex({USERS} + n), 32, '0')::uuid, 'approved', 'car', 200000, 400000, '{{}}', '{{kk,ru}}', 20000,
                1000000, now() + interval '12 hours', now(), now()
                FROM generate_series(0, {last}) n;
             INSERT INTO volunteer_positions (volunteer_id, organisation_id, base_lat, base_lon, written_at, trackers_agreed_at)
                SELECT lpad(to_hex({VOLUNTEERS} + n), 32, '0')::uuid, '{organisation}',
                43.24 + (random() + random() - 1) * 0.05, 76.89 + (random() + random() - 1) * 0.07, now(), now()
                FROM generate_series(0, {last}) n"
        )
    }
}

/// Numbers from which the ids of volunteers and of their users count.
pub(crate) const VOLUNTEERS: u64 = 1_000_000;
pub(crate) const USERS: u64 = 100_000_000;
/// And those of the regions of a country, and of a household in each.
pub(crate) const AREAS: u64 = 10_000_000_000;
pub(crate) const HOUSEHOLDS: u64 = 20_000_000_000;

/// The id with that number, as the SQL above makes it.
pub(crate) fn numbered(number: u64) -> Uuid {
    Uuid::from_u128(u128::from(number))
}

impl Drop for City {
    fn drop(&mut self) {
        // The server still runs; what it holds open goes when it ends.
        let _ = std::fs::remove_dir_all(Path::new(&self.folder));
    }
}

fn person(id: Uuid, role: Role) -> Bearer {
    Bearer::Person { user: UserId::new(id), role, session: SessionId::new(id) }
}
