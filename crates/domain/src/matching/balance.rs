//! Where more is asked for than the volunteers there can do: cells in which to recruit.
//!
//! *Demand* is the open requests of one area to which somebody has to go. *Supply* is the volunteers who
//! may claim them: every rule of `eligibility` counts, but those that are
//! [about offers](super::Refusal::is_about_offers), for who is off duty tonight need not be recruited anew. Each
//! volunteer counts for as many requests as they may still claim, and for each such place once: the requests
//! that remain when as many as possible are given to somebody at once are *short*.
//!
//! What this does not say. How many are short is exact; of several cells that the same volunteers could serve,
//! it is not determined which one they are short in, only that the nearer is served first. A volunteer counts
//! for the [`REACHED`] nearest requests that they may claim and not for those beyond. Nobody's time is
//! counted: who may hold three claims is taken to be able to serve them. Volunteers are where they were last
//! seen, or at their base.

use std::collections::{BTreeMap, BTreeSet};

use super::coverage::Coverage;
use super::feed::nearest_doors;
use super::index::Closest;
use super::{At, Candidate, FeedFilter, Fleet, OpenRequest, OpenRequests};
use crate::id::AreaId;
use crate::place::{Cell, Resolution};
use crate::words::RequestKind;

/// Requests for which one volunteer counts, the nearest: several times what anybody may hold at once.
pub const REACHED: usize = 200;

/// No cell is told of in which fewer households ask for something, whatever a campaign's policy allows: as many
/// doors as the default policy has a coarse point stand for.
pub const FEWEST_HOUSEHOLDS: u32 = 5;

/// Sizes of cell, the finest first. To recruit in, a quarter of a town is fine enough.
const SIZES: [Resolution; 3] = [Resolution::Eight, Resolution::Seven, Resolution::Six];

/// How much is asked for, and how much of it nobody can take on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Demand {
    /// Open requests.
    pub open: u32,
    /// Those of them for which no volunteer has room.
    pub short: u32,
}

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellBalance {
    /// Where.
    pub cell: Cell,
    /// How much.
    pub demand: Demand,
}

/// Demand and supply in an area.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Balance {
    /// Cells in which enough households ask for something to be told of; no request is in two of them.
    pub cells: Vec<CellBalance>,
    /// What is asked for beside them: where too few do, or where a coarse point stands for the whole district.
    pub elsewhere: Demand,
}

/// Demand and supply in an area, by cells in which at least `k` households ask for something, and never fewer
/// than [`FEWEST_HOUSEHOLDS`].
///
/// Each request is counted in the finest cell around its coarse point, no finer than [`Resolution::Eight`], in
/// which enough households ask for something, those left out that were counted in finer ones: so no
/// difference of two cells tells of fewer households either.
#[must_use]
pub fn balance(fleet: &Fleet, open: &OpenRequests, area: AreaId, at: At, k: u32) -> Balance {
    let mut wanted: Vec<&OpenRequest> =
        open.iter().filter(|request| request.area == area && request.kind.is_physical()).collect();
    wanted.sort_unstable_by_key(|request| request.request);
    let coverage = cover(fleet, &wanted, at);
    let needs: Vec<Need<'_>> = wanted
        .into_iter()
        .enumerate()
        .map(|(n, request)| Need { request, is_short: !coverage.covers(n) })
        .collect();
    by_cell(needs, k.max(FEWEST_HOUSEHOLDS))
}

#[derive(Debug, Clone, Copy)]
struct Need<'r> {
    request: &'r OpenRequest,
    is_short: bool,
}

/// Volunteers are asked in the order of their ids, so that the same question has the same answer.
fn cover(fleet: &Fleet, wanted: &[&OpenRequest], at: At) -> Coverage {
    let mut coverage = Coverage::of(wanted.len());
    if wanted.is_empty() {
        return coverage;
    }
    let there: OpenRequests = wanted.iter().copied().cloned().collect();
    let numbers = numbers(&there, wanted);
    let (filter, mut closest) =
        (FeedFilter { kinds: physical(), ..FeedFilter::default() }, Closest::default());
    for who in able(fleet, wanted) {
        if coverage.is_whole() {
            break;
        }
        let near = nearest_doors(&there, who, at, &filter, REACHED, &mut closest);
        if !near.is_empty() {
            let reaches =
                near.iter().filter_map(|seen| numbers.get(seen.handle() as usize).copied().flatten());
            coverage.add(reaches.collect(), room(who));
        }
    }
    coverage
}

/// The place of each request in the list, by the number that offers have for it.
fn numbers(there: &OpenRequests, wanted: &[&OpenRequest]) -> Vec<Option<usize>> {
    let place =
        |request: &OpenRequest| wanted.binary_search_by_key(&request.request, |wanted| wanted.request).ok();
    there.roll.handles().map(|request| request.and_then(place)).collect()
}

/// Whoever has to go somewhere comes from its area or one beside it, and from not too far.
fn able<'f>(fleet: &'f Fleet, wanted: &[&OpenRequest]) -> Vec<&'f Candidate> {
    let areas: BTreeSet<AreaId> =
        wanted.iter().flat_map(|request| request.neighbours.iter().chain([&request.area])).copied().collect();
    let spots: Vec<_> = wanted.iter().map(|request| request.place.position()).collect();
    let around = fleet.roll.able_around(&spots, areas.iter().copied());
    let mut able: Vec<_> = around
        .into_iter()
        .filter(|who| room(who) > 0 && areas.contains(&who.area))
        .map(|who| (who.volunteer, who))
        .collect();
    able.sort_unstable_by_key(|(volunteer, _)| *volunteer);
    able.into_iter().map(|(_, who)| who).collect()
}

const fn room(who: &Candidate) -> u32 {
    if who.approved { who.claim_limit.saturating_sub(who.active_claims) } else { 0 }
}

fn physical() -> Vec<RequestKind> {
    RequestKind::ALL.iter().copied().filter(|kind| kind.is_physical()).collect()
}

fn by_cell(needs: Vec<Need<'_>>, k: u32) -> Balance {
    let (mut cells, mut left) = (Vec::new(), needs);
    for size in SIZES {
        let mut of_size: BTreeMap<Cell, Vec<Need<'_>>> = BTreeMap::new();
        let mut coarser = Vec::new();
        for need in left {
            match need.request.place.cell().and_then(|cell| cell.widened(size)) {
                Some(cell) => of_size.entry(cell).or_default().push(need),
                None => coarser.push(need),
            }
        }
        left = coarser;
        for (cell, needs) in of_size {
            if households(&needs) >= k {
                cells.push(CellBalance { cell, demand: Demand::of(&needs) });
            } else {
                left.extend(needs);
            }
        }
    }
    Balance { cells, elsewhere: Demand::of(&left) }
}

fn households(needs: &[Need<'_>]) -> u32 {
    let different: BTreeSet<_> = needs.iter().map(|need| need.request.household).collect();
    u32::try_from(different.len()).unwrap_or(u32::MAX)
}

impl Demand {
    fn of(needs: &[Need<'_>]) -> Self {
        let short = needs.iter().filter(|need| need.is_short).count();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { open: count(needs.len()), short: count(short) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{HouseholdId, RequestId, VolunteerId};
    use crate::matching::Duty;
    use crate::matching::fixtures::{at, call, easy, number, place, willing};
    use crate::place::{CoarsePoint, Metres};

    fn cell(lat: f64, lon: f64, size: Resolution) -> Cell {
        Cell::of(place(lat, lon), size)
    }

    fn request(n: u128, household: u128, cell: Cell) -> OpenRequest {
        let centre = cell.centre();
        OpenRequest {
            request: RequestId::new(number(n)),
            household: HouseholdId::new(number(household)),
            place: CoarsePoint::stored(centre.lat(), centre.lon(), Some(cell)).expect("on the globe"),
            ..easy()
        }
    }

    /// As many requests at one cell, each of a household of its own, numbered from `first`.
    fn requests(first: u128, count: u128, cell: Cell) -> Vec<OpenRequest> {
        (first..first + count).map(|n| request(n, n, cell)).collect()
    }

    fn volunteer(n: u128, near: Cell) -> Candidate {
        Candidate { volunteer: VolunteerId::new(number(n)), base: Some(near.centre()), ..willing() }
    }

    fn of(volunteers: &[Candidate], requests: &[OpenRequest], k: u32) -> Balance {
        let fleet = volunteers.iter().cloned().collect();
        let open = requests.iter().cloned().collect();
        balance(&fleet, &open, easy().area, at(), k)
    }

    fn demand(open: u32, short: u32) -> Demand {
        Demand { open, short }
    }

    #[test]
    fn what_no_volunteer_has_room_for_is_short() {
        let there = cell(43.24, 76.89, Resolution::Eight);
        let wanted = requests(1, 7, there);
        let none = of(&[], &wanted, 5);
        assert_eq!(none.cells, [CellBalance { cell: there, demand: demand(7, 7) }]);
        let busy = Candidate { active_claims: 2, ..volunteer(1, there) };
        for (volunteers, short) in [
            (vec![volunteer(1, there)], 4),
            (vec![busy.clone()], 6),
            (vec![busy.clone(), volunteer(2, there)], 3),
            (vec![volunteer(1, there), volunteer(2, there), volunteer(3, there)], 0),
            (vec![Candidate { approved: false, ..busy.clone() }], 7),
            (vec![Candidate { radius: Metres::new(10), base: Some(place(43.3, 76.9)), ..busy.clone() }], 7),
            (vec![Candidate { capacity: crate::matching::Load::default(), ..busy }], 7),
        ] {
            assert_eq!(of(&volunteers, &wanted, 5).cells[0].demand, demand(7, short), "{volunteers:?}");
        }
    }

    #[test]
    fn whoever_belongs_to_a_neighbouring_area_counts_and_whoever_to_another_does_not() {
        let there = cell(43.24, 76.89, Resolution::Eight);
        let beside = AreaId::new(number(8));
        let other = Candidate { area: beside, ..volunteer(1, there) };
        assert_eq!(of(std::slice::from_ref(&other), &requests(1, 5, there), 5).cells[0].demand, demand(5, 5));
        let bordering = |request| OpenRequest { neighbours: [beside].into(), ..request };
        let wanted: Vec<_> = requests(1, 5, there).into_iter().map(bordering).collect();
        assert_eq!(of(&[other], &wanted, 5).cells[0].demand, demand(5, 2));
    }

    #[test]
    fn who_is_off_duty_need_not_be_recruited() {
        let there = cell(43.24, 76.89, Resolution::Eight);
        let off = Candidate { duty: Duty::Off, ..volunteer(1, there) };
        assert_eq!(of(&[off], &requests(1, 5, there), 5).cells[0].demand, demand(5, 2));
    }

    #[test]
    fn a_volunteer_between_two_cells_counts_for_one_of_them() {
        let (here, there) = (cell(43.24, 76.89, Resolution::Eight), cell(43.30, 76.89, Resolution::Eight));
        let between =
            Candidate { base: Some(place(43.27, 76.89)), radius: Metres::new(20_000), ..volunteer(1, here) };
        let mut wanted = requests(1, 5, here);
        wanted.extend(requests(11, 5, there));
        let found = of(std::slice::from_ref(&between), &wanted, 5);
        assert_eq!(found.cells.iter().map(|cell| cell.demand.short).sum::<u32>(), 7);
        // Whoever reaches but one cell serves that, and leaves the other to whoever reaches both.
        let near = Candidate { claim_limit: 5, ..volunteer(2, here) };
        let found = of(&[between, near], &wanted, 5);
        let short = |at: Cell| found.cells.iter().find(|cell| cell.cell == at).map(|cell| cell.demand.short);
        assert_eq!((short(here), short(there)), (Some(0), Some(2)));
    }

    #[test]
    fn a_cell_of_few_households_is_not_told() {
        let (fine, other) = (cell(43.24, 76.89, Resolution::Nine), cell(43.9, 77.9, Resolution::Nine));
        for (asking, k, cells, elsewhere) in [(4, 0, 0, 4), (5, 0, 1, 0), (5, 6, 0, 5), (6, 6, 1, 0)] {
            let found = of(&[], &requests(1, asking, fine), k);
            assert_eq!((found.cells.len(), found.elsewhere.open), (cells, elsewhere), "{asking} of {k}");
        }
        // Many requests of one household are one household's.
        let many: Vec<_> = (1..=20).map(|n| request(n, 1, fine)).collect();
        assert_eq!(of(&[], &many, 5), Balance { cells: Vec::new(), elsewhere: demand(20, 20) });
        // Few here and few far away do not make enough.
        let mut apart = requests(1, 3, fine);
        apart.extend(requests(11, 3, other));
        assert_eq!(of(&[], &apart, 5).cells, []);
    }

    #[test]
    fn few_households_are_told_with_their_neighbours() {
        let seven = cell(43.24, 76.89, Resolution::Seven);
        let mut eights: Vec<Cell> = Vec::new();
        for step in 0..200 {
            let north = f64::from(step) * 0.0005;
            let eight = cell(43.20 + north, 76.89, Resolution::Eight);
            if eight.widened(Resolution::Seven) == Some(seven) && !eights.contains(&eight) {
                eights.push(eight);
            }
        }
        let [a, b, ..] = eights[..] else { panic!("two cells in one") };
        let mut wanted = requests(1, 3, a);
        wanted.extend(requests(11, 4, b));
        assert_eq!(of(&[], &wanted, 5).cells, [CellBalance { cell: seven, demand: demand(7, 7) }]);
        // A cell that is told of for itself is not counted in the larger one, which must have enough without it.
        wanted.extend(requests(21, 5, a));
        let found = of(&[], &wanted, 5);
        assert_eq!(found.cells, [CellBalance { cell: a, demand: demand(8, 8) }]);
        assert_eq!(found.elsewhere, demand(4, 4));
    }

    #[test]
    fn a_point_that_stands_for_a_district_is_in_no_cell() {
        let district: Vec<_> = (1..=9)
            .map(|n| OpenRequest {
                household: HouseholdId::new(number(n)),
                request: RequestId::new(number(n)),
                ..easy()
            })
            .collect();
        assert_eq!(of(&[], &district, 5), Balance { cells: Vec::new(), elsewhere: demand(9, 9) });
    }

    #[test]
    fn calls_and_other_areas_are_no_demand_here() {
        let there = cell(43.24, 76.89, Resolution::Eight);
        let mut wanted = requests(1, 5, there);
        wanted.push(OpenRequest { request: RequestId::new(number(90)), ..call() });
        wanted.push(OpenRequest { area: AreaId::new(number(9)), ..request(91, 91, there) });
        let found = of(&[], &wanted, 5);
        assert_eq!((found.cells[0].demand, found.elsewhere), (demand(5, 5), Demand::default()));
    }
}
