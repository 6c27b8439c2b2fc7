//! The guides on errors and retries, as they stand.

use serde_json::Value;

use crate::support::postgres::folder;
use crate::support::{World, guide, run};

/// What the samples of a guide print, pasted with these variables, and a partner app's.
async fn said(world: &World, text: &'static str, more: &[(&'static str, String)]) -> Vec<String> {
    let partner = world.partner_of_a();
    let mut environment = vec![
        ("BASE", partner.url.clone()),
        ("TOKEN", partner.token().unwrap().to_owned()),
        ("AREA", world.seeded.area.to_string()),
        ("KIT", world.seeded.kit.to_string()),
    ];
    environment.extend(more.iter().cloned());
    let here = folder("guide");
    std::fs::create_dir(&here).unwrap();
    let place = here.clone();
    let paste = move || guide::paste(text, &place, &environment);
    let said = tokio::task::spawn_blocking(paste).await.unwrap();
    std::fs::remove_dir_all(here).unwrap();
    said.lines().map(str::to_owned).collect()
}

#[test]
fn the_guide_on_errors_is_told_what_it_says() {
    run(async {
        let world = World::new().await;
        let said = said(&world, include_str!("../../docs/errors.md"), &[]).await;
        assert_eq!(said[..2], ["invalid_value", "/members"]);
        assert!(!said[2].is_empty());
        assert_eq!(said[3], "200 text/html; charset=utf-8");
        assert_eq!(said[4..], ["unauthenticated", "unknown_parameter", "not_found"]);
    });
}

#[test]
fn the_guide_on_retries_files_each_thing_once() {
    run(async {
        let world = World::new().await;
        let household = world.verified_household().await;
        let said = said(&world, include_str!("../../docs/retries.md"), &[("HOUSEHOLD", household)]).await;
        let many = [r#""status":201"#; 4];
        assert_eq!(said[..3], ["the same", "idempotent-replayed: true", "idempotency_key_reused"]);
        assert_eq!(said[3..], many);
        assert_eq!(world.database.count("SELECT count(*) FROM requests").await, 3);
    });
}

#[test]
fn every_guide_says_in_its_samples_what_they_need_and_the_others_are_found() {
    let docs = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for entry in std::fs::read_dir(&docs).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|kind| kind != "md") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            let is_ours = !link.contains("://") && !link.starts_with('#');
            assert!(!is_ours || docs.join(link).exists(), "{}: {link} leads nowhere", path.display());
        }
    }
}

#[test]
fn every_problem_code_has_a_page_and_the_index_leads_to_each() {
    run(async {
        let world = World::new().await;
        let nobody = world.nobody();
        let index = nobody.get("/docs/errors").off_contract().await;
        assert_eq!(index.text.matches("<a href=\"/docs/errors/").count(), domain::refusal::Code::ALL.len());
        for code in domain::refusal::Code::ALL {
            let page = format!("/docs/errors/{code}");
            assert!(index.text.contains(&format!("<a href=\"{page}\">")), "{code}");
            let told = nobody.get(&page).off_contract().await;
            assert_eq!(told.status.as_u16(), 200, "{page}");
            for heading in ["What happened", "What to do", "Example"] {
                assert!(told.text.contains(heading), "{page}: {heading}");
            }
            let example = told.text.split("<pre>").nth(1).unwrap().split("</pre>").next().unwrap();
            let (head, body) = example.split_once("\n\n").unwrap();
            let body: Value = serde_json::from_str(body).unwrap();
            assert_eq!((&body["type"], &body["code"]), (&page.as_str().into(), &code.as_str().into()));
            assert!(head.contains(&body["status"].to_string()), "{page}");
        }
        nobody.get("/docs/errors/no_such_code").off_contract().await.refused(404, "unknown_route");
    });
}

/// A code that nothing answers with would have a page that nobody is ever sent to.
#[test]
fn no_problem_code_is_left_over() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut source = String::new();
    for folder in ["src", "crates/domain/src"] {
        read(&root.join(folder), &mut source);
    }
    let left: Vec<String> = domain::refusal::Code::ALL
        .iter()
        .map(|code| format!("{code:?}"))
        .filter(|name| !uses(&source, &format!("Code::{name}")) && !uses(&source, &format!("Self::{name}")))
        .collect();
    assert_eq!(left, Vec::<String>::new());
}

fn uses(source: &str, path: &str) -> bool {
    let follows = |rest: &str| !rest.starts_with(|letter: char| letter.is_alphanumeric());
    source.split(path).skip(1).any(follows)
}

/// All but the tables that every code is in.
fn read(folder: &std::path::Path, source: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_a_table =
            ["rest/problem.rs", "problem/explained.rs"].iter().any(|table| path.ends_with(table));
        if path.is_dir() {
            read(&path, source);
        } else if !is_a_table {
            source.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}
