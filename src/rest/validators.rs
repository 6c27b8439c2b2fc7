//! What tells whether somebody has seen a thing as it is: entity tags (RFC 9110, section 8.8.3).
//!
//! A tag is a keyed digest of the bytes, their media type and who they are for, so that it tells nobody what they may
//! not see, and is good for nobody else's copy. The tag of one thing begins with the thing's version; that is what
//! `If-Match` is compared by, by the action and under the row's lock, while `If-None-Match` needs the whole of it.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, ETag, EntityTag, Header, HeaderName, HeaderValue, IfMatch, IfNoneMatch};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::precondition::Precondition;
use domain::refusal::Code;

use super::extract::{bearer_of, digest};
use super::problem::Problem;
use super::tokens::Bearer;
use crate::app::App;

/// Bytes of a tag's digest.
const DIGEST: usize = 15;

/// The most tags that are compared.
const MOST: usize = 20;

/// The longest list of tags.
pub const LONGEST: usize = 2_000;

/// Kept by who reads it alone, and asked about each time.
const PRIVATELY: HeaderValue = HeaderValue::from_static("private, no-cache");

/// What an answer depends on besides its path and query.
const VARY: HeaderValue = HeaderValue::from_static("authorization, accept");

/// What is seen by reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// One thing, in this version.
    InVersion(i32),
    /// Several things, or one without versions.
    AsItIs,
}

/// What [`wrap`] makes a tag of.
struct Validated {
    seen: Seen,
    digest: Vec<u8>,
}

/// An answer that gets a tag.
pub fn validated(media_type: &'static str, body: Vec<u8>, seen: Seen) -> HttpResponse {
    let found = Validated { seen, digest: digest(&body) };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, PRIVATELY)).insert_header((header::VARY, VARY));
    let mut response = response.content_type(media_type).body(body);
    response.extensions_mut().insert(found);
    response
}

/// The tag of a thing in this version, as far as `If-Match` looks at it.
#[must_use]
pub fn tag_of(version: i32) -> ETag {
    ETag(EntityTag::new_strong(version.to_string()))
}

/// What the call says that must hold of the thing it changes.
///
/// # Errors
/// When `If-Match` is no list of tags.
pub fn precondition(request: &HttpRequest) -> Result<Precondition, Problem> {
    if request.method().is_safe() || !request.headers().contains_key(header::IF_MATCH) {
        return Ok(Precondition::None);
    }
    let wrong = || {
        let detail = "the ETag of a reading, in its quotes; several with commas between; or *";
        Problem::header(Code::InvalidHeader, "If-Match", detail)
    };
    if is_too_long(request, header::IF_MATCH) {
        return Err(wrong());
    }
    match IfMatch::parse(request).map_err(|_| wrong())? {
        IfMatch::Any => Ok(Precondition::Exists),
        IfMatch::Items(tags) if tags.is_empty() || tags.len() > MOST => Err(wrong()),
        // A tag that names no version, or a weak one, matches nothing.
        IfMatch::Items(tags) => Ok(Precondition::OneOf(tags.iter().filter_map(version_of).collect())),
    }
}

fn is_too_long(request: &HttpRequest, name: HeaderName) -> bool {
    request.headers().get_all(name).map(HeaderValue::len).sum::<usize>() > LONGEST
}

fn version_of(tag: &EntityTag) -> Option<i32> {
    let version = tag.tag().split_once('-').map_or(tag.tag(), |(version, _)| version);
    let is_plain = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    version.parse().ok().filter(|_| is_plain && !tag.weak)
}

/// Gives validated answers their tags, and answers 304 to who has the same already.
///
/// # Errors
/// With those of the call itself.
pub async fn wrap<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    if is_too_long(request.request(), header::IF_NONE_MATCH) {
        let detail = format!("at most {LONGEST} characters of tags");
        let refused = Problem::header(Code::InvalidHeader, "If-None-Match", detail).error_response();
        return Ok(request.into_response(refused).map_into_right_body());
    }
    let mut response = next.call(request).await?;
    let Some(tag) = tag(&response) else {
        return Ok(response.map_into_left_body());
    };
    let tag = ETag(tag);
    if !has_it(response.request(), &tag.0) {
        if let Ok(value) = header::TryIntoHeaderValue::try_into_value(tag) {
            response.headers_mut().insert(header::ETAG, value);
        }
        return Ok(response.map_into_left_body());
    }
    let kept = response.headers().get(header::CACHE_CONTROL).cloned().unwrap_or(PRIVATELY);
    let same = HttpResponse::NotModified()
        .insert_header((header::CACHE_CONTROL, kept))
        .insert_header((header::VARY, VARY))
        .insert_header(tag)
        .finish();
    Ok(response.into_response(same).map_into_right_body())
}

fn tag<B>(response: &ServiceResponse<B>) -> Option<EntityTag> {
    let request = response.request();
    if *request.method() != Method::GET || response.status() != StatusCode::OK {
        return None;
    }
    let app = request.app_data::<Data<App>>()?;
    let extensions = response.response().extensions();
    let Validated { seen, digest } = extensions.get::<Validated>()?;
    let header = |headers: &header::HeaderMap, name| {
        headers.get(name).map(|value| URL_SAFE_NO_PAD.encode(value.as_bytes())).unwrap_or_default()
    };
    let told = [
        audience(request),
        // The same bytes are sent in another coding to who accepts it.
        header(request.headers(), header::ACCEPT_ENCODING),
        header(response.headers(), header::CONTENT_TYPE),
        URL_SAFE_NO_PAD.encode(digest),
    ];
    let code = app.keys.mac("etag", &told.join("\n"));
    let code = URL_SAFE_NO_PAD.encode(code.get(..DIGEST).unwrap_or(&code));
    Some(EntityTag::new_strong(match seen {
        Seen::InVersion(version) => format!("{version}-{code}"),
        Seen::AsItIs => code,
    }))
}

/// For whom it is: nobody's copy is good for another, whatever both may see.
#[must_use]
pub fn audience(request: &HttpRequest) -> String {
    match bearer_of(request).as_deref() {
        Some(Bearer::Person { user, role, .. }) => format!("{user} {role}"),
        Some(Bearer::Partner { partner, .. }) => partner.to_string(),
        None => String::new(),
    }
}

fn has_it(request: &HttpRequest, tag: &EntityTag) -> bool {
    match IfNoneMatch::parse(request) {
        // Without the header it is parsed as an empty list.
        Ok(IfNoneMatch::Items(tags)) => tags.iter().take(MOST).any(|theirs| theirs.weak_eq(tag)),
        Ok(IfNoneMatch::Any) => true,
        // One that cannot be read is as none: the whole answer is never wrong.
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn said(value: &str) -> Option<Precondition> {
        let request = TestRequest::patch().insert_header(("if-match", value)).to_http_request();
        precondition(&request).ok()
    }

    #[test]
    fn if_match_names_versions_by_tags() {
        assert_eq!(said("\"7-abc_-d\""), Some(Precondition::OneOf(vec![7])));
        assert_eq!(said("\"7-a\", \"12\""), Some(Precondition::OneOf(vec![7, 12])));
        assert_eq!(said("*"), Some(Precondition::Exists));
        for foreign in ["W/\"7-a\"", "\"abc\"", "\"-7\"", "\"+7\"", "\"99999999999-a\""] {
            assert_eq!(said(foreign), Some(Precondition::OneOf(Vec::new())), "{foreign}");
        }
        for wrong in ["", "7", "abc\""] {
            assert_eq!(said(wrong), None, "{wrong}");
        }
        let without = TestRequest::patch().to_http_request();
        assert_eq!(precondition(&without).ok(), Some(Precondition::None));
    }
}
