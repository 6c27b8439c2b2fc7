//! Requests of which two readers would disagree where they end: refused, and nothing after them is read.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::support::{World, run};

/// What may be hidden behind the first request; it has an answer of its own that can be told from all others.
const HIDDEN: &str = "GET /docs HTTP/1.1\r\nHost: x\r\n\r\n";

/// Name, and the lines between the request line and the body; then the body.
const DISAGREEABLE: [(&str, &str, &str); 19] = [
    ("CL and TE", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    ("TE and CL", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
    ("two lengths", "Content-Length: 0\r\nContent-Length: 5\r\n", ""),
    ("a list of lengths", "Content-Length: 0, 5\r\n", ""),
    ("a signed length", "Content-Length: +0\r\n", ""),
    ("a negative length", "Content-Length: -1\r\n", ""),
    ("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n"),
    ("chunked not last", "Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"),
    ("an unknown coding", "Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"),
    ("a folded line", "Transfer-Encoding:\r\n chunked\r\n", "0\r\n\r\n"),
    ("a blank before the colon", "Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
    ("two codings in one line", "Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"),
    ("two lines of codings", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
    (
        "a coding after a bare line feed",
        "X-A: b\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
        "0\r\n\r\n",
    ),
    ("a bare carriage return", "X-A: b\rTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
    ("a folded line of another header", "X-A: b\r\n Content-Length: 5\r\n", ""),
    ("a vertical tab before the coding", "Transfer-Encoding: \x0bchunked\r\n", "0\r\n\r\n"),
    ("a chunk that ends in bare line feeds", "Transfer-Encoding: chunked\r\n", "1\na\n0\n\n"),
    ("a chunk of no size", "Transfer-Encoding: chunked\r\n", "zz\r\n\r\n0\r\n\r\n"),
];

/// All that comes back until the server closes, or has nothing more to say.
async fn answers(address: &str, sent: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut got = Vec::new();
    let mut part = [0; 4096];
    // A reset is an end as well.
    while let Ok(Ok(length)) = tokio::time::timeout(Duration::from_secs(1), stream.read(&mut part)).await
        && length > 0
    {
        got.extend_from_slice(&part[..length]);
    }
    String::from_utf8_lossy(&got).into_owned()
}

#[test]
fn what_two_readers_would_read_differently_is_refused_and_nothing_after_it_is_read() {
    run(async {
        let world = World::new().await;
        let address = world.nobody().address().to_owned();
        let control =
            answers(&address, &format!("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n{HIDDEN}")).await;
        assert_eq!(control.matches("HTTP/1.1 ").count(), 2, "two sound requests have two answers: {control}");
        let mut broken = Vec::new();
        for (name, lines, body) in DISAGREEABLE {
            let sent = format!("POST /v1/auth/login HTTP/1.1\r\nHost: x\r\n{lines}\r\n{body}{HIDDEN}");
            let got = answers(&address, &sent).await;
            let first = got.lines().next().unwrap_or_default().to_owned();
            let closed_or_refused = got.is_empty() || first.starts_with("HTTP/1.1 400");
            if !closed_or_refused || got.matches("HTTP/1.1 ").count() > 1 {
                broken.push(format!("{name}: {first} and {} answers", got.matches("HTTP/1.1 ").count()));
            }
        }
        assert!(broken.is_empty(), "{}", broken.join("\n"));
    });
}
