//! Somebody who calls the service.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use birgemiz::clock;
use reqwest::Method;
use serde_json::Value;

use super::answer::Answer;
use super::{contract, private};

/// Somebody with an access token, or with none.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    pub(super) http: reqwest::Client,
    pub(crate) url: String,
    pub(super) token: Option<String>,
    /// Partner apps must send an idempotency key, so theirs is made unless a test says otherwise.
    pub(super) always_sends_keys: bool,
}

impl Caller {
    pub(crate) fn get(&self, path: &str) -> Ask {
        self.call(Method::GET, path)
    }

    pub(crate) fn post(&self, path: &str, body: impl Into<Value>) -> Ask {
        self.call(Method::POST, path).json(body)
    }

    /// Any method; add what else it needs.
    pub(crate) fn call(&self, method: Method, path: &str) -> Ask {
        let mut http = self.http.request(method.clone(), format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            http = http.bearer_auth(token);
        }
        let key = (self.always_sends_keys && method == Method::POST).then(|| clock::new_id().to_string());
        Ask { http, method, path: path.to_owned(), key, token: self.token.clone(), on_contract: true }
    }

    /// Opens a stream of events, going on after the last one that was heard.
    pub(crate) async fn listen(&self, path: &str, last: Option<&str>) -> reqwest::Response {
        let mut http = self.http.get(format!("{}{path}", self.url));
        if let Some(token) = &self.token {
            http = http.bearer_auth(token);
        }
        if let Some(last) = last {
            http = http.header("last-event-id", last);
        }
        http.send().await.unwrap_or_else(|error| panic!("{path}: {error:?}"))
    }

    /// The same caller with another token.
    pub(crate) fn with_token(&self, token: impl Into<String>) -> Self {
        Self { token: Some(token.into()), always_sends_keys: false, ..self.clone() }
    }

    /// The same caller, who calls another server.
    pub(crate) fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// Their token, for programs that call by themselves.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Where the service listens, for tests that speak HTTP by hand.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}

/// A call in the making. Awaiting it sends it.
pub(crate) struct Ask {
    http: reqwest::RequestBuilder,
    method: Method,
    path: String,
    key: Option<String>,
    token: Option<String>,
    on_contract: bool,
}

impl Ask {
    pub(crate) fn json(self, body: impl Into<Value>) -> Self {
        self.bytes("application/json", body.into().to_string())
    }

    /// A body of any kind, also one that is not what the call takes.
    pub(crate) fn bytes(mut self, media_type: &str, body: impl Into<reqwest::Body>) -> Self {
        self.http = self.http.header("content-type", media_type).body(body);
        self
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.http = self.http.header(name, value);
        self
    }

    /// With this idempotency key.
    pub(crate) fn key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    pub(crate) fn without_key(mut self) -> Self {
        self.key = None;
        self
    }

    /// For paths and methods that the contract rightly does not know.
    pub(crate) fn off_contract(mut self) -> Self {
        self.on_contract = false;
        self
    }

    async fn send(self) -> Answer {
        let mut http = self.http;
        if let Some(key) = &self.key {
            http = http.header("idempotency-key", key);
        }
        let call = format!("{} {}", self.method, self.path);
        let response = http.send().await.unwrap_or_else(|error| panic!("{call}: {error:?}"));
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.unwrap_or_else(|error| panic!("{call}: {error:?}"));
        let answer = Answer { call, status, headers, text };
        contract::check(&self.method, &self.path, self.on_contract, &answer);
        private::check(&self.method, &self.path, self.token.as_deref(), &answer);
        answer
    }
}

impl IntoFuture for Ask {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}
