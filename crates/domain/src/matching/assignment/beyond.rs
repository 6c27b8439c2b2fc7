//! Whether somebody farther than those who were listed would do a request more cheaply, at the prices of now:
//! if nobody would, the assignment is the cheapest over everyone, listed or not.

use super::boxes::{BLOCK, FAN};
use super::draft::Draft;
use super::grounds::{Grounds, Neighbour};
use super::market::{APART, OPEN, numbers};
use super::problem::Way;
use crate::place::{Metres, Position, Spot, chord2_within};

/// So many more are named for a request at once, the cheapest: in a crowded place nearly everyone would do. Who is
/// still missing then is named the next time.
const MOST_AT_ONCE: usize = 16;

/// Grounds on which the volunteers' prices are written: of each box, the least.
#[derive(Debug, Clone)]
pub struct Priced<'g> {
    grounds: &'g Grounds,
    rows: &'g [u32],
    blocks: Vec<u32>,
    levels: Vec<Vec<u32>>,
}

/// One question.
struct Ask<'a, R, C> {
    spot: Spot,
    below: u32,
    reach: &'a R,
    cost: &'a mut C,
    found: &'a mut Vec<Way>,
}

impl<'g> Priced<'g> {
    /// `prices` by rows.
    #[must_use]
    pub fn new(grounds: &'g Grounds, prices: &'g [u32]) -> Self {
        let least = |prices: &[u32]| prices.iter().copied().min().unwrap_or(u32::MAX);
        let blocks: Vec<u32> = prices.chunks(BLOCK).map(least).collect();
        let mut levels = Vec::new();
        let mut below = blocks.clone();
        while levels.len() < grounds.levels.len() {
            let next = below.chunks(FAN).map(least).collect();
            levels.push(std::mem::replace(&mut below, next));
        }
        Self { grounds, rows: prices, blocks, levels }
    }

    /// Whose cost and price together are below this goes into `found`; of many, the cheapest sixteen. `cost` knows
    /// what somebody costs, if they may be taken at all; nobody farther than `reach` costs so little, which must not
    /// shrink.
    pub fn cheaper(
        &self,
        place: Position,
        below: u32,
        reach: impl Fn(u32) -> Metres,
        mut cost: impl FnMut(Neighbour) -> Option<u32>,
        found: &mut Vec<Way>,
    ) {
        found.clear();
        let mut ask = Ask { spot: Spot::of(place), below, reach: &reach, cost: &mut cost, found };
        if let Some(top) = self.levels.len().checked_sub(1) {
            self.descend(&mut ask, (top, 0));
        }
        self.keep_the_cheapest(&mut ask);
    }

    fn descend<R, C>(&self, ask: &mut Ask<'_, R, C>, (level, at): (usize, usize))
    where
        R: Fn(u32) -> Metres,
        C: FnMut(Neighbour) -> Option<u32>,
    {
        let Some(boxes) = self.grounds.levels.get(level).and_then(|boxes| boxes.get(at)) else { return };
        let prices = self.levels.get(level).and_then(|prices| prices.get(at * FAN..));
        let children = (at * FAN..).zip(prices.unwrap_or_default()).zip(boxes.chords2(ask.spot));
        let mut near = [(f32::INFINITY, 0, u32::MAX); FAN];
        for (place, ((child, price), chord2)) in near.iter_mut().zip(children) {
            *place = (chord2, child, *price);
        }
        near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        for (chord2, child, price) in near {
            let Some(left) = ask.below.checked_sub(price).filter(|left| *left > 0) else { continue };
            if chord2 < f32::INFINITY && chord2 <= chord2_within((ask.reach)(left)) {
                match level.checked_sub(1) {
                    Some(below) => self.descend(ask, (below, child)),
                    None => self.scan(ask, child),
                }
            }
        }
    }

    fn scan<R, C>(&self, ask: &mut Ask<'_, R, C>, at: usize)
    where
        R: Fn(u32) -> Metres,
        C: FnMut(Neighbour) -> Option<u32>,
    {
        let Some(block) = self.grounds.blocks.get(at) else { return };
        let Some(price) = self.blocks.get(at) else { return };
        let within = chord2_within((ask.reach)(ask.below.saturating_sub(*price)));
        let first = u32::try_from(at * BLOCK).unwrap_or(u32::MAX);
        for (row, chord2) in (first..first + block.len).zip(block.chords2(ask.spot)) {
            let price = self.rows.get(row as usize).copied().unwrap_or(u32::MAX);
            if chord2 > within || price >= ask.below {
                continue;
            }
            if let Some(cost) = (ask.cost)(Neighbour::new(chord2, row))
                && cost.saturating_add(price) < ask.below
            {
                ask.found.push(Way { volunteer: row, cost });
            }
        }
        if ask.found.len() >= 2 * MOST_AT_ONCE {
            self.keep_the_cheapest(ask);
        }
    }

    fn keep_the_cheapest<R, C>(&self, ask: &mut Ask<'_, R, C>) {
        let whole = |way: &Way| {
            let price = self.rows.get(way.volunteer as usize).copied().unwrap_or(u32::MAX);
            (way.cost.saturating_add(price), way.volunteer)
        };
        if ask.found.len() > MOST_AT_ONCE {
            ask.found.select_nth_unstable_by_key(MOST_AT_ONCE - 1, whole);
            ask.found.truncate(MOST_AT_ONCE);
            ask.below = ask.found.last().map_or(ask.below, |last| whole(last).0);
        }
    }
}

/// What was found beyond the lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Looked {
    /// How many ways were added: if none, the draft is the cheapest over everyone whom was looked for.
    pub added: usize,
    /// By how much the bound before was too high for everyone, the requests together: nothing costs less than that bound
    /// without this, listed or not.
    pub lacking: u64,
}

impl Draft {
    /// What each volunteer is paid on top, by number.
    #[must_use]
    pub fn prices(&self) -> Vec<u32> {
        self.market.stalls.iter().map(|stall| stall.price.unsigned_abs()).collect()
    }

    /// Settles, asks for every request who would do it for less than it pays now, adds them to its ways and settles
    /// again. `find` is told a request's number and below what cost and price together somebody is wanted; the cheapest
    /// has to be among those it finds.
    pub fn look_beyond(&mut self, mut find: impl FnMut(u32, u32, &mut Vec<Way>)) -> Looked {
        self.settle();
        let (mut found, mut looked) = (Vec::new(), Looked::default());
        let mut wider = Vec::new();
        for request in numbers(self.market.seats.len()) {
            let seat = self.market.seat(request);
            if seat.at >= APART && seat.at != OPEN {
                continue;
            }
            found.clear();
            let paid = self.market.paid(seat);
            find(request, paid.unsigned_abs(), &mut found);
            let whole = |way: &Way| way.signed() + self.market.stall(way.volunteer).price;
            if let Some(least) = found.iter().map(whole).min() {
                looked.added += found.len();
                looked.lacking += u64::from((paid - least).max(0).unsigned_abs());
                let ways = self.market.ways(request).iter().chain(&found).copied().collect::<Vec<_>>();
                wider.push((request, ways));
            }
        }
        for (request, ways) in wider {
            if let Some(open) = self.market.problem.open_cost(request) {
                // They were found among known volunteers at known costs: there is nothing to refuse.
                let _ = self.change_request(request, open, &ways);
            }
        }
        self.settle();
        looked
    }
}
