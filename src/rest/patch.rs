//! Merge patches (RFC 7396): a field that is absent stays as it is, and only one that can be empty
//! may be null.

use serde::{Deserialize, Deserializer};

/// A field that was sent. With a plain type null is refused; with an `Option` it means "empty it".
///
/// # Errors
/// When the value is not of the field's type.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::given;

    #[derive(serde::Deserialize)]
    struct Patch {
        #[serde(default, deserialize_with = "given")]
        number: Option<u32>,
        #[serde(default, deserialize_with = "given")]
        place: Option<Option<u32>>,
    }

    #[test]
    fn absent_null_and_a_value_are_told_apart() {
        let read = |text| serde_json::from_str::<Patch>(text).ok().map(|patch| (patch.number, patch.place));
        assert_eq!(read("{}"), Some((None, None)));
        assert_eq!(read(r#"{"number": 1, "place": null}"#), Some((Some(1), Some(None))));
        assert_eq!(read(r#"{"place": 2}"#), Some((None, Some(Some(2)))));
        assert_eq!(read(r#"{"number": null}"#), None);
    }
}
