//! A row of households.

use super::row::{Judgement, Row};
use super::text::{NAME, SHORT};
use super::{Dialled, Fault, Grounds, Reason, date, dialled, number, word_list};
use crate::door::{Address, Door, Exactness, MAX_NOTES, Phone};
use crate::id::AreaId;
use crate::words::HouseholdCategory;

/// By which channels a household may have agreed.
const CHANNELS: [&str; 4] = ["partner_app", "hotline", "paper", "in_person"];

/// A household that may be registered.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetHousehold {
    /// Where it is served.
    pub area: AreaId,
    /// The organisation's own name for it.
    pub external_id: Option<String>,
    /// How many live there.
    pub members: u32,
    /// Why it is served.
    pub categories: Vec<HouseholdCategory>,
    /// What is spoken there.
    pub languages: Vec<String>,
    /// Which text it agreed to.
    pub consent_text: String,
    /// In which language.
    pub consent_language: String,
    /// By which channel.
    pub consent_channel: &'static str,
    /// When; today when not told.
    pub consent_on: Option<date::Day>,
    /// Where it lives.
    pub door: Door,
}

impl SheetHousehold {
    /// Judges a row.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn judge(row: &Row<'_>, grounds: &Grounds<'_>) -> Result<Self, Vec<Fault>> {
        let mut judgement = Judgement::default();
        let j = &mut judgement;
        let name = j.take(row.required("name", NAME));
        let position = j.take(row.required_position());
        // Without a position nothing can be said about the area.
        let area = position.and_then(|position| j.take(grounds.area(row, Some(position))));
        let region = area.or(grounds.areas.first()).map_or("KZ", |area| area.phone_region.as_str());
        let phone = j.take(phone(row, region, grounds));
        let address = address(row, j);
        let notes = j.take(row.text("notes", MAX_NOTES));
        let accuracy = j.take(row.read_as("accuracy_m", |cell, c| number::within(cell, (0.0, 100_000.0), c)));
        let external_id = j.take(row.text("external_id", NAME));
        let members = j.take(row.read_as("members", |cell, c| number::whole(cell, (1, 100), c)));
        let categories =
            j.take(row.filled("categories").and_then(|cell| word_list::words(cell, "categories")));
        let languages = j.take(row.read_as("languages", word_list::languages));
        let consent = consent(row, grounds, languages.as_ref().map(Option::as_ref), j);
        let whole = (|| {
            let (consent_text, consent_language, consent_channel, consent_on) = consent?;
            let door = Door {
                name: name?,
                phone: phone?,
                address,
                position: position?,
                exactness: Exactness::Exact,
                accuracy_m: accuracy?,
                notes: notes?,
            };
            Some(Self {
                area: area?.id,
                external_id: external_id?,
                members: members?.unwrap_or(1),
                categories: categories?,
                languages: languages?.unwrap_or_default(),
                consent_text,
                consent_language,
                consent_channel,
                consent_on,
                door,
            })
        })();
        judgement.end(whole)
    }
}

fn phone(row: &Row<'_>, region: &str, grounds: &Grounds<'_>) -> Result<Option<Phone>, Fault> {
    let Some(cell) = row.cell("phone") else { return Ok(None) };
    match dialled(cell) {
        Dialled::LostDigits => {
            let advice =
                "the spreadsheet has rounded the number; format the column as text and type it again";
            Err(Fault::of("phone", Reason::PhoneLostDigits, advice))
        }
        Dialled::Number(number) => (grounds.phone)(&number, region).map(Some).ok_or_else(|| {
            Fault::of(
                "phone",
                Reason::NotAPhone,
                "write a number with its country code, such as +7 701 000 00 00",
            )
        }),
    }
}

fn address(row: &Row<'_>, judgement: &mut Judgement) -> Address {
    let mut part = |column, longest| judgement.take(row.text(column, longest)).flatten();
    Address {
        street: part("street", NAME),
        house: part("house", SHORT),
        entrance: part("entrance", SHORT),
        floor: part("floor", SHORT),
        flat: part("flat", SHORT),
        intercom: part("intercom", SHORT),
        landmark: part("landmark", NAME),
        plus_code: part("plus_code", SHORT),
    }
}

type Consent = (String, String, &'static str, Option<date::Day>);

fn consent(
    row: &Row<'_>,
    grounds: &Grounds<'_>,
    languages: Option<Option<&Vec<String>>>,
    judgement: &mut Judgement,
) -> Option<Consent> {
    let text = judgement.take(row.required("consent_text", NAME));
    let told = judgement.take(row.read_as("consent_language", word_list::language));
    let channel = judgement.take(row.filled("consent_channel").and_then(channel));
    let on = judgement.take(row.read_as("consent_on", date::day)).flatten();
    if on.is_some_and(|day| day > grounds.today) {
        let advice = "nobody has agreed yet on that day";
        judgement.take::<()>(Err(Fault::of("consent_on", Reason::DateInFuture, advice)));
    }
    // Where the languages could not be read, that is what is told.
    let languages = languages?;
    let language = told?.or_else(|| languages?.first().cloned());
    let language = language.ok_or_else(|| {
        Fault::of("consent_language", Reason::MissingValue, "say in which language, or fill languages")
    });
    Some((text?, judgement.take(language)?, channel?, on))
}

fn channel(cell: &str) -> Result<&'static str, Fault> {
    let plain = cell.to_lowercase().replace([' ', '-'], "_");
    CHANNELS.into_iter().find(|channel| **channel == plain).ok_or_else(|| {
        Fault::of("consent_channel", Reason::UnknownWord, format!("write one of: {}", CHANNELS.join(", ")))
    })
}
