//! One step of whoever serves a receiver: keep it, take what the log has for it, and find what may be sent now.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use domain::Moment;
use domain::actor::Actor;
use domain::event::{EventKind, Pattern};
use domain::id::{AreaId, EventId, WebhookId};
use domain::webhook::DisabledReason;
use uuid::Uuid;

use super::{Attempted, owner, secrets, status};
use crate::actions::read_events::{self, Seen};
use crate::actions::{Action, Refusal};
use crate::app::App;
use crate::clock;
use crate::outbound::webhooks::Letter;
use crate::storage::Unit;
use crate::storage::tables::sandboxes;
use crate::storage::tables::webhook_endpoints::EndpointRow;
use crate::storage::tables::webhook_leases::{self, Kept};
use crate::storage::tables::webhook_messages::{self, DueRow, Standing};
use crate::storage::views::feed::{self, Cursor, EventFilter, FeedRow};

/// For how long a process keeps a receiver. An attempt begins when at least two thirds of this are left, and takes
/// one third at most, so two processes never send to one receiver at once.
const LEASE: TimeDelta = TimeDelta::seconds(60);
const LEFT_OF_LEASE: TimeDelta = TimeDelta::seconds(40);

/// Events that are taken from the log at once.
const TAKEN: i64 = 500;

/// Messages that wait for one receiver at most; the rest stays in the log until some have gone.
const MOST_WAITING: i64 = 10_000;

/// Messages under way to one receiver at once; while it fails, one.
const WIDTH: usize = 8;

/// Take a receiver that nobody serves.
#[derive(Clone)]
pub struct Take {
    /// Who serves it from now on.
    pub runner: Uuid,
}

impl Action for Take {
    type Done = Option<WebhookId>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<WebhookId>, Refusal> {
        let until = unit.now + LEASE;
        Ok(webhook_leases::take(unit, self.runner, until).await?)
    }
}

/// Let others serve a receiver.
#[derive(Clone)]
pub struct Release {
    /// Which.
    pub endpoint: WebhookId,
    /// Who served it.
    pub runner: Uuid,
}

impl Action for Release {
    type Done = ();

    async fn run(self, unit: &mut Unit<'_>) -> Result<(), Refusal> {
        Ok(webhook_leases::release(unit, self.endpoint, self.runner).await?)
    }
}

/// Keep a receiver, and find what is to be sent.
#[derive(Clone)]
pub struct Step {
    /// Which.
    pub endpoint: WebhookId,
    /// Who serves it.
    pub runner: Uuid,
    /// How far in the log it looked before; none at its first step.
    pub looked: Option<Cursor>,
    /// What is being sent about at this moment.
    pub busy: Vec<Uuid>,
}

/// A message that may be sent now.
#[derive(Clone)]
pub struct Due {
    /// The message.
    pub row: DueRow,
    /// The event as its owner may see it.
    pub seen: Seen,
}

/// What is to be done for a receiver.
#[derive(Clone)]
pub struct Work {
    /// The receiver.
    pub endpoint: EndpointRow,
    /// By the database.
    pub now: Moment,
    /// What may be sent now.
    pub due: Vec<Due>,
    /// How far in the log it has looked now.
    pub looked: Cursor,
    /// Whether there may be more for it already.
    pub is_behind: bool,
    /// When the next comes due, by the clock of its organisation as it is now; none where nothing waits for a time.
    next_due: Option<Moment>,
}

impl Work {
    /// How long nothing comes due, where that is known.
    #[must_use]
    pub fn due_in(&self) -> Option<Duration> {
        self.next_due.and_then(|at| (at - self.now).to_std().ok())
    }
}

impl Action for Step {
    type Done = Option<Work>;

    async fn run(self, unit: &mut Unit<'_>) -> Result<Option<Work>, Refusal> {
        let (enough, until) = (unit.now + LEFT_OF_LEASE, unit.now + LEASE);
        let Some(kept) = webhook_leases::keep(unit, self.endpoint, self.runner, enough, until).await? else {
            return Ok(None);
        };
        let Some(actor) = owner::sees_as(unit, &kept.row).await? else {
            status::disable(unit, &kept.row, DisabledReason::OwnerRevoked).await?;
            return Ok(None);
        };
        let (looked, has_more) = take_from_the_log(unit, &kept, self.looked, &actor).await?;
        let endpoint = kept.row;
        let paused_until = by_our_clock(unit, &endpoint, endpoint.paused_until).await?;
        let rests_until = paused_until.filter(|until| unit.now < *until);
        let (due, is_withheld) = if rests_until.is_some() {
            (Vec::new(), false)
        } else {
            let width = if endpoint.failing_since.is_some() { 1 } else { WIDTH };
            let room = i64::try_from(width.saturating_sub(self.busy.len())).unwrap_or(0);
            find_due(unit, &endpoint, &actor, &self.busy, room).await?
        };
        let next_due = if rests_until.is_none() && due.is_empty() {
            let next = webhook_messages::next(unit, &endpoint).await?;
            by_our_clock(unit, &endpoint, next).await?
        } else {
            rests_until
        };
        // Behind what is withheld others wait that may be sent.
        let is_behind = has_more || is_withheld;
        Ok(Some(Work { endpoint, now: unit.now, due, looked, is_behind, next_due }))
    }
}

/// The moment at which it is that time in the receiver's organisation.
async fn by_our_clock(
    unit: &mut Unit<'_>,
    endpoint: &EndpointRow,
    there: Option<Moment>,
) -> Result<Option<Moment>, Refusal> {
    let Some(there) = there else { return Ok(None) };
    let ahead = sandboxes::time_of(unit, endpoint.organisation()).await? - unit.now;
    Ok(Some(there - ahead))
}

/// Puts what the log has for the receiver into its queue; answers how far it has looked, and whether there is more.
///
/// That there was nothing is not written down at each look: whoever takes over looks again.
async fn take_from_the_log(
    unit: &mut Unit<'_>,
    kept: &Kept,
    looked: Option<Cursor>,
    actor: &Actor,
) -> Result<(Cursor, bool), Refusal> {
    let endpoint = &kept.row;
    let after = looked.unwrap_or_default().max(endpoint.cursor());
    if webhook_messages::waiting(unit, endpoint.endpoint(), MOST_WAITING).await? >= MOST_WAITING {
        return Ok((after, false));
    }
    // The log is read with the owner's eyes, and written to with the service's hands.
    let service = std::mem::replace(&mut unit.actor, actor.clone());
    let page = feed::page(unit, &wanted(endpoint), after, TAKEN).await;
    unit.actor = service;
    let page = page?;
    let known = read_events::known(actor, page.rows.into_iter().map(Arc::new))?;
    // A test is put into the queue of the one receiver that it is for.
    let is_test = |row: &FeedRow| row.kind == EventKind::WebhookTest.as_str();
    let rows: Vec<&FeedRow> = known.iter().map(|seen| &*seen.row).filter(|row| !is_test(row)).collect();
    if !rows.is_empty() {
        webhook_messages::enqueue(unit, endpoint, &rows).await?;
    }
    if !rows.is_empty() || page.has_more || kept.renewed {
        webhook_leases::advance(unit, endpoint.endpoint(), page.next).await?;
    }
    Ok((page.next, page.has_more))
}

fn wanted(endpoint: &EndpointRow) -> EventFilter {
    let patterns = endpoint.patterns();
    EventFilter {
        kinds: if patterns.is_empty() { Vec::new() } else { Pattern::kinds(&patterns) },
        area: endpoint.area_id.map(AreaId::new),
        object: None,
    }
}

/// What may be sent now, and whether something was found that may not be sent any more.
async fn find_due(
    unit: &mut Unit<'_>,
    endpoint: &EndpointRow,
    actor: &Actor,
    busy: &[Uuid],
    room: i64,
) -> Result<(Vec<Due>, bool), Refusal> {
    if room == 0 {
        return Ok((Vec::new(), false));
    }
    let rows = webhook_messages::due(unit, endpoint, busy, room).await?;
    if rows.is_empty() {
        return Ok((Vec::new(), false));
    }
    let ids: Vec<Uuid> = rows.iter().map(|row| row.event_id).collect();
    let events = feed::find_all(unit, &ids).await?.into_iter().map(Arc::new);
    let known = read_events::known(actor, events)?;
    let (mut due, mut withheld) = (Vec::new(), Vec::new());
    for row in rows {
        match known.iter().find(|seen| seen.row.id == row.event_id) {
            Some(seen) => due.push(Due { row, seen: seen.clone() }),
            None => withheld.push(row.event_id),
        }
    }
    if !withheld.is_empty() {
        webhook_messages::settle(unit, endpoint.endpoint(), &withheld, Standing::Withheld).await?;
    }
    Ok((due, !withheld.is_empty()))
}

/// Sends one message once, signed as of now.
///
/// # Errors
/// When the receiver's secret cannot be opened.
pub async fn post(app: &App, work: &Work, due: Due) -> Result<Attempted, Refusal> {
    let body = (app.payload)(&due.seen);
    let (id, timestamp) = (EventId::new(due.row.event_id).to_string(), clock::now().timestamp());
    let secrets = secrets::open(&app.keys, &work.endpoint, work.now)?;
    let signatures: Vec<String> =
        secrets.iter().filter_map(|secret| secret.sign(&id, timestamp, &body)).collect();
    let letter =
        Letter { url: work.endpoint.url.clone(), id, timestamp, signature: signatures.join(" "), body };
    let posted = app.courier.post(letter).await;
    Ok(Attempted { message: due.row, posted })
}
