//! Offers go only to those on duty.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, _request: &OpenRequest, at: At) -> bool {
    !candidate.duty.is_on(at.now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Duty;
    use crate::matching::fixtures::{at, easy, willing};
    use chrono::TimeDelta;

    #[test]
    fn a_volunteer_off_duty_is_refused() {
        let later = at().now + TimeDelta::minutes(1);
        for (duty, refused) in [
            (Duty::On { until: None }, false),
            (Duty::On { until: Some(later) }, false),
            (Duty::On { until: Some(at().now) }, true),
            (Duty::Off, true),
        ] {
            let candidate = Candidate { duty, ..willing() };
            assert_eq!(refuses(&candidate, &easy(), at()), refused, "{duty:?}");
        }
    }
}
