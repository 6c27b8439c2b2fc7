//! By what a household that calls may be one that is known already: spelled otherwise, called from another
//! telephone, asked for by a neighbour.

use crate::place::Metres;
use crate::sheet::name_key;
use crate::word::words;

words! {
    /// By what a household may be one that is known already.
    Likeness: "likeness of households" {
        /// It is that household: the operator said so, and it waits for something already.
        SameHousehold = "same_household",
        /// It has the same telephone number, however that was written.
        SamePhone = "same_phone",
        /// Somebody within fifty metres waits for something.
        NearOpenRequest = "near_open_request",
        /// Somebody of that name lives in the area, whichever name comes first.
        SameName = "same_name",
    }
}

/// How near somebody who waits is taken for a neighbour of who calls, in metres.
pub const NEAR_M: u32 = 50;

/// Names of more words are not put into every order: there would be too many.
const MOST_WORDS: usize = 3;

/// Whether two doors are so near that one may be the other.
#[must_use]
pub fn is_near(distance: Metres) -> bool {
    distance <= Metres::new(NEAR_M)
}

/// What the spellings of a name have in common, in every order of its words: some say the family's name first.
#[must_use]
pub fn name_orders(name: &str) -> Vec<String> {
    let key = name_key(name);
    let words: Vec<&str> = key.split(' ').collect();
    if words.len() > MOST_WORDS {
        return vec![key];
    }
    let mut orders: Vec<String> = orders(&words).into_iter().map(|order| order.join(" ")).collect();
    orders.sort_unstable();
    orders.dedup();
    orders
}

fn orders<'a>(words: &[&'a str]) -> Vec<Vec<&'a str>> {
    if words.is_empty() {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for (place, first) in words.iter().enumerate() {
        let rest: Vec<&str> =
            words.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, word)| *word).collect();
        found.extend(orders(&rest).into_iter().map(|mut order| {
            order.insert(0, first);
            order
        }));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_in_every_order_of_its_words() {
        for (name, wanted) in [
            ("Ахметова  РАУШАН", vec!["ахметова раушан", "раушан ахметова"]),
            ("Raushan", vec!["raushan"]),
            ("a a b", vec!["a a b", "a b a", "b a a"]),
            ("one two three four", vec!["one two three four"]),
        ] {
            assert_eq!(name_orders(name), wanted, "{name}");
        }
        assert_eq!(name_orders("a b c").len(), 6);
    }

    #[test]
    fn fifty_metres_are_near_and_one_more_is_not() {
        assert!(is_near(Metres::new(50)) && !is_near(Metres::new(51)));
    }
}
