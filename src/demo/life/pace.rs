//! How fast the city lives.

use std::time::Duration;

use domain::place::Seconds;

use crate::demo::Chance;

/// How many minutes of life pass in a real one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace(f64);

impl Pace {
    pub(super) fn new(times: u16) -> Self {
        Self(f64::from(times.max(1)))
    }

    /// How long so many minutes of life take.
    pub(super) fn minutes(self, minutes: f64) -> Duration {
        Duration::from_secs_f64((minutes * 60.0 / self.0).max(0.0))
    }

    /// How long a way takes.
    pub(super) fn way(self, takes: Seconds) -> Duration {
        self.minutes(f64::from(takes.get()) / 60.0)
    }

    /// Lets so many minutes of life pass.
    pub(super) async fn pass(self, minutes: f64) {
        tokio::time::sleep(self.minutes(minutes)).await;
    }

    /// Lets some minutes of life pass, from the fewest to the most.
    pub(super) async fn pass_some(self, chance: &mut Chance, (fewest, most): (f64, f64)) {
        self.pass(chance.between(fewest, most)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_of_life_takes_a_second_at_sixty() {
        assert_eq!(Pace::new(60).minutes(1.0), Duration::from_secs(1));
        assert_eq!(Pace::new(1).way(Seconds::new(90)), Duration::from_secs(90));
        assert_eq!(Pace::new(0).minutes(1.0), Duration::from_secs(60));
    }
}
