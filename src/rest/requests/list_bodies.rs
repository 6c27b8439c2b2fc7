//! What is answered about many requests at once.

use domain::life::RequestStatus;
use domain::matching::Priority;
use serde::Serialize;
use utoipa::ToSchema;

use super::bodies::RequestBody;
use crate::rest::claims::ClaimBody;
use crate::rest::households::HouseholdBody;
use crate::storage::views::request_lists::StatusCount;

/// A request of a list, with what else was asked for.
#[derive(Serialize, ToSchema)]
pub struct ListedRequestBody {
    /// The request.
    #[serde(flatten)]
    pub request: RequestBody,
    /// Its household, where `include` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub household: Option<HouseholdBody>,
    /// The active claim on it, where there is one and `include` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claim: Option<ClaimBody>,
}

/// How many requests are in each status.
#[derive(Serialize, ToSchema, Default)]
pub struct RequestCountsBody {
    /// Wait for a coordinator.
    pub pending_verification: i64,
    /// Wait for a volunteer.
    pub open: i64,
    /// Are held by a volunteer.
    pub claimed: i64,
    /// Are on their way.
    pub in_delivery: i64,
    /// Were served.
    pub fulfilled: i64,
    /// Were called off.
    pub cancelled: i64,
    /// Nobody came in time.
    pub expired: i64,
    /// Could not be served.
    pub unfulfilled: i64,
    /// How many of the open ones a coordinator was told of, because nobody came within the window.
    pub escalated: i64,
}

impl From<&[StatusCount]> for RequestCountsBody {
    fn from(counts: &[StatusCount]) -> Self {
        let mut body = Self::default();
        for found in counts {
            let of_status = match found.status {
                RequestStatus::PendingVerification => &mut body.pending_verification,
                RequestStatus::Open => {
                    body.escalated = found.escalated;
                    &mut body.open
                }
                RequestStatus::Claimed => &mut body.claimed,
                RequestStatus::InDelivery => &mut body.in_delivery,
                RequestStatus::Fulfilled => &mut body.fulfilled,
                RequestStatus::Cancelled => &mut body.cancelled,
                RequestStatus::Expired => &mut body.expired,
                RequestStatus::Unfulfilled => &mut body.unfulfilled,
            };
            *of_status = found.count;
        }
        body
    }
}

/// A coordinator's queue, in the order in which it should be looked at.
#[derive(Serialize, ToSchema)]
pub struct QueueBody {
    /// Held requests first, then open ones.
    pub data: Vec<QueuedRequestBody>,
}

/// A request that waits, and why it stands where it does: `request.hold` tells why it is held.
#[derive(Serialize, ToSchema)]
pub struct QueuedRequestBody {
    /// The request.
    pub request: RequestBody,
    /// Whether its window ended before anybody came.
    pub escalated: bool,
    /// Its priority among the open ones; absent while it is held.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<PriorityBody>,
}

/// A priority by its parts, in points; more is sooner.
#[derive(Serialize, ToSchema)]
pub struct PriorityBody {
    /// The sum, by which the queue is ordered.
    #[schema(example = 1720)]
    pub total: u32,
    /// For how soon help is needed.
    pub urgency: u32,
    /// For the time waited: a point a minute.
    pub waiting: u32,
    /// For the nearness of the window's end.
    pub window: u32,
    /// For the household's circumstances.
    pub circumstances: u32,
}

impl QueuedRequestBody {
    /// An entry of the queue.
    #[must_use]
    pub fn new(request: RequestBody, priority: Option<Priority>) -> Self {
        Self {
            escalated: request.escalated_at.is_some(),
            request,
            priority: priority.map(PriorityBody::from),
        }
    }
}

impl From<Priority> for PriorityBody {
    fn from(priority: Priority) -> Self {
        Self {
            total: priority.total(),
            urgency: priority.urgency,
            waiting: priority.waiting,
            window: priority.window,
            circumstances: priority.circumstances,
        }
    }
}
