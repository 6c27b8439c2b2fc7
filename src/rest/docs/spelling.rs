//! How the document is spelled in YAML, so that readers of YAML 1.1 find in it what readers of 1.2 find.

/// Words that YAML 1.1 takes for true or false where 1.2 reads them as they are (yaml.org/type/bool.html).
const BOOLEANS_ONCE: [&str; 8] = ["y", "n", "yes", "no", "on", "off", "Yes", "No"];

/// Puts in quotes every key and every item that is such a word.
pub(super) fn for_every_reader(yaml: &str) -> String {
    yaml.lines().map(|line| quoted(line) + "\n").collect()
}

fn quoted(line: &str) -> String {
    let word = line.trim_start().trim_start_matches("- ");
    let (word, colon) = word.strip_suffix(':').map_or((word, ""), |word| (word, ":"));
    if !BOOLEANS_ONCE.contains(&word) {
        return line.to_owned();
    }
    let before = line.strip_suffix(colon).and_then(|line| line.strip_suffix(word)).unwrap_or_default();
    format!("{before}'{word}'{colon}")
}

#[cfg(test)]
mod tests {
    use super::for_every_reader;

    #[test]
    fn words_that_once_were_booleans_are_quoted_where_they_stand_alone() {
        let found =
            for_every_reader("required:\n- on\nproperties:\n  on:\n    type: boolean\nonly: on foot\n");
        assert_eq!(found, "required:\n- 'on'\nproperties:\n  'on':\n    type: boolean\nonly: on foot\n");
    }
}
