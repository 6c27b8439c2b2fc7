//! The pages of the problem codes, made of the one table that problems are told by.

use actix_web::HttpResponse;
use actix_web::web::Path;
use domain::refusal::Code;

use crate::actions::Refusal;
use crate::rest::problem::{Problem, explained, page_of, status_of};

const HEAD: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><style>\
    body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem;color:#1c2b2a;background:#fbfaf6}\
    td{padding:.2rem 1rem .2rem 0;vertical-align:top}a{color:#0b6b5d}pre{background:#f0ede2;padding:1rem;overflow-x:auto}\
    </style>";

/// The id that the examples were logged under.
const SAMPLE_ID: &str = "01jd9x0q3vfhz8w2k5m7n6t4ra";

/// Seconds that the examples ask to wait, of those that do.
const SAMPLE_WAIT_S: u64 = 30;

/// Every problem code with what it means.
pub async fn index() -> HttpResponse {
    let rows: String = Code::ALL
        .iter()
        .map(|code| {
            let (status, page, title) = (status_of(*code).as_u16(), page_of(*code), explained(*code).title);
            format!("<tr id=\"{code}\"><td><a href=\"{page}\"><code>{code}</code></a><td>{status}<td>{title}")
        })
        .collect();
    html(&format!(
        "{HEAD}<title>Birgemiz: problem codes</title><h1>Problem codes</h1>\
         <p>Whatever is refused is told as <code>application/problem+json</code> (RFC 9457). \
         The code never changes its meaning; the words may.</p><table>{rows}</table></html>"
    ))
}

/// What one problem code means, what to do, and how such an answer looks.
///
/// # Errors
/// Where there is no such code.
pub async fn page(code: Path<String>) -> Result<HttpResponse, Problem> {
    let code: Code = code.parse().map_err(|_| Code::UnknownRoute)?;
    let told = explained(code);
    let (title, happened, advice) = (told.title, words(told.happened), words(told.advice));
    Ok(html(&format!(
        "{HEAD}<title>Birgemiz: {code}</title><p><a href=\"/docs/errors\">Problem codes</a></p>\
         <h1><code>{code}</code></h1><p>{title}.</p><h2>What happened</h2><p>{happened}</p>\
         <h2>What to do</h2><p>{advice}</p><h2>Example</h2><pre>{}</pre></html>",
        escaped(&example(code))
    )))
}

/// An answer of this code, as it goes over the wire.
fn example(code: Code) -> String {
    let status = status_of(code);
    let body = Problem::from(Refusal::new(code)).body_for(SAMPLE_ID.to_owned());
    let json = serde_json::to_string_pretty(&body).unwrap_or_default();
    let wait = match status.as_u16() {
        429 | 503 => format!("Retry-After: {SAMPLE_WAIT_S}\n"),
        _ => String::new(),
    };
    let reason = status.canonical_reason().unwrap_or_default();
    let status = status.as_u16();
    format!("HTTP/1.1 {status} {reason}\nContent-Type: application/problem+json\n{wait}\n{json}")
}

/// Text with code between backticks, as HTML.
fn words(text: &str) -> String {
    let mut html = String::new();
    for (place, part) in escaped(text).split('`').enumerate() {
        let is_code = place % 2 == 1;
        html.push_str(&if is_code { format!("<code>{part}</code>") } else { part.to_owned() });
    }
    html
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn html(page: &str) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page.to_owned())
}
