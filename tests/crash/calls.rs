//! Calls with a key, as often as it takes until they have an answer.

use std::time::Duration;

use birgemiz::clock;
use birgemiz::keys::Keys;
use birgemiz::rest::tokens::{self, Bearer};
use serde_json::Value;

use crate::truth::OURS;

/// No call of these tests may take longer; a client that waits longer has been left alone.
const PATIENCE: Duration = Duration::from_secs(30);

/// A call that changes something, under its key.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) who: Bearer,
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) key: String,
}

impl Operation {
    pub(crate) fn new(who: &Bearer, path: impl Into<String>, body: Value) -> Self {
        Self { who: who.clone(), path: path.into(), body, key: new_key() }
    }

    /// The call as bytes of HTTP/1.1.
    pub(crate) fn as_bytes(&self, keys: &Keys) -> Vec<u8> {
        self.as_bytes_of(Some(&token(keys, &self.who)))
    }

    /// The same, by whoever has that token, or by nobody.
    pub(crate) fn as_bytes_of(&self, token: Option<&str>) -> Vec<u8> {
        let body = self.body.to_string();
        let bearer = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
        format!(
            "POST {} HTTP/1.1\r\nhost: birgemiz\r\n{bearer}content-type: application/json\r\n\
             idempotency-key: {}\r\nx-request-id: {}\r\ncontent-length: {}\r\n\r\n{body}",
            self.path,
            self.key,
            self.key,
            body.len()
        )
        .into_bytes()
    }
}

pub(crate) fn new_key() -> String {
    format!("{OURS}{}", clock::new_id())
}

/// What came of one try.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) has_retry_after: bool,
}

impl Reply {
    /// Whether this settles the call: neither "later" nor "it came too slowly" nor "it is running".
    pub(crate) fn is_final(&self) -> bool {
        self.status < 500 && self.status != 408 && self.body["code"] != "idempotency_key_running"
    }

    pub(crate) fn is_success(&self) -> bool {
        self.status < 300
    }

    /// What a repetition must answer again: all but what is shown once.
    pub(crate) fn lasting(&self) -> (u16, Value) {
        let mut body = self.body.clone();
        if let Some(fields) = body.as_object_mut() {
            fields.remove("phrase");
        }
        (self.status, body)
    }
}

/// Sends calls.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    keys: std::sync::Arc<Keys>,
}

impl Client {
    pub(crate) fn new(keys: std::sync::Arc<Keys>) -> Self {
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().unwrap();
        Self { http, keys }
    }

    /// Tries once; the error of a call that got no answer.
    pub(crate) async fn send(&self, url: &str, call: &Operation) -> Result<Reply, reqwest::Error> {
        let response = self
            .http
            .post(format!("{url}{}", call.path))
            .bearer_auth(token(&self.keys, &call.who))
            .header("idempotency-key", &call.key)
            .header("x-request-id", &call.key)
            .json(&call.body)
            .send()
            .await?;
        let status = response.status().as_u16();
        let has_retry_after = response.headers().contains_key("retry-after");
        let bytes = response.bytes().await?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Reply { status, body, has_retry_after })
    }

    /// The status of somebody's reading.
    pub(crate) async fn read(&self, url: &str, path: &str, who: &Bearer) -> Result<u16, reqwest::Error> {
        let bearer = token(&self.keys, who);
        let answer = self.http.get(format!("{url}{path}")).bearer_auth(bearer).send().await?;
        let status = answer.status().as_u16();
        answer.bytes().await?;
        Ok(status)
    }

    /// The status of a reading, where there is an answer.
    pub(crate) async fn look(&self, url: &str, path: &str) -> Option<u16> {
        let answer = self.http.get(format!("{url}{path}")).send().await.ok()?;
        Some(answer.status().as_u16())
    }
}

pub(crate) fn token(keys: &Keys, who: &Bearer) -> String {
    tokens::sign(keys, who, clock::now()).unwrap()
}
