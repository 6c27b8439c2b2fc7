//! What every world begins with, written as the tables' owner: two organisations that share a
//! campaign, an area around Almaty, their people, a partner app each, and a catalogue.

use birgemiz::actions::passwords;
use birgemiz::clock;
use birgemiz::rest::tokens::Bearer;
use domain::actor::{Role, Scope};
use domain::id::{
    AreaId, CampaignId, ItemId, KitId, OrganisationId, PartnerId, SessionId, UserId, VolunteerId,
};
use domain::policy::Policy;
use tokio::sync::OnceCell;

use super::postgres::TestDatabase;

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";
/// Every partner's secret.
pub(crate) const PARTNER_SECRET: &str = "bps_a-secret-that-only-tests-know";

/// Logs everybody in who is not: by a session that has the person's own id, which is how [`Person::bearer`] calls. They
/// have shown who they are for as long as a test may take; those about that say when it was.
pub(crate) const LOG_EVERYBODY_IN: &str = "INSERT INTO sessions (id, organisation_id, user_id, begun_at, renewed_at, expires_at, authenticated_at) \
     SELECT id, organisation_id, id, now(), now(), now() + interval '30 days', now() + interval '1 day' FROM users ON CONFLICT DO NOTHING";

/// A person who can log in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) user: UserId,
    pub(crate) role: Role,
}

impl Person {
    /// Whom their access tokens name.
    pub(crate) fn bearer(self) -> Bearer {
        Bearer::Person { user: self.user, role: self.role, session: SessionId::new(self.user.uuid()) }
    }
}

/// A volunteer: approved, on duty, with a car, at home in the middle of the area.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeededVolunteer {
    pub(crate) person: Person,
    pub(crate) id: VolunteerId,
}

/// One organisation and its people.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeededOrganisation {
    pub(crate) id: OrganisationId,
    pub(crate) administrator: Person,
    pub(crate) coordinator: Person,
    pub(crate) volunteers: [SeededVolunteer; 2],
    pub(crate) partner: PartnerId,
}

/// What is there at the beginning.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seeded {
    pub(crate) a: SeededOrganisation,
    pub(crate) b: SeededOrganisation,
    pub(crate) campaign: CampaignId,
    pub(crate) area: AreaId,
    /// A loaf: 500 g, 2 l.
    pub(crate) bread: ItemId,
    /// Five litres: 5 kg, 5 l.
    pub(crate) water: ItemId,
    /// Two loaves and one water.
    pub(crate) kit: KitId,
}

impl Seeded {
    /// Writes all of it into a migrated database.
    pub(crate) async fn plant(database: &TestDatabase) -> Self {
        let mut sql = Vec::new();
        let (a, b) = (OrganisationId::new(clock::new_id()), OrganisationId::new(clock::new_id()));
        let seeded = Places {
            campaign: CampaignId::new(clock::new_id()),
            area: AreaId::new(clock::new_id()),
            bread: ItemId::new(clock::new_id()),
            water: ItemId::new(clock::new_id()),
            kit: KitId::new(clock::new_id()),
        };
        seeded.write(&mut sql, a, b);
        let hash = password_hash().await;
        let a = organisation(&mut sql, "a", a, &seeded, &hash);
        let b = organisation(&mut sql, "b", b, &seeded, &hash);
        sql.push(LOG_EVERYBODY_IN.to_owned());
        database.ask(&format!("BEGIN; {}; COMMIT", sql.join(";\n"))).await;
        let Places { campaign, area, bread, water, kit } = seeded;
        Self { a, b, campaign, area, bread, water, kit }
    }
}

impl Seeded {
    /// Adds a volunteer like the others.
    pub(crate) async fn add_volunteer(
        database: &TestDatabase,
        organisation: OrganisationId,
        area: AreaId,
    ) -> SeededVolunteer {
        let user = UserId::new(clock::new_id());
        let volunteer = SeededVolunteer {
            person: Person { user, role: Role::Volunteer },
            id: VolunteerId::new(clock::new_id()),
        };
        let mut sql = vec![format!(
            "INSERT INTO users (id, organisation_id, role, name, email, created_at) VALUES \
             ('{0}', '{1}', 'volunteer', 'Another', '{0}@example.org', now())",
            user.uuid(),
            organisation.uuid()
        )];
        write_volunteer(&mut sql, organisation, area, volunteer);
        sql.push(LOG_EVERYBODY_IN.to_owned());
        database.ask(&sql.join(";\n")).await;
        volunteer
    }
}

struct Places {
    campaign: CampaignId,
    area: AreaId,
    bread: ItemId,
    water: ItemId,
    kit: KitId,
}

impl Places {
    fn write(&self, sql: &mut Vec<String>, a: OrganisationId, b: OrganisationId) {
        let (lead, other) = (a.uuid(), b.uuid());
        let (campaign, area, kit) = (self.campaign.uuid(), self.area.uuid(), self.kit.uuid());
        let (bread, water) = (self.bread.uuid(), self.water.uuid());
        for (id, name) in [(lead, "Organisation A"), (other, "Organisation B")] {
            sql.push(format!(
                "INSERT INTO organisations (id, name, created_at) VALUES ('{id}', '{name}', now())"
            ));
        }
        sql.push(format!(
            "INSERT INTO campaigns (id, organisation_id, name, created_at) VALUES ('{campaign}', '{lead}', 'Winter', now())"
        ));
        let policy = serde_json::to_string(&Policy::default()).unwrap();
        let policy_id = clock::new_id();
        sql.push(format!(
            "INSERT INTO policies (id, organisation_id, campaign_id, version, body, created_at) \
             VALUES ('{policy_id}', '{lead}', '{campaign}', 1, '{policy}', now())"
        ));
        let shape = r#"{"type":"Polygon","coordinates":[[[76.7,43.1],[77.1,43.1],[77.1,43.4],[76.7,43.4],[76.7,43.1]]]}"#;
        sql.push(format!(
            "INSERT INTO areas (id, organisation_id, campaign_id, name, time_zone, shape, centre_lat, centre_lon, created_at) \
             VALUES ('{area}', '{lead}', '{campaign}', 'Almaty', 'Asia/Almaty', '{shape}', 43.25, 76.9, now())"
        ));
        for id in [lead, other] {
            sql.push(format!(
                "INSERT INTO campaign_organisations (campaign_id, organisation_id, joined_at) VALUES ('{campaign}', '{id}', now())"
            ));
            sql.push(format!(
                "INSERT INTO area_organisations (organisation_id, area_id, campaign_id) VALUES ('{id}', '{area}', '{campaign}')"
            ));
        }
        for (id, name, grams, millilitres) in [(bread, "Bread", 500, 2000), (water, "Water", 5000, 5000)] {
            sql.push(format!(
                "INSERT INTO items (id, organisation_id, campaign_id, name, unit, weight_g, volume_ml, created_at) \
                 VALUES ('{id}', '{lead}', '{campaign}', '{name}', 'piece', {grams}, {millilitres}, now())"
            ));
        }
        sql.push(format!(
            "INSERT INTO kits (id, organisation_id, campaign_id, name, created_at) \
             VALUES ('{kit}', '{lead}', '{campaign}', 'Basket', now())"
        ));
        for (item, quantity) in [(bread, 2), (water, 1)] {
            sql.push(format!(
                "INSERT INTO kit_items (campaign_id, kit_id, item_id, quantity) VALUES ('{campaign}', '{kit}', '{item}', {quantity})"
            ));
        }
    }
}

fn organisation(
    sql: &mut Vec<String>,
    letter: &str,
    id: OrganisationId,
    places: &Places,
    hash: &str,
) -> SeededOrganisation {
    let mut person = |name: &str, role: Role| {
        let user = UserId::new(clock::new_id());
        let (user_id, organisation) = (user.uuid(), id.uuid());
        sql.push(format!(
            "INSERT INTO users (id, organisation_id, role, name, email, password_hash, created_at) VALUES \
             ('{user_id}', '{organisation}', '{role}', '{name} of {letter}', '{name}@{letter}.example', '{hash}', now())"
        ));
        Person { user, role }
    };
    let administrator = person("administrator", Role::Administrator);
    let coordinator = person("coordinator", Role::Coordinator);
    let volunteers = [person("volunteer", Role::Volunteer), person("volunteer2", Role::Volunteer)]
        .map(|person| SeededVolunteer { person, id: VolunteerId::new(clock::new_id()) });
    for volunteer in volunteers {
        write_volunteer(sql, id, places.area, volunteer);
    }
    let partner = PartnerId::new(clock::new_id());
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, PARTNER_SECRET.as_bytes());
    let secret_hash: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let scopes = Scope::WORDS.join(",");
    sql.push(format!(
        "INSERT INTO partners (id, organisation_id, campaign_id, name, scopes, secret_hash, created_at) VALUES \
         ('{}', '{}', '{}', 'Partner of {letter}', '{{{scopes}}}', '\\x{secret_hash}', now())",
        partner.uuid(),
        id.uuid(),
        places.campaign.uuid()
    ));
    SeededOrganisation { id, administrator, coordinator, volunteers, partner }
}

fn write_volunteer(
    sql: &mut Vec<String>,
    organisation: OrganisationId,
    area: AreaId,
    volunteer: SeededVolunteer,
) {
    let (id, organisation) = (volunteer.id.uuid(), organisation.uuid());
    let (user, area) = (volunteer.person.user.uuid(), area.uuid());
    sql.push(format!(
        "INSERT INTO volunteers (id, organisation_id, area_id, user_id, status, transport, capacity_g, capacity_ml, \
           skills, languages, radius_m, claim_limit, duty_until, created_at, updated_at) VALUES \
         ('{id}', '{organisation}', '{area}', '{user}', 'approved', 'car', 200000, 400000, \
          '{{}}', '{{kk,ru}}', 20000, 3, now() + interval '12 hours', now(), now())"
    ));
    sql.push(format!(
        "INSERT INTO volunteer_positions (volunteer_id, organisation_id, base_lat, base_lon, written_at) VALUES \
         ('{id}', '{organisation}', 43.24, 76.89, now())"
    ));
}

/// Hashing is slow on purpose, so it is done once.
async fn password_hash() -> String {
    static HASH: OnceCell<String> = OnceCell::const_new();
    HASH.get_or_init(|| async { passwords::hash(PASSWORD.to_owned(), "/password").await.unwrap() })
        .await
        .clone()
}
