//! A city at work: partner apps file, volunteers claim and deliver, everyone repeats by key what got no
//! answer, and a ledger keeps what was acknowledged.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use birgemiz::clock;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::calls::{Operation, Reply};
use crate::city::{City, at_the_door};

const PARTNERS: usize = 2;

/// How long a client waits before it repeats a call.
const PAUSE: Duration = Duration::from_millis(20);

/// A call and what was acknowledged of it.
#[derive(Debug, Clone)]
struct Entry {
    call: Operation,
    acknowledged: Option<Reply>,
}

/// One try of a call.
#[derive(Debug, Clone)]
pub(crate) struct Try {
    pub(crate) begun: Instant,
    pub(crate) took: Duration,
    /// The answer, or why there was none.
    pub(crate) reply: Result<Reply, String>,
}

#[derive(Default)]
struct Book {
    ledger: Mutex<Vec<Entry>>,
    tries: Mutex<Vec<Try>>,
    open: Mutex<VecDeque<String>>,
    strange: Mutex<Vec<String>>,
    stopped: AtomicBool,
}

/// The city's work, while it goes on.
pub(crate) struct Load {
    book: Arc<Book>,
    running: JoinSet<()>,
}

/// What the work came to.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Keys whose success somebody was told of.
    pub(crate) acknowledged: BTreeSet<String>,
    /// What must not have happened.
    pub(crate) violations: Vec<String>,
    /// All tries, in the order of their ends.
    pub(crate) tries: Vec<Try>,
}

impl Outcome {
    /// How many tries got no answer, or a "later".
    pub(crate) fn cut_short(&self) -> usize {
        let is_final = |one: &&Try| one.reply.as_ref().is_ok_and(Reply::is_final);
        self.tries.len() - self.tries.iter().filter(is_final).count()
    }
}

impl Load {
    pub(crate) fn start(city: &Arc<City>) -> Self {
        let book = Arc::new(Book::default());
        let mut running = JoinSet::new();
        for _ in 0..PARTNERS {
            running.spawn(file_requests(city.clone(), book.clone()));
        }
        for volunteer in 0..city.volunteers.len() {
            running.spawn(deliver(city.clone(), book.clone(), volunteer));
        }
        Self { book, running }
    }

    /// How many calls have succeeded so far.
    pub(crate) fn successes(&self) -> usize {
        let ledger = self.book.ledger.lock().unwrap();
        ledger.iter().filter(|entry| entry.acknowledged.as_ref().is_some_and(Reply::is_success)).count()
    }

    /// The keys of those calls.
    pub(crate) fn acknowledged(&self) -> BTreeSet<String> {
        let ledger = self.book.ledger.lock().unwrap();
        let told = ledger.iter().filter(|entry| entry.acknowledged.as_ref().is_some_and(Reply::is_success));
        told.map(|entry| entry.call.key.clone()).collect()
    }

    /// Lets everyone finish their call, then repeats every call by its key: what was acknowledged is
    /// answered the same, and what was not is answered the same twice.
    pub(crate) async fn settle(mut self, city: &Arc<City>) -> Outcome {
        self.book.stopped.store(true, Ordering::SeqCst);
        while let Some(ended) = self.running.join_next().await {
            ended.unwrap();
        }
        let mut outcome = Outcome {
            violations: std::mem::take(&mut self.book.strange.lock().unwrap()),
            tries: std::mem::take(&mut self.book.tries.lock().unwrap()),
            ..Outcome::default()
        };
        let ledger = std::mem::take(&mut *self.book.ledger.lock().unwrap());
        let mut repeating = JoinSet::new();
        for entry in ledger {
            let city = city.clone();
            repeating.spawn(async move { repeat(&city, entry).await });
        }
        while let Some(repeated) = repeating.join_next().await {
            let (key, violation) = repeated.unwrap();
            outcome.acknowledged.extend(key);
            outcome.violations.extend(violation);
        }
        outcome
    }
}

/// The key, if its call has succeeded, and what is wrong with its repetition.
async fn repeat(city: &City, entry: Entry) -> (Option<String>, Option<String>) {
    let Entry { call, acknowledged } = entry;
    let first = match acknowledged {
        Some(reply) => reply,
        None => city.settled(&call).await,
    };
    if !first.is_success() {
        return (None, None);
    }
    let again = city.settled(&call).await;
    let violation = (first.lasting() != again.lasting())
        .then(|| format!("{} was answered {:?}, then {:?}", call.path, first.lasting(), again.lasting()));
    (Some(call.key), violation)
}

async fn file_requests(city: Arc<City>, book: Arc<Book>) {
    while !book.is_stopped() {
        let Some(filed) = book.carry(&city, city.submission(), &[201]).await else { return };
        if let Some(id) = filed.body["id"].as_str() {
            // Offered twice, so that some go after what is taken.
            book.open.lock().unwrap().extend([id.to_owned(), id.to_owned()]);
        }
    }
}

async fn deliver(city: Arc<City>, book: Arc<Book>, volunteer: usize) {
    while !book.is_stopped() {
        let request = book.open.lock().unwrap().pop_front();
        let Some(request) = request else {
            // waits for: somebody to file something
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        };
        let Some(claim) = book.carry(&city, city.claim(&request, volunteer), &[201, 409]).await else {
            return;
        };
        if claim.is_success() && finish(&city, &book, volunteer, &claim.body).await.is_none() {
            return;
        }
    }
}

/// From pick-up to the door; `None` when the city stopped before.
async fn finish(city: &City, book: &Book, volunteer: usize, claim: &Value) -> Option<()> {
    let fence = &claim["fence"];
    let delivery = claim["delivery_id"].as_str().unwrap();
    let done = json!({"fence": fence, "outcome": "left_at_door", "position": at_the_door()});
    for (verb, body) in
        [("pick-up", json!({"fence": fence})), ("arrive", json!({"fence": fence})), ("complete", done)]
    {
        let path = format!("/v1/deliveries/{delivery}/{verb}");
        book.carry(city, Operation::new(&city.volunteers[volunteer], path, body), &[200]).await?;
    }
    Some(())
}

impl Book {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Sends a call until it has its answer; `None` when the city stopped before.
    async fn carry(&self, city: &City, call: Operation, expected: &[u16]) -> Option<Reply> {
        let place = {
            let mut ledger = self.ledger.lock().unwrap();
            ledger.push(Entry { call: call.clone(), acknowledged: None });
            ledger.len() - 1
        };
        loop {
            let begun = clock::instant();
            let reply = city.client.send(&city.url(), &call).await.map_err(|error| format!("{error:?}"));
            let took = clock::since(begun);
            self.tries.lock().unwrap().push(Try { begun, took, reply: reply.clone() });
            if let Ok(reply) = reply {
                if reply.is_final() {
                    if !expected.contains(&reply.status) {
                        self.note(&call, &reply);
                    }
                    self.ledger.lock().unwrap()[place].acknowledged = Some(reply.clone());
                    return Some(reply);
                }
                if reply.status == 500 {
                    self.note(&call, &reply);
                }
            }
            if self.is_stopped() {
                return None;
            }
            // waits for: the server, which may be down and tells nobody when it is up
            tokio::time::sleep(PAUSE).await;
        }
    }

    fn note(&self, call: &Operation, reply: &Reply) {
        self.strange
            .lock()
            .unwrap()
            .push(format!("{} was answered {} {}", call.path, reply.status, reply.body));
    }
}
