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

/// The first door's place, at the edge of the sandbox's city, where none of its households is; each state's lies further
/// north, so that no list tells of another state's household in the same words.
const LAT: f64 = 43.138_949;
const LON: f64 = 77.039_709;
/// From one door to the next, in degrees: a kilometre.
const STEP: f64 = 0.010_7;
/// The first household has as many as no other number is, and each after it one more.
const MEMBERS: usize = 37;
/// Any three of these, as they are sent and told.
const CATEGORIES: [&str; 7] = [
    "elderly_alone",
    "special_needs",
    "large_low_income_family",
    "unemployed",
    "disabled_child",
    "orphans_in_care",
    "other",
];

/// Where the household of a state lives.
pub(crate) fn place(number: usize) -> (f64, f64) {
    (LAT + STEP * number as f64, LON)
}

/// How many live there.
pub(crate) const fn members(number: usize) -> usize {
    MEMBERS + number
}

/// Why it is served: for each of ten households in other words.
pub(crate) fn categories(number: usize) -> Vec<&'static str> {
    let left_out = [(0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (0, 6), (1, 2), (1, 3), (1, 4), (1, 5)][number];
    let kept = |place: &usize| *place != left_out.0 && *place != left_out.1;
    (0..CATEGORIES.len()).filter(kept).map(|place| CATEGORIES[place]).collect()
}

/// A text in which a mark stands; no mark of another state's household begins like it.
pub(crate) fn mark(word: &str, number: usize) -> String {
    format!("M{word}{}q", (b'a' + u8::try_from(number).unwrap()) as char)
}

/// By which words of the table texts are known, and by which words these marks are made.
const TEXTS: [(&str, &str); 13] = [
    ("name", "name"),
    ("street", "street"),
    ("street", "house"),
    ("entrance", "entr"),
    ("entrance", "floor"),
    ("entrance", "flat"),
    ("entrance", "com"),
    ("entrance", "land"),
    ("exact", "plus"),
    ("door-note", "doornote"),
    ("note", "reqnote"),
    ("external", "ext"),
    ("reason", "why"),
];

/// The digits of a household's telephone.
pub(crate) fn phone(number: usize) -> String {
    format!("770176543{number:02}")
}

/// What differs from household to household.
pub(crate) struct Marks {
    /// Which of all.
    pub(crate) number: usize,
    pub(crate) household: String,
    pub(crate) phrase: String,
    pub(crate) coarse: (f64, f64),
}

impl Marks {
    /// What of the people is in an answer: its body and its headers.
    pub(crate) fn in_answer(&self, answer: &Answer) -> BTreeSet<&'static str> {
        let mut found = BTreeSet::new();
        let text = format!("{} {:?}", answer.text, answer.headers);
        for (word, made_of) in TEXTS {
            if text.contains(&mark(made_of, self.number)) {
                found.insert(word);
            }
        }
        if text.contains(&phone(self.number)) {
            found.insert("phone");
        }
        if text.contains(HOLDERS_NAME) || text.contains(HOLDERS_EMAIL) {
            found.insert("volunteer");
        }
        let categories = categories(self.number);
        // As a list of JSON and as a cell of a spreadsheet.
        if text.contains(&categories.join("\",\"")) || text.contains(&categories.join("; ")) {
            found.insert("categories");
        }
        if answer.text.contains(&self.household) {
            found.insert("id");
        }
        if answer.header("content-type").starts_with("image/") {
            found.insert("photo");
        }
        if answer.header("content-type").starts_with("text/csv") {
            lines(&answer.text).iter().for_each(|line| self.walk(line, "", &mut found));
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
        let (lat, lon) = place(self.number);
        let near = |place: f64| numbers.iter().any(|number| (number - place).abs() < 0.000_27);
        if near(lat) && near(lon) {
            found.insert("exact");
        }
        match value {
            Value::Array(all) => all.iter().for_each(|one| self.walk(one, name, found)),
            Value::Object(fields) => fields.iter().for_each(|(name, one)| self.walk(one, name, found)),
            leaf @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_)) => {
                self.look_at(leaf, name, found);
            }
        }
    }

    fn look_at(&self, leaf: &Value, name: &str, found: &mut BTreeSet<&'static str>) {
        if leaf.as_str() == Some(&self.phrase) {
            found.insert("phrase");
        }
        let Some(number) = leaf.as_f64() else { return };
        let near = |one: f64, most: f64| (number - one).abs() < most;
        // One of the two alone, to the metre; they all live at one longitude.
        if near(place(self.number).0, 0.000_01) {
            found.insert("exact");
        }
        if near(self.coarse.0, 1e-9) || near(self.coarse.1, 1e-9) {
            found.insert("coarse");
        }
        if number == members(self.number) as f64 && name == "members" {
            found.insert("members");
        }
    }
}

/// Each line of a spreadsheet, as the object that it stands for.
fn lines(text: &str) -> Vec<Value> {
    let mut sheet = csv::Reader::from_reader(text.as_bytes());
    let names = sheet.headers().unwrap().clone();
    let cell = |cell: &str| cell.parse::<f64>().map_or_else(|_| Value::from(cell), Value::from);
    let line = |line: csv::StringRecord| names.iter().map(str::to_owned).zip(line.iter().map(cell)).collect();
    sheet.records().map(|record| line(record.unwrap())).collect()
}

/// An answer in short: its status, its code, and what is in it.
pub(crate) fn cell(answer: &Answer, shown: &BTreeSet<&'static str>) -> String {
    let code = answer.json()["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
    let shown: String = shown.iter().map(|word| format!(" +{word}")).collect();
    format!("{}{code}{shown}", answer.status.as_u16())
}
