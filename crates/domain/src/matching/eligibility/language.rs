//! One language in common is enough; a household that named none does not mind.

use crate::matching::{At, Candidate, OpenRequest};

pub(super) fn refuses(candidate: &Candidate, request: &OpenRequest, _at: At) -> bool {
    !request.languages.is_empty()
        && !request.languages.iter().any(|language| candidate.languages.contains(language))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, easy, language, willing};

    #[test]
    fn no_language_in_common_is_refused() {
        for (speaks, wanted, refused) in [
            ([].as_slice(), [].as_slice(), false),
            (&["kk"], &[], false),
            (&["ru", "kk"], &["ug", "ru"], false),
            (&["ru-KZ"], &["ru"], false),
            (&["ru"], &["kk"], true),
            (&[], &["kk"], true),
        ] {
            let candidate =
                Candidate { languages: speaks.iter().copied().map(language).collect(), ..willing() };
            let request = OpenRequest { languages: wanted.iter().copied().map(language).collect(), ..easy() };
            assert_eq!(refuses(&candidate, &request, at()), refused, "{speaks:?} {wanted:?}");
        }
    }
}
