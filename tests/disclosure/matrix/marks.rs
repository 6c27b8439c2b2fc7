//! What tells about a person, with a mark in each that is nowhere else, and how it is found in an answer.

use std::collections::BTreeSet;

use serde_json::Value;

use super::cast::{HOLDERS_EMAIL, HOLDERS_NAME};
use crate::support::Answer;

/// The words of the table.
pub(crate) const LEGEND: &str = "\
# exact: the door's coordinates; coarse: the point that stands for them; name, phone: of the household
# street: street, house; entrance: entrance, floor, flat, intercom, landmark; door-note: what to know at the door
# note: the request's note; photo: the proof; phrase: the one-time code; members, categories: of the household
# external: the partner's own name for the household; reason: what people wrote about why
# volunteer: name or e-mail of who holds the claim; id: the household's, which tells whose requests belong together
";

/// The door's place. Every middle of a cell is a hundred metres away.
pub(crate) const LAT: f64 = 43.238_949;
pub(crate) const LON: f64 = 76.889_709;
/// As many as no other number is.
pub(crate) const MEMBERS: u64 = 37;

const TEXTS: [(&str, &str); 18] = [
    ("name", "Markname"),
    ("phone", "7017654321"),
    ("street", "Markstreet"),
    ("street", "Mh77"),
    ("entrance", "Mentr"),
    ("entrance", "Mfloor"),
    ("entrance", "Mflat"),
    ("entrance", "Mcom9"),
    ("entrance", "Markland"),
    ("door-note", "Markdoornote"),
    ("note", "Marknote"),
    ("categories", r#"["orphans_in_care","unemployed","other"]"#),
    ("categories", "orphans_in_care; unemployed; other"),
    ("external", "Markext"),
    ("reason", "Markreason"),
    ("volunteer", HOLDERS_NAME),
    ("volunteer", HOLDERS_EMAIL),
    ("exact", "8MWRFGFQ"),
];

/// What differs from household to household.
pub(crate) struct Marks {
    pub(crate) household: String,
    pub(crate) phrase: String,
    pub(crate) coarse: (f64, f64),
}

impl Marks {
    /// What of the people is in an answer: its body and its headers.
    pub(crate) fn in_answer(&self, answer: &Answer) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        let text = format!("{} {:?}", answer.text, answer.headers);
        for (word, mark) in TEXTS {
            if text.contains(mark) {
                found.insert(word);
            }
        }
        if answer.text.contains(&self.household) {
            found.insert("id");
        }
        if answer.header("content-type").starts_with("image/") {
            found.insert("photo");
        }
        // Each line of a spreadsheet is like a list of its cells.
        if answer.header("content-type").starts_with("text/") {
            for line in answer.text.lines() {
                let cells = line.split(',').map(|cell| cell.parse::<f64>().map_or(Value::Null, Value::from));
                self.walk(&cells.collect(), "", &mut found);
            }
        }
        self.walk(&answer.json(), "", &mut found);
        found
    }

    fn walk(&self, value: &Value, name: &str, found: &mut BTreeSet<&'static str>) {
        // Nearer than thirty metres is the door itself, however it was rounded.
        let numbers: Vec<f64> = match value {
            Value::Array(all) => all.iter().filter_map(Value::as_f64).collect(),
            Value::Object(fields) => fields.values().filter_map(Value::as_f64).collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
        };
        let near = |place: f64| numbers.iter().any(|number| (number - place).abs() < 0.000_27);
        if near(LAT) && near(LON) {
            found.insert("exact");
        }
        match value {
            Value::Array(all) => all.iter().for_each(|one| self.walk(one, name, found)),
            Value::Object(fields) => fields.iter().for_each(|(name, one)| self.walk(one, name, found)),
            leaf => self.look_at(leaf, name, found),
        }
    }

    fn look_at(&self, leaf: &Value, name: &str, found: &mut BTreeSet<&'static str>) {
        if leaf.as_str() == Some(&self.phrase) {
            found.insert("phrase");
        }
        let Some(number) = leaf.as_f64() else { return };
        let near = |one: f64, most: f64| (number - one).abs() < most;
        // One of the two alone, to the metre.
        if near(LAT, 0.000_01) || near(LON, 0.000_01) {
            found.insert("exact");
        }
        if near(self.coarse.0, 1e-9) || near(self.coarse.1, 1e-9) {
            found.insert("coarse");
        }
        if number == MEMBERS as f64 && (name.is_empty() || name == "members") {
            found.insert("members");
        }
    }
}

/// An answer in short: its status, its code, and what is in it.
pub(crate) fn cell(answer: &Answer, shown: &BTreeSet<&'static str>) -> String {
    let code = answer.json()["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
    let shown: String = shown.iter().map(|word| format!(" +{word}")).collect();
    format!("{}{code}{shown}", answer.status.as_u16())
}
