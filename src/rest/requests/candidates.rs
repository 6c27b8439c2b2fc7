//! Who might take a request, and why the others are not asked.

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::{OrganisationId, RequestId, VolunteerId};
use domain::matching::{self, Ranked};
use domain::refusal::Code;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actions::shortlist_volunteers::{Counting, Shortlist, shortlist_volunteers};
use crate::app::App;
use crate::rest::extract::{By, Coordinator, OneId, Params};
use crate::rest::problem::Problem;
use crate::rest::{answer, filters};

/// Candidates when the caller does not say: what one looks through before telephoning.
const USUAL: u16 = 20;

/// Exact distances to several households would tell where a volunteer lives; nobody needs them exact.
pub(super) const DISTANCE_STEP_M: u32 = 100;
const TRAVEL_STEP_S: u32 = 60;

/// From here on nobody would call it near, on foot.
const NEAR_M: u32 = 1_000;

/// How long a shortlist.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CandidatesParams {
    /// How many volunteers, 1 to 100; 20 when absent.
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u16>,
    /// What to leave out, nothing when absent: `refused`, how many may not be asked, which takes the longer to
    /// count the more volunteers there are.
    #[param(example = "refused")]
    pub without: Option<String>,
}

/// The best volunteers for a request, and how many may not be asked.
#[derive(Serialize, ToSchema)]
pub struct CandidatesBody {
    /// The request.
    pub request_id: RequestId,
    /// The best first.
    pub data: Vec<CandidateBody>,
    /// How many of the campaign's volunteers may not be asked, each counted by their first reason; absent
    /// when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Vec<RefusedBody>>,
}

/// A volunteer who may be asked.
#[derive(Serialize, ToSchema)]
pub struct CandidateBody {
    /// Who.
    pub volunteer_id: VolunteerId,
    /// Whose volunteer that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
    /// What they are called; told of your own organisation's volunteers only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How far it is to the household's coarse point, rounded up to 100 m; absent when nobody has to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<u32>,
    /// How long the way takes, in seconds, rounded up to minutes; absent when nobody has to go.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub travel_s: Option<u32>,
    /// How many claims they hold.
    pub active_claims: u32,
    /// What they can speak with the household, its preferred language first.
    #[schema(value_type = Vec<String>)]
    pub shared_languages: Vec<matching::Language>,
    /// What sending them costs.
    pub cost: CostBody,
    /// What speaks for them.
    pub reasons: Vec<ReasonWord>,
}

/// A cost by its parts, in seconds of travel; less is better.
#[derive(Serialize, ToSchema)]
pub struct CostBody {
    /// The sum, by which volunteers are ordered.
    #[schema(example = 960)]
    pub total: u64,
    /// For the way there, rounded up to minutes.
    pub travel: u64,
    /// For the claims already held.
    pub load: u64,
    /// For another language than the household prefers.
    pub language: u64,
    /// For being a new face.
    pub continuity: u64,
}

/// What speaks for a volunteer.
#[derive(Serialize, ToSchema, Debug, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ReasonWord {
    /// It is not far.
    Near,
    /// They hold no claim.
    Free,
    /// They speak what the household prefers.
    PreferredLanguage,
    /// They have served the household before.
    ServedBefore,
}

/// How many volunteers one rule keeps away.
#[derive(Serialize, ToSchema)]
pub struct RefusedBody {
    /// The rule.
    #[schema(value_type = String, example = "off_duty")]
    pub reason: matching::Refusal,
    /// How many.
    pub count: u32,
}

/// Who might take an open request, the best first, and why the others may not be asked. What it tells
/// is a moment old; claiming decides anew.
#[utoipa::path(get, path = "/v1/requests/{id}/candidates", operation_id = "listCandidates", tag = "requests",
    params(("id" = RequestId, Path), CandidatesParams), responses((status = 200, body = CandidatesBody)))]
pub async fn candidates(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<RequestId>,
    params: Params<CandidatesParams>,
) -> Result<HttpResponse, Problem> {
    let limit = filters::limit(params.0.limit, USUAL, 100)?;
    let counting = match params.0.without.as_deref() {
        None => Counting::Refused,
        Some("refused") => Counting::Nobody,
        Some(_) => return Err(Problem::parameter(Code::InvalidParameter, "without", "refused, or nothing")),
    };
    let shortlist = shortlist_volunteers(&app, &caller.call(), id.0, usize::from(limit), counting).await?;
    Ok(answer::fleeting(&CandidatesBody::new(id.0, &shortlist)))
}

impl CandidatesBody {
    fn new(request_id: RequestId, shortlist: &Shortlist) -> Self {
        Self {
            request_id,
            data: shortlist.ranked.iter().map(|ranked| CandidateBody::new(ranked, shortlist)).collect(),
            refused: shortlist.refused.as_ref().map(|counts| counts.iter().map(RefusedBody::from).collect()),
        }
    }
}

impl From<(&matching::Refusal, &u32)> for RefusedBody {
    fn from((reason, count): (&matching::Refusal, &u32)) -> Self {
        Self { reason: *reason, count: *count }
    }
}

impl CandidateBody {
    fn new(ranked: &Ranked, shortlist: &Shortlist) -> Self {
        let cost = ranked.cost;
        let travel = cost.travel.next_multiple_of(u64::from(TRAVEL_STEP_S));
        Self {
            volunteer_id: ranked.volunteer,
            organisation_id: shortlist.organisations.get(&ranked.volunteer).copied(),
            name: shortlist.names.get(&ranked.volunteer).map(ToString::to_string),
            distance_m: ranked.distance.map(|distance| distance.get().next_multiple_of(DISTANCE_STEP_M)),
            travel_s: ranked.travel.map(|travel| travel.get().next_multiple_of(TRAVEL_STEP_S)),
            active_claims: ranked.active_claims,
            shared_languages: ranked.shared_languages.clone(),
            cost: CostBody {
                total: cost.total() - cost.travel + travel,
                travel,
                load: cost.load,
                language: cost.language,
                continuity: cost.continuity,
            },
            reasons: reasons(ranked, shortlist),
        }
    }
}

fn reasons(ranked: &Ranked, shortlist: &Shortlist) -> Vec<ReasonWord> {
    [
        (ReasonWord::Near, ranked.distance.is_some_and(|distance| distance.get() <= NEAR_M)),
        (ReasonWord::Free, ranked.active_claims == 0),
        (ReasonWord::PreferredLanguage, shortlist.asks_for_language && ranked.cost.language == 0),
        (ReasonWord::ServedBefore, ranked.cost.continuity == 0),
    ]
    .into_iter()
    .filter_map(|(reason, speaks)| speaks.then_some(reason))
    .collect()
}
