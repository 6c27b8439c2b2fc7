//! Where the households of the walk live: real addresses where they are at hand, else a sample of ours.

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// Invented streets and houses, for when the real ones are not at hand.
const SAMPLE: &str = include_str!("sample_addresses.csv");

/// Where the real ones are looked for, from the root of the repository.
const REAL: &str = "../shared/data/osm/almaty_addresses.csv";

/// One address.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Address {
    /// The street; some houses of a microdistrict have none.
    pub(crate) street: Option<String>,
    pub(crate) housenumber: String,
    pub(crate) lat: f64,
    pub(crate) lon: f64,
}

/// The addresses, and what is to be said of where they come from.
#[derive(Debug)]
pub(crate) struct Addresses {
    pub(crate) all: Vec<Address>,
    pub(crate) source: String,
}

/// Reads the file that was named; else the real addresses; else the sample.
pub(crate) fn read(named: Option<&Path>) -> Result<Addresses, String> {
    let real = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(REAL);
    let (text, source) = match named {
        Some(path) => (open(path)?, String::from("of the file that was named")),
        None if real.is_file() => {
            (open(&real)?, String::from("of Almaty; © OpenStreetMap contributors, ODbL 1.0"))
        }
        None => (SAMPLE.to_owned(), format!("of the invented sample ({REAL} is not there)")),
    };
    let all: Vec<Address> = csv::Reader::from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| format!("the addresses: {error}"))?;
    if all.is_empty() {
        return Err("there are no addresses".to_owned());
    }
    Ok(Addresses { all, source })
}

fn open(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The outline of a rectangle around all of them, with a margin, as GeoJSON.
pub(crate) fn outline(addresses: &[Address]) -> serde_json::Value {
    const MARGIN: f64 = 0.02;
    let least = |of: fn(&Address) -> f64| addresses.iter().map(of).fold(f64::INFINITY, f64::min) - MARGIN;
    let most = |of: fn(&Address) -> f64| addresses.iter().map(of).fold(f64::NEG_INFINITY, f64::max) + MARGIN;
    let (south, north) = (least(|address| address.lat), most(|address| address.lat));
    let (west, east) = (least(|address| address.lon), most(|address| address.lon));
    serde_json::json!({"type": "Polygon", "coordinates":
        [[[west, south], [east, south], [east, north], [west, north], [west, south]]]})
}
