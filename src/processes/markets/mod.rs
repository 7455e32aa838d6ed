//! What weapons cost in black markets, and who buys and sells there (equation 6).
//!
//! [`needs`] what is wanted and what is offered around each hub; [`trade`] who buys and sells. What crews carry from one
//! market to another is theirs to choose ([`crews`](super::crews)).

mod needs;
mod trade;

use crate::agents::arms::{CLASSES, Class};
use crate::agents::world::World;
use crate::engine::step::Process;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use needs::shortfall;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Usual price of a weapon (a tonne of munitions) in Libya by class; 0: not traded.
    #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "USD", "x-source" = "assumption: a rifle is usually a little cheaper than in the Sahel; 2,000-4,000 in February 2011 (press, recalled; weapons_prices) and 1,300 asked online in 2014-15 (BBC 2016) are prices of war"))]
    pub libya_usd: [f64; CLASSES],
    /// Usual price outside Libya.
    #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "USD", "x-source" = "rifle 300-1,500 in Mali and Niger, 2012 (UNODC, recalled; weapons_prices); others assumptions"))]
    pub usual_usd: [f64; CLASSES],
    /// Prices in Libya on the first day, over the usual ones.
    #[schemars(range(min = 0.05, max = 20), extend("x-unit" = "factor", "x-source" = "assumption: usual prices; 3 at the end of the war of 2011 (rifle 2,000-4,000 USD in February 2011, recalled)", "x-low" = 1, "x-high" = 3))]
    pub libya_start: f64,
    /// Growth of the logarithm of a price in a day, per logarithm of demand over supply; 0: prices never change.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption (model.md eq. 6)", "x-low" = 0.01, "x-high" = 0.1))]
    pub speed: f64,
    /// How sharply buyers and sellers respond to the price: demand falls and supply rises with this power of it.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 6)", "x-low" = 0.4, "x-high" = 1.5))]
    pub elasticity: f64,
    /// Lowest price, as a share of the usual one.
    #[schemars(range(min = 0.001, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 6)"))]
    pub least: f64,
    /// Highest price, in the same way.
    #[schemars(range(min = 1, max = 1000), extend("x-unit" = "factor", "x-source" = "assumption (model.md eq. 6)"))]
    pub most: f64,
    /// Pieces of each class that change hands in a market a day at the usual price between people whom the model does not
    /// follow: they keep a market where little is bought or sold near its usual price. Outside Libya they also offer what
    /// civilians want: markets there were in balance before Libya's depots were opened.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "pieces/day", "x-source" = "assumption", "x-low" = 0.2, "x-high" = 5))]
    pub other_trade: f64,
    /// Share of a market's stock that is offered on a day.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.005, "x-high" = 0.1))]
    pub stock_offered: f64,
    /// Weapons a group wants per fighter, by class (tonnes per fighter for munitions and chemical).
    #[schemars(inner(range(min = 0, max = 1000)), extend("x-unit" = "pieces per fighter", "x-source" = "1.2 rifles: model.md eq. 7; others assumptions"))]
    pub wanted_per_fighter: [f64; CLASSES],
    /// Share of what it lacks that a group outside Libya would buy in a day at the usual price.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.001, "x-high" = 0.02))]
    pub purchase_rate: f64,
    /// The same in Libya, where militias live on loot and many fighters bring a rifle from home.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.0002, "x-high" = 0.002))]
    pub purchase_rate_libya: f64,
    /// Share of what it has beyond its wants that a group offers in its market on a day at the usual price.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.002, "x-high" = 0.03))]
    pub groups_offer: f64,
    /// Rifles that civilians around a hub outside Libya buy at the usual price, a year and per 1,000 people within 60 km.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "pieces/year per 1,000 people", "x-source" = "assumption", "x-low" = 0.1, "x-high" = 2))]
    pub civilian_purchases: f64,
    /// The same in Libya.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "pieces/year per 1,000 people", "x-source" = "assumption", "x-low" = 1, "x-high" = 10))]
    pub civilian_purchases_libya: f64,
    /// Share of their weapons that the civilians of a country offer in its markets on a day at the usual price.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption: some 2 % a year", "x-low" = 0.000_02, "x-high" = 0.0005))]
    pub civilians_offer: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            libya_usd: [700.0, 1800.0, 6000.0, 2500.0, 8000.0, 0.0],
            usual_usd: [1000.0, 2500.0, 8000.0, 3000.0, 10_000.0, 0.0],
            libya_start: 1.0,
            speed: 0.03,
            elasticity: 0.8,
            least: 0.05,
            most: 20.0,
            other_trade: 1.0,
            stock_offered: 0.02,
            wanted_per_fighter: [1.2, 0.2, 0.02, 0.05, 0.01, 0.0],
            purchase_rate: 0.002,
            purchase_rate_libya: 0.0005,
            groups_offer: 0.01,
            civilian_purchases: 0.3,
            civilian_purchases_libya: 4.0,
            civilians_offer: 0.000_05,
        }
    }
}

impl Params {
    /// Prices of the first day, USD by class: usual ones in Libya and elsewhere, and the factor on those of Libya.
    pub fn first_prices(&self) -> crate::agents::market::FirstPrices {
        crate::agents::market::FirstPrices {
            libya: self.libya_usd,
            elsewhere: self.usual_usd,
            libya_factor: self.libya_start,
        }
    }

    /// How much more is offered at a price than at the usual one; what is wanted falls by as much.
    fn response(&self, price: f64, usual: f64) -> f64 {
        libm::pow(price / usual, self.elasticity)
    }
}

/// Logarithm of what is wanted over what is offered, one piece added to both so that an empty market has a price.
pub fn scarcity(wanted: f64, offered: f64) -> f64 {
    libm::log((wanted + 1.0) / (offered + 1.0))
}

/// A price after a day of that scarcity: `ln p += speed x scarcity`, within the bounds.
pub fn moved(price: f64, speed: f64, scarcity: f64, bounds: [f64; 2]) -> f64 {
    (price * libm::exp(speed * scarcity)).clamp(bounds[0], bounds[1])
}

/// Equation 6: the price after a day on which `wanted` and `offered` pieces would have changed hands at the usual price.
pub fn next_price(p: &Params, price: f64, usual: f64, wanted: f64, offered: f64) -> f64 {
    if usual <= 0.0 {
        return price;
    }
    let response = p.response(price, usual);
    let (demand, supply) = ((wanted + p.other_trade) / response, (offered + p.other_trade) * response);
    moved(price, p.speed, scarcity(demand, supply), [usual * p.least, usual * p.most])
}

/// Black markets.
pub struct BlackMarkets;

impl Process<World> for BlackMarkets {
    const NAME: &'static str = "markets";
    const ABOUT: &'static str = "Prices of weapons rise where they are wanted and fall where they are on sale (equation 6); groups and civilians buy \
         and sell.";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        set_prices(p, w);
        trade::civilians_sell(p, w, day);
        trade::groups_sell(p, w, day);
        trade::groups_buy(p, w, day);
        trade::civilians_buy(p, w, day);
        w.shortfall = needs::lacking(p, w);
    }
}

fn set_prices(p: &Params, w: &mut World) {
    if p.speed <= 0.0 {
        return;
    }
    let (wanted, offered) = (needs::wanted(p, w), needs::offered(p, w));
    for hub in 0..w.markets.len() {
        let m = w.markets.get(hub);
        let price = Class::ALL.map(|c| {
            let c = c as usize;
            next_price(p, m.price[c], m.usual[c], wanted[hub][c], offered[hub][c])
        });
        if price != m.price {
            w.markets.update(hub, |m| m.price = price);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Params {
        Params { other_trade: 0.0, ..Params::default() }
    }

    /// By hand: nine wanted and none offered at the usual price, ln 10 x 0.03; as many wanted as offered, nothing.
    #[test]
    fn prices_follow_equation_6() {
        let p = plain();
        let up = next_price(&p, 1000.0, 1000.0, 9.0, 0.0);
        assert!((libm::log(up / 1000.0) - 0.03 * libm::log(10.0)).abs() < 1e-12, "{up}");
        assert_eq!(next_price(&p, 1000.0, 1000.0, 5.0, 5.0), 1000.0);
        // At twice the usual price 2^0.8 = 1.741: 10 / 1.741 are wanted and 4 x 1.741 offered.
        let r: f64 = 1.741_101_126_592_248;
        let want = 2000.0 * libm::exp(0.03 * libm::log((10.0 / r + 1.0) / (4.0 * r + 1.0)));
        assert!((next_price(&p, 2000.0, 1000.0, 10.0, 4.0) - want).abs() < 1e-9);
        assert!((next_price(&Params { other_trade: 2.0, ..p }, 2000.0, 1000.0, 8.0, 2.0) - want).abs() < 1e-9);
    }

    /// Where demand and supply at the usual price differ, the price comes to rest at (D0 / S0)^(1 / 2e).
    #[test]
    fn a_price_comes_to_rest_where_as_much_is_wanted_as_offered() {
        let p = plain();
        let rest = (0..3000).fold(1000.0, |price, _| next_price(&p, price, 1000.0, 160.0, 40.0));
        assert!((rest / 1000.0 - libm::pow(4.0, 1.0 / 1.6)).abs() < 1e-6, "{rest}");
    }

    #[test]
    fn prices_stay_in_bounds_and_may_stand_still() {
        let p = plain();
        assert_eq!(next_price(&p, 20_000.0, 1000.0, 1e9, 0.0), 20_000.0);
        assert_eq!(next_price(&p, 50.0, 1000.0, 0.0, 1e9), 50.0);
        assert_eq!(next_price(&Params { speed: 0.0, ..p.clone() }, 700.0, 1000.0, 50.0, 0.0), 700.0);
        assert_eq!(next_price(&p, 0.0, 0.0, 9.0, 0.0), 0.0, "what is not traded has no price");
        // A market in which nobody the model knows trades goes back to its usual price, as fares do.
        let anchored = Params::default();
        let quiet = (0..2000).fold(3000.0, |price, _| next_price(&anchored, price, 1000.0, 0.0, 0.0));
        assert!((quiet - 1000.0).abs() < 1.0, "{quiet}");
    }
}
