//! The walk over the tree: every file of ours, as a path from the root with forward slashes.

use std::io;
use std::path::Path;

/// Where our own files are; `target`, `web/node_modules` and the like are elsewhere.
const ROOTS: [&str; 6] = ["src", "crates", "tests", "benches", "examples", "scripts"];

pub(crate) fn files(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    for folder in ROOTS.into_iter().filter(|folder| root.join(folder).is_dir()) {
        walk(root, folder, &mut found)?;
    }
    found.sort();
    Ok(found)
}

fn walk(root: &Path, folder: &str, found: &mut Vec<String>) -> io::Result<()> {
    for entry in std::fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{folder}/{name}");
        if name.starts_with('.') || name == "target" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            walk(root, &path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}
