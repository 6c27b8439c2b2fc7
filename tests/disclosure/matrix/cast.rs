//! Everyone who may come asking about one household.

use birgemiz::clock;
use birgemiz::demo::build_sandbox;
use domain::actor::Role;
use domain::id::{OrganisationId, UserId};
use serde_json::json;

use crate::support::seed::{Person, Seeded};
use crate::support::{Caller, World};

/// Somebody who comes asking.
pub(crate) struct Party {
    pub(crate) name: &'static str,
    pub(crate) caller: Caller,
}

/// Everyone.
pub(crate) struct Cast {
    pub(crate) parties: Vec<Party>,
    pub(crate) lapsed: Caller,
    /// Whom the service asks whether they take the request.
    pub(crate) asked: Caller,
    /// Volunteers who could be asked as well, and are not.
    pub(crate) never_asked: Vec<Caller>,
    pub(crate) blocked_id: String,
}

/// The name that the volunteer has who holds the claim, and the address that they log in with.
pub(crate) const HOLDERS_NAME: &str = "Markholder Serikov";
pub(crate) const HOLDERS_EMAIL: &str = "markholder@example.org";

impl Cast {
    pub(crate) async fn new(world: &World) -> Self {
        let lapsed = Seeded::add_volunteer(&world.database, world.seeded.a.id, world.seeded.area).await;
        let blocked = Seeded::add_volunteer(&world.database, world.seeded.a.id, world.seeded.area).await;
        let asked = Seeded::add_volunteer(&world.database, world.seeded.a.id, world.seeded.area).await;
        let unrelated = world.third_volunteer_of_a().await.1;
        let holder = world.seeded.a.volunteers[0].person.user.uuid();
        // So many requests are claimed and doors opened on the way that the usual limits would get in the way.
        let sql = format!(
            "UPDATE volunteers SET claim_limit = 10000; \
             UPDATE users SET name = '{HOLDERS_NAME}', email = '{HOLDERS_EMAIL}' WHERE id = '{holder}'; \
             UPDATE policies SET body = body || '{{\"volunteer_doors_per_hour\": 100000, \
                \"coordinator_doors_per_hour\": 100000, \"coordinator_exports_per_day\": 1000, \
                \"calls\": {{\"quiet_from_minute\": 0, \"quiet_until_minute\": 0}}, \
                \"dispatch\": {{\"target_percent\": 99, \"match_within_s\": 60, \"budget\": \
                    {{\"per_day\": 100, \"per_week\": 100, \"quiet_from_minute\": 0, \"quiet_until_minute\": 0}}}}}}'"
        );
        world.database.ask(&sql).await;
        let second_partner = json!({
            "organisation_id": world.seeded.a.id.to_string(), "campaign_id": world.seeded.campaign.to_string(),
            "name": "Another app", "scopes": ["households:read", "households:write", "requests:read", "requests:write"],
        });
        let made = world.administrator_of_a().post("/v1/partners", second_partner).await.expect(201);
        let second_partner = made["client_id"].as_str().unwrap().parse().unwrap();
        let third =
            world.administrator_of_a().post("/v1/organisations", json!({"name": "Third"})).await.expect(201);
        let outside = coordinator_of(world, third["id"].as_str().unwrap().parse().unwrap()).await;
        let sandbox = build_sandbox(world.app(), "Hotline 1414").await.unwrap();
        world.log_everybody_in().await;
        let in_sandbox = Person { user: sandbox.organisations[0].coordinator_id, role: Role::Coordinator };
        let party = |name, caller| Party { name, caller };
        let parties = vec![
            party("nobody", world.nobody()),
            party("filing partner", world.partner_of_a()),
            party("other partner of the organisation", world.partner(second_partner)),
            party("partner of another organisation", world.partner_of_b()),
            party("unrelated volunteer", unrelated.clone()),
            party("asked volunteer", world.person(asked.person)),
            party("volunteer of another organisation", world.volunteer_of_b()),
            party("holder", world.volunteer_of_a()),
            party("former holder", world.second_volunteer_of_a()),
            party("holder whose claim lapsed", world.person(lapsed.person)),
            party("blocked volunteer", world.person(blocked.person)),
            party("coordinator", world.coordinator_of_a()),
            party("coordinator of another organisation", world.coordinator_of_b()),
            party("coordinator outside the campaign", world.person(outside)),
            party("administrator", world.administrator_of_a()),
            party("sandbox partner", world.partner(sandbox.client_id)),
            party("sandbox coordinator", world.person(in_sandbox)),
        ];
        let [first, second] = world.seeded.b.volunteers;
        let never_asked =
            [world.seeded.a.volunteers[0], world.seeded.a.volunteers[1], first, second, lapsed, blocked]
                .map(|volunteer| world.person(volunteer.person));
        Self {
            parties,
            lapsed: world.person(lapsed.person),
            asked: world.person(asked.person),
            never_asked: never_asked.into_iter().chain([unrelated]).collect(),
            blocked_id: blocked.id.to_string(),
        }
    }
}

async fn coordinator_of(world: &World, organisation: OrganisationId) -> Person {
    let user = UserId::new(clock::new_id());
    let sql = format!(
        "INSERT INTO users (id, organisation_id, role, name, email, created_at) \
         VALUES ('{0}', '{1}', 'coordinator', 'Outside', '{0}@example.org', now())",
        user.uuid(),
        organisation.uuid()
    );
    world.database.ask(&sql).await;
    Person { user, role: Role::Coordinator }
}
