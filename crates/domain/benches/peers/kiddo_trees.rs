//! kiddo, plain and one tree for each class of volunteers, immutable and mutable; unit vectors, f64.

use std::num::NonZero;

use kiddo::{ImmutableKdTree, MutableKdTree, SquaredEuclidean};

use super::{Ask, Flat, Found, Kept, chord2, metres};

/// No volunteer of this crowd goes farther.
const FARTHEST: f64 = 12_001.0;
/// How many are asked for first; four times as many when they were not enough.
const FIRST: usize = 16;

pub(crate) trait Tree {
    fn of(points: &[[f64; 3]], numbers: &[u32]) -> Self;
    fn near(&self, point: &[f64; 3], most: NonZero<usize>, within: f64) -> Vec<(f64, u32)>;
}

/// Items are places in the list of numbers.
pub(crate) struct Still {
    tree: Option<ImmutableKdTree<f64, 3>>,
    numbers: Vec<u32>,
}

impl Tree for Still {
    fn of(points: &[[f64; 3]], numbers: &[u32]) -> Self {
        let tree = if points.is_empty() { None } else { ImmutableKdTree::new_from_slice(points).ok() };
        Self { tree, numbers: numbers.to_vec() }
    }

    fn near(&self, point: &[f64; 3], most: NonZero<usize>, within: f64) -> Vec<(f64, u32)> {
        let Some(tree) = &self.tree else { return Vec::new() };
        let found = tree.query(point).nearest_n::<SquaredEuclidean<f64>>(most).within(within).execute();
        let number = |item: u32| self.numbers.get(item as usize).copied().unwrap_or(u32::MAX);
        found.into_iter().map(|one| (one.distance, number(one.item))).collect()
    }
}

pub(crate) struct Moving {
    pub(crate) tree: MutableKdTree<f64, 3>,
}

impl Tree for Moving {
    fn of(points: &[[f64; 3]], numbers: &[u32]) -> Self {
        let mut tree = MutableKdTree::default();
        for (point, number) in points.iter().zip(numbers) {
            // Refused are only coordinates that are no numbers.
            let _ = tree.add(point, *number);
        }
        Self { tree }
    }

    fn near(&self, point: &[f64; 3], most: NonZero<usize>, within: f64) -> Vec<(f64, u32)> {
        let found = self.tree.query(point).nearest_n::<SquaredEuclidean<f64>>(most).within(within).execute();
        found.into_iter().map(|one| (one.distance, one.item)).collect()
    }
}

fn search(tree: &impl Tree, flat: &[Flat], ask: &Ask, farthest: f64, kept: &mut Kept) {
    let mut most = FIRST;
    loop {
        let within = chord2(farthest.min(kept.limit()));
        let Some(wanted) = NonZero::new(most) else { return };
        let found = tree.near(&ask.point, wanted, within);
        let (enough, last) = (found.len() < most, found.last().map_or(0.0, |last| last.0));
        let mut fresh = Kept { found: kept.found.clone() };
        for (distance, number) in found {
            let metres = metres(distance);
            let may = flat.get(number as usize).is_some_and(|who| who.may(ask, metres));
            if may && !fresh.found.contains(&(metres, number)) {
                fresh.offer((metres, number));
            }
        }
        *kept = fresh;
        if enough || last > chord2(kept.limit().min(1e7)) {
            return;
        }
        most *= 4;
    }
}

/// Everyone in one tree, filtered after.
pub(crate) struct Plain<T>(pub(crate) T);

impl<T: Tree> Plain<T> {
    pub(crate) fn of(flat: &[Flat]) -> Self {
        let points: Vec<_> = flat.iter().map(|who| who.point).collect();
        let numbers: Vec<u32> = (0..).take(flat.len()).collect();
        Self(T::of(&points, &numbers))
    }

    pub(crate) fn nearest(&self, flat: &[Flat], ask: &Ask) -> Found {
        let mut kept = Kept::new();
        search(&self.0, flat, ask, FARTHEST, &mut kept);
        kept.found
    }
}

/// One tree for each class of those who are ready: transport and languages; and transport and each
/// rare skill.
pub(crate) struct Parted<T> {
    classes: Vec<Class<T>>,
}

struct Class<T> {
    tree: T,
    /// Whoever asks for any of these languages looks here; those who ask for a rare skill do not.
    languages: u32,
    skill: u32,
    farthest: f64,
}

/// The skills with trees of their own, as bits: cold chain, pharmacy, elder care.
const RARE: [u32; 3] = [1 << 3, 1 << 4, 1 << 5];

impl<T: Tree> Parted<T> {
    pub(crate) fn of(flat: &[Flat]) -> Self {
        let mut classes = Vec::new();
        for transport in 0..3 {
            let mut sets: Vec<u32> = flat.iter().map(|who| who.languages).collect();
            sets.sort_unstable();
            sets.dedup();
            for languages in sets {
                classes.push(Self::class(flat, transport, languages, 0, |who| who.languages == languages));
            }
            for skill in RARE {
                classes.push(Self::class(flat, transport, u32::MAX, skill, |who| who.skills & skill != 0));
            }
        }
        Self { classes }
    }

    fn class(
        flat: &[Flat],
        transport: u8,
        languages: u32,
        skill: u32,
        is_in: impl Fn(&Flat) -> bool,
    ) -> Class<T> {
        let members =
            (0..).zip(flat).filter(|(_, who)| who.ready && who.transport == transport && is_in(who));
        let (numbers, points): (Vec<u32>, Vec<_>) = members.map(|(number, who)| (number, who.point)).unzip();
        let farthest = numbers
            .first()
            .and_then(|number| flat.get(*number as usize))
            .map_or(0.0, |who| f64::from(who.radius) + 0.51);
        Class { tree: T::of(&points, &numbers), languages, skill, farthest }
    }

    pub(crate) fn nearest(&self, flat: &[Flat], ask: &Ask) -> Found {
        let rare = RARE.into_iter().find(|skill| ask.skills & skill != 0).unwrap_or(0);
        let mut kept = Kept::new();
        for class in self.classes.iter().filter(|class| class.skill == rare) {
            if ask.languages == 0 || class.languages & ask.languages != 0 {
                search(&class.tree, flat, ask, class.farthest, &mut kept);
            }
        }
        kept.found
    }
}
