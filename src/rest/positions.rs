//! Where volunteers are, told by partner apps that follow them with their consent.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use domain::actor::Scope;
use domain::id::VolunteerId;
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::extract::{Body, By, MANY, Partner};
use super::households::PositionBody;
use super::problem::{Problem, ProblemBody};
use crate::actions::report_position::Place;
use crate::actions::track_volunteers::track_volunteers;
use crate::app::App;

/// The most volunteers in one call.
const MOST: usize = 500;

/// Where volunteers are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionsBody {
    /// One a volunteer; of two of one volunteer the later counts.
    #[schema(min_items = 1, max_items = 500)]
    pub positions: Vec<TrackedBody>,
}

/// Where one volunteer is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrackedBody {
    /// Who.
    pub volunteer_id: VolunteerId,
    /// Where.
    pub position: PositionBody,
}

/// What became of each, in the order sent.
#[derive(Serialize, ToSchema)]
pub struct PositionResultsBody {
    /// One verdict each.
    pub results: Vec<PositionResultBody>,
}

/// What became of one.
#[derive(Serialize, ToSchema)]
pub struct PositionResultBody {
    /// 202 when it counts from now on; the status of the problem otherwise.
    pub status: u16,
    /// Why it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
}

/// Tell where up to 500 volunteers of your organisation are, who agreed to that. Each has its own verdict: 202 counts
/// at once and is kept within a second, so that a crash may forget it until you tell the next; 404 is not a volunteer
/// of yours who agreed.
#[utoipa::path(post, path = "/v1/positions", operation_id = "trackVolunteers", tag = "volunteers",
    request_body = PositionsBody, responses((status = 207, body = PositionResultsBody)))]
pub async fn track(
    app: Data<App>,
    caller: By<Partner>,
    body: Body<PositionsBody, MANY>,
) -> Result<HttpResponse, Problem> {
    let caller = caller.with_scope(Scope::PositionsWrite)?;
    let sent = body.value.positions;
    if sent.is_empty() || sent.len() > MOST {
        return Err(Problem::field(Code::InvalidValue, "/positions", format!("1 to {MOST}")));
    }
    let read: Vec<Result<(VolunteerId, Place), Problem>> = sent.iter().enumerate().map(place).collect();
    let told: Vec<(VolunteerId, Place)> =
        read.iter().filter_map(|read| read.as_ref().ok()).copied().collect();
    let mut taken = track_volunteers(&app, &caller.call(), &told).await?.into_iter();
    let results = read
        .into_iter()
        .map(|read| match read {
            Ok(_) => taken.next().unwrap_or(Ok(())).map_err(Problem::from),
            Err(problem) => Err(problem),
        })
        .map(verdict)
        .collect();
    Ok(HttpResponse::build(StatusCode::MULTI_STATUS).json(PositionResultsBody { results }))
}

fn place((number, sent): (usize, &TrackedBody)) -> Result<(VolunteerId, Place), Problem> {
    let pointer = format!("/positions/{number}/position");
    let (position, accuracy_m) = (sent.position.position(&pointer)?, sent.position.accuracy(&pointer)?);
    Ok((sent.volunteer_id, Place { position, accuracy_m }))
}

fn verdict(outcome: Result<(), Problem>) -> PositionResultBody {
    match outcome {
        Ok(()) => PositionResultBody { status: StatusCode::ACCEPTED.as_u16(), problem: None },
        Err(problem) => {
            let problem = problem.body();
            PositionResultBody { status: problem.status, problem: Some(problem) }
        }
    }
}
