//! Servers that a user could ask instead: Postgres, PostGIS, Redis. Each is started for this run alone,
//! on a unix socket in a folder of its own, and ends with the benchmark. What is not installed is left out,
//! and the benchmark says so.

mod cluster;
mod postgres;
mod redis;
mod throwaway;

use super::{Ask, Flat, Found};

use cluster::Cluster;
use postgres::{Kind, Table};
use redis::SortedSets;

/// The questions given to servers, of those given to everybody: they are slow.
pub(crate) const QUESTIONS: usize = 2_000;

/// Why a peer takes no part.
pub(crate) type Absent = String;

/// A peer in another process.
pub(crate) struct Server {
    pub(crate) name: &'static str,
    pub(crate) build_ms: f64,
    ask: Box<Nearest>,
}

type Nearest = dyn Fn(&[Flat], &Ask) -> Found;

impl Server {
    pub(crate) fn nearest(&self, flat: &[Flat], ask: &Ask) -> Found {
        (self.ask)(flat, ask)
    }
}

/// Starts every server whose peers are wanted and fills it with these volunteers. Says what is missing.
pub(crate) fn start(flat: &[Flat], wants: impl Fn(&str) -> bool) -> Vec<Server> {
    let mut servers = Vec::new();
    let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(|kind| wants(kind.name())).collect();
    if !kinds.is_empty() {
        match Cluster::start() {
            Ok(cluster) => {
                let cluster = std::rc::Rc::new(cluster);
                for kind in kinds {
                    let cluster = std::rc::Rc::clone(&cluster);
                    let nearest = |table: &Table, _: &[Flat], ask: &Ask| table.nearest(ask);
                    keep(&mut servers, kind.name(), || Table::fill(cluster, kind, flat), nearest);
                }
            }
            Err(reason) => eprintln!("  without Postgres and PostGIS: {reason}"),
        }
    }
    if wants(redis::NAME) {
        keep(&mut servers, redis::NAME, || SortedSets::fill(flat), SortedSets::nearest);
    }
    servers
}

fn keep<P: 'static>(
    servers: &mut Vec<Server>,
    name: &'static str,
    fill: impl FnOnce() -> Result<P, Absent>,
    nearest: impl Fn(&P, &[Flat], &Ask) -> Found + 'static,
) {
    let (filled, build_ms) = crate::measure::once(fill);
    match filled {
        Ok(peer) => {
            servers.push(Server { name, build_ms, ask: Box::new(move |flat, ask| nearest(&peer, flat, ask)) })
        }
        Err(reason) => eprintln!("  without {name}: {reason}"),
    }
}

/// Whom a question may find, as servers keep them: an index, or a set, for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Class {
    transport: u8,
    lot: Lot,
}

/// Of those who are ready and go by one transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Lot {
    Everyone,
    /// Those who speak it, a bit.
    Language(u32),
    /// Those who have it, a bit.
    Skill(u32),
}

/// How far somebody goes by each transport, in this crowd.
const RADII: [f64; 3] = [2_000.0, 5_000.0, 12_000.0];
/// Cold chain, pharmacy, elder care.
const RARE: [u32; 3] = [1 << 3, 1 << 4, 1 << 5];
const LANGUAGES: [u32; 3] = [1, 2, 4];

impl Lot {
    fn all() -> impl Iterator<Item = Self> {
        let languages = LANGUAGES.into_iter().map(Self::Language);
        std::iter::once(Self::Everyone).chain(languages).chain(RARE.into_iter().map(Self::Skill))
    }

    /// The smallest lot in which everybody is whom this question may find.
    fn of(ask: &Ask) -> Self {
        let skill = RARE.into_iter().find(|skill| ask.skills & skill != 0).map(Self::Skill);
        let language = LANGUAGES.into_iter().find(|language| ask.languages == *language).map(Self::Language);
        skill.or(language).unwrap_or(Self::Everyone)
    }

    const fn has(self, who: &Flat) -> bool {
        match self {
            Self::Everyone => true,
            Self::Language(bit) => who.languages & bit != 0,
            Self::Skill(bit) => who.skills & bit != 0,
        }
    }
}

impl Class {
    fn all() -> impl Iterator<Item = Self> {
        Lot::all().flat_map(|lot| (0..3).map(move |transport| Self { transport, lot }))
    }

    const fn has(self, who: &Flat) -> bool {
        who.ready && who.transport == self.transport && self.lot.has(who)
    }

    fn radius(self) -> f64 {
        RADII.get(usize::from(self.transport)).copied().unwrap_or(f64::INFINITY)
    }
}
