//! Telephone numbers are read as libphonenumber reads them, in every spelling of the published cases.

use birgemiz::actions::phone_number;
use serde_json::Value;

#[test]
fn every_published_spelling_is_read_as_the_reference_reads_it() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/formats/phone/kz_ru_phone_cases.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("SKIPPED: the published cases are not beside this repository");
        return;
    };
    let file: Value = serde_json::from_str(&text).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert!(cases.len() >= 50);
    let differing: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            let word = |name: &str| case[name].as_str().unwrap();
            let is_valid = case["valid"].as_bool().unwrap_or_default();
            let wanted = is_valid.then(|| word("e164").to_owned());
            let read = phone_number::parse(word("input"), word("default_region"), "/phone");
            let found = read.ok().map(|phone| phone.disclose().to_owned());
            let (input, region) = (word("input"), word("default_region"));
            (found != wanted).then(|| format!("{input} in {region}: {found:?} and not {wanted:?}"))
        })
        .collect();
    assert!(differing.is_empty(), "{}", differing.join("\n"));
}
