//! Nobody is sent farther than they are willing to go, along the great circle to the coarse point.

use crate::matching::{At, Candidate, OpenRequest};
use crate::place::great_circle;

pub(super) fn refuses(candidate: &Candidate, request: &OpenRequest, at: At) -> bool {
    request.kind.is_physical()
        && candidate
            .position(at.now)
            .is_some_and(|here| great_circle(here, request.place.position()) > candidate.radius)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, call, coarse, easy, place, willing};
    use crate::place::Metres;

    #[test]
    fn a_request_out_of_reach_is_refused() {
        // A thousandth of a degree of a great circle is 111.19 m, anywhere on the sphere.
        for (name, here, there, radius, refused) in [
            ("just within", (43.24, 76.89), (43.25, 76.89), 1_112, false),
            ("just beyond", (43.24, 76.89), (43.25, 76.89), 1_111, true),
            ("meridians are close at 60 degrees", (60.0, 30.0), (60.0, 30.02), 1_112, false),
            ("and far apart at the equator", (0.0, 30.0), (0.0, 30.02), 1_112, true),
            ("across the antimeridian", (-17.0, 179.999), (-17.0, -179.999), 300, false),
            ("across the pole", (89.999, 0.0), (89.999, 180.0), 300, false),
            ("the same spot", (43.24, 76.89), (43.24, 76.89), 0, false),
        ] {
            let candidate =
                Candidate { base: Some(place(here.0, here.1)), radius: Metres::new(radius), ..willing() };
            let request = OpenRequest { place: coarse(there.0, there.1), ..easy() };
            assert_eq!(refuses(&candidate, &request, at()), refused, "{name}");
        }
    }

    #[test]
    fn a_call_is_never_too_far_and_an_unknown_place_is_another_rule() {
        let call = OpenRequest { place: coarse(-43.0, 170.0), ..call() };
        assert!(!refuses(&willing(), &call, at()));
        let nowhere = Candidate { base: None, ..willing() };
        assert!(!refuses(&nowhere, &easy(), at()));
    }
}
