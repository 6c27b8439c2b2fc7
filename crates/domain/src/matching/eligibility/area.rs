//! Whoever has to go there comes from the request's area or one that borders it; a call can come from anywhere.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, request: &OpenRequest, _at: At) -> bool {
    request.kind.is_physical()
        && candidate.area != request.area
        && !request.neighbours.contains(&candidate.area)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AreaId;
    use crate::matching::fixtures::{at, easy, number, willing};
    use crate::words::RequestKind;

    #[test]
    fn a_volunteer_of_a_distant_area_is_refused() {
        let area = |n| AreaId::new(number(n));
        for (kind, theirs, neighbours, refused) in [
            (RequestKind::Delivery, 1, [].as_slice(), false),
            (RequestKind::Delivery, 2, &[2, 3], false),
            (RequestKind::Delivery, 2, &[3], true),
            (RequestKind::WelfareCheck, 2, &[], true),
            (RequestKind::Collection, 2, &[], true),
            (RequestKind::Call, 2, &[], false),
        ] {
            let candidate = Candidate { area: area(theirs), ..willing() };
            let neighbours = neighbours.iter().copied().map(area).collect();
            let request = OpenRequest { kind, neighbours, ..easy() };
            assert_eq!(refuses(&candidate, &request, at()), refused, "{kind} {theirs}");
        }
    }
}
