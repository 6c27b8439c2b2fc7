//! The same question given to others: the nearest volunteers who may be offered a request.
//!
//! A peer finds points; which of them may be offered the request it learns from [`Flat`], the
//! cheapest form the rules can take for this crowd, so that no peer pays for our domain's types.

pub(crate) mod cells;
pub(crate) mod kiddo_trees;
pub(crate) mod rstar_tree;
pub(crate) mod servers;

use domain::matching::{Candidate, OpenRequest};
use domain::place::Position;

pub(crate) const RADIUS: f64 = 6_371_008.8;
/// How many are asked for.
pub(crate) const WANTED: usize = 10;

/// A volunteer as a peer sees one.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Flat {
    pub(crate) point: [f64; 3],
    pub(crate) lat: f64,
    pub(crate) lon: f64,
    /// Whether everything is well that depends on the volunteer alone.
    pub(crate) ready: bool,
    pub(crate) transport: u8,
    pub(crate) area: u32,
    pub(crate) radius: u32,
    pub(crate) grams: u32,
    pub(crate) millilitres: u32,
    pub(crate) skills: u32,
    pub(crate) languages: u32,
}

/// A request as a peer sees one.
#[derive(Clone, Copy)]
pub(crate) struct Ask {
    pub(crate) point: [f64; 3],
    pub(crate) lat: f64,
    pub(crate) lon: f64,
    pub(crate) area: u32,
    pub(crate) grams: u32,
    pub(crate) millilitres: u32,
    pub(crate) skills: u32,
    pub(crate) languages: u32,
}

/// Metres, and whose.
pub(crate) type Found = Vec<(u32, u32)>;

const TAGS: [&str; 3] = ["kk", "ru", "ug"];

pub(crate) fn point(position: Position) -> [f64; 3] {
    let (lat, lon) = (position.lat().to_radians(), position.lon().to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

fn tags(languages: impl Iterator<Item = String>) -> u32 {
    let bit = |tag: String| TAGS.iter().position(|known| *known == tag).map_or(0, |at| 1_u32 << at);
    languages.fold(0, |bits, tag| bits | bit(tag))
}

impl Flat {
    pub(crate) fn of(who: &Candidate, at: domain::matching::At) -> Self {
        let place = who.position(at.now);
        Self {
            point: place.map(point).unwrap_or_default(),
            lat: place.map_or(0.0, Position::lat),
            lon: place.map_or(0.0, Position::lon),
            ready: who.approved
                && who.duty.is_on(at.now)
                && who.availability.holds(at.local)
                && who.active_claims < who.claim_limit,
            transport: who.transport as u8,
            area: who.area.uuid().as_u128() as u32,
            radius: who.radius.get(),
            grams: who.capacity.grams,
            millilitres: who.capacity.millilitres,
            skills: who.skills.iter().fold(0, |bits, skill| bits | 1 << skill as u32),
            languages: tags(who.languages.iter().map(ToString::to_string)),
        }
    }

    pub(crate) fn may(&self, ask: &Ask, metres: u32) -> bool {
        self.ready
            && self.area == ask.area
            && self.grams >= ask.grams
            && self.millilitres >= ask.millilitres
            && ask.skills & !self.skills == 0
            && (ask.languages == 0 || ask.languages & self.languages != 0)
            && metres <= self.radius
    }
}

impl Ask {
    pub(crate) fn of(request: &OpenRequest) -> Self {
        let place = request.place.position();
        Self {
            point: point(place),
            lat: place.lat(),
            lon: place.lon(),
            area: request.area.uuid().as_u128() as u32,
            grams: request.load.grams,
            millilitres: request.load.millilitres,
            skills: request.skills.iter().fold(0, |bits, skill| bits | 1 << skill as u32),
            languages: tags(request.languages.iter().map(ToString::to_string)),
        }
    }
}

/// Whole metres of a squared chord between unit vectors.
pub(crate) fn metres(chord2: f64) -> u32 {
    (2.0 * RADIUS * (chord2.sqrt() / 2.0).min(1.0).asin()).round() as u32
}

/// A squared chord that no place within so many metres exceeds.
pub(crate) fn chord2(metres: f64) -> f64 {
    let chord = 2.0 * (metres / 2.0 / RADIUS).sin();
    chord * chord * (1.0 + 1e-12)
}

/// The best so far, by metres and then by number.
pub(crate) struct Kept {
    pub(crate) found: Found,
}

impl Kept {
    pub(crate) fn new() -> Self {
        Self { found: Vec::with_capacity(WANTED + 1) }
    }

    pub(crate) fn offer(&mut self, one: (u32, u32)) {
        if self.found.len() == WANTED && self.found.last().is_some_and(|last| *last <= one) {
            return;
        }
        let place = self.found.partition_point(|known| *known < one);
        self.found.insert(place, one);
        self.found.truncate(WANTED);
    }

    /// Whoever is farther is not among the best.
    pub(crate) fn limit(&self) -> f64 {
        if self.found.len() < WANTED {
            f64::INFINITY
        } else {
            self.found.last().map_or(0.0, |last| f64::from(last.0) + 0.51)
        }
    }
}
