//! Calls over HTTP as somebody: with their token, renewed when it has ended, and repeated with the same
//! key while the service is busy.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::RwLock;

use crate::tally::Tally;

/// How often a call is sent again while the service says that it is busy, or the line breaks.
const TRIES: u32 = 6;

/// The way to the service.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) tally: Arc<Tally>,
}

/// By what somebody gets their tokens.
#[derive(Debug, Clone)]
pub(crate) enum Credentials {
    Nobody,
    Person { email: String, password: String },
    Partner { id: String, secret: String },
}

/// Somebody who calls.
#[derive(Debug)]
pub(crate) struct Caller {
    line: Line,
    credentials: Credentials,
    token: RwLock<String>,
}

/// What came back.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) call: String,
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// Whether it is the kept answer of an earlier call with the same key.
    pub(crate) replayed: bool,
}

impl Answer {
    /// The word that tells why it was refused.
    pub(crate) fn code(&self) -> &str {
        self.body.get("code").and_then(Value::as_str).unwrap_or("")
    }

    /// The body, if the status is this one. The words for anything else hold no private data.
    pub(crate) fn expect(self, status: u16) -> Result<Value, String> {
        if self.status == status { Ok(self.body) } else { Err(self.unexpected()) }
    }

    /// What is wrong with an answer that should not have come.
    pub(crate) fn unexpected(&self) -> String {
        let pointer = self.body.pointer("/errors/0/pointer").and_then(Value::as_str).unwrap_or("");
        format!("{}: unexpected answer {} {} {pointer}", self.call, self.status, self.code())
    }
}

/// A text of a body, such as `id`.
pub(crate) fn text(body: &Value, field: &str) -> Result<String, String> {
    body.get(field)
        .and_then(Value::as_str)
        .map(str::to_owned)
        .ok_or_else(|| format!("an answer without {field}"))
}

/// What is sent.
#[derive(Debug, Clone)]
enum Sent {
    Nothing,
    Json(Value),
    Jpeg(Vec<u8>),
}

impl Caller {
    pub(crate) fn new(line: &Line, credentials: Credentials) -> Self {
        Self { line: line.clone(), credentials, token: RwLock::new(String::new()) }
    }

    pub(crate) async fn get(&self, path: &str) -> Result<Answer, String> {
        self.call(Method::GET, path, Sent::Nothing, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Result<Answer, String> {
        self.post_as(path, body, &new_key()).await
    }

    /// With a key of the caller's choice, so that it can be sent again.
    pub(crate) async fn post_as(&self, path: &str, body: Value, key: &str) -> Result<Answer, String> {
        self.call(Method::POST, path, Sent::Json(body), Some(key)).await
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Result<Answer, String> {
        self.call(Method::PUT, path, Sent::Json(body), None).await
    }

    pub(crate) async fn post_jpeg(&self, path: &str, jpeg: Vec<u8>) -> Result<Answer, String> {
        self.call(Method::POST, path, Sent::Jpeg(jpeg), Some(&new_key())).await
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        sent: Sent,
        key: Option<&str>,
    ) -> Result<Answer, String> {
        let key = key.filter(|_| !matches!(self.credentials, Credentials::Nobody));
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.once(&method, path, &sent, key).await;
            match answer {
                Ok(answer) if answer.status == 401 && answer.code() == "unauthenticated" && tries < TRIES => {
                    self.log_in().await?;
                }
                Ok(answer) if answer.status == 503 && tries < TRIES => {
                    self.line.tally.count("busy");
                    tokio::time::sleep(Duration::from_millis(250) * tries).await;
                }
                Ok(answer) => return Ok(answer),
                Err(broken) if tries >= TRIES => return Err(broken),
                Err(_) => {
                    self.line.tally.count("broken lines");
                    tokio::time::sleep(Duration::from_millis(100) * tries).await;
                }
            }
        }
    }

    async fn once(
        &self,
        method: &Method,
        path: &str,
        sent: &Sent,
        key: Option<&str>,
    ) -> Result<Answer, String> {
        let mut request = self.line.http.request(method.clone(), format!("{}{path}", self.line.url));
        let token = self.token.read().await.clone();
        if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        request = match sent {
            Sent::Nothing => request,
            Sent::Json(body) => request.json(body),
            Sent::Jpeg(bytes) => request.header("content-type", "image/jpeg").body(bytes.clone()),
        };
        self.line.answer(format!("{method} {path}"), request).await
    }

    /// Gets a token, if there are credentials for one.
    pub(crate) async fn log_in(&self) -> Result<(), String> {
        let url = &self.line.url;
        let request = match &self.credentials {
            Credentials::Nobody => return Err("a token is needed and nobody has one".to_owned()),
            Credentials::Person { email, password } => self
                .line
                .http
                .post(format!("{url}/v1/auth/login"))
                .json(&json!({"email": email, "password": password})),
            Credentials::Partner { id, secret } => {
                self.line.http.post(format!("{url}/v1/auth/token")).form(&[
                    ("grant_type", "client_credentials"),
                    ("client_id", id.as_str()),
                    ("client_secret", secret.as_str()),
                ])
            }
        };
        let body = self.line.answer("logging in".to_owned(), request).await?.expect(200)?;
        *self.token.write().await = text(&body, "access_token")?;
        Ok(())
    }
}

impl Line {
    async fn answer(&self, call: String, request: reqwest::RequestBuilder) -> Result<Answer, String> {
        self.tally.count("calls");
        let broken = |error: reqwest::Error| format!("{call}: {}", error.without_url());
        let response = request.send().await.map_err(broken)?;
        let status = response.status().as_u16();
        let replayed = response.headers().get("idempotent-replayed").is_some_and(|value| value == "true");
        let bytes = response.bytes().await.map_err(broken)?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Answer { call, status, body, replayed })
    }
}

/// A key that nobody has used.
pub(crate) fn new_key() -> String {
    birgemiz::clock::new_id().simple().to_string()
}
