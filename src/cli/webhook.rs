//! `birgemiz webhook listen`: a receiver to develop against. It verifies what arrives and prints it.

use std::net::{Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::clock;
use crate::outbound::webhooks::listen::{Arrival, Listener};
use crate::outbound::webhooks::signature::Verifier;

/// Webhooks.
#[derive(Debug, Args)]
pub(super) struct WebhookArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Receive on loopback, verify each signature, print each event as a line of JSON. Exit code 1 at the first that
    /// is not by this secret.
    Listen(ListenArgs),
}

#[derive(Debug, Args)]
struct ListenArgs {
    /// The port on 127.0.0.1; 0 for any that is free.
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// What the endpoint was made with: whsec_... or whpk_...
    #[arg(long)]
    secret: String,
    /// End well after so many events; never when absent.
    #[arg(long)]
    count: Option<u64>,
}

/// Does what the verb says.
pub(super) fn run(args: WebhookArgs) -> ExitCode {
    let Verb::Listen(args) = args.verb;
    match listen(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("birgemiz: {error}");
            ExitCode::FAILURE
        }
    }
}

fn listen(args: &ListenArgs) -> Result<(), String> {
    let verifier: Verifier = args.secret.parse().map_err(|error| format!("--secret: {error}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("no runtime: {error}"))?;
    runtime.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
        let listener =
            Listener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
        println!("Listening at http://{}/", listener.address());
        let mut seen = 0;
        while args.count.is_none_or(|count| seen < count) {
            let arrival = listener.next(|arrival| judge(&verifier, arrival)).await;
            let Some(arrival) = arrival else { continue };
            judge(&verifier, &arrival).map_err(|error| format!("a delivery was refused: {error}"))?;
            println!("{}", String::from_utf8_lossy(&arrival.body));
            seen += 1;
        }
        Ok(())
    })
}

fn judge(verifier: &Verifier, arrival: &Arrival) -> Result<(), String> {
    let now = clock::now().timestamp();
    verifier.verify(arrival.signed(), &arrival.body, now).map_err(|error| error.to_string())
}
