//! Plus codes: squares on the globe, named in ten letters that can be said on the telephone.
//!
//! Open Location Code, <https://github.com/google/open-location-code/blob/main/Documentation/Specification/specification.md>.
//! A *full* code names its square by itself; a *short* one lacks the first letters and is meant near some town.

use std::str::FromStr;

use super::Position;

const ALPHABET: &[u8; 20] = b"23456789CFGHJMPQRVWX";
/// Letters before the separator of a full code.
const BEFORE: usize = 8;
/// Letters that come in pairs, one for each direction; those after them name cells of four by five.
const PAIRED: usize = 10;
/// Letters beyond this many say less than a millimetre, and nothing here.
const MOST: usize = 15;
/// What one step of each pair is in degrees.
const STEPS: [f64; 5] = [20.0, 1.0, 0.05, 0.0025, 0.000_125];

/// A code that may be one: letters where letters belong.
#[derive(Clone, PartialEq, Eq)]
pub struct PlusCode {
    /// The numbers of the letters, those left out in front not among them.
    letters: Vec<u8>,
    /// How many letters were left out in front.
    missing: usize,
}

/// The text is no plus code. Never holds the text: it may say where somebody lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a plus code such as 8JMR6VXQ+MX, or 6VXQ+MX for one near the town")]
pub struct NotAPlusCode;

/// What a code names: from edge to edge, in degrees.
#[derive(Clone, Copy, PartialEq)]
pub struct PlusSquare {
    /// The southern edge.
    pub south: f64,
    /// The western edge.
    pub west: f64,
    /// The northern edge.
    pub north: f64,
    /// The eastern edge.
    pub east: f64,
}

impl PlusCode {
    /// Whether it needs a town to mean something.
    #[must_use]
    pub const fn is_short(&self) -> bool {
        self.missing > 0
    }

    /// The square that it names; of those a short one may mean, the nearest to `near`. `None` for a short one
    /// near nowhere.
    #[must_use]
    pub fn square(&self, near: Option<Position>) -> Option<PlusSquare> {
        let within = self.within_its_block();
        if self.missing == 0 {
            return Some(within.moved(-90.0, -180.0));
        }
        // The block of which the missing letters would tell, as wide as the step of the last missing pair.
        let (near, block) = (near?, *STEPS.get(self.missing / 2 - 1)?);
        let middle = within.middle();
        let lat = nearest(near.lat() + 90.0, middle.0, block) - 90.0;
        let lon = nearest(near.lon() + 180.0, middle.1, block) - 180.0;
        let lat = if lat > 90.0 {
            lat - block
        } else if lat < -90.0 {
            lat + block
        } else {
            lat
        };
        let lon = if lon < -180.0 {
            lon + 360.0
        } else if lon > 180.0 {
            lon - 360.0
        } else {
            lon
        };
        Some(within.moved(lat - middle.0, lon - middle.1))
    }

    /// The square, counted from the south-western corner of the block that the missing letters name.
    fn within_its_block(&self) -> PlusSquare {
        let (mut south, mut west) = (0.0, 0.0);
        let (mut height, mut width) = (0.0, 0.0);
        for (place, letter) in (self.missing..MOST).zip(&self.letters) {
            let number = f64::from(*letter);
            if place < PAIRED {
                let step = STEPS.get(place / 2).copied().unwrap_or_default();
                if place % 2 == 0 {
                    south += number * step
                } else {
                    west += number * step
                }
                (height, width) = (step, step);
            } else {
                (height, width) = (height / 5.0, width / 4.0);
                south += f64::from(letter / 4) * height;
                west += f64::from(letter % 4) * width;
            }
        }
        PlusSquare { south, west, north: south + height, east: west + width }
    }
}

/// The place nearest to `wanted` of all that lie so far into a block.
fn nearest(wanted: f64, into: f64, block: f64) -> f64 {
    ((wanted - into) / block).round().mul_add(block, into)
}

impl PlusSquare {
    /// Its middle.
    #[must_use]
    pub fn centre(self) -> Position {
        let (lat, lon) = self.middle();
        Position::clamped(lat, lon)
    }

    /// Whether it is as small as a house: ten letters or more.
    #[must_use]
    pub fn is_a_house(self) -> bool {
        self.north - self.south < 0.000_2
    }

    const fn middle(self) -> (f64, f64) {
        (f64::midpoint(self.south, self.north), f64::midpoint(self.west, self.east))
    }

    fn moved(self, north: f64, east: f64) -> Self {
        Self {
            south: self.south + north,
            west: self.west + east,
            north: self.north + north,
            east: self.east + east,
        }
    }
}

impl FromStr for PlusCode {
    type Err = NotAPlusCode;

    /// Reads a code; a town that is written behind it is left aside.
    fn from_str(text: &str) -> Result<Self, NotAPlusCode> {
        let code =
            text.split([' ', ',', '\t', '\u{a0}']).find(|word| !word.is_empty()).ok_or(NotAPlusCode)?;
        let (before, after) = code.split_once('+').ok_or(NotAPlusCode)?;
        let missing = BEFORE.checked_sub(before.len()).filter(|missing| missing % 2 == 0);
        let missing = missing.ok_or(NotAPlusCode)?;
        let named = before.trim_end_matches('0');
        let is_padded = named.len() < before.len();
        let well_padded = missing == 0 && named.len() % 2 == 0 && !named.is_empty() && after.is_empty();
        if (is_padded && !well_padded) || after.len() == 1 {
            return Err(NotAPlusCode);
        }
        let letters: Vec<u8> =
            named.bytes().chain(after.bytes()).map(number).collect::<Option<_>>().ok_or(NotAPlusCode)?;
        let is_on_the_globe = missing > 0 || matches!(letters[..], [..=8, ..=17, ..]);
        if letters.is_empty() || !is_on_the_globe {
            return Err(NotAPlusCode);
        }
        Ok(Self { letters, missing })
    }
}

/// The number of a letter, large or small.
fn number(letter: u8) -> Option<u8> {
    let large = letter.to_ascii_uppercase();
    ALPHABET.iter().position(|known| *known == large).and_then(|place| u8::try_from(place).ok())
}
