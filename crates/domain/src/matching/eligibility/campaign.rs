//! Volunteers serve their own organisation, and the others through a campaign they share.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, request: &OpenRequest, _at: At) -> bool {
    candidate.organisation != request.organisation && !candidate.campaigns.contains(&request.campaign)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::id::{CampaignId, OrganisationId};
    use crate::matching::fixtures::{at, easy, number, willing};

    #[test]
    fn a_volunteer_of_no_common_campaign_is_refused() {
        let organisation = |n| OrganisationId::new(number(n));
        let campaign = |n| CampaignId::new(number(n));
        for (theirs, campaigns, owner, under, refused) in [
            (1, [1].as_slice(), 1, 1, false),
            (1, &[1, 2], 9, 2, false),
            (1, &[], 1, 2, false),
            (1, &[1, 2], 9, 3, true),
            (1, &[], 9, 1, true),
        ] {
            let candidate = Candidate {
                organisation: organisation(theirs),
                campaigns: Arc::new(campaigns.iter().copied().map(campaign).collect()),
                ..willing()
            };
            let request =
                OpenRequest { organisation: organisation(owner), campaign: campaign(under), ..easy() };
            assert_eq!(refuses(&candidate, &request, at()), refused, "{campaigns:?} {owner} {under}");
        }
    }
}
