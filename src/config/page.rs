//! The page that lists every setting, made from what the command line knows.

use std::fmt::Write;

use clap::Command;

use super::known::{Setting, settings};

const OPENING: &str = "# Settings

Every setting is a flag, an environment variable and a key of one TOML file. The flag wins over the variable,
the variable over the file, the file over the default. `birgemiz settings` prints what each one is, and why.

The file is the one that `--config` or `BIRGEMIZ_CONFIG` names; else `birgemiz.toml` in the data folder; else
`/etc/birgemiz.toml`. Keys and `BIRGEMIZ_` variables that nobody knows are refused with the nearest known one.
A file that holds a secret must not be readable by everybody.

A secret may stand in a file of its own: add `_FILE` to its variable or `_file` to its key and name that file.

```toml
listen = \"127.0.0.1:8080\"
pool_size = 24
database_url_file = \"/run/secrets/database-url\"
```

<!-- Made by `UPDATE_SETTINGS=1 cargo test --test operator the_page_of_settings`; do not edit. -->

| key | variable | default | for | what it does |
|---|---|---|---|---|
";

/// The page, in Markdown.
#[must_use]
pub fn page(command: &Command) -> String {
    let mut page = OPENING.to_owned();
    for setting in settings(command) {
        // Writing to a text cannot fail.
        let _ = writeln!(page, "{}", row(&setting));
    }
    page
}

fn row(setting: &Setting) -> String {
    let default = setting.default.as_ref().map(|value| format!("`{value}`")).unwrap_or_default();
    let verbs = if setting.verbs.is_empty() { "every verb".to_owned() } else { setting.verbs.join(", ") };
    let help = setting.help.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|");
    let secret = if setting.is_secret { " Secret." } else { "" };
    // The file cannot tell where it is.
    let key = if setting.key == "config" { String::new() } else { format!("`{}`", setting.key) };
    format!(
        "| {key} | `{}` | {default} | {verbs} | {}.{secret} |",
        setting.variable,
        help.trim_end_matches('.')
    )
}
