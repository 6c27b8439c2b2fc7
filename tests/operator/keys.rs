//! Keys as an operator gives them their turns.

use std::path::Path;

use birgemiz::keys::Keys;
use serde_json::Value;

use crate::program::{birgemiz, finished, passable};

fn keys(folder: &Path, verb: &[&str]) -> (i32, Value, String) {
    let mut command = birgemiz();
    command.arg("keys").arg("--secrets-dir").arg(folder).args(verb);
    let (code, told, complaint) = finished(&mut command);
    (code, serde_json::from_str(&told).unwrap_or_default(), complaint)
}

fn turns(told: &Value) -> Vec<&str> {
    told["keys"].as_array().unwrap().iter().map(|key| key["turn"].as_str().unwrap()).collect()
}

#[test]
fn a_new_key_waits_for_its_turn_unless_the_others_must_go() {
    let folder = passable("keys").join("secrets");
    let (code, _, complaint) = keys(&folder, &["list"]);
    assert!(code == 1 && complaint.contains("secrets"), "{complaint}");
    Keys::load_or_make(&folder).unwrap();
    let (_, first, _) = keys(&folder, &["list"]);
    assert_eq!(turns(&first), ["signs"]);

    let (code, told, complaint) = keys(&folder, &["rotate"]);
    assert_eq!((code, turns(&told)), (0, vec!["signs", "waits"]), "{complaint}");
    assert!(told["keys"][1]["signs_from"].is_string(), "{told}");
    let (code, _, complaint) = keys(&folder, &["rotate"]);
    assert!(code == 1 && complaint.contains("waits for its turn already"), "{complaint}");
    let (code, _, complaint) = keys(&folder, &["rotate", "--in-s", "1"]);
    assert!(code == 2 && complaint.contains("--in-s"), "{complaint}");

    let (code, told, complaint) = keys(&folder, &["rotate", "--at-once"]);
    assert_eq!((code, turns(&told)), (0, vec!["signs"]), "{complaint}");
    assert_ne!(told["keys"][0]["kid"], first["keys"][0]["kid"]);
}
