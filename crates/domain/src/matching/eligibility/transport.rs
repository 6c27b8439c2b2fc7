//! A request may ask for a means of transport; more reach than asked for is welcome.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, request: &OpenRequest, _at: At) -> bool {
    request.transport.is_some_and(|least| candidate.transport < least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy, willing};
    use crate::words::Transport;

    #[test]
    fn too_slight_a_transport_is_refused() {
        use Transport::{Bicycle, Car, Foot};
        for (has, least, refused) in [
            (Foot, None, false),
            (Foot, Some(Foot), false),
            (Car, Some(Bicycle), false),
            (Foot, Some(Bicycle), true),
            (Bicycle, Some(Car), true),
        ] {
            let candidate = Candidate { transport: has, ..willing() };
            let request = OpenRequest { transport: least, ..easy() };
            assert_eq!(refuses(&candidate, &request, at()), refused, "{has} {least:?}");
        }
    }
}
