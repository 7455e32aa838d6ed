//! The list of metrics: name, unit, what it is, how to read it from the world, and its observed twin.

mod arms;
mod books;
mod conflict;
mod crews;
pub(crate) mod displacement;
mod people;
mod politics;
mod programmes;

pub use arms::weighed;

use crate::agents::world::World;
use crate::region::CountryId;

/// Countries that have metrics of their own: the ending of the name, the code, the name for people.
pub(super) const COUNTRIES: [[&str; 3]; 3] =
    [["libya", "LBY", "Libya"], ["mali", "MLI", "Mali"], ["niger", "NER", "Niger"]];

/// How daily values add up over a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Counted per day; a period's value is the sum.
    Flow,
    /// A stock; a period's value is the last day's.
    Stock,
    /// A level such as a wave height; a period's value is the mean.
    Level,
}

impl Kind {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Flow => "flow",
            Kind::Stock => "stock",
            Kind::Level => "level",
        }
    }
}

/// Reads a value from the world.
pub type Reader = Box<dyn Fn(&World) -> f64 + Send + Sync>;

/// One column of `series.csv` (two, when it has an observed twin).
pub struct Metric {
    pub name: String,
    pub unit: &'static str,
    pub group: &'static str,
    pub about: String,
    pub kind: Kind,
    /// Value at the end of a day; NaN where there is none.
    pub value: Reader,
    /// What registers, seizures and posts would have counted.
    pub observed: Option<Reader>,
}

/// Every metric, in the order of the columns.
pub fn all() -> Vec<Metric> {
    let mut m = vec![];
    people::people(&mut m);
    people::sea(&mut m);
    crews::crews(&mut m);
    crews::routes(&mut m);
    crews::enforcement(&mut m);
    arms::flows(&mut m);
    arms::stocks(&mut m);
    arms::received(&mut m);
    arms::patrons(&mut m);
    arms::prices(&mut m);
    conflict::conflict(&mut m);
    conflict::control(&mut m);
    politics::politics(&mut m);
    politics::risks(&mut m);
    programmes::programmes(&mut m);
    displacement::displacement(&mut m);
    displacement::errors(&mut m);
    books::books(&mut m);
    m
}

/// What is kept of a month: every metric by its name, then every observed twin by its own.
pub fn with_twins(all: &[Metric]) -> impl Iterator<Item = (String, &Metric)> {
    let twins = all.iter().filter(|m| m.observed.is_some()).map(|m| (m.twin(), m));
    all.iter().map(|m| (m.name.clone(), m)).chain(twins)
}

fn metric(
    name: impl Into<String>,
    unit: &'static str,
    group: &'static str,
    kind: Kind,
    about: impl Into<String>,
    value: impl Fn(&World) -> f64 + Send + Sync + 'static,
) -> Metric {
    Metric { name: name.into(), unit, group, about: about.into(), kind, value: Box::new(value), observed: None }
}

impl Metric {
    fn seen(mut self, observed: impl Fn(&World) -> f64 + Send + Sync + 'static) -> Metric {
        self.observed = Some(Box::new(observed));
        self
    }

    /// What its observed twin is called.
    pub fn twin(&self) -> String {
        format!("{}_observed", self.name)
    }
}

/// True when the region has the country with this code and it is the one asked about.
fn is_country(w: &World, country: CountryId, iso3: &str) -> bool {
    w.region.countries.get(usize::from(country)).is_some_and(|c| c.iso3 == iso3)
}

/// Mean of values; NaN when there is none.
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, n) = values.fold((0.0, 0.0), |(sum, n), v| (sum + v, n + 1.0));
    sum / n
}
