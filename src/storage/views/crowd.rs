//! Every volunteer whom matching may consider, read at once by binary COPY: a million of them in pages,
//! with what belongs to each looked up one by one, would take a minute.

use std::collections::{BTreeSet, HashMap};
use std::pin::pin;

use domain::Moment;
use domain::id::{AreaId, CampaignId, HouseholdId, OrganisationId, VolunteerId};
use domain::matching::{Availability, Candidate, Duty, Language, Load, Sighting, WeeklySlot};
use domain::place::Metres;
use domain::volunteer::VolunteerStatus;
use domain::words::Skill;
use futures_util::StreamExt;
use tokio::sync::mpsc::Sender;
use tokio_postgres::Client;
use tokio_postgres::binary_copy::{BinaryCopyOutRow, BinaryCopyOutStream};
use tokio_postgres::types::{FromSql, Json, Type};
use uuid::Uuid;

use crate::storage::database::ActingRole;
use crate::storage::tables::settings::position;
use crate::storage::{Database, StorageError};

/// The parts are read as of one moment. Nobody waits for these statements as for a call's.
const BEGIN: &str = "SET statement_timeout = '120s'; SET application_name = 'birgemiz fleet'; SET timezone = 'UTC'; \
    BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

const VOLUNTEERS: &str = "COPY (SELECT v.id, v.organisation_id, v.area_id, v.status, v.transport, v.capacity_g, \
    v.capacity_ml, v.skills, v.languages, v.radius_m, v.claim_limit, v.active_claims, v.duty_until, v.rest_until, \
    v.availability, p.base_lat, p.base_lon, p.last_lat, p.last_lon, p.last_at \
    FROM volunteers v LEFT JOIN volunteer_positions p ON p.volunteer_id = v.id \
    WHERE v.status NOT IN ('left', 'rejected')) TO STDOUT (FORMAT binary)";

const TYPES: [Type; 20] = [
    Type::UUID,
    Type::UUID,
    Type::UUID,
    Type::TEXT,
    Type::TEXT,
    Type::INT4,
    Type::INT4,
    Type::TEXT_ARRAY,
    Type::TEXT_ARRAY,
    Type::INT4,
    Type::INT4,
    Type::INT4,
    Type::TIMESTAMPTZ,
    Type::TIMESTAMPTZ,
    Type::JSONB,
    Type::FLOAT8,
    Type::FLOAT8,
    Type::FLOAT8,
    Type::FLOAT8,
    Type::TIMESTAMPTZ,
];

const CAMPAIGNS: &str =
    "COPY (SELECT organisation_id, campaign_id FROM campaign_organisations) TO STDOUT (FORMAT binary)";
const BLOCKS: &str =
    "COPY (SELECT volunteer_id, household_id FROM volunteer_blocks) TO STDOUT (FORMAT binary)";
const SERVED: &str = "COPY (SELECT DISTINCT volunteer_id, household_id FROM claims WHERE status = 'completed') \
    TO STDOUT (FORMAT binary)";

/// What belongs to one, by whom it belongs to.
type Sets<T> = HashMap<Uuid, BTreeSet<T>>;

/// Hands on everyone who has not left and was not rejected, in groups of `group`, in no order.
///
/// # Errors
/// When the database fails, or holds words that no code of ours writes.
pub async fn everyone(
    database: &Database,
    group: usize,
    take: Sender<Vec<Candidate>>,
) -> Result<(), StorageError> {
    let (client, connection) = database.own_client(ActingRole::System).await?;
    let driver = tokio::spawn(async move {
        // Whoever reads hears of it too.
        let _ = connection.await;
    });
    let read = read(&client, group, &take).await;
    driver.abort();
    read
}

async fn read(client: &Client, group: usize, take: &Sender<Vec<Candidate>>) -> Result<(), StorageError> {
    client.batch_execute(&format!("{} {BEGIN}", ActingRole::System.step_down())).await.map_err(lost)?;
    let campaigns = sets(client, CAMPAIGNS, CampaignId::new).await?;
    let mut belongings = Belongings {
        blocks: sets(client, BLOCKS, HouseholdId::new).await?,
        served: sets(client, SERVED, HouseholdId::new).await?,
        campaigns,
    };
    let mut rows = pin!(BinaryCopyOutStream::new(client.copy_out(VOLUNTEERS).await.map_err(lost)?, &TYPES));
    let mut full = Vec::with_capacity(group);
    while let Some(row) = rows.next().await {
        full.push(candidate(&row.map_err(lost)?, &mut belongings)?);
        if full.len() == group {
            hand_on(std::mem::replace(&mut full, Vec::with_capacity(group)), take).await?;
        }
    }
    hand_on(full, take).await
}

async fn hand_on(group: Vec<Candidate>, take: &Sender<Vec<Candidate>>) -> Result<(), StorageError> {
    let gone = |_| StorageError::Impossible("nobody takes the volunteers who are read".to_owned());
    take.send(group).await.map_err(gone)
}

async fn sets<T: Ord>(
    client: &Client,
    copy: &'static str,
    wrap: impl Fn(Uuid) -> T,
) -> Result<Sets<T>, StorageError> {
    let copied = client.copy_out(copy).await.map_err(lost)?;
    let mut rows = pin!(BinaryCopyOutStream::new(copied, &[Type::UUID, Type::UUID]));
    let mut sets = Sets::new();
    while let Some(row) = rows.next().await {
        let row = row.map_err(lost)?;
        sets.entry(get(&row, 0)?).or_default().insert(wrap(get(&row, 1)?));
    }
    Ok(sets)
}

struct Belongings {
    campaigns: Sets<CampaignId>,
    blocks: Sets<HouseholdId>,
    served: Sets<HouseholdId>,
}

fn candidate(row: &BinaryCopyOutRow, belongings: &mut Belongings) -> Result<Candidate, StorageError> {
    let (id, organisation) = (get::<Uuid>(row, 0)?, get::<Uuid>(row, 1)?);
    let status: VolunteerStatus = get::<&str>(row, 3)?.parse()?;
    let skills = words::<Skill>(&get::<Vec<&str>>(row, 7)?)?;
    let duty: Option<Moment> = get(row, 12)?;
    let Json(slots): Json<Vec<WeeklySlot>> = get(row, 14)?;
    let place = |lat, lon| {
        let (lat, lon) = (get::<Option<f64>>(row, lat)?, get::<Option<f64>>(row, lon)?);
        lat.zip(lon).map(|(lat, lon)| position(lat, lon)).transpose()
    };
    let seen_at: Option<Moment> = get(row, 19)?;
    Ok(Candidate {
        volunteer: VolunteerId::new(id),
        organisation: OrganisationId::new(organisation),
        campaigns: belongings.campaigns.get(&organisation).cloned().unwrap_or_default(),
        area: AreaId::new(get(row, 2)?),
        approved: status == VolunteerStatus::Approved,
        duty: duty.map_or(Duty::Off, |until| Duty::On { until: Some(until) }),
        // No slots at all means: any time.
        availability: if slots.is_empty() { Availability::Always } else { Availability::Weekly(slots) },
        rest_until: get(row, 13)?,
        active_claims: count(row, 11)?,
        claim_limit: count(row, 10)?,
        base: place(15, 16)?,
        last_seen: place(17, 18)?.zip(seen_at).map(|(position, seen_at)| Sighting { position, seen_at }),
        transport: get::<&str>(row, 4)?.parse()?,
        capacity: Load { grams: count(row, 5)?, millilitres: count(row, 6)? },
        skills: skills.into_iter().collect(),
        languages: languages(&get::<Vec<&str>>(row, 8)?)?,
        radius: Metres::new(count(row, 9)?),
        blocks: belongings.blocks.remove(&id).unwrap_or_default(),
        served: belongings.served.remove(&id).unwrap_or_default(),
    })
}

fn get<'r, T: FromSql<'r>>(row: &'r BinaryCopyOutRow, column: usize) -> Result<T, StorageError> {
    row.try_get(column).map_err(lost)
}

fn count(row: &BinaryCopyOutRow, column: usize) -> Result<u32, StorageError> {
    Ok(get::<i32>(row, column)?.unsigned_abs())
}

fn words<T>(stored: &[&str]) -> Result<Vec<T>, StorageError>
where
    T: std::str::FromStr,
    StorageError: From<T::Err>,
{
    stored.iter().map(|word| Ok(word.parse()?)).collect()
}

fn languages(stored: &[&str]) -> Result<BTreeSet<Language>, StorageError> {
    stored
        .iter()
        .map(|text| text.parse().map_err(|_| StorageError::Impossible("a language that is none".to_owned())))
        .collect()
}

/// Only the fact and its code are kept: the client's own words may quote values.
fn lost(error: tokio_postgres::Error) -> StorageError {
    error.code().map_or_else(
        || StorageError::NoConnection("the connection for the fleet was lost".to_owned()),
        |code| StorageError::Database(format!("reading everyone failed: {}", code.code())),
    )
}
