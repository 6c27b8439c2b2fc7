//! Goods must fit into what the volunteer can take.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, request: &OpenRequest, _at: At) -> bool {
    request.load.millilitres > candidate.capacity.millilitres
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::Load;
    use crate::matching::fixtures::{at, easy, willing};

    #[test]
    fn goods_too_bulky_are_refused() {
        for (millilitres, can, refused) in
            [(0, 0, false), (5_000, 5_000, false), (5_001, 5_000, true), (1, 0, true)]
        {
            let candidate = Candidate { capacity: Load { millilitres: can, ..Load::default() }, ..willing() };
            let request = OpenRequest { load: Load { grams: 9, millilitres }, ..easy() };
            assert_eq!(refuses(&candidate, &request, at()), refused, "{millilitres} ml of {can} ml");
        }
    }
}
