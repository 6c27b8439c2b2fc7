//! The peer: Postgres' own COPY of the same file into a table of text without index, key or check.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use birgemiz::clock;
use futures_util::SinkExt;
use tokio_postgres::{Client, NoTls};

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// How many seconds it takes, in one transaction.
pub(crate) async fn copy(url: &str, path: &Path) -> f64 {
    let client = connect(url).await;
    let mut header = String::new();
    BufReader::new(File::open(path).unwrap()).read_line(&mut header).unwrap();
    let columns: Vec<String> = header.trim().split(',').map(|name| format!("{name} text")).collect();
    let columns = columns.join(", ");
    client.batch_execute(&format!("DROP TABLE IF EXISTS bare; CREATE TABLE bare ({columns})")).await.unwrap();
    let start = clock::instant();
    let sink = client.copy_in("COPY bare FROM STDIN (FORMAT csv, HEADER)").await.unwrap();
    let mut sink = std::pin::pin!(sink);
    let mut file = File::open(path).unwrap();
    let mut piece = vec![0; 256 * 1024];
    loop {
        let count = file.read(&mut piece).unwrap();
        if count == 0 {
            break;
        }
        sink.send(actix_web::web::Bytes::copy_from_slice(piece.get(..count).unwrap())).await.unwrap();
    }
    sink.finish().await.unwrap();
    let took = clock::since(start).as_secs_f64();
    client.batch_execute("DROP TABLE bare").await.unwrap();
    took
}

/// How many rows there are.
pub(crate) async fn count(url: &str, table: &str) -> u64 {
    let row = connect(url).await.query_one(&format!("SELECT count(*) FROM {table}"), &[]).await.unwrap();
    u64::try_from(row.get::<_, i64>(0)).unwrap()
}
