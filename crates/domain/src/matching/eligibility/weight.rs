//! Nobody is asked to carry more than they said they can.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, request: &OpenRequest, _at: At) -> bool {
    request.load.grams > candidate.capacity.grams
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Load;
    use crate::matching::fixtures::{at, easy, willing};

    #[test]
    fn goods_too_heavy_are_refused() {
        for (grams, can, refused) in
            [(0, 0, false), (8_000, 8_000, false), (8_001, 8_000, true), (1, 0, true)]
        {
            let candidate = Candidate { capacity: Load { grams: can, ..Load::default() }, ..willing() };
            let request = OpenRequest { load: Load { grams, millilitres: 9 }, ..easy() };
            assert_eq!(refuses(&candidate, &request, at()), refused, "{grams} g of {can} g");
        }
    }
}
