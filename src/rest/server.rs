//! The HTTP server: how it listens, what it wraps around every route, and how it stops.

use std::io::Error;
use std::net::TcpListener;
use std::thread::JoinHandle;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::rt::System;
use actix_web::web::Data;
use actix_web::{App as ActixApp, HttpServer as ActixServer};

use super::known_tokens::KnownTokens;
use super::shedding::{self, Gates};
use super::{envelope, limits, routes, validators};
use crate::app::App;

/// A server that serves. It runs on threads of its own.
pub struct HttpServer {
    handle: ServerHandle,
    thread: JoinHandle<Result<(), Error>>,
}

impl HttpServer {
    /// Starts to serve on a socket that is bound already, whoever `gates` let in. A stop waits `patience_s` for calls
    /// under way.
    ///
    /// # Errors
    /// When the socket cannot be listened on, or no thread is to be had.
    pub fn start(
        app: &App,
        gates: Gates,
        listener: TcpListener,
        workers: usize,
        patience_s: u64,
    ) -> Result<Self, Error> {
        let (send, receive) = std::sync::mpsc::channel();
        let app = app.clone();
        let thread = std::thread::Builder::new().name("http".to_owned()).spawn(move || {
            System::new().block_on(async move {
                let server = build(&app, gates, listener, workers, patience_s)?;
                // Nobody waits for it only when the start has failed already.
                let _ = send.send(server.handle());
                server.await
            })
        })?;
        let handle = receive.recv().map_err(|_| Error::other("it ended at once"))?;
        Ok(Self { handle, thread })
    }

    /// Stops taking calls, and returns when those under way are done.
    pub async fn stop(self) {
        self.handle.stop(true).await;
        let joined = tokio::task::spawn_blocking(move || self.thread.join()).await;
        if !matches!(joined, Ok(Ok(Ok(())))) {
            tracing::error!("the HTTP server did not end cleanly");
        }
    }
}

fn build(
    app: &App,
    gates: Gates,
    listener: TcpListener,
    workers: usize,
    patience_s: u64,
) -> Result<Server, Error> {
    let (app, known_tokens, gates) = (app.clone(), Data::new(KnownTokens::default()), Data::new(gates));
    let server = ActixServer::new(move || {
        ActixApp::new()
            .app_data(Data::new(app.clone()))
            .app_data(known_tokens.clone())
            .app_data(gates.clone())
            .wrap(from_fn(validators::wrap))
            .wrap(from_fn(limits::wrap))
            .wrap(Compress::default())
            .wrap(from_fn(envelope::wrap))
            .wrap(from_fn(shedding::wrap))
            .configure(routes::configure)
            .default_service(actix_web::web::to(routes::unknown))
    })
    .workers(workers)
    .client_request_timeout(Duration::from_secs(5))
    .shutdown_timeout(patience_s)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}
