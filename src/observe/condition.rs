//! Conditions on metrics: what events wait for that have no date (`when = "towns_lost_mali > 2"`).

use super::metric::Metric;
use crate::agents::world::World;

/// A metric that passes a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Condition {
    /// Number of the metric in the list it was read against.
    metric: usize,
    /// True: more than the value; false: less.
    above: bool,
    value: f64,
}

impl Condition {
    /// Reads `METRIC < NUMBER` or `METRIC > NUMBER`.
    ///
    /// # Errors
    /// What is wrong with the text, with the nearest known name, in plain words.
    pub fn parse(text: &str, metrics: &[Metric]) -> Result<Condition, String> {
        let form = "a condition is of the form `METRIC < NUMBER` or `METRIC > NUMBER`";
        let at = text.find(['<', '>']).ok_or(form)?;
        let (name, number) = (text[..at].trim(), text[at + 1..].trim());
        let value: f64 = number.parse().ok().filter(|v: &f64| v.is_finite()).ok_or(form)?;
        let metric = metrics
            .iter()
            .position(|m| m.name == name)
            .ok_or_else(|| format!("there is no metric `{name}` (`sirocco metrics` lists them)"))?;
        Ok(Condition { metric, above: text[at..].starts_with('>'), value })
    }

    /// True when the metric is beyond the value; never while it has no value.
    pub fn holds(&self, metrics: &[Metric], w: &World) -> bool {
        let now = (metrics[self.metric].value)(w);
        if self.above { now > self.value } else { now < self.value }
    }
}

#[cfg(test)]
mod tests {
    use super::super::metric;
    use super::*;

    #[test]
    fn conditions_are_read_or_refused() {
        let metrics = metric::all();
        let read = |text: &str| Condition::parse(text, &metrics);
        let c = read("depot_raids > 2.5").unwrap();
        assert_eq!((metrics[c.metric].name.as_str(), c.above, c.value), ("depot_raids", true, 2.5));
        assert!(!read(" depot_raids<1e3 ").unwrap().above);
        for wrong in ["", "depot_raids", "depot_raids = 2", "depot_raids > many", "depot_raids > NaN", "> 2"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
        assert!(read("depot_raid > 2").unwrap_err().contains("depot_raid"));
    }
}
