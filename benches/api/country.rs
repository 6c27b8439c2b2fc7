//! A crowd as a country has it: volunteers around real towns in proportion to population, seven in ten of
//! them available, on foot, by bicycle and by car; and requests drawn from the same places. It is the
//! crowd on which the index is measured without a server, written into the tables.

use std::collections::BTreeSet;

use domain::Moment;
use domain::matching::{Candidate, Duty, OpenRequest};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::city::{AREAS, City, HOUSEHOLDS, USERS, VOLUNTEERS, numbered};
use crate::crowd::{self, Country, Selectivity};

/// Rows a statement.
const PART: usize = 20_000;

/// Writes so many volunteers, and says which of the first can be asked for what is near them.
pub(crate) async fn write_volunteers(city: &City, count: u64) -> Vec<u64> {
    let client = &city.client().await;
    let everybody = crowd::volunteers(&Country::new(), u32::try_from(count).unwrap());
    write_areas(client, city, everybody.iter().map(|volunteer| region(volunteer.area.uuid())).collect())
        .await;
    for part in everybody.chunks(PART) {
        write_part(client, city, part).await;
    }
    let can = |volunteer: &&Candidate| volunteer.approved && volunteer.duty.is_on(Moment::MIN_UTC);
    everybody
        .iter()
        .filter(can)
        .take(1_000)
        .map(|volunteer| u64::from(crowd::number(volunteer.volunteer)))
        .collect()
}

/// Writes so many open requests, numbered from there.
pub(crate) async fn write_requests(city: &City, base: u64, count: u64) {
    let client = &city.client().await;
    let requests = crowd::requests(&Country::new(), u32::try_from(count).unwrap(), Selectivity::Mixed);
    write_areas(client, city, requests.iter().map(|request| region(request.area.uuid())).collect()).await;
    for (number, request) in (base + 1..).zip(requests) {
        write_request(client, city, number, &request).await;
    }
}

fn region(area: Uuid) -> i64 {
    i64::try_from(area.as_u128()).unwrap()
}

/// Every region is a service area with one household; its shape is only asked when another moves in.
async fn write_areas(client: &Client, city: &City, regions: BTreeSet<i64>) {
    let regions: Vec<i64> = regions.into_iter().collect();
    let City { organisation, campaign, area, .. } = city;
    client.execute(
        &format!(
            "INSERT INTO areas (id, organisation_id, campaign_id, name, time_zone, shape, centre_lat, centre_lon, created_at)
                SELECT lpad(to_hex({AREAS} + n), 32, '0')::uuid, $2, $3, 'Region ' || n, time_zone, shape, centre_lat,
                centre_lon, now() FROM unnest($1::bigint[]) n, areas WHERE areas.id = $4 ON CONFLICT DO NOTHING"
        ),
        &[&regions, organisation, campaign, area],
    )
    .await
    .unwrap();
    client.execute(
        &format!(
            "INSERT INTO area_organisations (organisation_id, area_id, campaign_id)
                SELECT $2, lpad(to_hex({AREAS} + n), 32, '0')::uuid, $3 FROM unnest($1::bigint[]) n ON CONFLICT DO NOTHING"
        ),
        &[&regions, organisation, campaign],
    )
    .await
    .unwrap();
    client
        .execute(
            &format!(
                "INSERT INTO households (id, organisation_id, area_id, partner_id, status, members, categories, languages,
                    coarse_lat, coarse_lon, created_at, updated_at)
                    SELECT lpad(to_hex({HOUSEHOLDS} + n), 32, '0')::uuid, organisation_id,
                    lpad(to_hex({AREAS} + n), 32, '0')::uuid, partner_id, status, members, categories, languages,
                    coarse_lat, coarse_lon, now(), now()
                    FROM unnest($1::bigint[]) n, households WHERE households.id = $2 ON CONFLICT DO NOTHING"
            ),
            &[&regions, &city.household],
        )
        .await
        .unwrap();
}

async fn write_part(client: &Client, city: &City, part: &[Candidate]) {
    let numbers: Vec<i64> =
        part.iter().map(|volunteer| i64::from(crowd::number(volunteer.volunteer))).collect();
    client.execute(
        &format!(
            "INSERT INTO users (id, organisation_id, role, name, email, created_at)
                SELECT lpad(to_hex({USERS} + n), 32, '0')::uuid, $2, 'volunteer', 'Volunteer', n || '@bench.example', now()
                FROM unnest($1::bigint[]) n"
        ),
        &[&numbers, &city.organisation],
    )
    .await
    .unwrap();
    write_traits(client, city, &numbers, part).await;
    let places: Vec<_> = part.iter().map(|volunteer| volunteer.base.unwrap()).collect();
    let lats: Vec<f64> = places.iter().map(|place| place.lat()).collect();
    let lons: Vec<f64> = places.iter().map(|place| place.lon()).collect();
    client
        .execute(
            &format!(
            "INSERT INTO volunteer_positions (volunteer_id, organisation_id, base_lat, base_lon, written_at)
                SELECT lpad(to_hex({VOLUNTEERS} + n), 32, '0')::uuid, $4, lat, lon, now()
                FROM unnest($1::bigint[], $2::float8[], $3::float8[]) AS t (n, lat, lon)"
        ),
            &[&numbers, &lats, &lons, &city.organisation],
        )
        .await
        .unwrap();
}

async fn write_traits(client: &Client, city: &City, numbers: &[i64], part: &[Candidate]) {
    let column = |of: fn(&Candidate) -> i32| part.iter().map(of).collect::<Vec<i32>>();
    let words = |of: fn(&Candidate) -> String| part.iter().map(of).collect::<Vec<String>>();
    let areas: Vec<i64> = part.iter().map(|volunteer| region(volunteer.area.uuid())).collect();
    let statuses = words(|volunteer| (if volunteer.approved { "approved" } else { "suspended" }).to_owned());
    let transports = words(|volunteer| volunteer.transport.to_string());
    let skills = words(|volunteer| listed(volunteer.skills.iter()));
    let languages = words(|volunteer| listed(volunteer.languages.iter()));
    let grams = column(|volunteer| i32::try_from(volunteer.capacity.grams).unwrap());
    let millilitres = column(|volunteer| i32::try_from(volunteer.capacity.millilitres).unwrap());
    let radii = column(|volunteer| i32::try_from(volunteer.radius.get()).unwrap());
    let held = column(|volunteer| i32::try_from(volunteer.active_claims).unwrap());
    let hours = column(|volunteer| if volunteer.duty == Duty::Off { 0 } else { 12 });
    client.execute(
        &format!(
            "INSERT INTO volunteers (id, organisation_id, area_id, user_id, status, transport, capacity_g, capacity_ml,
                skills, languages, radius_m, claim_limit, active_claims, duty_until, created_at, updated_at)
                SELECT lpad(to_hex({VOLUNTEERS} + n), 32, '0')::uuid, $12, lpad(to_hex({AREAS} + area), 32, '0')::uuid,
                lpad(to_hex({USERS} + n), 32, '0')::uuid, status, transport, grams, millilitres, skills::text[],
                languages::text[], radius, 3, held, now() + make_interval(hours => hours), now(), now()
                FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[],
                    $8::text[], $9::int[], $10::int[], $11::int[])
                    AS t (n, area, status, transport, grams, millilitres, skills, languages, radius, held, hours)"
        ),
        &[
            &numbers, &areas, &statuses, &transports, &grams, &millilitres, &skills, &languages, &radii, &held,
            &hours, &city.organisation,
        ],
    )
    .await
    .unwrap();
}

async fn write_request(client: &Client, city: &City, number: u64, request: &OpenRequest) {
    let (skills, languages) = (listed(request.skills.iter()), listed(request.languages.iter()));
    let place = request.place.position();
    let City { organisation, campaign, partner, .. } = city;
    let region = u64::try_from(request.area.uuid().as_u128()).unwrap();
    client.execute(
        "INSERT INTO requests (id, organisation_id, area_id, campaign_id, household_id, partner_id, kind, status,
            urgency, skills, languages, weight_g, volume_ml, coarse_lat, coarse_lon, window_start, window_end,
            opened_at, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 'delivery', 'open', $7, $8::text::text[], $9::text::text[], $10, $11, $12, $13,
            now(), now() + interval '1 day', now(), now(), now())",
        &[
            &numbered(number),
            organisation,
            &numbered(AREAS + region),
            campaign,
            &numbered(HOUSEHOLDS + region),
            partner,
            &request.urgency.to_string(),
            &skills,
            &languages,
            &i64::from(request.load.grams),
            &i64::from(request.load.millilitres),
            &place.lat(),
            &place.lon(),
        ],
    )
    .await
    .unwrap();
}

/// As Postgres writes an array of words.
fn listed<T: ToString>(words: impl Iterator<Item = T>) -> String {
    format!("{{{}}}", words.map(|word| word.to_string()).collect::<Vec<_>>().join(","))
}
