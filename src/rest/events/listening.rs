//! One listener of the stream: where they stand, who they are now, and what they are sent next.

use std::fmt::Write as _;
use std::io::Error;
use std::time::{Duration, Instant};

use actix_web::web::Bytes;
use domain::actor::Actor;
use domain::refusal::Code;
use futures_util::{Stream, stream};
use uuid::Uuid;

use super::{EventBody, params};
use crate::actions::read_events::{From, Seen, known, read_events, who_is};
use crate::actions::{Call, Caller, Refusal};
use crate::app::App;
use crate::clock;
use crate::feed::{Ear, NoSeat, Seat};
use crate::storage::views::feed::{Cursor, EventFilter};

/// A sign of life is sent when nothing else was for this long.
const PING_EVERY: Duration = Duration::from_secs(15);

/// Whoever was sent something so lately need not be asked whether they are still there.
const ASKED_AFTER: Duration = Duration::from_secs(1);

/// The longest that a listener waits before it looks whether the service stops.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// Who listens is asked for again when that was last known so long ago: nobody is told anything for
/// longer than this after they may know it no more.
const KNOWN_FOR: Duration = Duration::from_secs(1);

/// Events that are sent at once.
const BATCH: usize = 200;

/// When a client whose connection broke should come back, in milliseconds.
const COME_BACK_MS: u32 = 2_000;

/// A listener.
pub(super) struct Listening {
    app: App,
    call: Call,
    filter: EventFilter,
    ear: Ear,
    /// Given back when they leave.
    seat: Seat,
    stands: Cursor,
    actor: Actor,
    known_at: Instant,
    sent_at: Instant,
    ends_at: Instant,
    /// What is sent before anything else.
    greeting: Option<String>,
}

impl Listening {
    /// Begins to listen at a place; now, and saying so, where the place is not known.
    ///
    /// # Errors
    /// When the caller may not act any more, or the database fails.
    pub(super) async fn begin(
        app: &App,
        call: Call,
        filter: EventFilter,
        from: Option<From>,
        life: Duration,
    ) -> Result<Self, Refusal> {
        let seat = seat(app, &call)?;
        // Before the place is read, so that nothing happens in between unheard.
        let ear = app.feed.listen();
        let actor = who_is(app, &call).await?;
        let mut greeting = format!("retry: {COME_BACK_MS}\n\n");
        let stands = match place(app, &call, from).await? {
            Some(place) => place,
            None => {
                let now = place(app, &call, Some(From::Now)).await?.unwrap_or_default();
                // Writing to a string cannot fail.
                let _ =
                    write!(greeting, "event: resync\nid: {}\ndata: {{}}\n\n", params::cursor(&app.keys, now));
                now
            }
        };
        let now = clock::instant();
        Ok(Self {
            app: app.clone(),
            call,
            filter,
            ear,
            seat,
            stands,
            actor,
            known_at: now,
            sent_at: now,
            ends_at: now + life,
            greeting: Some(greeting),
        })
    }

    /// What is sent, for as long as the listener stays and may know.
    pub(super) fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> {
        stream::unfold(self, |mut listening| async move {
            let text = listening.next().await?;
            listening.sent_at = clock::instant();
            Some((Ok(Bytes::from(text)), listening))
        })
    }

    /// The next thing to send; none at the end.
    async fn next(&mut self) -> Option<String> {
        if let Some(greeting) = self.greeting.take() {
            return Some(greeting);
        }
        loop {
            if self.app.draining.is_stopping() || clock::instant() >= self.ends_at {
                return None;
            }
            let news = self.news().await.inspect_err(|refusal| self.broken_off(refusal)).ok()?;
            if !news.is_empty() {
                return Some(self.told(&news));
            }
            if clock::since(self.sent_at) >= PING_EVERY || self.is_asked_after() {
                self.recognise().await.inspect_err(|refusal| self.broken_off(refusal)).ok()?;
                return Some(format!(": ping\nid: {}\n\n", params::cursor(&self.app.keys, self.stands)));
            }
            self.ear.wait(LOOK_EVERY).await;
        }
    }

    /// What happened since, and the listener may know; moves on past it.
    async fn news(&mut self) -> Result<Vec<Seen>, Refusal> {
        let Some(heard) = self.ear.after(self.stands, BATCH) else {
            return self.read_the_log().await;
        };
        let wanted: Vec<_> = heard.rows.into_iter().filter(|row| self.filter.wants(row)).collect();
        if !wanted.is_empty() && clock::since(self.known_at) >= KNOWN_FOR {
            self.recognise().await?;
        }
        let seen = known(&self.actor, wanted.into_iter())?;
        self.stands = heard.next;
        Ok(seen)
    }

    async fn read_the_log(&mut self) -> Result<Vec<Seen>, Refusal> {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        loop {
            let page =
                read_events(&self.app, &self.call, &self.filter, From::Cursor(self.stands), limit).await?;
            let Some(page) = page else { return Ok(Vec::new()) };
            self.stands = page.next;
            if !page.seen.is_empty() || !page.has_more {
                return Ok(page.seen);
            }
        }
    }

    /// Whether somebody waits for the seat, so that it matters whether the listener is still there.
    fn is_asked_after(&mut self) -> bool {
        clock::since(self.sent_at) >= ASKED_AFTER && self.seat.is_doubted()
    }

    async fn recognise(&mut self) -> Result<(), Refusal> {
        self.actor = who_is(&self.app, &self.call).await?;
        self.known_at = clock::instant();
        Ok(())
    }

    fn told(&self, news: &[Seen]) -> String {
        let mut text = String::new();
        for seen in news {
            let body = EventBody::new(seen);
            // Our bodies are plain structs of strings and numbers; nothing in them can fail to serialise.
            let data = serde_json::to_string(&body).unwrap_or_default();
            let id = params::cursor(&self.app.keys, seen.row.cursor());
            let _ = write!(text, "id: {id}\nevent: {}\ndata: {data}\n\n", body.kind);
        }
        text
    }

    fn broken_off(&self, refusal: &Refusal) {
        tracing::info!(code = %refusal.code, call_id = self.call.call_id, "a stream of events ends");
    }
}

/// When whoever finds no seat may look again.
const LOOK_AGAIN_S: u32 = 10;

fn seat(app: &App, call: &Call) -> Result<Seat, Refusal> {
    let listener = match call.caller {
        Caller::Person { user, .. } => user.uuid(),
        Caller::Partner { partner } => partner.uuid(),
        Caller::System | Caller::Nobody => Uuid::nil(),
    };
    app.streams.take(listener).map_err(|none| {
        let refusal = match none {
            NoSeat::OfCaller(most) => Refusal::because(Code::TooManyStreams, format!("at most {most}")),
            NoSeat::OfProcess => {
                Refusal::because(Code::Overloaded, "as many streams are open as this server may hold")
            }
        };
        Refusal { retry_after_s: Some(LOOK_AGAIN_S), ..refusal }
    })
}

/// Where somebody begins, as a place in the log.
async fn place(app: &App, call: &Call, from: Option<From>) -> Result<Option<Cursor>, Refusal> {
    match from {
        None => Ok(None),
        Some(From::Cursor(cursor)) => Ok(Some(cursor)),
        Some(from) => {
            // One event at most is read and not shown: only the place matters.
            let page = read_events(app, call, &EventFilter::default(), from, 1).await?;
            Ok(page.map(|page| page.began))
        }
    }
}
