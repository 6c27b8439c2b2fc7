//! The unit of work: the one way to open a transaction, and the one place that sets the caller.
//!
//! Opening reads, in one statement, the time that every decision inside uses, and who the caller is
//! *now*: a token says who somebody is; what they may do is what the database says at this moment.

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::pooled_connection::bb8::PooledConnection;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};
use domain::Moment;
use domain::actor::{Actor, Role};
use domain::id::{CampaignId, OrganisationId, PartnerId, UserId, VolunteerId};
use uuid::Uuid;

use super::{Database, StorageError};

/// Whoever asks, as their token tells. The unit of work finds out what that means now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A person with the role that their token was issued for.
    Person { user: UserId, role: Role },
    /// A partner app.
    Partner { partner: PartnerId },
    /// The service itself.
    System,
    /// Not logged in.
    Nobody,
}

/// An open transaction: whose, when, and the connection that only `storage` may use.
pub struct Unit<'c> {
    pub(super) conn: &'c mut AsyncPgConnection,
    /// The transaction's time, without any campaign's offset.
    pub now: Moment,
    /// Who acts, read when the unit opened.
    pub actor: Actor,
    /// The call's id, recorded in events.
    pub call_id: String,
    /// Whether the key's advisory lock was had; false when another call with the same key is running.
    pub(super) key_is_free: bool,
}

/// What a unit of work needs to open.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Who asks.
    pub caller: Caller,
    /// The id under which the call is logged.
    pub call_id: String,
    /// Whom to lock out meanwhile: calls with the same idempotency key.
    pub key_lock: Option<i64>,
}

/// Why a unit did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The person or partner is unknown, disabled, or no longer what their token says.
    #[error("the caller is not who the token says any more")]
    NotAnyMore,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A connection with a transaction on it, that ends by commit or rollback.
///
/// Dropping it in between discards the connection, and Postgres rolls back.
pub struct Transaction<'p> {
    connection: PooledConnection<'p, AsyncPgConnection>,
}

impl Database {
    /// Takes a connection and begins a transaction on it.
    ///
    /// # Errors
    /// When no connection is to be had within a second.
    pub async fn begin(&self) -> Result<Transaction<'_>, StorageError> {
        let mut connection = self.connection().await?;
        AnsiTransactionManager::begin_transaction(&mut *connection).await?;
        Ok(Transaction { connection })
    }
}

impl Transaction<'_> {
    /// Sets the caller, reads the time, and answers the unit to work in.
    ///
    /// # Errors
    /// When the caller may not act any more.
    pub async fn open(&mut self, opening: &Opening) -> Result<Unit<'_>, OpenError> {
        let conn = &mut *self.connection;
        let (found, actor) = match opening.caller {
            Caller::Person { user, role } => open_person(conn, opening, user, role).await?,
            Caller::Partner { partner } => open_partner(conn, opening, partner).await?,
            Caller::System => (open_plain(conn, opening).await?, Actor::System),
            Caller::Nobody => (open_plain(conn, opening).await?, Actor::Nobody),
        };
        Ok(Unit {
            conn,
            now: found.now,
            actor,
            call_id: opening.call_id.clone(),
            key_is_free: found.key_is_free,
        })
    }

    /// Makes everything durable. Only after this returned may the caller be told of success.
    ///
    /// # Errors
    /// When Postgres refuses, in which case nothing happened; or when its answer is lost.
    pub async fn commit(mut self) -> Result<(), StorageError> {
        AnsiTransactionManager::commit_transaction(&mut *self.connection).await?;
        Ok(())
    }

    /// Undoes everything and gives the connection back clean.
    pub async fn roll_back(mut self) {
        if let Err(error) = AnsiTransactionManager::rollback_transaction(&mut *self.connection).await {
            tracing::warn!(%error, "a transaction could not be rolled back; its connection is dropped");
        }
    }
}

#[derive(QueryableByName)]
struct Opened {
    #[diesel(sql_type = Timestamptz)]
    now: Moment,
    #[diesel(sql_type = Bool)]
    key_is_free: bool,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    organisation_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Text>)]
    role: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    volunteer_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    campaign_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    scopes: Option<Vec<String>>,
}

const COMMON: &str = "transaction_timestamp() AS now, \
    CASE WHEN $1::bigint IS NULL THEN true ELSE pg_try_advisory_xact_lock($1) END AS key_is_free, \
    set_config('birgemiz.caller', $2, true), ";

const PLAIN: &str = "NULL::uuid AS organisation_id, NULL::text AS role, NULL::uuid AS volunteer_id, \
    NULL::uuid AS campaign_id, NULL::text[] AS scopes";

async fn open_plain(conn: &mut AsyncPgConnection, opening: &Opening) -> Result<Opened, OpenError> {
    let sql = format!("SELECT {COMMON} {PLAIN}");
    ask(conn, &sql, opening, Uuid::nil()).await
}

async fn open_person(
    conn: &mut AsyncPgConnection,
    opening: &Opening,
    user: UserId,
    role: Role,
) -> Result<(Opened, Actor), OpenError> {
    let sql = format!(
        "SELECT {COMMON} u.organisation_id, u.role, v.id AS volunteer_id, NULL::uuid AS campaign_id, \
         NULL::text[] AS scopes, set_config('birgemiz.organisation', coalesce(u.organisation_id::text, ''), true) \
         FROM (SELECT $3::uuid AS id) asked \
         LEFT JOIN users u ON u.id = asked.id AND u.status = 'active' LEFT JOIN volunteers v ON v.user_id = u.id"
    );
    let found = ask(conn, &sql, opening, user.uuid()).await?;
    let (Some(organisation), Some(stored)) = (found.organisation_id, found.role.as_deref()) else {
        return Err(OpenError::NotAnyMore);
    };
    if stored != role.as_str() {
        return Err(OpenError::NotAnyMore);
    }
    let organisation = OrganisationId::new(organisation);
    let actor = match role {
        Role::Administrator => Actor::Administrator { user, organisation },
        Role::Coordinator => Actor::Coordinator { user, organisation },
        Role::Volunteer => {
            let volunteer = VolunteerId::new(found.volunteer_id.ok_or(OpenError::NotAnyMore)?);
            Actor::Volunteer { user, organisation, volunteer }
        }
    };
    Ok((found, actor))
}

async fn open_partner(
    conn: &mut AsyncPgConnection,
    opening: &Opening,
    partner: PartnerId,
) -> Result<(Opened, Actor), OpenError> {
    let sql = format!(
        "SELECT {COMMON} p.organisation_id, NULL::text AS role, NULL::uuid AS volunteer_id, p.campaign_id, \
         p.scopes, set_config('birgemiz.organisation', coalesce(p.organisation_id::text, ''), true) \
         FROM (SELECT $3::uuid AS id) asked LEFT JOIN partners p ON p.id = asked.id AND p.status = 'active'"
    );
    let found = ask(conn, &sql, opening, partner.uuid()).await?;
    let (Some(organisation), Some(campaign), Some(scopes)) =
        (found.organisation_id, found.campaign_id, found.scopes.as_ref())
    else {
        return Err(OpenError::NotAnyMore);
    };
    let scopes =
        scopes.iter().map(|scope| scope.parse()).collect::<Result<_, _>>().map_err(StorageError::from)?;
    let actor = Actor::Partner {
        partner,
        organisation: OrganisationId::new(organisation),
        campaign: CampaignId::new(campaign),
        scopes,
    };
    Ok((found, actor))
}

async fn ask(
    conn: &mut AsyncPgConnection,
    sql: &str,
    opening: &Opening,
    who: Uuid,
) -> Result<Opened, OpenError> {
    let query =
        diesel::sql_query(sql).bind::<Nullable<BigInt>, _>(opening.key_lock).bind::<Text, _>(who.to_string());
    let found = if who.is_nil() {
        query.get_result(conn).await
    } else {
        query.bind::<SqlUuid, _>(who).get_result(conn).await
    };
    found.map_err(StorageError::from).map_err(OpenError::from)
}
