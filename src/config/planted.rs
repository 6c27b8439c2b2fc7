//! What a build made for it is told to do wrong; see the room `planted`.

use std::sync::OnceLock;

/// The planted bugs to have, by their names.
#[must_use]
pub fn planted_bugs() -> &'static [String] {
    static NAMES: OnceLock<Vec<String>> = OnceLock::new();
    NAMES.get_or_init(|| variable("BIRGEMIZ_PLANTED_BUGS").split(',').map(str::to_owned).collect())
}

/// At which point to end, and the how many-th time: `claim_taken:3`.
#[must_use]
pub fn crash_point() -> Option<(&'static str, u32)> {
    static POINT: OnceLock<String> = OnceLock::new();
    let (name, time) = POINT.get_or_init(|| variable("BIRGEMIZ_CRASH_POINT")).split_once(':')?;
    Some((name, time.parse().ok()?))
}

fn variable(name: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "config is the one place that reads the environment")]
    std::env::var(name).unwrap_or_default()
}
