//! Takes an address of a whole city each through the whole life of a request, over HTTP, with the mishaps of
//! real days on the way; then asks the service whether any was lost, doubled or left behind.

mod addresses;
mod audit;
mod book;
mod calls;
mod desk;
mod doors;
mod fates;
mod filing;
mod journey;
mod proofs;
mod report;
mod server;
mod staging;
mod tally;
mod volunteers;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use birgemiz::clock;
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use addresses::{Address, Addresses};
use book::Book;
use calls::{Caller, Line};
use report::Times;
use server::Server;
use staging::Stage;
use tally::Tally;

/// When volunteers have not come to an end by then, something is stuck.
const DEADLINE: Duration = Duration::from_secs(6 * 60);

/// Takes 768 real addresses through the whole life of a request, over HTTP.
#[derive(Debug, Parser)]
#[command(name = "walk")]
pub(crate) struct Options {
    /// A running server; without it one is started for the walk, and ended with it.
    #[arg(long)]
    url: Option<String>,
    /// That server's one-time link for its first administrator.
    #[arg(long)]
    link: Option<String>,
    /// An administrator of that server.
    #[arg(long, conflicts_with = "link", requires = "password")]
    email: Option<String>,
    /// Their password.
    #[arg(long)]
    password: Option<String>,
    /// A CSV file with the columns street, housenumber, lat, lon; the addresses of Almaty when not given.
    #[arg(long)]
    addresses: Option<PathBuf>,
    /// How many volunteers.
    #[arg(long, default_value_t = 48, value_parser = clap::value_parser!(u16).range(1..=2000))]
    volunteers: u16,
    /// What goes wrong, and who starts where.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What everybody on the walk shares.
#[derive(Debug)]
pub(crate) struct Walk {
    stage: Stage,
    volunteers: Vec<Caller>,
    addresses: Vec<Address>,
    seed: u64,
    book: Book,
    tally: Arc<Tally>,
    fulfilled: UnboundedSender<String>,
    started: Instant,
}

impl Walk {
    fn volunteer(&self, index: usize) -> Result<&Caller, String> {
        self.volunteers.get(index).ok_or_else(|| "a volunteer whom nobody registered".to_owned())
    }

    /// Whether everything has come to its end, or never will.
    fn is_over(&self) -> bool {
        self.book.on_the_way() == 0 || clock::since(self.started) > DEADLINE
    }

    /// Somebody saw how a request ended; what was fulfilled is for the partner to acknowledge.
    fn ended(&self, request: &str, end: &'static str) {
        self.book.ended(request, end);
        if end == "fulfilled" && self.fulfilled.send(request.to_owned()).is_err() {
            self.tally.fault("nobody is left to acknowledge");
        }
    }

    /// Something was sent twice with one key: it must be told apart, and be answered alike.
    fn replayed(&self, what: &str, told_apart: bool, alike: bool) {
        if told_apart && alike {
            self.tally.count_as("replays", what);
        } else {
            self.tally.fault(format!("{what} sent twice was not answered as at first"));
        }
    }
}

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(faults) if faults.is_empty() => {
            println!("\nNothing lost, nothing doubled, nothing stuck.");
            ExitCode::SUCCESS
        }
        Ok(faults) => {
            eprintln!("\nThis should not be:");
            for fault in faults {
                eprintln!("  - {fault}");
            }
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("The walk did not come to its end: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(mut options: Options) -> Result<Vec<String>, String> {
    let Addresses { all, source } = addresses::read(options.addresses.as_deref())?;
    println!("{} addresses {source}", all.len());
    let (url, own) = match options.url.take() {
        Some(url) => (url.trim_end_matches('/').to_owned(), None),
        None => {
            let own = Server::start(&calls::new_key())?;
            options.link = Some(own.link.clone());
            (own.url.clone(), Some(own))
        }
    };
    println!("on {url}");
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    let faults = runtime.block_on(async {
        tokio::select! {
            faults = walk(&options, all, url) => faults,
            told = told_to_stop() => told,
        }
    });
    drop(own);
    faults
}

/// Comes back when this program is interrupted, or told to end.
async fn told_to_stop() -> Result<Vec<String>, String> {
    let mut told = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = told.recv() => {}
    }
    Err("interrupted".to_owned())
}

async fn walk(options: &Options, addresses: Vec<Address>, url: String) -> Result<Vec<String>, String> {
    let begun = clock::instant();
    let http = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(30))
        .build()
        .map_err(|error| error.to_string())?;
    let tally = Arc::new(Tally::default());
    let line = Line { http, url, tally: Arc::clone(&tally) };
    let stage = staging::prepare(&line, options, &addresses).await?;
    let volunteers = volunteers::recruit(&line, &stage, options, &addresses).await?;
    println!("{} volunteers are on duty", volunteers.len());

    let (fulfilled, to_acknowledge) = unbounded_channel();
    let (seed, book, filing) = (options.seed, Book::default(), clock::instant());
    let started = clock::instant();
    let mut walk = Walk { stage, volunteers, addresses, seed, book, tally, fulfilled, started };
    filing::file_everything(&walk).await?;
    let filing = clock::since(filing);
    println!("{} households are verified, a request is filed for each", walk.book.on_the_way());

    walk.started = clock::instant();
    let walk = Arc::new(walk);
    go(&walk, to_acknowledge).await?;
    let walking = clock::since(walk.started);
    let counts = audit::audit(&walk).await?;
    report::print(&walk, &counts, Times { filing, walking, all: clock::since(begun) });
    Ok(walk.tally.faults())
}

/// All volunteers, the coordinator and the partner app at once.
async fn go(
    walk: &Arc<Walk>,
    to_acknowledge: tokio::sync::mpsc::UnboundedReceiver<String>,
) -> Result<(), String> {
    let mut tasks = tokio::task::JoinSet::new();
    for index in 0..walk.volunteers.len() {
        let walk = Arc::clone(walk);
        tasks.spawn(async move { volunteers::serve(&walk, index).await });
    }
    let desk = Arc::clone(walk);
    tasks.spawn(async move { desk::coordinate(&desk).await });
    let app = Arc::clone(walk);
    tasks.spawn(async move { desk::acknowledge(&app, to_acknowledge).await });
    while let Some(ended) = tasks.join_next().await {
        ended.map_err(|error| format!("somebody did not come back: {error}"))?;
    }
    Ok(())
}
