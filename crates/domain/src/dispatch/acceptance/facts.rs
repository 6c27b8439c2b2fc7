//! What is known when a volunteer is asked, and into which bin of each table it falls.

use serde::{Deserialize, Serialize};

use super::factor::Consideration;
use crate::place::Seconds;

/// What is known of one volunteer and one request at the moment of asking, besides the volunteer's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// How long the way takes; none when nobody has to go.
    pub travel: Option<Seconds>,
    /// How many claims they hold.
    pub active_claims: u32,
    /// The hour of their day, 0 to 23.
    pub hour: u32,
    /// Offers of the last seven days.
    pub recent_offers: u32,
}

impl Facts {
    /// The bin of the table of this consideration.
    #[must_use]
    pub fn bin(&self, consideration: Consideration) -> usize {
        let (value, starts): (u32, &[u32]) = match consideration {
            Consideration::Way => (self.travel.unwrap_or_default().get() / 60, &[5, 10, 20, 30, 45, 60]),
            Consideration::Load => (self.active_claims, &[1, 2, 3]),
            Consideration::Hour => (self.hour, &[8, 11, 14, 17, 20]),
            Consideration::Tired => (self.recent_offers, &[1, 2, 3, 5, 8]),
        };
        starts.iter().take_while(|start| **start <= value).count()
    }
}
