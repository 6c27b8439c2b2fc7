//! The HTTP server: how it listens, and what it wraps around every route.

use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::Data;
use actix_web::{App as ActixApp, HttpServer};

use super::{envelope, routes};
use crate::app::App;

/// Starts to serve on a socket that is bound already.
///
/// # Errors
/// When the socket cannot be listened on.
pub fn serve(app: &App, listener: TcpListener, workers: usize) -> std::io::Result<Server> {
    let app = app.clone();
    let server = HttpServer::new(move || {
        ActixApp::new()
            .app_data(Data::new(app.clone()))
            .wrap(Compress::default())
            .wrap(from_fn(envelope::wrap))
            .configure(routes::configure)
            .default_service(actix_web::web::to(routes::unknown))
    })
    .workers(workers)
    .client_request_timeout(Duration::from_secs(5))
    // Longer than a call's deadline, so that no unit of work is dropped while somebody waits for it.
    .shutdown_timeout(25)
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}
