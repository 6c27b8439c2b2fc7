//! Chance from a seed and from what it is about, not from the order of asking: so that all approaches meet the same
//! people with the same intentions.

/// What a throw is about; each kind of question has its own throws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum About {
    Home,
    Base,
    Transport,
    Duty,
    Hours,
    Leaving,
    Demand,
    Door,
    Urgency,
    Accepting,
    Answering,
    Declining,
    Tiring,
    Coming,
    Handling,
}

/// Throws for one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn of(seed: u64) -> Self {
        Self(mixed(seed ^ 0x5851_f42d_4c95_7f2d))
    }

    fn bits(self, about: About, of: [u64; 2], nth: u64) -> u64 {
        [about as u64, of[0], of[1], nth].into_iter().fold(self.0, |state, part| {
            mixed(state.wrapping_add(part).wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1))
        })
    }

    /// From nought up to, not including, one.
    pub(super) fn unit(self, about: About, of: [u64; 2], nth: u64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "53 bits, which fit exactly")]
        let numerator = (self.bits(about, of, nth) >> 11) as f64;
        numerator / 9_007_199_254_740_992.0
    }

    /// Standard normal (Box and Muller, 1958).
    pub(super) fn normal(self, about: About, of: [u64; 2], nth: u64) -> f64 {
        let (u, v) = (self.unit(about, of, 2 * nth), self.unit(about, of, 2 * nth + 1));
        (-2.0 * (1.0 - u).ln()).sqrt() * (std::f64::consts::TAU * v).cos()
    }

    /// Log-normal with this median.
    pub(super) fn around(self, median: f64, spread: f64, about: About, of: [u64; 2]) -> f64 {
        median * (spread * self.normal(about, of, 0)).exp()
    }

    /// Beta-distributed (Jöhnk 1964), which suits small parameters.
    pub(super) fn beta(self, a: f64, b: f64, about: About, of: [u64; 2]) -> f64 {
        for nth in 0..10_000 {
            let (x, y) = (
                self.unit(about, of, 2 * nth).powf(1.0 / a),
                self.unit(about, of, 2 * nth + 1).powf(1.0 / b),
            );
            if x + y > 0.0 && x + y <= 1.0 {
                return x / (x + y);
            }
        }
        a / (a + b)
    }
}

/// The finisher of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
const fn mixed(state: u64) -> u64 {
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(of: impl Fn(u64) -> f64) -> f64 {
        (0..20_000).map(of).sum::<f64>() / 20_000.0
    }

    #[test]
    fn throws_have_the_means_of_their_laws_and_depend_on_what_they_are_about() {
        let dice = Dice::of(7);
        let unit = mean(|n| dice.unit(About::Home, [n, 1], 0));
        let beta = mean(|n| dice.beta(0.9, 2.1, About::Base, [n, 0]));
        let square = mean(|n| dice.normal(About::Home, [n, 2], 0).powi(2));
        assert!(
            (unit - 0.5).abs() < 0.01 && (beta - 0.3).abs() < 0.01 && (square - 1.0).abs() < 0.04,
            "{unit} {beta} {square}"
        );
        let one = dice.bits(About::Home, [1, 2], 3);
        assert_eq!(one, Dice::of(7).bits(About::Home, [1, 2], 3));
        assert!(one != dice.bits(About::Home, [2, 1], 3) && one != dice.bits(About::Door, [1, 2], 3));
    }
}
