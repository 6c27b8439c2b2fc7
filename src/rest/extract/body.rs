//! Bodies: read whole within a limit of size and of time, parsed strictly, and digested for the
//! idempotency key that may come with them.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use domain::refusal::Code;
use futures_util::StreamExt;
use serde::de::DeserializeOwned;

use crate::planted::{Bug, is_planted};
use crate::rest::problem::Problem;

/// The largest JSON body: a bulk of 500 requests fits; a single one is a hundredth of it.
const MAX_JSON: usize = 1024 * 1024;

/// The longest that a body may take to arrive. Telephones with bad reception need some seconds.
const DEADLINE: Duration = Duration::from_secs(10);

/// A JSON body, with its digest.
pub struct Body<T> {
    /// What was sent.
    pub value: T,
    /// SHA-256 of the bytes that were sent.
    pub fingerprint: Vec<u8>,
}

/// A body of any type, as it came.
pub struct RawBody {
    /// What was sent.
    pub bytes: Vec<u8>,
    /// SHA-256 of it.
    pub fingerprint: Vec<u8>,
    /// Its media type, without parameters, as the caller says.
    pub media_type: Option<String>,
}

type Extracting<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl<T: DeserializeOwned + 'static> FromRequest for Body<T> {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = media_type(request).is_some_and(|kind| kind == "application/json");
        let payload = payload.take();
        Box::pin(async move {
            let bytes = collect(payload, MAX_JSON).await?;
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

impl FromRequest for RawBody {
    type Error = Problem;
    type Future = Extracting<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        /// A telephone's photo at full resolution.
        const MAX_RAW: usize = 12 * 1024 * 1024;
        let media_type = media_type(request).map(str::to_ascii_lowercase);
        let payload = payload.take();
        Box::pin(async move {
            let bytes = collect(payload, MAX_RAW).await?;
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

async fn collect(payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let reading = async move {
        let mut payload = payload;
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|_| Problem::from(Code::MalformedJson))?;
            if bytes.len() + chunk.len() > limit {
                return Err(Code::BodyTooLarge.into());
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes.to_vec())
    };
    tokio::time::timeout(DEADLINE, reading).await.unwrap_or_else(|_| Err(Code::BodyTooSlow.into()))
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

fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => format!("/{index}"),
            Segment::Map { key } => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
            Segment::Enum { variant } => format!("/{variant}"),
            Segment::Unknown => String::new(),
        })
        .collect()
}
