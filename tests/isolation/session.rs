//! A connection as the service has it, on which SQL of a test's own is run, and what Postgres complains of meanwhile.

use std::sync::{Arc, Mutex};

use futures_util::stream::{self, StreamExt};
use tokio::task::JoinHandle;
use tokio_postgres::{AsyncMessage, Client, NoTls, SimpleQueryMessage};

use crate::support::postgres::TestDatabase;

pub(crate) struct Session {
    client: Client,
    driver: JoinHandle<()>,
    complaints: Arc<Mutex<Vec<String>>>,
}

impl Drop for Session {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Session {
    /// Logs in as the role of those who call.
    pub(crate) async fn of_the_app(database: &TestDatabase) -> Self {
        Self::at(&database.urls.service).await
    }

    /// Logs in as that role.
    pub(crate) async fn as_role(database: &TestDatabase, role: &str) -> Self {
        Self::at(&database.urls.service.replace("birgemiz_app", role)).await
    }

    async fn at(url: &str) -> Self {
        let (client, mut connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        let complaints = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&complaints);
        let driver = tokio::spawn(async move {
            let mut messages =
                std::pin::pin!(stream::poll_fn(move |context| connection.poll_message(context)));
            while let Some(Ok(message)) = messages.next().await {
                if let AsyncMessage::Notice(notice) = message {
                    heard.lock().unwrap().push(notice.message().to_owned());
                }
            }
        });
        Self { client, driver, complaints }
    }

    /// The first column of what the last statement answers; or the code with which one was refused.
    pub(crate) async fn ask(&self, sql: &str) -> Result<Vec<String>, String> {
        let refused = |error: &tokio_postgres::Error| {
            error.code().map_or_else(|| error.to_string(), |code| code.code().to_owned())
        };
        let messages = self.client.simple_query(sql).await.map_err(|error| refused(&error))?;
        let mut rows = Vec::new();
        for message in messages {
            if matches!(message, SimpleQueryMessage::RowDescription(_)) {
                rows.clear();
            } else if let SimpleQueryMessage::Row(row) = message {
                rows.push(row.get(0).unwrap_or("null").to_owned());
            }
        }
        Ok(rows)
    }

    /// The one number that a statement answers.
    pub(crate) async fn count(&self, sql: &str) -> i64 {
        self.ask(sql).await.unwrap()[0].parse().unwrap()
    }

    /// Begins a transaction that works for whoever that person is.
    pub(crate) async fn open_as(&self, person: uuid::Uuid) {
        let known =
            self.ask(&format!("BEGIN; SELECT is_known FROM open_as('{person}', NULL)")).await.unwrap();
        assert_eq!(known, ["t"]);
    }

    /// Tries a statement, and undoes it: how many rows it touched, or the code with which it was refused.
    pub(crate) async fn attempt(&self, sql: &str) -> Result<u64, String> {
        self.ask("SAVEPOINT attempt").await.unwrap();
        let outcome = self.client.simple_query(sql).await;
        self.ask("ROLLBACK TO attempt").await.unwrap();
        match outcome {
            Ok(messages) => Ok(messages
                .iter()
                .map(
                    |message| {
                        if let SimpleQueryMessage::CommandComplete(count) = message { *count } else { 0 }
                    },
                )
                .sum()),
            Err(error) => Err(error.code().map_or_else(|| error.to_string(), |code| code.code().to_owned())),
        }
    }

    /// What Postgres has complained of until now.
    pub(crate) fn complaints(&self) -> Vec<String> {
        std::mem::take(&mut self.complaints.lock().unwrap())
    }
}
