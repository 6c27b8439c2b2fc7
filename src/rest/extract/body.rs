//! Bodies: read whole within a limit of size and of time, parsed strictly, and digested for the
//! idempotency key that may come with them.

use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::{Method, header};
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use domain::refusal::Code;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use super::shape;
use crate::actions::Refusal;
use crate::clock;
use crate::planted::{Bug, is_planted};
use crate::rest::problem::Problem;
use crate::rest::{envelope, shedding};

/// The largest body of a call that says nothing else.
const USUAL: usize = 64 * 1024;

/// The largest body of many things at once: 500 requests, or the outline of a district.
pub const MANY: usize = 1024 * 1024;

/// What a body may take to arrive, however small it is. Telephones with bad reception need some seconds.
const GRACE: Duration = Duration::from_secs(10);

/// How many bytes must arrive in each second after that: a photo over a slow telephone line is waited for, and
/// nobody holds a socket by a byte now and then.
const SLOWEST: u64 = 10 * 1024;

/// A JSON body of at most so many bytes, with its digest.
pub struct Body<T, const MOST: usize = USUAL> {
    /// What was sent.
    pub value: T,
    /// SHA-256 of the bytes that were sent.
    pub fingerprint: Vec<u8>,
}

/// A body of any type and at most so many bytes, as it came.
pub struct RawBody<const MOST: usize = USUAL> {
    /// What was sent.
    pub bytes: Vec<u8>,
    /// SHA-256 of it.
    pub fingerprint: Vec<u8>,
    /// Its media type, without parameters, as the caller says.
    pub media_type: Option<String>,
}

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<T: DeserializeOwned + 'static, const MOST: usize> FromRequest for Body<T, MOST> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = media_type(request).is_some_and(|kind| kind == "application/json");
        let may_be_empty = request.method() == Method::POST;
        let payload = payload.take();
        Box::pin(async move {
            let bytes = collect(payload, MOST).await?;
            if bytes.is_empty() && !may_be_empty {
                let detail = "send what is to be changed, as a JSON object";
                return Err(Refusal::because(Code::MalformedJson, detail).into());
            }
            // A POST without a body means an empty object: an act that takes nothing needs no `{}`.
            let text: &[u8] = if bytes.is_empty() { b"{}" } else { &bytes };
            if !bytes.is_empty() && !is_json {
                return Err(Code::UnsupportedMediaType.into());
            }
            let value = parse(text)?;
            Ok(Self { value, fingerprint: digest(&bytes) })
        })
    }
}

impl<const MOST: usize> FromRequest for RawBody<MOST> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = media_type(request).map(str::to_ascii_lowercase);
        let payload = payload.take();
        Box::pin(async move {
            let bytes = collect(payload, MOST).await?;
            let fingerprint = digest(&bytes);
            Ok(Self { bytes, fingerprint, media_type })
        })
    }
}

/// The media type that the caller tells, without its parameters.
#[must_use]
pub fn media_type(request: &HttpRequest) -> Option<&str> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next()?.trim())
}

async fn collect(mut payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut bytes = BytesMut::new();
    let mut pace = Pace::begin();
    while let Some(chunk) = pace.in_time(payload.next()).await? {
        let chunk = chunk.map_err(|_| Problem::from(Code::MalformedJson))?;
        if bytes.len() + chunk.len() > limit {
            return Err(Code::BodyTooLarge.into());
        }
        pace.arrived(chunk.len());
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.to_vec())
}

/// How long the body of a call is waited for that is answered already.
const BRIEFLY: Duration = Duration::from_millis(100);

/// Lets a usual body arrive that nobody reads, so that the connection can be used again: one on which a body is still
/// to come is closed with the answer. Most are here with their heads; a slow one is not waited for.
pub async fn let_arrive(request: &mut ServiceRequest) {
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let is_usual = length.and_then(|length| length.parse().ok()).is_some_and(|length: usize| length <= USUAL);
    if is_usual {
        let mut payload = request.take_payload();
        let arriving = async { while let Some(Ok(_)) = payload.next().await {} };
        let _ = tokio::time::timeout(BRIEFLY, arriving).await;
    }
}

/// How fast a body arrives, and by when more of it must.
pub struct Pace {
    begun: Instant,
    arrived: u64,
}

impl Pace {
    /// It begins to arrive.
    #[must_use]
    pub fn begin() -> Self {
        Self { begun: clock::instant(), arrived: 0 }
    }

    /// So many more bytes of it are here. What is done with the call has its own time from now on.
    pub fn arrived(&mut self, bytes: usize) {
        self.arrived = self.arrived.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
        envelope::begin_anew();
    }

    /// Waits for the next piece.
    ///
    /// # Errors
    /// When it does not come in time.
    pub async fn in_time<F: Future>(&self, piece: F) -> Result<F::Output, Problem> {
        let _aside = shedding::step_aside();
        let by = tokio::time::Instant::from_std(self.begun + self.patience());
        tokio::time::timeout_at(by, piece).await.map_err(|_| Code::BodyTooSlow.into())
    }

    /// How long what has arrived may have taken, and more may take to arrive.
    const fn patience(&self) -> Duration {
        GRACE.saturating_add(Duration::from_millis(self.arrived.saturating_mul(1_000) / SLOWEST))
    }
}

/// SHA-256: what tells two bodies with one idempotency key apart.
#[must_use]
pub fn digest(bytes: &[u8]) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes).as_ref().to_vec()
}

/// Reads strict JSON.
///
/// # Errors
/// Names the field at fault, never its value.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    shape::check(bytes)?;
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| problem(&error))?;
    deserializer.end().map_err(|_| Problem::from(Code::MalformedJson))?;
    Ok(value)
}

/// What serde says, without what was sent: its messages quote values, so only their fixed parts are used.
fn problem(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let pointer = pointer(error.path());
    let text = error.inner().to_string();
    if is_planted(Bug::EchoedValue) {
        return Problem::field(Code::InvalidValue, pointer, text);
    }
    if let Some(rest) = text.strip_prefix("unknown field `") {
        let known = rest.rsplit_once("expected ").map_or("", |(_, known)| known);
        let known = known.rsplit_once(" at line").map_or(known, |(known, _)| known);
        return Problem::field(Code::UnknownField, pointer, format!("this object knows {known}"));
    }
    if let Some(rest) = text.strip_prefix("missing field `") {
        let name = rest.split('`').next().unwrap_or_default();
        return Problem::field(Code::InvalidValue, format!("{pointer}/{name}"), "this field is required");
    }
    match error.inner().classify() {
        serde_json::error::Category::Data => {
            let wanted = text.rsplit_once("expected ").or_else(|| text.rsplit_once("; known: "));
            let wanted = wanted.map(|(_, wanted)| wanted.rsplit_once(" at line").map_or(wanted, |(w, _)| w));
            let detail = wanted.map_or_else(
                || "see the field's description in /docs".to_owned(),
                |wanted| format!("expected {wanted}"),
            );
            Problem::field(Code::InvalidValue, pointer, detail)
        }
        serde_json::error::Category::Io
        | serde_json::error::Category::Syntax
        | serde_json::error::Category::Eof => Code::MalformedJson.into(),
    }
}

/// Fields whose value is an object with keys of the caller's choosing. What is wrong in there is told of the whole:
/// a key is as much a value as what it leads to.
const KEYED: [&str; 1] = ["detour_percent"];
/// The longest name of a field that is told to whoever sent it.
const LONGEST_NAME: usize = 64;

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path.iter() {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } | Segment::Enum { variant: key } if is_a_name(key) => {
                pointer.push_str(&format!("/{key}"));
                if KEYED.contains(&key.as_str()) {
                    break;
                }
            }
            Segment::Map { .. } | Segment::Enum { .. } => break,
            Segment::Unknown => {}
        }
    }
    pointer
}

/// Whether that could be a field's name: text that somebody typed is not repeated to them.
fn is_a_name(key: &str) -> bool {
    key.len() <= LONGEST_NAME
        && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_points_to_fields_and_repeats_nothing_else() {
        #[derive(Debug, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        #[expect(dead_code, reason = "only its reading is looked at")]
        struct Asked {
            detour_percent: std::collections::BTreeMap<u32, u32>,
        }
        let pointed = |text: &str| {
            let mut json = serde_json::Deserializer::from_str(text);
            let error = serde_path_to_error::deserialize::<_, Asked>(&mut json).unwrap_err();
            pointer(error.path())
        };
        assert_eq!(pointed(r#"{"colour": 1}"#), "/colour");
        assert_eq!(pointed(r#"{"Raushan Example": 1}"#), "");
        assert_eq!(pointed(r#"{"detour_percent": {"Raushan": 1}}"#), "/detour_percent");
        assert_eq!(pointed(r#"{"detour_percent": {"7": "many"}}"#), "/detour_percent");
    }

    #[test]
    fn a_body_may_be_slow_but_not_stand_still() {
        let mut pace = Pace::begin();
        assert_eq!(pace.patience().as_secs(), 10);
        pace.arrived(12 * 1024 * 1024);
        assert_eq!(pace.patience().as_secs(), 1_238, "twenty minutes for a photo, and no longer");
    }
}
