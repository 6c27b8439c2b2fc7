//! The floor under every HTTP figure: a bare actix-web endpoint that takes a small JSON body and answers
//! ten candidates, with as many workers as the service has.

use std::net::{SocketAddr, TcpListener};

use actix_web::{App, HttpResponse, HttpServer, web};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Body {
    k: usize,
}

/// Serves it for as long as the process lives; where.
pub(crate) fn start(workers: usize) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = || App::new().route("/candidates", web::post().to(candidates));
            HttpServer::new(app)
                .workers(workers)
                .disable_signals()
                .listen(listener)
                .unwrap()
                .run()
                .await
                .unwrap();
        });
    });
    address
}

async fn candidates(body: web::Json<Body>) -> HttpResponse {
    let ten: Vec<Value> = (0..body.k)
        .map(
            |place| json!({"volunteer_id": format!("vol_{place}"), "distance_m": place * 100, "cost": place}),
        )
        .collect();
    HttpResponse::Ok().json(json!({ "candidates": ten }))
}
