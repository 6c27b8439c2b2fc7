//! One Rust file: where it stands in the house, and what its text holds.

use crate::mentions::{Contents, Mention};
use crate::violation::Violation;

/// Which package's code a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Package {
    /// `src/`: every effect.
    Service,
    /// `crates/domain/src/`: every decision.
    Domain,
    /// Tests, benches, examples.
    Outside,
}

pub(crate) struct Source<'a> {
    pub(crate) path: &'a str,
    pub(crate) text: &'a str,
    pub(crate) package: Package,
    pub(crate) contents: Contents,
}

impl<'a> Source<'a> {
    pub(crate) fn read(path: &'a str, text: &'a str) -> Result<Self, Violation> {
        let file = syn::parse_file(text).map_err(|error| Violation {
            file: path.to_owned(),
            line: error.span().start().line,
            rule: format!("this file cannot be read as Rust: {error}"),
            remedy: "make it compile first".to_owned(),
        })?;
        let contents = Contents::of(&file, module_of(path));
        Ok(Self { path, text, package: package_of(path), contents })
    }

    /// The top-level room of the service that this file is in, e.g. `rest`.
    pub(crate) fn room(&self) -> Option<&'a str> {
        room_of(self.path)
    }

    /// Written by a program, not by us: its length and its opening are not ours to choose.
    pub(crate) fn is_generated(&self) -> bool {
        self.path == "src/storage/schema.rs"
            || self.path.contains("/generated/")
            || self.text.starts_with("// @generated")
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &'a str)> {
        (1..).zip(self.text.lines())
    }

    pub(crate) fn mentions(&self) -> impl Iterator<Item = &Mention> {
        self.contents.mentions.iter()
    }

    pub(crate) fn violation(
        &self,
        line: usize,
        rule: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Violation {
        Violation { file: self.path.to_owned(), line, rule: rule.into(), remedy: remedy.into() }
    }
}

pub(crate) fn room_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let first = inside.split('/').next()?;
    Some(first.strip_suffix(".rs").unwrap_or(first))
}

fn package_of(path: &str) -> Package {
    if path.starts_with("src/") {
        Package::Service
    } else if path.starts_with("crates/domain/src/") {
        Package::Domain
    } else {
        Package::Outside
    }
}

/// The module that a file is, from its crate's root: `src/rest/requests/mod.rs` is `rest::requests`.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.strip_prefix("crates/domain/").unwrap_or(path);
    let inside = inside.strip_prefix("src/").unwrap_or(inside);
    let inside = inside.strip_suffix(".rs").unwrap_or(inside);
    let mut module: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

#[test]
fn a_file_knows_its_module() {
    for (path, module) in [
        ("src/lib.rs", ""),
        ("src/clock.rs", "clock"),
        ("src/rest/requests/mod.rs", "rest::requests"),
        ("crates/domain/src/place/cell.rs", "place::cell"),
    ] {
        assert_eq!(module_of(path).join("::"), module, "{path}");
    }
}
