//! A row of requests.

use super::row::{Judgement, Row};
use super::text::NAME;
use super::{Fault, Reason, Time, date, word_list};
use crate::catalogue::{MAX_LINES, MAX_QUANTITY};
use crate::door::MAX_NOTES;
use crate::id::HouseholdId;
use crate::words::{RequestKind, Skill, Transport, Urgency};

/// A request that may be filed, its names still to be looked up.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetRequest {
    /// The organisation's own name for it.
    pub external_id: Option<String>,
    /// Whose need it is, by id or by the organisation's own name.
    pub household: Result<HouseholdId, String>,
    /// What is asked for.
    pub kind: RequestKind,
    /// How soon.
    pub urgency: Urgency,
    /// What, and how many.
    pub lines: Vec<SheetLine>,
    /// Where it is picked up, by name.
    pub hub: Option<String>,
    /// What the volunteer must be able to do.
    pub skills: Vec<Skill>,
    /// What must be spoken.
    pub languages: Option<Vec<String>>,
    /// The least means of transport.
    pub transport: Option<Transport>,
    /// From when.
    pub window_start: Option<Time>,
    /// Until when.
    pub window_end: Option<Time>,
    /// What the volunteer should know.
    pub note: Option<String>,
}

/// One line: an item or kit by its name, and how many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetLine {
    /// The item's or kit's name.
    pub name: String,
    /// How many.
    pub quantity: u32,
}

impl SheetRequest {
    /// Judges a row.
    ///
    /// # Errors
    /// Every fault of it.
    pub fn judge(row: &Row<'_>) -> Result<Self, Vec<Fault>> {
        let mut judgement = Judgement::default();
        let j = &mut judgement;
        let external_id = j.take(row.text("external_id", NAME));
        let household = j.take(household(row));
        let kind = j.take(row.read_as("kind", word_list::word));
        let urgency = j.take(row.read_as("urgency", word_list::word));
        let lines = j.take(row.read_as("lines", lines));
        let hub = j.take(row.text("hub", NAME));
        let skills = j.take(row.read_as("skills", word_list::words));
        let languages = j.take(row.read_as("languages", word_list::languages));
        let transport = j.take(row.read_as("transport", word_list::word));
        let window_start = j.take(row.read_as("window_start", date::time));
        let window_end = j.take(row.read_as("window_end", date::time));
        let note = j.take(row.text("note", MAX_NOTES));
        let whole = (|| {
            Some(Self {
                external_id: external_id?,
                household: household?,
                kind: kind?.unwrap_or(RequestKind::Delivery),
                urgency: urgency?.unwrap_or(Urgency::Normal),
                lines: lines?.unwrap_or_default(),
                hub: hub?,
                skills: skills?.unwrap_or_default(),
                languages: languages?,
                transport: transport?,
                window_start: window_start?,
                window_end: window_end?,
                note: note?,
            })
        })();
        judgement.end(whole)
    }
}

fn household(row: &Row<'_>) -> Result<Result<HouseholdId, String>, Fault> {
    if let Some(id) = row.cell("household_id") {
        return id.parse().map(Ok).map_err(|_| {
            Fault::of("household_id", Reason::UnknownHousehold, "an id such as hh_01jd9x0q3vfhz8w2k5m7n6t4ra")
        });
    }
    row.text("household_external_id", NAME)?.map(Err).ok_or_else(|| {
        Fault::of("household_id", Reason::MissingValue, "fill household_id or household_external_id")
    })
}

/// `Food basket x 2; Water` is two baskets and one water.
fn lines(cell: &str, column: &'static str) -> Result<Vec<SheetLine>, Fault> {
    let lines = cell
        .split([';', '|', '\n'])
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
        .map(|piece| line(piece, column))
        .collect::<Result<Vec<_>, _>>()?;
    if lines.len() > MAX_LINES {
        return Err(Fault::of(column, Reason::TooLong, format!("at most {MAX_LINES} lines a request")));
    }
    Ok(lines)
}

fn line(piece: &str, column: &'static str) -> Result<SheetLine, Fault> {
    let (name, quantity) = counted(piece).unwrap_or((piece, 1));
    if !(1..=MAX_QUANTITY).contains(&quantity) || name.is_empty() {
        let advice = format!("write a name, an x and a number from 1 to {MAX_QUANTITY}");
        return Err(Fault::of(column, Reason::NotALine, advice));
    }
    Ok(SheetLine { name: name.to_owned(), quantity })
}

/// The name and the number of `Water x 2`, `Water ×2` or `Water*2`. `None` where no number is told: an x of
/// either alphabet stands apart, or it is the name's own.
fn counted(piece: &str) -> Option<(&str, u32)> {
    let head = piece.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let count = piece.strip_prefix(head).filter(|count| !count.is_empty())?;
    let head = head.trim_end();
    let name = head.strip_suffix(['×', '*']).or_else(|| {
        let before = head.strip_suffix(['x', 'X', 'х', 'Х'])?;
        (before.is_empty() || before.ends_with(char::is_whitespace)).then_some(before)
    })?;
    Some((name.trim_end(), count.parse().unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_names_and_how_many() {
        for (text, wanted) in [
            ("Food basket x 2; Water", vec![("Food basket", 2), ("Water", 1)]),
            ("Хлеб х3", vec![("Хлеб", 3)]),
            ("Box *4", vec![("Box", 4)]),
            ("Milk 2.5 % × 10", vec![("Milk 2.5 %", 10)]),
            ("Diapers 3", vec![("Diapers 3", 1)]),
            ("Box", vec![("Box", 1)]),
        ] {
            let read = lines(text, "lines").unwrap();
            let read: Vec<_> = read.iter().map(|line| (line.name.as_str(), line.quantity)).collect();
            assert_eq!(read, wanted, "{text}");
        }
        for text in ["Water x 0", "Water x 1001", "x 2"] {
            assert_eq!(lines(text, "lines").unwrap_err().reason, Reason::NotALine, "{text}");
        }
    }
}
