//! What the product promises of private data, whatever the written table says.

use std::collections::BTreeSet;

use super::fixture::State;

/// What makes up a door, and the note that only whoever serves the household reads.
const DOOR: [&str; 6] = ["exact", "name", "phone", "street", "entrance", "door-note"];

/// What somebody was shown that they may not be.
pub(crate) fn broken(state: State, call: &str, party: &str, shown: &BTreeSet<&'static str>) -> Vec<String> {
    let mut broken = Vec::new();
    let mut must = |holds: bool, what: &str| {
        if !holds {
            broken.push(format!("{state:?} | {call} | {party}: {shown:?}: {what}"));
        }
    };
    let serves = party == "holder"
        && call == "GET claim door"
        && matches!(
            state,
            State::Claimed | State::PickedUp | State::AtDoor | State::Fulfilled | State::Unfulfilled
        );
    let owns = matches!((party, call), ("coordinator", "GET household door" | "EXPORT households"))
        || (party, call) == ("filing partner", "GET household door");
    for private in DOOR {
        if shown.contains(private) {
            must(serves || owns, "a door is shown");
        }
    }
    if shown.contains("note") {
        must(serves, "a request's note is shown");
    }
    must(!shown.contains("phrase"), "the phrase is told again");
    if shown.contains("photo") {
        must(party == "coordinator", "a photo is shown");
    }
    if ["reason", "volunteer"].iter().any(|one| shown.contains(one)) {
        let own = party == "holder" && !shown.contains("reason") || party == "former holder";
        must(own || ["coordinator", "administrator"].contains(&party), "people's words or names");
    }
    let strangers = [
        "nobody",
        "other partner of the organisation",
        "partner of another organisation",
        "coordinator of another organisation",
        "coordinator outside the campaign",
        "sandbox partner",
        "sandbox coordinator",
        "administrator",
    ];
    for kept in ["coarse", "members", "categories", "external", "id"] {
        // Administrators hear in their organisation's feed that there is a household, by its id alone; and what
        // somebody sent themselves is no news to them.
        let known = (party, kept) == ("administrator", "id") || (call, kept) == ("TRY to register its name again", "external");
        must(known || !strangers.contains(&party) || !shown.contains(kept), "strangers learn of it");
    }
    if party.contains("volunteer") || party.contains("older") {
        for kept in ["members", "categories", "external"] {
            must(!shown.contains(kept), "volunteers need not know it");
        }
    }
    broken
}

/// A table in which nobody was shown anything would hold every promise.
pub(crate) fn were_worth_asking(table: &str) {
    for word in ["exact", "name", "phone", "street", "entrance", "door-note", "note", "photo", "coarse", "members", "categories", "external"] {
        assert!(table.contains(&format!("+{word}")), "nobody was ever shown {word}");
    }
}
