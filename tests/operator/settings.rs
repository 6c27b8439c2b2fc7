//! Settings as an operator meets them: the page, what is refused, what is shown.

use std::path::Path;

use serde_json::Value;

use crate::program::{birgemiz, finished, passable};

#[test]
#[expect(clippy::disallowed_methods, reason = "the file is written only when that is asked for")]
fn the_page_of_settings_is_what_the_program_takes() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/settings.md");
    let made = birgemiz::cli::settings_page();
    if std::env::var("UPDATE_SETTINGS").is_ok_and(|value| value == "1") {
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(&file, &made).unwrap();
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == made,
        "docs/settings.md is not what the program takes; run UPDATE_SETTINGS=1 cargo test --test operator the_page"
    );
    for (key, variable) in [("pool_size", "BIRGEMIZ_POOL_SIZE"), ("database_url", "DATABASE_URL")] {
        assert!(made.contains(&format!("| `{key}` | `{variable}` |")), "{made}");
    }
}

#[test]
fn a_misspelt_key_or_variable_is_refused_before_anything_starts() {
    let data = passable("settings");
    let file = data.join("mine.toml");
    std::fs::write(&file, "pol_size = 8\n").unwrap();
    let (code, _, told) = finished(birgemiz().args(["serve", "--config"]).arg(&file));
    assert_eq!(code, 2, "{told}");
    assert!(told.contains("`pol_size`") && told.contains("`pool_size`"), "{told}");

    let (code, _, told) = finished(birgemiz().arg("settings").env("BIRGEMIZ_LISTENS", "x"));
    assert!(code == 2 && told.contains("did you mean BIRGEMIZ_LISTEN?"), "{told}");

    std::fs::write(&file, "workers = 'many'\n").unwrap();
    let (code, _, told) = finished(birgemiz().args(["settings", "--config"]).arg(&file));
    assert_eq!(code, 2);
    assert!(told.contains("--workers") && told.contains("mine.toml"), "{told}");
}

#[test]
fn the_settings_are_shown_with_their_sources_and_without_their_secrets() {
    let data = passable("settings");
    let file = data.join("birgemiz.toml");
    std::fs::write(&file, "pool_size = 9\nworkers = 3\n").unwrap();
    let mut command = birgemiz();
    command.args(["settings", "--json", "--workers", "5", "--data-dir"]).arg(&data);
    command.env("DATABASE_URL", "postgresql://u:hush@127.0.0.1/d").env("BIRGEMIZ_LOG", "warn");
    let (code, told, complaint) = finished(&mut command);
    assert_eq!(code, 0, "{complaint}");
    assert!(!told.contains("hush"), "{told}");
    let told: Value = serde_json::from_str(&told).unwrap();
    let origin = |key: &str| told["settings"][key]["origin"].as_str().unwrap().to_owned();
    assert_eq!(told["settings"]["pool_size"]["value"], "9");
    assert_eq!(origin("pool_size"), format!("file {}", file.display()));
    assert_eq!((&told["settings"]["workers"]["value"], origin("workers").as_str()), (&"5".into(), "flag"));
    assert_eq!(origin("log"), "variable BIRGEMIZ_LOG");
    assert_eq!(origin("database_url"), "variable DATABASE_URL");
    assert_eq!(told["settings"]["database_url"]["is_set"], true);
    assert_eq!(origin("listen"), "default");
}

#[test]
fn every_shell_gets_its_completions_and_every_verb_its_examples() {
    for (shell, word) in
        [("bash", "complete -F"), ("zsh", "#compdef birgemiz"), ("fish", "complete -c birgemiz")]
    {
        let (code, script, _) = finished(birgemiz().args(["completions", shell]));
        assert!(code == 0 && script.contains(word) && script.contains("doctor"), "{shell}");
    }
    let (code, help, _) = finished(birgemiz().args(["serve", "--help"]));
    assert!(code == 0 && help.contains("Examples:") && help.contains("--stop-limit-s"), "{help}");
}
