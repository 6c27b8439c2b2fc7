//! What the demo's campaign gives out: items with their weight and volume, and kits of them.

/// A thing of the catalogue, by its place in [`ITEMS`] or [`KITS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlannedThing {
    /// An item.
    Item(usize),
    /// A kit.
    Kit(usize),
}

/// Name, unit, grams and millilitres of one.
pub const ITEMS: [(&str, &str, u32, u32); 10] = [
    ("Flour (demo)", "bag", 2_000, 2_800),
    ("Rice (demo)", "bag", 1_000, 1_200),
    ("Sunflower oil (demo)", "bottle", 950, 1_000),
    ("Sugar (demo)", "bag", 1_000, 1_100),
    ("Black tea (demo)", "box", 250, 700),
    ("Milk powder (demo)", "tin", 900, 1_500),
    ("Soap and hygiene (demo)", "set", 600, 900),
    ("Medicine by prescription (demo)", "parcel", 200, 300),
    ("Drinking water (demo)", "canister", 5_000, 5_000),
    ("Coal (demo)", "sack", 25_000, 30_000),
];

/// Coal: what nobody carries much of.
pub(super) const COAL: usize = 9;
/// What a pharmacy's errand brings.
pub(super) const MEDICINE: usize = 7;

/// Name, and which items how often.
pub const KITS: [(&str, &[(usize, u32)]); 4] = [
    ("Food for a week (demo)", &[(0, 1), (1, 1), (2, 1), (3, 1), (4, 1)]),
    ("Food for a large family (demo)", &[(0, 2), (1, 2), (2, 2), (3, 1), (4, 1), (5, 1)]),
    ("Baby and child (demo)", &[(5, 2), (6, 1)]),
    ("Hygiene (demo)", &[(6, 2)]),
];

/// What so many things weigh, in grams.
pub(super) fn grams(lines: &[(PlannedThing, u32)]) -> u32 {
    let item = |index: usize| ITEMS.get(index).map_or(0, |(_, _, grams, _)| *grams);
    let of_one = |thing: PlannedThing| match thing {
        PlannedThing::Item(index) => item(index),
        PlannedThing::Kit(index) => KITS
            .get(index)
            .map_or(0, |(_, items)| items.iter().map(|(index, count)| item(*index) * count).sum()),
    };
    lines.iter().map(|(thing, count)| of_one(*thing) * count).sum()
}
