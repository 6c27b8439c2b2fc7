//! The best volunteers for one request, by full cost.
//!
//! Distances and times are measured to the coarse point, for every reader alike: so a shortlist can
//! be shown, logged and kept with the decision without anyone learning a door from it.

use super::index::{Best, FullCost, Question, Whom};
use super::{At, Candidate, Cost, Fleet, Language, OpenRequest, Weights, cost};
use crate::id::VolunteerId;
use crate::place::{Metres, Seconds, TravelTime};

/// The longest shortlist: more names than a coordinator reads or a wave asks.
pub const MAX_SHORTLIST: usize = 100;

/// A volunteer on a shortlist, with all that speaks for the place they have there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ranked {
    /// Who.
    pub volunteer: VolunteerId,
    /// From the volunteer to the coarse point; none when nobody has to go.
    pub distance: Option<Metres>,
    /// How long the way takes; none when nobody has to go.
    pub travel: Option<Seconds>,
    /// How many claims they hold.
    pub active_claims: u32,
    /// What they can speak with the household, its preferred language first.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<String>))]
    pub shared_languages: Vec<Language>,
    /// What they cost, by its parts.
    pub cost: Cost,
}

/// The `k` volunteers of least cost among those who may be offered the request, the best first;
/// of equal cost, the smaller id first. At most [`MAX_SHORTLIST`].
///
/// The true best of all, not of a guess: the search goes outward until nobody farther can cost
/// less, which [`TravelTime::at_least`] must promise.
#[must_use]
pub fn shortlist(
    fleet: &Fleet,
    request: &OpenRequest,
    at: At,
    weights: &Weights,
    travel: &impl TravelTime,
    k: usize,
) -> Vec<Ranked> {
    let roll = &fleet.roll;
    let question = Question::of_request(request, at, roll.alphabet());
    let price = FullCost::new(request, at, weights, travel, roll);
    let (wanted, mut best) = (k.min(MAX_SHORTLIST), Best::default());
    let offers = if request.kind.is_physical() {
        roll.best_around(&question, &price, price.familiar(), wanted, &mut best)
    } else {
        roll.best_of(Whom::All, &question, &price, price.familiar(), wanted, &mut best)
    };
    offers.iter().filter_map(|offer| roll.item_of(offer)).map(|candidate| rank(candidate, &price)).collect()
}

fn rank(candidate: &Candidate, price: &FullCost<'_, impl TravelTime>) -> Ranked {
    let way = price.way(candidate);
    let travel = way.map(|(_, time)| time);
    Ranked {
        volunteer: candidate.volunteer,
        distance: way.map(|(distance, _)| distance),
        travel,
        active_claims: candidate.active_claims,
        shared_languages: candidate.shared_languages(price.request),
        cost: cost(candidate, price.request, travel, price.weights),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matching::fixtures::{at, call, coarse, easy, language, number, place, willing};
    use crate::place::GreatCircleTravel;

    /// Volunteers by their letters on a map of 200 m squares; `x` is the request.
    fn on_the_map(map: &str) -> (Vec<(char, Candidate)>, OpenRequest) {
        const SQUARE: f64 = 0.001_798;
        let rows = map.lines().map(str::trim).filter(|row| !row.is_empty()).enumerate();
        let letters = rows.flat_map(|(row, line)| {
            let at = move |column| (-(row as f64) * SQUARE, column as f64 * SQUARE);
            line.split_whitespace().enumerate().map(move |(column, word)| (word.chars().next(), at(column)))
        });
        let (mut volunteers, mut request) = (Vec::new(), easy());
        for (letter, (lat, lon)) in letters {
            match letter {
                Some('x') => request.place = coarse(lat, lon),
                Some(letter) if letter != '.' => {
                    let volunteer = VolunteerId::new(number(letter as u128));
                    volunteers
                        .push((letter, Candidate { volunteer, base: Some(place(lat, lon)), ..willing() }));
                }
                Some(_) | None => {}
            }
        }
        (volunteers, request)
    }

    fn letters(volunteers: &[(char, Candidate)], request: &OpenRequest, k: usize) -> String {
        let fleet = volunteers.iter().map(|(_, candidate)| candidate.clone()).collect();
        let travel = GreatCircleTravel::default();
        shortlist(&fleet, request, at(), &Weights::default(), &travel, k)
            .iter()
            .map(|ranked| {
                let found = volunteers.iter().find(|(_, candidate)| candidate.volunteer == ranked.volunteer);
                found.expect("one of the fleet").0
            })
            .collect()
    }

    const QUARTER: &str = "
        . . . . d . . .
        . . b . . . . .
        . . . x a . . .
        . . . . . . . .
        . . . c . . . e";

    fn change(volunteers: &mut [(char, Candidate)], letter: char) -> &mut Candidate {
        let found = volunteers.iter_mut().find(|(known, _)| *known == letter);
        &mut found.expect("on the map").1
    }

    #[test]
    fn the_nearest_come_first_when_all_else_is_equal() {
        let (volunteers, request) = on_the_map(QUARTER);
        assert_eq!(letters(&volunteers, &request, 9), "abcde");
        assert_eq!(letters(&volunteers, &request, 2), "ab");
        assert_eq!(letters(&volunteers, &request, 0), "");
    }

    #[test]
    fn load_language_continuity_and_transport_change_the_order() {
        let (mut volunteers, mut request) = on_the_map(QUARTER);
        request.languages = vec![language("kk"), language("ru")];
        change(&mut volunteers, 'a').active_claims = 2;
        change(&mut volunteers, 'b').languages = [language("ru")].into();
        change(&mut volunteers, 'c').served = [request.household].into();
        change(&mut volunteers, 'e').transport = crate::words::Transport::Car;
        // In seconds: c 416, e 348 + 180, d 465 + 180, b 294 + 300 + 180, a 208 + 1200 + 180.
        assert_eq!(letters(&volunteers, &request, 9), "cedba");
    }

    #[test]
    fn those_refused_do_not_come_at_all() {
        let (mut volunteers, request) = on_the_map(QUARTER);
        change(&mut volunteers, 'a').approved = false;
        change(&mut volunteers, 'b').radius = Metres::new(100);
        assert_eq!(letters(&volunteers, &request, 9), "cde");
    }

    #[test]
    fn of_equal_cost_the_smaller_id_comes_first() {
        let (volunteers, request) = on_the_map("c . b . x . a . d");
        assert_eq!(letters(&volunteers, &request, 9), "abcd");
    }

    #[test]
    fn a_call_has_no_distance_and_goes_to_the_idle_first() {
        let (mut volunteers, request) = on_the_map(QUARTER);
        let request = OpenRequest { place: request.place, ..call() };
        change(&mut volunteers, 'a').active_claims = 1;
        assert_eq!(letters(&volunteers, &request, 9), "bcdea");
        let fleet = volunteers.into_iter().map(|(_, candidate)| candidate).collect();
        let ranked = shortlist(&fleet, &request, at(), &Weights::default(), &GreatCircleTravel::default(), 9);
        assert!(ranked.iter().all(|ranked| ranked.distance.is_none() && ranked.travel.is_none()));
    }
}
