//! The marks, what each stands for, and how they are found again.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;
use serde_json::{Value, json};

use crate::support::{Answer, World};

/// All marks of a run, and the answers in which none may be.
#[derive(Default)]
pub(crate) struct Flock {
    marks: Vec<(&'static str, String)>,
    /// Where what was made can be read.
    pub(crate) things: Vec<String>,
    answers: Vec<Kept>,
}

/// An answer, with what of the marks its caller may know.
struct Kept {
    call: String,
    told: String,
    known: &'static [&'static str],
}

impl Flock {
    pub(crate) const fn len(&self) -> usize {
        self.marks.len()
    }

    /// Of which kinds marks were planted.
    pub(crate) fn kinds(&self) -> BTreeSet<&'static str> {
        self.marks.iter().map(|(kind, _)| *kind).collect()
    }

    fn plant(&mut self, kind: &'static str, mark: String) -> String {
        self.marks.push((kind, mark.clone()));
        mark
    }

    /// A text that is nowhere else.
    pub(crate) fn mark(&mut self, kind: &'static str) -> String {
        let mark = format!("Qz{kind}{}zQ", self.marks.len());
        self.plant(kind, mark)
    }

    /// Somebody's name and address.
    pub(crate) fn person(&mut self) -> (String, String) {
        let name = self.mark("person");
        // Addresses are kept in small letters.
        let address = format!("qz{}@example.org", self.marks.len());
        (name, self.plant("person", address))
    }

    /// A telephone number that is nobody else's.
    pub(crate) fn phone(&mut self) -> String {
        let digits = format!("77015{:06}", 900_000 + self.marks.len());
        format!("+{}", self.plant("phone", digits))
    }

    /// A latitude with digits of its own, which end in a three, so that nobody leaves out a nought. Those of one round
    /// lie within some metres of each other.
    pub(crate) fn latitude(&mut self, kind: &'static str, round: usize) -> f64 {
        let latitude = 43.15 + round as f64 * 0.001 + (self.marks.len() * 10 + 3) as f64 * 0.000_000_1;
        self.plant(kind, format!("{latitude:.7}")).parse().unwrap()
    }

    /// An answer to somebody who may know nothing but this.
    pub(crate) fn keep(&mut self, answer: &Answer, known: &'static [&'static str]) {
        let told = format!("{} {:?}", answer.text, answer.headers);
        self.answers.push(Kept { call: answer.call.clone(), told, known });
    }

    /// A refusal: whoever it is told to, it repeats nothing.
    pub(crate) fn keep_refused(&mut self, answer: &Answer) {
        assert!(!answer.status.is_success(), "{} was to be refused: {}", answer.call, answer.text);
        self.keep(answer, &[]);
    }

    pub(crate) fn door(&mut self, round: usize) -> Value {
        let place = json!({"lat": self.latitude("exact", round), "lon": 76.889_709});
        let mut door = json!({"phone": self.phone(), "position": place});
        for field in ["name", "street", "house", "entrance", "floor", "flat", "intercom", "landmark", "notes"]
        {
            door[field] = json!(self.mark("door"));
        }
        door
    }

    pub(crate) fn household(&mut self, world: &World, round: usize) -> Value {
        let mut household = world.household();
        household["external_id"] = json!(self.mark("external"));
        household["door"] = self.door(round);
        household
    }

    /// Looks for all of them, as they are and as the bytes of them are written.
    pub(crate) fn finder(&self) -> Finder {
        let spelt = |mark: &String| [mark.clone(), mark.bytes().map(|byte| format!("{byte:02x}")).collect()];
        let kinds = self.marks.iter().flat_map(|(kind, _)| [*kind, *kind]).collect();
        let patterns: Vec<String> = self.marks.iter().flat_map(|(_, mark)| spelt(mark)).collect();
        Finder { automaton: AhoCorasick::new(patterns).unwrap(), kinds }
    }

    /// No answer that was kept holds a mark that its caller may not know.
    pub(crate) fn answers_hold_nothing(&self, finder: &Finder) {
        assert!(self.answers.len() > 300, "{} answers", self.answers.len());
        for kept in &self.answers {
            let mut found = finder.kinds_in(&kept.told);
            found.retain(|kind| !kept.known.contains(kind));
            assert_eq!(found, BTreeSet::new(), "{}: {}", kept.call, kept.told);
        }
        println!("{} marks, {} answers of people who may not know them", self.len(), self.answers.len());
    }
}

/// Finds marks.
pub(crate) struct Finder {
    automaton: AhoCorasick,
    kinds: Vec<&'static str>,
}

impl Finder {
    /// Of which kinds there are marks in a text.
    pub(crate) fn kinds_in(&self, text: &str) -> BTreeSet<&'static str> {
        self.automaton.find_iter(text).map(|found| self.kinds[found.pattern().as_usize()]).collect()
    }

    /// The same, where there may be none.
    pub(crate) fn finds_nothing_in(&self, what: &str, text: &str) {
        for line in text.lines() {
            assert_eq!(self.kinds_in(line), BTreeSet::new(), "{what}: {line}");
        }
    }
}
