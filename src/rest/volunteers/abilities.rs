//! What volunteers can, as it is sent: checked here once, whoever sends it.

use domain::refusal::Code;
use domain::words::{Skill, Transport};

use crate::rest::households::PositionBody;
use crate::rest::problem::Problem;
use crate::rest::text;
use crate::storage::rows::Abilities;

/// The most that anybody may say to carry, in kilograms: a van.
const MOST_KG: f64 = 2_000.0;
/// The most room, in litres: the same van.
const MOST_L: f64 = 20_000.0;
/// The shortest and longest way, in metres.
const RADIUS_M: std::ops::RangeInclusive<u32> = 100..=200_000;

/// Abilities before they are checked.
pub(super) struct Claimed<'b> {
    pub(super) transport: Transport,
    pub(super) capacity_kg: f64,
    pub(super) capacity_l: f64,
    pub(super) skills: &'b [Skill],
    pub(super) languages: &'b [String],
    pub(super) radius_m: u32,
    pub(super) base: Option<PositionBody>,
}

impl Claimed<'_> {
    pub(super) fn check(self) -> Result<Abilities, Problem> {
        Ok(Abilities {
            transport: self.transport,
            capacity_g: grams(self.capacity_kg)?,
            capacity_ml: millilitres(self.capacity_l)?,
            skills: skills(self.skills)?,
            languages: text::languages(self.languages, "/languages")?,
            radius_m: radius(self.radius_m)?,
            base: self.base.map(|base| base.position("/base")).transpose()?,
        })
    }
}

/// Kilograms as grams.
///
/// # Errors
/// When it is negative, no number, or more than a van carries.
pub fn grams(kilograms: f64) -> Result<u32, Problem> {
    thousandfold(kilograms, MOST_KG, "/capacity_kg")
}

/// Litres as millilitres.
///
/// # Errors
/// When it is negative, no number, or more than a van holds.
pub fn millilitres(litres: f64) -> Result<u32, Problem> {
    thousandfold(litres, MOST_L, "/capacity_l")
}

fn thousandfold(amount: f64, most: f64, pointer: &str) -> Result<u32, Problem> {
    if !(0.0..=most).contains(&amount) {
        return Err(Problem::field(Code::InvalidValue, pointer, format!("0 to {most}")));
    }
    // Within 0 to 20 million, so nothing is cut off.
    Ok((amount * 1000.0).round() as u32)
}

/// How far, in metres.
///
/// # Errors
/// When it is nearer than the next house, or farther than anybody goes.
pub fn radius(metres: u32) -> Result<u32, Problem> {
    if RADIUS_M.contains(&metres) {
        Ok(metres)
    } else {
        let detail = format!("{} to {}", RADIUS_M.start(), RADIUS_M.end());
        Err(Problem::field(Code::InvalidValue, "/radius_m", detail))
    }
}

/// Skills in order, each once.
///
/// # Errors
/// When there are more of them than there are.
pub(super) fn skills(skills: &[Skill]) -> Result<Vec<Skill>, Problem> {
    text::few(skills, Skill::WORDS.len(), "/skills")?;
    let mut skills = skills.to_vec();
    skills.sort_unstable();
    skills.dedup();
    Ok(skills)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_rounded_and_kept_within_a_van() {
        assert_eq!(
            (grams(7.5).ok(), grams(0.0).ok(), grams(2_000.0).ok()),
            (Some(7_500), Some(0), Some(2_000_000))
        );
        for wrong in [-0.1, 2_000.1, f64::NAN, f64::INFINITY] {
            assert!(grams(wrong).is_err(), "{wrong}");
        }
        assert!(radius(99).is_err() && radius(100).is_ok() && radius(200_001).is_err());
    }
}
