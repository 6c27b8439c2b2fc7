//! A row of volunteers.

use super::row::{Judgement, Row};
use super::text::{NAME, within};
use super::{Fault, Grounds, Reason, number, word_list};
use crate::catalogue::thousandths;
use crate::id::AreaId;
use crate::place::Position;
use crate::words::{Skill, Transport};

/// The most that somebody can carry, in grams or millilitres: a lorry.
const MOST: u32 = 20_000_000;

/// A volunteer who may be entered.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetVolunteer {
    /// Where they serve.
    pub area: AreaId,
    /// Their name.
    pub name: String,
    /// Where they are written to.
    pub email: String,
    /// How they get about.
    pub transport: Transport,
    /// What they carry, in grams.
    pub capacity_g: u32,
    /// What they carry, in millilitres.
    pub capacity_ml: u32,
    /// What they can do.
    pub skills: Vec<Skill>,
    /// What they speak.
    pub languages: Vec<String>,
    /// How far they go, in metres.
    pub radius_m: u32,
    /// Where they set out from.
    pub base: Option<Position>,
}

impl SheetVolunteer {
    /// Judges a row.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn judge(row: &Row<'_>, grounds: &Grounds<'_>) -> Result<Self, Vec<Fault>> {
        let mut judgement = Judgement::default();
        let j = &mut judgement;
        let name = j.take(row.required("name", NAME));
        let email = j.take(row.filled("email").and_then(email));
        let base = j.take(row.position());
        // Somebody may live outside the area in which they serve.
        let area = base.and_then(|base| j.take(area_of(row, grounds, base)));
        let transport = j.take(row.read_as("transport", word_list::word));
        let capacity_g = j.take(row.read_as("capacity_kg", amount));
        let capacity_ml = j.take(row.read_as("capacity_l", amount));
        let skills = j.take(row.read_as("skills", word_list::words));
        let languages = j.take(row.read_as("languages", word_list::languages));
        let radius = j.take(row.read_as("radius_m", |cell, c| number::whole(cell, (100, 200_000), c)));
        let whole = (|| {
            Some(Self {
                area: area?,
                name: name?,
                email: email?,
                transport: transport?.unwrap_or(Transport::Foot),
                capacity_g: capacity_g?.unwrap_or(10_000),
                capacity_ml: capacity_ml?.unwrap_or(30_000),
                skills: skills?.unwrap_or_default(),
                languages: languages?.unwrap_or_default(),
                radius_m: radius?.unwrap_or(3_000),
                base: base?,
            })
        })();
        judgement.end(whole)
    }
}

fn area_of(row: &Row<'_>, grounds: &Grounds<'_>, base: Option<Position>) -> Result<AreaId, Fault> {
    let told = row.cell("area").is_some() || grounds.given.is_some();
    grounds.area(row, base.filter(|_| !told)).map(|area| area.id)
}

fn amount(cell: &str, column: &'static str) -> Result<u32, Fault> {
    let number = number::within(cell, (0.0, 20_000.0), column)?;
    thousandths(number, MOST).ok_or_else(|| Fault::of(column, Reason::OutOfRange, "0 to 20000"))
}

fn email(cell: &str) -> Result<String, Fault> {
    let text = within(cell, 320, "email")?;
    let plausible = text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !host.contains('@')
    });
    if plausible && !text.contains(char::is_whitespace) {
        Ok(text)
    } else {
        Err(Fault::of("email", Reason::NotAnEmail, "write an address such as name@example.org"))
    }
}
