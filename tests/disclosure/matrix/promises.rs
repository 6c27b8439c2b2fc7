//! What the product promises of private data, whatever the written table says: everything that anybody is shown is
//! promised here, with its reason, and nothing is promised that nobody is ever shown.

use std::collections::BTreeSet;

use super::fixture::State;

/// Somebody is shown something by some calls, in some states.
struct Promise {
    to: &'static [&'static str],
    calls: &'static [&'static str],
    words: &'static [&'static str],
    when: &'static [State],
    because: &'static str,
}

const fn shown(
    to: &'static [&'static str],
    calls: &'static [&'static str],
    words: &'static [&'static str],
    when: &'static [State],
    because: &'static str,
) -> Promise {
    Promise { to, calls, words, when, because }
}

/// What makes up a door; the id says whose.
const DOOR: &[&str] = &["exact", "name", "phone", "street", "entrance", "door-note", "id"];
/// What a household is to those who know of it, without its door.
const HOUSEHOLD: &[&str] = &["coarse", "members", "categories", "external", "id"];
/// What a request tells of its household.
const REQUEST: &[&str] = &["coarse", "id"];
const ID: &[&str] = &["id"];
const COARSE: &[&str] = &["coarse"];
const VOLUNTEER: &[&str] = &["volunteer"];

const OWNERS: &[&str] = &["coordinator", "filing partner"];
const COORDINATOR: &[&str] = &["coordinator"];
const HOLDER: &[&str] = &["holder"];
const FORMER: &[&str] = &["former holder"];
const HAVE_HELD: &[&str] = &["holder", "former holder", "holder whose claim lapsed"];
const ASKED: &[&str] = &["asked volunteer"];
/// Everyone who may take the request while it is open: all volunteers but the one who is never to meet this household.
const TAKERS: &[&str] = &[
    "unrelated volunteer",
    "asked volunteer",
    "volunteer of another organisation",
    "holder",
    "former holder",
    "holder whose claim lapsed",
];
/// Whoever registers households of their own, but who has sent this name before.
const REGISTER: &[&str] = &[
    "other partner of the organisation",
    "partner of another organisation",
    "coordinator",
    "coordinator of another organisation",
];

use State::{AtDoor, Cancelled, Claimed, Expired, Fulfilled, GraceOver, New, Open, PickedUp, Unfulfilled};

const ALWAYS: &[State] =
    &[New, Open, Claimed, PickedUp, AtDoor, Fulfilled, GraceOver, Cancelled, Unfulfilled, Expired];
const SINCE_OPEN: &[State] =
    &[Open, Claimed, PickedUp, AtDoor, Fulfilled, GraceOver, Cancelled, Unfulfilled, Expired];
/// While the claim is active, and for the grace after it was completed.
const SERVED: &[State] = &[Claimed, PickedUp, AtDoor, Fulfilled, Unfulfilled];
const HELD: &[State] = &[Claimed, PickedUp, AtDoor];
const AFTER_PHOTO: &[State] = &[AtDoor, Fulfilled, GraceOver];
const WAITING: &[State] = &[New, Open];
const ONCE_OPEN: &[State] = &[Open];

static PROMISES: &[Promise] = &[
    shown(OWNERS, &["GET household door"], DOOR, ALWAYS, "the door is its owners' to know: product.md"),
    shown(
        COORDINATOR,
        &["EXPORT households"],
        DOOR,
        ALWAYS,
        "the same, many at once, by a budget of its own",
    ),
    shown(
        COORDINATOR,
        &["EXPORT households"],
        &["members", "categories", "external"],
        ALWAYS,
        "with the door comes the rest",
    ),
    shown(HOLDER, &["GET claim door"], DOOR, SERVED, "who serves it finds the door: product.md"),
    shown(HOLDER, &["GET claim door"], &["note"], SERVED, "the note is for who serves it"),
    shown(
        OWNERS,
        &[
            "GET household",
            "LIST households",
            "LIST households with requests",
            "LIST households near",
            "LIST requests with households",
        ],
        HOUSEHOLD,
        ALWAYS,
        "its owners know of it",
    ),
    shown(
        OWNERS,
        &["GET request", "LIST requests", "LIST requests of household", "LIST requests in a box"],
        REQUEST,
        ALWAYS,
        "its owners know of it",
    ),
    shown(OWNERS, &["TRY to file for it", "TRY to file many"], REQUEST, ALWAYS, "what they would file"),
    shown(OWNERS, &["FILE again by its key"], REQUEST, ALWAYS, "what they have filed, or would"),
    shown(COORDINATOR, &["LIST requests with claims"], REQUEST, ALWAYS, "its owners know of it"),
    shown(COORDINATOR, &["GET queue"], REQUEST, WAITING, "whoever waits for a coordinator is told to them"),
    shown(COORDINATOR, &["EXPORT requests"], ID, ALWAYS, "its owners know of it"),
    shown(COORDINATOR, &["EXPORT requests"], &["reason"], &[Open, Cancelled], "why it stands as it does"),
    shown(
        COORDINATOR,
        &["GET claim", "GET former claim", "LIST calls"],
        ID,
        SINCE_OPEN,
        "its owners know of it",
    ),
    shown(COORDINATOR, &["LIST volunteers"], ID, HELD, "whom their volunteers serve now"),
    shown(COORDINATOR, &["TRY to assign"], ID, ONCE_OPEN, "a claim that they would make"),
    shown(COORDINATOR, &["GET delivery photo"], &["photo"], AFTER_PHOTO, "the proof is theirs to judge"),
    shown(
        COORDINATOR,
        &["GET holder", "LIST volunteers", "EXPORT volunteers"],
        VOLUNTEER,
        ALWAYS,
        "their own volunteers",
    ),
    shown(COORDINATOR, &["GET candidates"], VOLUNTEER, ONCE_OPEN, "their own volunteers, to be assigned"),
    shown(HOLDER, &["GET me"], VOLUNTEER, ALWAYS, "themselves"),
    shown(
        &["coordinator", "filing partner", "administrator"],
        &["LIST events of household"],
        ID,
        ALWAYS,
        "what happened in their organisation, or to what they filed, by ids alone",
    ),
    shown(TAKERS, &["GET request"], REQUEST, ONCE_OPEN, "what may be taken is seen by its coarse point"),
    shown(
        TAKERS,
        &["GET nearby requests"],
        COARSE,
        ONCE_OPEN,
        "what may be taken is seen by its coarse point",
    ),
    shown(TAKERS, &["TRY to claim"], ID, ONCE_OPEN, "the claim that they would have"),
    shown(
        ASKED,
        &["GET my offers"],
        COARSE,
        ONCE_OPEN,
        "what they are asked to take is seen by its coarse point",
    ),
    shown(ASKED, &["TRY to accept the offer"], ID, ONCE_OPEN, "the claim that they would have"),
    shown(HAVE_HELD, &["GET request"], REQUEST, SINCE_OPEN, "what became of what they held"),
    shown(HOLDER, &["GET claim"], ID, SINCE_OPEN, "their own claim"),
    shown(FORMER, &["GET former claim"], ID, SINCE_OPEN, "their own claim"),
    shown(HOLDER, &["GET my claims"], ID, HELD, "their own claim"),
    shown(HOLDER, &["GET my claims"], COARSE, HELD, "where their own claim leads"),
    shown(
        REGISTER,
        &["TRY to register its name again"],
        &["external"],
        ALWAYS,
        "what they sent themselves; nobody's else is told",
    ),
];

/// What has been shown of what is promised.
#[derive(Default)]
pub(crate) struct Kept(BTreeSet<(usize, &'static str, &'static str, String)>);

impl Kept {
    /// What somebody was shown that nothing promises them.
    pub(crate) fn broken(
        &mut self,
        state: State,
        (call, party): (&str, &'static str),
        shown: &BTreeSet<&'static str>,
    ) -> Vec<String> {
        let mut broken = Vec::new();
        for word in shown {
            let mut promised = false;
            for (number, promise) in PROMISES.iter().enumerate() {
                if promise.to.contains(&party)
                    && promise.calls.contains(&call)
                    && promise.words.contains(word)
                    && promise.when.contains(&state)
                {
                    promised = true;
                    self.0.insert((number, word, party, format!("{state:?}")));
                }
            }
            if !promised {
                broken.push(format!("{state:?} | {call} | {party} is shown: {word}"));
            }
        }
        broken
    }

    /// Everything that is promised to somebody was shown to them: a table in which nobody is shown anything keeps no
    /// promise.
    pub(crate) fn all(&self) {
        let mut unkept = Vec::new();
        for (number, promise) in PROMISES.iter().enumerate() {
            for word in promise.words {
                for party in promise.to {
                    for state in promise.when {
                        if !self.0.contains(&(number, *word, *party, format!("{state:?}"))) {
                            let because = promise.because;
                            unkept.push(format!("{party} is not shown {word} in {state:?}: {because}"));
                        }
                    }
                }
            }
        }
        assert!(unkept.is_empty(), "promised and never seen: {unkept:#?}");
    }
}
