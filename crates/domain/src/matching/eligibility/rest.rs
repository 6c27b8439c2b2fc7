//! A volunteer at rest is left alone until the rest is over.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, _request: &OpenRequest, at: At) -> bool {
    candidate.rest_until.is_some_and(|until| at.now < until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy, willing};
    use chrono::TimeDelta;

    #[test]
    fn a_resting_volunteer_is_refused() {
        let now = at().now;
        for (rest_until, refused) in [
            (None, false),
            (Some(now - TimeDelta::seconds(1)), false),
            (Some(now), false),
            (Some(now + TimeDelta::seconds(1)), true),
        ] {
            let candidate = Candidate { rest_until, ..willing() };
            assert_eq!(refuses(&candidate, &easy(), at()), refused, "{rest_until:?}");
        }
    }
}
