//! Every volunteer whom matching may consider, read at once by binary COPY: a million of them in pages,
//! with what belongs to each looked up one by one, would take a minute.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use std::pin::pin;
use std::sync::Arc;

use domain::Moment;
use domain::id::{AreaId, CampaignId, HouseholdId, OrganisationId, VolunteerId};
use domain::matching::{Availability, Candidate, Duty, Language, Load, Sighting, WeeklySlot};
use domain::place::Metres;
use domain::volunteer::VolunteerStatus;
use domain::words::Skill;
use futures_util::StreamExt;
use tokio::sync::mpsc::Sender;
use tokio::task::JoinSet;
use tokio_postgres::Client;
use tokio_postgres::binary_copy::{BinaryCopyOutRow, BinaryCopyOutStream};
use tokio_postgres::types::{FromSql, Json, Type};
use uuid::Uuid;

use crate::storage::database::ActingRole;
use crate::storage::tables::settings::position;
use crate::storage::{Database, StorageError};

/// Nobody waits for these statements as for a call's, nor for whoever shares a moment and reads nothing.
const BEGIN: &str = "SET statement_timeout = '120s'; SET idle_in_transaction_session_timeout = 0; \
    SET application_name = 'birgemiz fleet'; SET timezone = 'UTC'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// A name of the moment as of which everyone is read, and an id that about half of all are below; none where a
/// hundredth of the table's pages holds nobody, that is, where few are.
const SHARED: &str = "SELECT pg_export_snapshot(), (SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY id) \
    FROM volunteers TABLESAMPLE SYSTEM (1))";

const VOLUNTEERS: &str = "SELECT v.id, v.organisation_id, v.area_id, v.status, v.transport, v.capacity_g, \
    v.capacity_ml, v.skills, v.languages, v.radius_m, v.claim_limit, v.active_claims, v.duty_until, v.rest_until, \
    v.availability, p.base_lat, p.base_lon, p.last_lat, p.last_lon, p.last_at \
    FROM volunteers v LEFT JOIN volunteer_positions p ON p.volunteer_id = v.id";

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

const CAMPAIGNS: &str = "SELECT organisation_id, campaign_id FROM campaign_organisations";
const BLOCKS: &str = "SELECT volunteer_id, household_id FROM volunteer_blocks";
const SERVED: &str = "SELECT DISTINCT volunteer_id, household_id FROM claims";

/// What belongs to one, by whom it belongs to.
type Sets<T> = HashMap<Uuid, BTreeSet<T>>;

/// Hands on everyone who has not left and was not rejected, in groups of `group`, in no order. Two read, each half of
/// them and as of one moment: on one connection telling and taking in wait for each other by turns.
///
/// # Errors
/// When the database fails, or holds words that no code of ours writes.
pub async fn everyone(
    database: &Database,
    group: usize,
    take: Sender<Vec<Candidate>>,
) -> Result<(), StorageError> {
    let (client, connection) = database.own_client(ActingRole::System).await?;
    let driver = tokio::spawn(connection);
    let read = by_halves(&client, database, group, &take).await;
    driver.abort();
    read
}

async fn by_halves(
    client: &Client,
    database: &Database,
    group: usize,
    take: &Sender<Vec<Candidate>>,
) -> Result<(), StorageError> {
    begin(client).await?;
    let shared = client.query_one(SHARED, &[]).await.map_err(lost)?;
    let snapshot: String = shared.try_get(0).map_err(lost)?;
    let middle: Option<Uuid> = shared.try_get(1).map_err(lost)?;
    let parts = match middle {
        None => vec![Part::default()],
        Some(_) => vec![Part { from: None, below: middle }, Part { from: middle, below: None }],
    };
    let mut readers = JoinSet::new();
    for part in parts {
        let (database, take, snapshot) = (database.clone(), take.clone(), snapshot.clone());
        readers.spawn(async move { part.read(&database, &snapshot, group, &take).await });
    }
    while let Some(read) = readers.join_next().await {
        read.map_err(|_| StorageError::Impossible("a reader of volunteers has ended".to_owned()))??;
    }
    Ok(())
}

async fn begin(client: &Client) -> Result<(), StorageError> {
    client.batch_execute(&format!("{} {BEGIN}", ActingRole::System.step_down())).await.map_err(lost)
}

/// Those with an id between these.
#[derive(Debug, Clone, Copy, Default)]
struct Part {
    from: Option<Uuid>,
    below: Option<Uuid>,
}

impl Part {
    async fn read(
        self,
        database: &Database,
        snapshot: &str,
        group: usize,
        take: &Sender<Vec<Candidate>>,
    ) -> Result<(), StorageError> {
        let (client, connection) = database.own_client(ActingRole::System).await?;
        let driver = tokio::spawn(connection);
        let read = self.read_as_of(&client, snapshot, group, take).await;
        driver.abort();
        read
    }

    async fn read_as_of(
        self,
        client: &Client,
        snapshot: &str,
        group: usize,
        take: &Sender<Vec<Candidate>>,
    ) -> Result<(), StorageError> {
        begin(client).await?;
        client.batch_execute(&format!("SET TRANSACTION SNAPSHOT '{snapshot}'")).await.map_err(lost)?;
        let campaigns = sets(client, CAMPAIGNS.to_owned(), CampaignId::new).await?;
        let mut belongings = Belongings {
            campaigns: campaigns.into_iter().map(|(whose, ids)| (whose, Arc::new(ids))).collect(),
            blocks: sets(
                client,
                format!("{BLOCKS} WHERE TRUE{}", self.bounds("volunteer_id")),
                HouseholdId::new,
            )
            .await?,
            served: sets(
                client,
                format!("{SERVED} WHERE status = 'completed'{}", self.bounds("volunteer_id")),
                HouseholdId::new,
            )
            .await?,
        };
        // Both tables are bounded, so that neither is read whole for a half.
        let everyone = format!(
            "{VOLUNTEERS}{} WHERE v.status NOT IN ('left', 'rejected'){}",
            self.bounds("p.volunteer_id"),
            self.bounds("v.id")
        );
        let mut rows = pin!(copied(client, &everyone, &TYPES).await?);
        let mut full = Vec::with_capacity(group);
        while let Some(row) = rows.next().await {
            full.push(candidate(&row.map_err(lost)?, &mut belongings)?);
            if full.len() == group {
                hand_on(std::mem::replace(&mut full, Vec::with_capacity(group)), take).await?;
            }
        }
        hand_on(full, take).await
    }

    /// What a column of ids must be. COPY takes no parameters.
    fn bounds(self, column: &str) -> String {
        let mut said = String::new();
        if let Some(from) = self.from {
            // Writing to a string does not fail.
            let _ = write!(said, " AND {column} >= '{from}'");
        }
        if let Some(below) = self.below {
            let _ = write!(said, " AND {column} < '{below}'");
        }
        said
    }
}

async fn copied(client: &Client, what: &str, types: &[Type]) -> Result<BinaryCopyOutStream, StorageError> {
    let copied = client.copy_out(&format!("COPY ({what}) TO STDOUT (FORMAT binary)")).await.map_err(lost)?;
    Ok(BinaryCopyOutStream::new(copied, types))
}

async fn hand_on(group: Vec<Candidate>, take: &Sender<Vec<Candidate>>) -> Result<(), StorageError> {
    let gone = |_| StorageError::Impossible("nobody takes the volunteers who are read".to_owned());
    take.send(group).await.map_err(gone)
}

async fn sets<T: Ord>(
    client: &Client,
    what: String,
    wrap: impl Fn(Uuid) -> T,
) -> Result<Sets<T>, StorageError> {
    let mut rows = pin!(copied(client, &what, &[Type::UUID, Type::UUID]).await?);
    let mut sets = Sets::new();
    while let Some(row) = rows.next().await {
        let row = row.map_err(lost)?;
        sets.entry(get(&row, 0)?).or_default().insert(wrap(get(&row, 1)?));
    }
    Ok(sets)
}

struct Belongings {
    /// The same for everyone of an organisation.
    campaigns: HashMap<Uuid, Arc<BTreeSet<CampaignId>>>,
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
