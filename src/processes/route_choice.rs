//! The choice between ways that travellers and crews share (equation 2).

use crate::agents::routes::{HubId, LegId, NO_WAY};
use crate::agents::world::World;
use crate::engine::dist::choose;

/// Weights exp(-sharpness x (C - Cmin) / Cmin) (equation 2); what costs [`NO_WAY`] has none.
pub fn logit_over_least(costs: &[f64], sharpness: f64) -> Vec<f64> {
    let least = costs.iter().copied().fold(f64::INFINITY, f64::min).max(1.0);
    costs.iter().map(|c| libm::exp(-sharpness * (c - least) / least)).collect()
}

/// One of the legs out of a hub that bring one nearer to where one is going, by logit on the cost of the whole trip.
/// `leg` is what a leg costs and `rest` what is left to go from a hub ([`NO_WAY`]: shut).
pub fn nearer_leg(
    w: &World,
    hub: HubId,
    leg: impl Fn(LegId) -> u64,
    rest: impl Fn(HubId) -> u64,
    sharpness: f64,
    u: f64,
) -> Option<LegId> {
    let here = rest(hub);
    let costs = w.routes.out[hub as usize].iter().filter_map(|&l| {
        let left = rest(w.routes.legs[l as usize].to);
        if left == NO_WAY || left >= here {
            return None;
        }
        let cost = leg(l);
        (cost != NO_WAY).then(|| (l, (cost + left) as f64))
    });
    let (legs, costs): (Vec<LegId>, Vec<f64>) = costs.unzip();
    choose(u, &logit_over_least(&costs, sharpness)).map(|k| legs[k])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equation 2 by hand: a way that costs 10 % more than the least is exp(-0.8) as likely at sharpness 8.
    #[test]
    fn the_logit_is_relative_to_the_least_cost() {
        let w = logit_over_least(&[100.0, 110.0, 200.0], 8.0);
        assert_eq!(w[0], 1.0);
        assert!((w[1] - 0.449_328_964).abs() < 1e-8);
        assert!((w[2] - 0.000_335_462_6).abs() < 1e-10);
        assert_eq!(logit_over_least(&[1000.0, 1100.0, 2000.0], 8.0), w, "the unit of cost does not matter");
        assert_eq!(logit_over_least(&[], 8.0), [0.0; 0]);
        let free = logit_over_least(&[0.0, 0.0], 8.0);
        assert!(free[0] == free[1] && free[0].is_finite(), "ways without cost are alike");
    }
}
