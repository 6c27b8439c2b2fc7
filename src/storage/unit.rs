//! The unit of work: the one way to open a transaction, and the one place that sets the caller.
//!
//! Opening reads, in one statement, the time that every decision inside uses, and who the caller is
//! *now*: a token says who somebody is; what they may do is what the database says at this moment.

use diesel::QueryableByName;
use diesel::connection::TransactionManagerStatus;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::pooled_connection::bb8::PooledConnection;
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection, TransactionManager,
};
use domain::Moment;
use domain::actor::{Actor, Role};
use domain::id::{CampaignId, OrganisationId, PartnerId, SessionId, UserId, VolunteerId};
use domain::precondition::Precondition;
use futures_util::future::join4;
use uuid::Uuid;

use super::ahead::{self, Asked, Question, Reading};
use super::closing::{self, Closing, ClosingKind};
use super::database::ActingRole;
use super::idempotency::{self, Found, Key};
use super::prepared::Prepare;
use super::{Database, StorageError};
use crate::planted::{Bug, Point, is_planted, reach};

/// Whoever asks, as their token tells. The unit of work finds out what that means now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// A person with the role that their token was issued for, and the session that it belongs to. What the service
    /// goes on with on somebody's behalf is within none.
    Person { user: UserId, role: Role, session: Option<SessionId> },
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
    /// Where keys are found that are needed on the way.
    pub(super) database: &'c Database,
    /// The transaction's time, without any campaign's offset.
    pub now: Moment,
    /// Who acts, read when the unit opened.
    pub actor: Actor,
    /// The session within which a person acts.
    pub session: Option<SessionId>,
    /// The call's id, recorded in events.
    pub call_id: String,
    /// What the call's idempotency key stands for, where it came with one.
    pub key: Found,
    /// What must hold of the thing that is changed. Its action compares it under the row's lock, and takes it.
    pub precondition: Precondition,
    /// What its action asked ahead, where it did. Whoever takes it may leave a [`Closing`].
    pub ahead: Option<Reading>,
    /// What is written together with the commit. Left by the action that took what was read ahead.
    pub closing: Option<Closing>,
}

/// Makes durable what was written so far and goes on in another transaction, if that bug is planted.
pub(super) async fn break_in_two(mut conn: &AsyncPgConnection, bug: Bug) -> Result<(), StorageError> {
    if is_planted(bug) {
        conn.batch_execute("COMMIT; BEGIN").await?;
    }
    Ok(())
}

/// What a unit of work needs to open.
#[derive(Debug, Clone)]
pub struct Opening {
    /// Who asks.
    pub caller: Caller,
    /// The id under which the call is logged.
    pub call_id: String,
    /// Its idempotency key, where one was sent: other calls with the same are locked out meanwhile.
    pub key: Option<Key>,
}

/// Why a unit did not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The person or partner is unknown, disabled, no longer what their token says, or their session has ended.
    #[error("the caller is not who the token says any more")]
    NotAnyMore,
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A connection with a transaction on it, that ends by commit or rollback.
///
/// What begins and ends it travels together with the first and the last statement, past diesel, which
/// therefore knows of no transaction: whoever drops this in between leaves the connection marked as
/// broken. The pool then discards it, and Postgres rolls back.
pub struct Transaction<'p> {
    connection: PooledConnection<'p, AsyncPgConnection>,
    database: &'p Database,
    /// Which closing statements this connection has parsed.
    parsed: Vec<ClosingKind>,
    ended: bool,
}

impl Database {
    /// Takes a connection for a transaction of that caller, of the role that such callers act in.
    ///
    /// # Errors
    /// When no connection is to be had within a second.
    pub async fn begin(&self, caller: Caller) -> Result<Transaction<'_>, StorageError> {
        Ok(Transaction {
            connection: self.connection(ActingRole::of(caller)).await?,
            database: self,
            parsed: Vec::new(),
            ended: false,
        })
    }
}

impl Transaction<'_> {
    /// Begins, sets the caller, reads the time and what the key stands for, all in one round trip, and
    /// answers the unit to work in.
    ///
    /// # Errors
    /// When the caller may not act any more.
    pub async fn open(&mut self, opening: &Opening) -> Result<Unit<'_>, OpenError> {
        self.open_asking(opening, None).await
    }

    /// The same, and reads in that round trip what the action asks ahead.
    ///
    /// # Errors
    /// When the caller may not act any more.
    pub async fn open_asking(
        &mut self,
        opening: &Opening,
        question: Option<&Question>,
    ) -> Result<Unit<'_>, OpenError> {
        let (found, key, asked) = begin(&self.connection, opening, question).await?;
        let actor = actor(opening.caller, &found)?;
        reach(Point::UnitOpened);
        let key = if found.key_is_free { key } else { Found::Running };
        self.parsed.clear();
        self.parsed.extend(found.claim_is_parsed.then_some(ClosingKind::Claim));
        self.parsed.extend(found.filing_is_parsed.then_some(ClosingKind::Filing));
        let ahead = asked?.map(|asked| asked.at(found.now)).transpose()?;
        Ok(Unit {
            conn: &mut self.connection,
            database: self.database,
            now: found.now,
            actor,
            session: session_of(opening.caller),
            call_id: opening.call_id.clone(),
            key,
            precondition: Precondition::None,
            ahead,
            closing: None,
        })
    }

    /// Makes everything durable. Only after this returned may the caller be told of success.
    ///
    /// # Errors
    /// When Postgres refuses, in which case nothing happened; or when its answer is lost.
    pub async fn commit(mut self) -> Result<(), StorageError> {
        reach(Point::Committing);
        (&*self.connection).batch_execute("COMMIT").await?;
        self.ended = true;
        reach(Point::Committed);
        Ok(())
    }

    /// Keeps the key's answer and makes everything durable, in one round trip.
    ///
    /// # Errors
    /// As [`Self::commit`]; also when the key was used meanwhile, and nothing happened then either.
    pub async fn commit_with_answer(
        mut self,
        key: &Key,
        answer: &idempotency::NewAnswer<'_>,
    ) -> Result<(), StorageError> {
        reach(Point::Committing);
        let connection = &*self.connection;
        let mut committing = connection;
        let (kept, committed) = futures_util::future::join(
            idempotency::keep(connection, key, answer),
            committing.batch_execute("COMMIT"),
        )
        .await;
        // A COMMIT after a statement that failed rolls back, and says so only by its tag.
        self.ended = committed.is_ok();
        kept?;
        committed?;
        reach(Point::Committed);
        Ok(())
    }

    /// Writes what was left to be written, with the key's answer, and makes everything durable, in one
    /// round trip; in two where this connection has yet to parse that statement, for COMMIT would overtake it.
    ///
    /// # Errors
    /// As [`Self::commit`]; also `Repeat` when the world has changed and nothing was written, the key neither.
    pub async fn commit_closing(
        mut self,
        closing: &Closing,
        answer: Option<(&Key, idempotency::NewAnswer<'_>)>,
    ) -> Result<(), StorageError> {
        reach(Point::Committing);
        let connection = &*self.connection;
        let mut committing = connection;
        let write = closing::write(connection, closing, answer);
        let (written, committed) = if self.parsed.contains(&closing.kind()) {
            futures_util::future::join(write, committing.batch_execute("COMMIT")).await
        } else {
            if let Err(error) = write.await {
                self.roll_back().await;
                return Err(error);
            }
            (Ok(()), committing.batch_execute(&closing.kind().commit_as_parsed()).await)
        };
        // What could not be written was nothing, and that is what was committed then.
        self.ended = committed.is_ok();
        written?;
        committed?;
        reach(Point::Committed);
        Ok(())
    }

    /// Undoes everything and gives the connection back clean.
    pub async fn roll_back(mut self) {
        match (&*self.connection).batch_execute("ROLLBACK").await {
            Ok(()) => self.ended = true,
            Err(error) => {
                tracing::warn!(%error, "a transaction could not be rolled back; its connection is dropped");
            }
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let status: &mut TransactionManagerStatus =
                AnsiTransactionManager::transaction_manager_status_mut(&mut *self.connection);
            status.set_in_error();
        }
    }
}

/// Sent one after another without waiting in between. Postgres takes them in that order, and each sees what was
/// committed before it began: the key is looked up under its lock, never beside it.
///
/// A statement that must first be parsed would be overtaken by the next; [`rehearse`] sees to it that none must.
async fn begin(
    conn: &AsyncPgConnection,
    opening: &Opening,
    question: Option<&Question>,
) -> Result<(Opened, Found, Result<Option<Asked>, StorageError>), StorageError> {
    let mut beginning = conn;
    let (begun, found, key, asked) = join4(
        beginning.batch_execute("BEGIN"),
        ask(conn, opening),
        idempotency::find(conn, opening.key.as_ref()),
        ahead::ask(conn, question),
    )
    .await;
    begun?;
    reach(Point::UnitBegun);
    Ok((found?, key?, asked))
}

/// Runs, on a new connection, everything that later travels without waiting, so that it is parsed.
///
/// # Errors
/// When the database fails.
pub(super) async fn rehearse(conn: &AsyncPgConnection) -> Result<(), StorageError> {
    let mut plain = conn;
    let key = Key::rehearsal();
    let opening = Opening { caller: Caller::Nobody, call_id: "rehearsal".to_owned(), key: Some(key.clone()) };
    plain.batch_execute("BEGIN").await?;
    let now = ask(conn, &opening).await?.now;
    idempotency::look_up(conn, &key).await?;
    idempotency::insert(conn, &key, &idempotency::NewAnswer::rehearsal(now)).await?;
    Ok(plain.batch_execute("ROLLBACK").await?)
}

#[derive(QueryableByName)]
struct Opened {
    #[diesel(sql_type = Timestamptz)]
    now: Moment,
    #[diesel(sql_type = Bool)]
    key_is_free: bool,
    #[diesel(sql_type = Bool)]
    claim_is_parsed: bool,
    #[diesel(sql_type = Bool)]
    filing_is_parsed: bool,
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

/// One text for every kind of caller, so that it is parsed once. `open_as` finds out who they are now and sets, until
/// the transaction ends, for whom it works: row-level security shows that organisation's rows and no others.
const OPEN: &str = "
SELECT transaction_timestamp() AS now, asked.key_is_free,
       coalesce(current_setting('birgemiz.claim_is_parsed', true), '') = 'true' AS claim_is_parsed,
       coalesce(current_setting('birgemiz.filing_is_parsed', true), '') = 'true' AS filing_is_parsed,
       set_config('birgemiz.go', (asked.key_is_free AND who.is_known)::text, true),
       set_config('birgemiz.key_holder', $4, true),
       who.organisation_id, who.role, who.volunteer_id, who.campaign_id, who.scopes
FROM (SELECT CASE WHEN $1::bigint IS NULL THEN true ELSE pg_try_advisory_xact_lock($1) END AS key_is_free
      OFFSET 0) asked
CROSS JOIN open_as($2, $3, $5) who";

fn opening_text() -> String {
    if is_planted(Bug::SessionLevelTenant) {
        let left_behind =
            "set_config('birgemiz.organisation', who.organisation_id::text, false), who.organisation_id";
        return OPEN.replacen("who.organisation_id", left_behind, 1);
    }
    OPEN.to_owned()
}

async fn ask(mut conn: &AsyncPgConnection, opening: &Opening) -> Result<Opened, diesel::result::Error> {
    let (person, partner) = match opening.caller {
        Caller::Person { user, .. } => (Some(user.uuid()), None),
        Caller::Partner { partner } => (None, Some(partner.uuid())),
        Caller::System | Caller::Nobody => (None, None),
    };
    diesel::sql_query(opening_text())
        .bind::<Nullable<BigInt>, _>(opening.key.as_ref().map(Key::lock))
        .bind::<Nullable<SqlUuid>, _>(person)
        .bind::<Nullable<SqlUuid>, _>(partner)
        .bind::<Text, _>(opening.key.as_ref().map_or("", |key| key.caller.as_str()))
        .bind::<Nullable<SqlUuid>, _>(session_of(opening.caller).map(SessionId::uuid))
        .prepared()
        .get_result(&mut conn)
        .await
}

const fn session_of(caller: Caller) -> Option<SessionId> {
    match caller {
        Caller::Person { session, .. } => session,
        Caller::Partner { .. } | Caller::System | Caller::Nobody => None,
    }
}

/// Who the caller is now.
fn actor(caller: Caller, found: &Opened) -> Result<Actor, OpenError> {
    match caller {
        Caller::Person { user, role, .. } => person(user, role, found),
        Caller::Partner { partner } => partner_app(partner, found),
        Caller::System => Ok(Actor::System),
        Caller::Nobody => Ok(Actor::Nobody),
    }
}

fn person(user: UserId, role: Role, found: &Opened) -> Result<Actor, OpenError> {
    let organisation = OrganisationId::new(found.organisation_id.ok_or(OpenError::NotAnyMore)?);
    if found.role.as_deref() != Some(role.as_str()) {
        return Err(OpenError::NotAnyMore);
    }
    Ok(match role {
        Role::Administrator => Actor::Administrator { user, organisation },
        Role::Coordinator => Actor::Coordinator { user, organisation },
        Role::Volunteer => {
            let volunteer = VolunteerId::new(found.volunteer_id.ok_or(OpenError::NotAnyMore)?);
            Actor::Volunteer { user, organisation, volunteer }
        }
    })
}

fn partner_app(partner: PartnerId, found: &Opened) -> Result<Actor, OpenError> {
    let (Some(organisation), Some(campaign), Some(scopes)) =
        (found.organisation_id, found.campaign_id, &found.scopes)
    else {
        return Err(OpenError::NotAnyMore);
    };
    let scopes =
        scopes.iter().map(|scope| scope.parse()).collect::<Result<_, _>>().map_err(StorageError::from)?;
    Ok(Actor::Partner {
        partner,
        organisation: OrganisationId::new(organisation),
        campaign: CampaignId::new(campaign),
        scopes,
    })
}
