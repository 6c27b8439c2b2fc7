//! The columns of each kind of file: what a template shows, a header is held to and the manual says.

use super::SheetKind;

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its name in the header.
    pub name: &'static str,
    /// Whether every file must have it and every row fill it.
    pub required: bool,
    /// What stands in it.
    pub meaning: &'static str,
    /// What could stand there. Nobody's: names and numbers are made up.
    pub example: &'static str,
}

const fn must(name: &'static str, example: &'static str, meaning: &'static str) -> Column {
    Column { name, required: true, meaning, example }
}

const fn may(name: &'static str, example: &'static str, meaning: &'static str) -> Column {
    Column { name, required: false, meaning, example }
}

/// The columns of a kind of file, in the order of its template. A file may order them as it likes.
#[must_use]
pub const fn columns_of(kind: SheetKind) -> &'static [Column] {
    match kind {
        SheetKind::Households => HOUSEHOLDS,
        SheetKind::Volunteers => VOLUNTEERS,
        SheetKind::Requests => REQUESTS,
        SheetKind::Hubs => HUBS,
        SheetKind::Items => ITEMS,
    }
}

const AREA: Column = may(
    "area",
    "",
    "name or id of the area; when empty, the one that was given, else the one around the position",
);

const HOUSEHOLDS: &[Column] = &[
    may("external_id", "list-7-0001", "your own name for the household, once in your organisation"),
    must("name", "Raushan Example", "the name to ask for at the door"),
    may("phone", "+7 701 000 00 01", "telephone, in any spelling"),
    may("street", "Example Street", "street or microdistrict"),
    may("house", "15/2", "house number"),
    may("entrance", "2", "entrance"),
    may("floor", "4", "floor"),
    may("flat", "17", "flat"),
    may("intercom", "17K", "code of the intercom"),
    may("landmark", "behind the chemist's", "what to look for nearby"),
    may("plus_code", "", "Open Location Code"),
    must("lat", "43.238949", "degrees north of the equator, WGS 84"),
    must("lon", "76.889709", "degrees east of Greenwich, WGS 84"),
    may("accuracy_m", "15", "how exact the position is, in metres"),
    AREA,
    may("members", "2", "how many live there, 1 to 100; 1 when empty"),
    must("categories", "elderly_alone; special_needs", "why it is served, one or several"),
    may("languages", "kk, ru", "languages spoken there, the preferred first"),
    must("consent_text", "2026-11", "version of the text that the household agreed to"),
    may("consent_language", "kk", "in which language; the first of languages when empty"),
    must("consent_channel", "paper", "partner_app, hotline, paper or in_person"),
    may("consent_on", "2026-11-20", "day of the consent; the day of the import when empty"),
    may("notes", "knock twice, hard of hearing", "what a volunteer should know at the door"),
];

const VOLUNTEERS: &[Column] = &[
    must("name", "Daniyar Example", "name"),
    must("email", "daniyar@example.org", "e-mail address; they log in with it"),
    may("transport", "car", "foot, bicycle or car; foot when empty"),
    may("capacity_kg", "40", "what they carry, in kilograms; 10 when empty"),
    may("capacity_l", "120", "what they carry, in litres; 30 when empty"),
    may("skills", "", "what they can do, one or several"),
    may("languages", "kk, ru", "languages they speak"),
    may("radius_m", "3000", "how far they go, in metres, 100 to 200000; 3000 when empty"),
    may("lat", "43.2390", "where they usually set out from"),
    may("lon", "76.8900", "where they usually set out from"),
    AREA,
];

const REQUESTS: &[Column] = &[
    may("external_id", "need-1", "your own name for the request, once in your organisation"),
    may("household_id", "", "id of the household, hh_...; this or household_external_id"),
    may("household_external_id", "list-7-0001", "the household's external_id in your organisation"),
    may("kind", "delivery", "delivery, collection, welfare_check or call; delivery when empty"),
    may("urgency", "normal", "critical, high, normal or low; normal when empty"),
    may("lines", "Food basket x 1; Water x 2", "what is needed: names of items or kits, and how many"),
    may("hub", "", "name of the hub where it is picked up"),
    may("skills", "", "what the volunteer must be able to do"),
    may("languages", "", "languages of which one must be spoken; the household's when empty"),
    may("transport", "", "the least means of transport: foot, bicycle or car"),
    may("window_start", "", "from when help makes sense, such as 2026-11-22 09:00; now when empty"),
    may("window_end", "", "until when; as long as the policy says when empty"),
    may("note", "the lift is out of order", "what the volunteer should know"),
];

const HUBS: &[Column] = &[
    must("name", "Example Hub", "name"),
    must("address", "Example Street 1", "address"),
    must("lat", "43.2400", "degrees north of the equator, WGS 84"),
    must("lon", "76.9000", "degrees east of Greenwich, WGS 84"),
    AREA,
    may("opening_hours", "Mon-Fri 9-18", "when it is open, as people write it"),
];

const ITEMS: &[Column] = &[
    must("name", "Buckwheat 900 g", "name, once in the campaign"),
    may("unit", "bag", "what one of it is; piece when empty"),
    must("weight_kg", "0.92", "what one weighs, in kilograms"),
    must("volume_l", "1.1", "how much room one takes, in litres"),
];
