//! What the product promises of private data, whatever the written table says.

use std::collections::BTreeSet;

use super::fixture::State;

/// What makes up a door, and the note that only whoever serves the household reads.
const DOOR: [&str; 6] = ["exact", "name", "phone", "street", "entrance", "door-note"];

/// Stops the test where somebody was shown what they may not be.
pub(crate) fn hold(state: State, call: &str, party: &str, shown: &BTreeSet<&'static str>) {
    let place = format!("{state:?} | {call} | {party}: {shown:?}");
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
            assert!(serves || owns, "a door is shown: {place}");
        }
    }
    if shown.contains("note") {
        assert!(serves, "a request's note is shown: {place}");
    }
    assert!(!shown.contains("phrase"), "the phrase is told again: {place}");
    if shown.contains("photo") {
        assert_eq!(party, "coordinator", "a photo is shown: {place}");
    }
    if ["reason", "volunteer"].iter().any(|one| shown.contains(one)) {
        let own = party == "holder" && !shown.contains("reason") || party == "former holder";
        assert!(own || ["coordinator", "administrator"].contains(&party), "people's words or names: {place}");
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
    let nothing = ["coarse", "members", "categories", "languages", "external", "id"];
    if strangers.contains(&party) {
        assert!(!nothing.iter().any(|one| shown.contains(one)), "strangers learn of it: {place}");
    }
    if party.contains("volunteer") || party.contains("older") {
        for kept in ["members", "categories", "external"] {
            assert!(!shown.contains(kept), "volunteers need not know it: {place}");
        }
    }
}

/// A table in which nobody was shown anything would hold every promise.
pub(crate) fn were_worth_asking(table: &str) {
    for word in ["exact", "name", "phone", "street", "entrance", "door-note", "note", "photo", "coarse", "members", "categories", "external"] {
        assert!(table.contains(&format!("+{word}")), "nobody was ever shown {word}");
    }
}
