//! Why a request finds nobody, rule by rule, and what would help.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::web::Data;
use domain::id::{OrganisationId, RequestId, VolunteerId};
use domain::matching::{self, RefusedByRule, Relaxed};
use domain::place::Metres;
use serde::Serialize;
use utoipa::ToSchema;

use super::thousandths;
use crate::actions::explain_request::{Explained, explain_request};
use crate::app::App;
use crate::rest::answer;
use crate::rest::extract::{By, Coordinator, OneId};
use crate::rest::problem::Problem;

use super::candidates::DISTANCE_STEP_M;

/// What keeps volunteers from a request.
#[derive(Serialize, ToSchema)]
pub struct WhyNotBody {
    /// The request.
    pub request_id: RequestId,
    /// How many of the campaign's volunteers no rule refuses.
    pub eligible: u32,
    /// Every rule that refuses anybody, in the order in which the rules are asked.
    pub refused: Vec<RefusedByRuleBody>,
    /// What would find a volunteer if it alone were changed, each by as little as can be.
    pub relaxed: RelaxedBody,
}

/// Whom one rule keeps away.
#[derive(Serialize, ToSchema)]
pub struct RefusedByRuleBody {
    /// The rule.
    #[schema(value_type = String, example = "off_duty")]
    pub reason: matching::Refusal,
    /// How many it refuses whom no earlier rule does: over all rules they add up to all who are refused.
    pub count: u32,
    /// How many nothing but this rule refuses.
    pub alone: u32,
    /// The nearest of those it refuses first; absent when nobody has to go, or nobody knows where they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<NearestRefusedBody>,
}

/// The nearest volunteer whom a rule refuses.
#[derive(Serialize, ToSchema)]
pub struct NearestRefusedBody {
    /// Who.
    #[serde(flatten)]
    pub who: WhomBody,
    /// How far it is to the household's coarse point, rounded up to 100 m.
    pub distance_m: u32,
}

/// A volunteer, and whose they are.
#[derive(Serialize, ToSchema)]
pub struct WhomBody {
    /// Who.
    pub volunteer_id: VolunteerId,
    /// Whose volunteer that is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
}

/// The least change of each one thing; absent where no such change finds anybody.
#[derive(Serialize, ToSchema)]
pub struct RelaxedBody {
    /// If somebody went farther than they are willing to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub farther: Option<FartherBody>,
    /// If somebody carried more than they said they can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heavier: Option<HeavierBody>,
    /// If somebody took more than they have room for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulkier: Option<BulkierBody>,
    /// If it waited until somebody's rest is over, or their hours begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub later: Option<LaterBody>,
    /// If the household spoke another language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub other_language: Option<OtherLanguageBody>,
}

/// How much farther.
#[derive(Serialize, ToSchema)]
pub struct FartherBody {
    /// Who.
    #[serde(flatten)]
    pub who: WhomBody,
    /// Beyond their own radius, rounded up to 100 m.
    pub by_m: u32,
}

/// How much heavier.
#[derive(Serialize, ToSchema)]
pub struct HeavierBody {
    /// Who.
    #[serde(flatten)]
    pub who: WhomBody,
    /// Beyond what they carry.
    pub by_kg: f64,
}

/// How much bulkier.
#[derive(Serialize, ToSchema)]
pub struct BulkierBody {
    /// Who.
    #[serde(flatten)]
    pub who: WhomBody,
    /// Beyond what they have room for.
    pub by_l: f64,
}

/// How much later.
#[derive(Serialize, ToSchema)]
pub struct LaterBody {
    /// Who.
    #[serde(flatten)]
    pub who: WhomBody,
    /// From now, in seconds.
    pub by_s: i64,
}

/// Which other language.
#[derive(Serialize, ToSchema)]
pub struct OtherLanguageBody {
    /// Who: the nearest whom nothing else keeps away.
    #[serde(flatten)]
    pub who: WhomBody,
    /// What they speak, BCP 47.
    #[schema(value_type = String, example = "ru")]
    pub language: matching::Language,
}

/// See why an open request finds nobody. How many of the campaign's volunteers each rule refuses, in the order in
/// which the rules are asked, who is the nearest of them, and by what least change of one thing alone it would
/// find somebody; a moment old, like candidates.
#[utoipa::path(get, path = "/v1/requests/{id}/why-not", operation_id = "explainRequest", tag = "requests",
    params(("id" = RequestId, Path)), responses((status = 200, body = WhyNotBody)))]
pub async fn why_not(
    app: Data<App>,
    caller: By<Coordinator>,
    id: OneId<RequestId>,
) -> Result<HttpResponse, Problem> {
    let explained = explain_request(&app, &caller.call(), id.0).await?;
    Ok(answer::fleeting(&WhyNotBody::new(id.0, &explained)))
}

/// Whose each volunteer is who is named.
type Owners = BTreeMap<VolunteerId, OrganisationId>;

impl WhyNotBody {
    fn new(request_id: RequestId, explained: &Explained) -> Self {
        let (why_not, owners) = (&explained.why_not, &explained.organisations);
        Self {
            request_id,
            eligible: why_not.eligible,
            refused: why_not.refused.iter().map(|rule| RefusedByRuleBody::new(rule, owners)).collect(),
            relaxed: RelaxedBody::new(&why_not.relaxed, owners),
        }
    }
}

impl RefusedByRuleBody {
    fn new(rule: &RefusedByRule, owners: &Owners) -> Self {
        let nearest = rule.nearest.map(|near| NearestRefusedBody {
            who: WhomBody::new(near.volunteer, owners),
            distance_m: stepped(near.distance),
        });
        Self { reason: rule.refusal, count: rule.first, alone: rule.alone, nearest }
    }
}

impl WhomBody {
    fn new(volunteer_id: VolunteerId, owners: &Owners) -> Self {
        Self { volunteer_id, organisation_id: owners.get(&volunteer_id).copied() }
    }
}

impl RelaxedBody {
    fn new(relaxed: &Relaxed, owners: &Owners) -> Self {
        let whom = |volunteer| WhomBody::new(volunteer, owners);
        Self {
            farther: relaxed.farther.map(|(who, by)| FartherBody { who: whom(who), by_m: stepped(by) }),
            heavier: relaxed
                .heavier
                .map(|(who, grams)| HeavierBody { who: whom(who), by_kg: thousandths(grams.into()) }),
            bulkier: relaxed.bulkier.map(|(who, millilitres)| BulkierBody {
                who: whom(who),
                by_l: thousandths(millilitres.into()),
            }),
            later: relaxed.later.map(|(who, wait)| LaterBody {
                who: whom(who),
                // Rounded up, so that the wait is over by then.
                by_s: wait.num_seconds() + i64::from(wait.subsec_nanos() > 0),
            }),
            other_language: relaxed
                .other_language
                .map(|(who, language)| OtherLanguageBody { who: whom(who), language }),
        }
    }
}

const fn stepped(distance: Metres) -> u32 {
    distance.get().next_multiple_of(DISTANCE_STEP_M)
}
