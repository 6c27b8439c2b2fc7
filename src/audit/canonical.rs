//! Canonical JSON (RFC 8785) and its SHA-256, written without the library that the sealer uses: a mistake of one is not
//! the other's.

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value};

/// Whole numbers beyond this are not told exactly by everybody (RFC 8785, section 3.2.2.3).
const LARGEST: i64 = 9_007_199_254_740_991;

pub(super) type Digest = [u8; 32];

/// A row's digest, were it written by that transaction under that number. None where no row of ours looks like this.
pub(super) fn row_digest(json: &str, (number_column, number): (&str, i64), xid: i64) -> Option<Digest> {
    let mut row: Map<String, Value> = serde_json::from_str(json).ok()?;
    row.retain(|_, value| !value.is_null());
    row.insert(number_column.to_owned(), number.into());
    row.insert("xid".to_owned(), xid.to_string().into());
    digest_of(&Value::Object(row))
}

/// The digest of any value that holds no fractions.
pub(super) fn digest_of(value: &Value) -> Option<Digest> {
    let mut text = String::new();
    write(value, &mut text)?;
    digest(&SHA256, text.as_bytes()).as_ref().try_into().ok()
}

fn write(value: &Value, text: &mut String) -> Option<()> {
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => {
            let whole = number.as_i64().filter(|whole| whole.abs() <= LARGEST)?;
            text.push_str(&whole.to_string());
        }
        Value::String(string) => write_string(string, text),
        Value::Array(elements) => {
            text.push('[');
            for (place, element) in elements.iter().enumerate() {
                if place > 0 {
                    text.push(',');
                }
                write(element, text)?;
            }
            text.push(']');
        }
        Value::Object(members) => write_object(members, text)?,
    }
    Some(())
}

/// Members in the order of their names' UTF-16 (section 3.2.3).
fn write_object(members: &Map<String, Value>, text: &mut String) -> Option<()> {
    let mut sorted: Vec<(Vec<u16>, &String, &Value)> =
        members.iter().map(|(name, value)| (name.encode_utf16().collect(), name, value)).collect();
    sorted.sort_by(|one, other| one.0.cmp(&other.0));
    text.push('{');
    for (place, (_, name, value)) in sorted.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        write_string(name, text);
        text.push(':');
        write(value, text)?;
    }
    text.push('}');
    Some(())
}

/// Only what must be escaped is (section 3.2.2.2).
fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for letter in string.chars() {
        match letter {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{8}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control if control < ' ' => text.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn written(value: &Value) -> Option<String> {
        let mut text = String::new();
        write(value, &mut text).map(|()| text)
    }

    #[test]
    fn the_example_of_the_standard_is_written_as_it_says() {
        // RFC 8785, section 3.2.3: the order of names; the values stand for themselves.
        let value = json!({"\u{20ac}": "Euro Sign", "\r": "Carriage Return", "\u{fb33}": "Hebrew Letter Dalet With Dagesh",
            "1": "One", "\u{1f600}": "Emoji: Grinning Face", "\u{80}": "Control", "\u{f6}": "Latin Small Letter O With Diaeresis"});
        let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\
            \"\u{f6}\":\"Latin Small Letter O With Diaeresis\",\"\u{20ac}\":\"Euro Sign\",\
            \"\u{1f600}\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
        assert_eq!(written(&value).unwrap(), expected);
        assert_eq!(written(&json!(1.5)), None, "no row of ours has a fraction");
        assert_eq!(written(&json!(LARGEST + 1)), None);
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-LARGEST..=LARGEST).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 64, 8, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::hash_map(any::<String>(), inner, 0..8)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn the_sealers_library_writes_the_same(value in any_value()) {
            prop_assert_eq!(written(&value).unwrap().into_bytes(), serde_json_canonicalizer::to_vec(&value).unwrap());
        }
    }
}
