//! What matching needs to know of a request that is open.

use std::collections::BTreeSet;

use super::{Language, Load, Skills};
use crate::Moment;
use crate::id::{AreaId, CampaignId, HouseholdId, OrganisationId, RequestId};
use crate::place::CoarsePoint;
use crate::words::{HouseholdCategory, RequestKind, Transport, Urgency};

/// An open request as matching sees one; it does not know the door.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenRequest {
    /// Which request this is.
    pub request: RequestId,
    /// Whose need it is.
    pub household: HouseholdId,
    /// Who owns the request.
    pub organisation: OrganisationId,
    /// Under which campaign it is served.
    pub campaign: CampaignId,
    /// The service area it lies in.
    pub area: AreaId,
    /// The areas from which volunteers may come as well.
    pub neighbours: BTreeSet<AreaId>,
    /// What is asked for.
    pub kind: RequestKind,
    /// How soon.
    pub urgency: Urgency,
    /// Where, as far as anyone without the right to the door may know.
    pub place: CoarsePoint,
    /// What there is to carry.
    pub load: Load,
    /// What the volunteer must be able to do.
    pub skills: Skills,
    /// The least means of transport, if any is asked for.
    pub transport: Option<Transport>,
    /// What the household speaks, the preferred first; empty when it does not matter.
    pub languages: Vec<Language>,
    /// Why the household is served.
    pub categories: BTreeSet<HouseholdCategory>,
    /// When it was first opened; a claim given back does not begin the wait anew.
    pub opened_at: Moment,
    /// When its time window ends, if it has one.
    pub window_end: Option<Moment>,
}
