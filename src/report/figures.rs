//! Which charts there are over time, and which metrics they show.

use super::axis::{Bins, day};
use super::chart::{Chart, Mark, Panel, Set};
use super::read::{Manifest, Series};
use super::theme::{area_colour, capital, colour, words};

/// A class of arms: its ending in the metrics' names, its name for people, whether it is weighed and not counted.
const CLASSES: [(&str, &str, bool); 6] = [
    ("small_arms", "small arms", false),
    ("light_weapons", "light weapons", false),
    ("anti_aircraft", "anti-aircraft guns", false),
    ("munitions", "munitions", true),
    ("manpads", "portable missiles", false),
    ("chemical", "chemical agents", true),
];

/// A cargo of crews: its ending in the metrics' names, which is its name for people too.
const CARGOES: [&str; 4] = ["people", "arms", "fuel", "drugs"];

/// A country with metrics of its own: their ending, its name for people.
const COUNTRIES: [(&str, &str); 3] = [("libya", "Libya"), ("mali", "Mali"), ("niger", "Niger")];

/// A way in which weapons come to groups: its ending in the metrics' names, what it is.
const CHANNELS: [(&str, &str); 6] = [
    ("looted", "looted from depots"),
    ("returnee", "brought by returning fighters"),
    ("captured", "captured"),
    ("market", "bought"),
    ("patron", "given by states abroad"),
    ("programme", "from programmes of training"),
];

/// Values of an area chart: more than these cannot be told apart on paper.
const MOST_POINTS: usize = 400;

/// Every chart over time that the run has something to show in, by file name.
pub fn all(manifest: &Manifest, series: &Series) -> Vec<(String, Chart)> {
    let (Some(first), Some(last)) = (series.dates.first(), series.dates.last()) else {
        return Vec::new();
    };
    if first == last {
        return Vec::new();
    }
    let bins = Bins::new(&series.dates);
    let run = Run { manifest, series, bins: &bins };
    let charts = [
        ("arms_outflow", run.arms("Weapons leaving Libya, by class", "arms_left_libya_")),
        ("arms_sahel", run.arms("Weapons reaching the Sahel, by class", "arms_reached_sahel_")),
        ("arms_mali", run.arms_mali()),
        ("prices", run.prices()),
        ("fatalities", run.fatalities()),
        ("control", run.control()),
        ("politics", run.politics()),
        ("oil", run.oil()),
        ("fighters", run.fighters()),
        ("seizures", run.seizures()),
        ("stopped", run.stopped()),
        ("northbound", run.northbound()),
        ("carried", run.carried()),
        ("fares", run.fares()),
        ("sea", run.sea()),
        ("arrivals", run.arrivals()),
        ("boats", run.boats()),
        ("captivity", run.captivity()),
        ("people", run.people()),
        ("displacement", run.displacement()),
    ];
    charts.into_iter().filter_map(|(name, chart)| Some((name.to_string(), chart?))).collect()
}

struct Run<'a> {
    manifest: &'a Manifest,
    series: &'a Series,
    bins: &'a Bins,
}

impl Run<'_> {
    /// A metric summed over each month, if it is ever other than zero.
    fn sums(&self, metric: &str, label: &str, n: usize, mark: Mark) -> Option<Set> {
        let y = self.bins.sum(self.series.live(metric)?);
        // All of it may lie in a part of a month at an end.
        y.iter().any(|v| *v != 0.0 && v.is_finite()).then(|| Set {
            label: label.to_string(),
            colour: colour(n),
            mark,
            spans: self.bins.spans.clone(),
            y,
            low: Vec::new(),
        })
    }

    /// A metric's mean over each month times `factor`.
    fn means(&self, metric: &str, label: &str, n: usize, factor: f64) -> Option<Set> {
        let y = self.bins.mean(self.series.live(metric)?).into_iter().map(|v| factor * v).collect();
        let spans = self.bins.spans.clone();
        Some(Set { label: label.to_string(), colour: colour(n), mark: Mark::Line, spans, y, low: Vec::new() })
    }

    /// The metric, and the dashed line of what was seen of it if the run has an observer.
    fn with_observed(&self, metric: &str, label: &str, n: usize, mark: Mark) -> Vec<Set> {
        let seen = if mark == Mark::Bar { 6 } else { n };
        let observed = self.sums(&format!("{metric}_observed"), &format!("{label}, observed"), seen, Mark::Dashed);
        [self.sums(metric, label, n, mark), observed].into_iter().flatten().collect()
    }

    fn panel(&self, axis_title: &str, weight: f64, whole: bool, sets: Vec<Set>) -> Option<Panel> {
        let axis_title = format!("{axis_title} a {}", self.bins.per);
        (!sets.is_empty()).then_some(Panel { axis_title, weight, whole, sets })
    }

    fn chart(&self, title: &str, panels: Vec<Panel>) -> Option<Chart> {
        let days = (*self.series.dates.first()?, *self.series.dates.last()?);
        let mut caption = self.manifest.caption();
        let sums = panels.iter().any(|p| p.sets.iter().any(|s| s.mark != Mark::Area));
        if sums && self.bins.cut {
            caption.push_str(&format!(". Incomplete {}s are left out.", self.bins.per));
        }
        (!panels.is_empty()).then(|| Chart {
            title: title.to_string(),
            subtitle: self.manifest.title.clone(),
            caption,
            days,
            panels,
        })
    }

    /// Arms by class: what is counted above, what is weighed below.
    fn classes(&self, prefix: &str) -> Vec<Panel> {
        let of = |weighed: bool| -> Vec<Set> {
            let classes = CLASSES.iter().enumerate().filter(|(_, c)| c.2 == weighed);
            classes.filter_map(|(i, c)| self.sums(&format!("{prefix}{}", c.0), c.1, i, Mark::Line)).collect()
        };
        let (counted, weighed) = (of(false), of(true));
        let (pieces, tonnes) = (unit_of("pieces", &counted), unit_of("tonnes", &weighed));
        let panels = [self.panel(&pieces, 1.5, true, counted), self.panel(&tonnes, 1.0, false, weighed)];
        panels.into_iter().flatten().collect()
    }

    fn arms(&self, title: &str, prefix: &str) -> Option<Chart> {
        self.chart(title, self.classes(prefix))
    }

    fn seizures(&self) -> Option<Chart> {
        let mut panels = self.classes("arms_seized_");
        let people = self.with_observed("people_intercepted", "intercepted", 5, Mark::Bar);
        let title = match (panels.is_empty(), people.is_empty()) {
            (false, true) => "Arms seized",
            (true, false) => "People intercepted",
            _ => "Arms seized and people intercepted",
        };
        panels.extend(self.panel("People intercepted", 1.0, true, people));
        self.chart(title, panels)
    }

    fn stopped(&self) -> Option<Chart> {
        let by_cargo = |prefix: &str| -> Vec<Set> {
            let sets = CARGOES.iter().enumerate();
            sets.filter_map(|(i, c)| self.sums(&format!("{prefix}{c}"), c, i, Mark::Line)).collect()
        };
        let trips = self.panel("Trips stopped", 1.0, true, by_cargo("trips_stopped_"));
        let value = self.panel("Worth of vehicles and cargo, USD", 1.0, true, by_cargo("seized_value_"));
        self.chart(
            "Trips that patrols stopped, by cargo, and what they seized",
            [trips, value].into_iter().flatten().collect(),
        )
    }

    fn northbound(&self) -> Option<Chart> {
        let sets = self.with_observed("people_north_past_posts", "went north", 0, Mark::Line);
        let title = "People carried north, and those whom the counting posts saw";
        self.chart(title, self.panel("People", 1.0, true, sets).into_iter().collect())
    }

    fn carried(&self) -> Option<Chart> {
        let sets = |prefix: &str, mark| -> Vec<Set> {
            let kinds = [("on_road", "on roads", 0), ("off_road", "off the roads", 1)];
            kinds.iter().filter_map(|k| self.sums(&format!("{prefix}{}", k.0), k.1, k.2, mark)).collect()
        };
        let carried = self.panel("People", 1.5, true, sets("carried_", Mark::Line));
        let dead = self.panel("Deaths", 1.0, true, sets("carried_dead_", Mark::Line));
        self.chart("People carried by crews, on roads and off them", [carried, dead].into_iter().flatten().collect())
    }

    /// A panel of means, such as prices.
    fn of_means(&self, unit: &str, whole: bool, sets: Vec<Set>) -> Vec<Panel> {
        let axis_title = format!("{}, mean of the {}", unit_of(unit, &sets), self.bins.per);
        let panel = Panel { axis_title, weight: 1.0, whole, sets };
        if panel.sets.is_empty() { vec![] } else { vec![panel] }
    }

    /// Means of several metrics, each with its name for people.
    fn several(&self, metrics: &[(&str, &str)]) -> Vec<Set> {
        metrics.iter().enumerate().filter_map(|(i, m)| self.means(m.0, m.1, i, 1.0)).collect()
    }

    fn politics(&self) -> Option<Chart> {
        let shares = [
            ("unity", "unity"),
            ("services", "services"),
            ("acceptance", "acceptance of outsiders"),
            ("interference_libya", "arms that come from patrons"),
        ];
        let panels = self.of_means("Index (1: all of it, or as in normal times)", false, self.several(&shares));
        self.chart("Unity of Libya and what it hangs on", panels)
    }

    fn oil(&self) -> Option<Chart> {
        let mut panels = self.of_means("Oil, kb/d", true, self.several(&[("oil_production", "production")]));
        let wages = [("wage_civil", "a civilian earns"), ("wage_militia", "a fighter earns")];
        panels.extend(self.of_means("USD a month", true, self.several(&wages)));
        self.chart("Libya's oil, and what civilians and fighters earn", panels)
    }

    fn fighters(&self) -> Option<Chart> {
        let blocs = [
            ("fighters_local", "local militias"),
            ("fighters_gna", "unity government (GNA)"),
            ("fighters_hor_lna", "the east's army (HoR, LNA)"),
            ("fighters_libya_dawn", "Libya Dawn"),
            ("fighters_islamic_state", "Islamic State"),
            ("fighters_tuareg", "Tuareg"),
            ("fighters_toubou", "Toubou"),
        ];
        let sets = self.several(&blocs).into_iter().filter(|s| s.y.iter().any(|v| *v > 0.0)).collect();
        self.chart("Fighters in Libya by bloc", self.of_means("Fighters", true, sets))
    }

    fn fares(&self) -> Option<Chart> {
        let set = self.means("fare_usd_per_1000_km", "fare", 0, 1.0)?;
        self.chart("Fares with crews", self.of_means("USD per 1,000 km", false, vec![set]))
    }

    fn prices(&self) -> Option<Chart> {
        let areas = [("libya", "Libya"), ("sahel", "the Sahel")];
        let sets = areas.iter().enumerate();
        let sets = sets.filter_map(|(i, a)| self.means(&format!("price_small_arms_{}", a.0), a.1, i, 1.0));
        self.chart("What a rifle costs in the black markets", self.of_means("USD", false, sets.collect()))
    }

    fn fatalities(&self) -> Option<Chart> {
        let sets = COUNTRIES.iter().enumerate();
        let sets = sets.filter_map(|(i, c)| self.sums(&format!("fatalities_{}", c.0), c.1, i, Mark::Line));
        let panel = self.panel("Fatalities", 1.0, true, sets.collect());
        self.chart("People killed in fighting", panel.into_iter().collect())
    }

    fn arms_mali(&self) -> Option<Chart> {
        let sets = CHANNELS.iter().enumerate();
        let sets = sets.filter_map(|(i, c)| self.sums(&format!("received_mali_{}", c.0), c.1, i, Mark::Line));
        let panel = self.panel("Pieces", 1.0, true, sets.collect());
        self.chart("How weapons came to armed groups in Mali", panel.into_iter().collect())
    }

    fn control(&self) -> Option<Chart> {
        // While the state holds everything there is nothing to see.
        let lost = |name: &str| self.series.columns.get(name).is_some_and(|y| y.iter().any(|v| *v < 1.0));
        let north = [("state_control_mali", "northern Mali", 1), ("state_control_niger", "northern Niger", 2)];
        let sets = north.iter().filter(|n| lost(n.0)).filter_map(|n| self.means(n.0, n.1, n.2, 100.0)).collect();
        let title = "People of the Saharan north who live where the state holds the ground";
        self.chart(title, self.of_means("percent", true, sets))
    }

    fn sea(&self) -> Option<Chart> {
        let mut crossings = self.with_observed("sea_departures", "departures", 0, Mark::Line);
        crossings.extend(self.with_observed("sea_arrivals", "arrivals", 2, Mark::Line));
        crossings.extend(self.sums("sea_pulled_back", "pulled back", 3, Mark::Line));
        let deaths = self.with_observed("sea_deaths", "deaths", 1, Mark::Bar);
        let title = match (crossings.is_empty(), deaths.is_empty()) {
            (false, true) => "Crossings of the central Mediterranean",
            (true, false) => "Deaths at sea",
            _ => "Crossings of the central Mediterranean, and deaths",
        };
        let panels = [self.panel("People", 1.5, true, crossings), self.panel("Deaths at sea", 1.0, true, deaths)];
        self.chart(title, panels.into_iter().flatten().collect())
    }

    fn arrivals(&self) -> Option<Chart> {
        let of = |kinds: &[(&str, &str)], first: usize| -> Vec<Set> {
            let sets = kinds.iter().enumerate();
            sets.filter_map(|(i, k)| self.sums(&format!("sea_arrivals_{}", k.0), k.1, first + i, Mark::Line)).collect()
        };
        let coasts = [
            ("from_libya", "Libya"),
            ("from_egypt", "Egypt"),
            ("from_tunisia", "Tunisia"),
            ("from_algeria", "Algeria"),
        ];
        let routes = [("horn", "Horn of Africa and Sudan"), ("west_africa", "West and Central Africa")];
        let panels = [
            self.panel("People by coast of departure", 1.0, true, of(&coasts, 0)),
            self.panel("People by where they come from", 1.0, true, of(&routes, 4)),
        ];
        self.chart("Who landed in Europe", panels.into_iter().flatten().collect())
    }

    fn boats(&self) -> Option<Chart> {
        let of = |kinds: &[(&str, &str, usize)], mark| -> Vec<Set> {
            kinds.iter().filter_map(|k| self.sums(k.0, k.1, k.2, mark)).collect()
        };
        let launched = of(&[("boats_launched", "launched", 0), ("boats_rubber", "of these rubber", 1)], Mark::Line);
        let lost = of(&[("boats_sunk", "sunk", 3)], Mark::Bar);
        let panels = [self.panel("Boats", 1.5, true, launched), self.panel("Boats sunk", 1.0, true, lost)];
        self.chart("Boats with migrants", panels.into_iter().flatten().collect())
    }

    fn captivity(&self) -> Option<Chart> {
        let kinds = [("people_taken_captive", "taken by captors"), ("people_put_into_detention", "put into detention")];
        let sets = kinds.iter().enumerate();
        let people = sets.filter_map(|(i, k)| self.sums(k.0, k.1, i, Mark::Line)).collect();
        let ransom = self.sums("ransom", "ransom", 3, Mark::Bar).into_iter().collect();
        let panels = [self.panel("People", 1.5, true, people), self.panel("Paid for freedom, USD", 1.0, true, ransom)];
        self.chart("Captivity and detention in Libya", panels.into_iter().flatten().collect())
    }

    fn people(&self) -> Option<Chart> {
        let stocks = |group, axis_title: &str, weight| {
            let sets = self.stocks(group);
            (!sets.is_empty()).then(|| Panel { axis_title: axis_title.into(), weight, whole: true, sets })
        };
        // Residents are so many that nobody else could be seen above them.
        let panels = [
            stocks("people_state", "People on the way", 1.5),
            stocks("people_residents", "People who live and work in Libya and Algeria", 1.0),
            stocks("people_captive", "People held for ransom and in detention", 1.0),
        ];
        self.chart("People by what they are doing", panels.into_iter().flatten().collect())
    }

    fn displacement(&self) -> Option<Chart> {
        let of = |kinds: &[(&str, &str, usize)], factor| -> Vec<Set> {
            kinds.iter().filter_map(|k| self.means(k.0, k.1, k.2, factor)).collect()
        };
        let registered = self.means("displaced_in_camps_observed", "registered there", 1, 1.0);
        let parts: &[_] = match registered {
            Some(_) => &[("displaced_in_camps", "in camps", 1)],
            None => &[("displaced_abroad", "abroad", 1), ("displaced_at_home", "in the country at war", 2)],
        };
        let mut people = of(&[("displaced", "driven from home", 0)], 1.0);
        people.extend(of(parts, 1.0));
        people.extend(registered.map(|s| Set { mark: Mark::Dashed, ..s }));
        let errors =
            [("displacement_error_rescaled", "this run", 0), ("displacement_error_baseline", "without a model", 3)];
        // Without anybody there is no error either.
        let errors = if people.is_empty() { vec![] } else { of(&errors, 100.0) };
        let beside = if errors.is_empty() { "" } else { ", and how far camps are from what was registered" };
        let title = format!("People driven from home by war{beside}");
        let panels = [("Persons", 1.5, people), ("Differences between camps, % of all registered", 1.0, errors)];
        let panels = panels.into_iter().filter(|p| !p.2.is_empty());
        let panel = |(axis_title, weight, sets): (&str, f64, Vec<Set>)| Panel {
            axis_title: axis_title.into(),
            weight,
            whole: true,
            sets,
        };
        self.chart(&title, panels.map(panel).collect())
    }

    /// The metrics of a group as areas, one on top of the other.
    fn stocks(&self, group: &str) -> Vec<Set> {
        let names: Vec<&str> =
            self.manifest.metrics.iter().filter(|m| m.group == group).map(|m| m.name.as_str()).collect();
        let Some(&first) = self.series.dates.first() else { return vec![] };
        let n = self.series.dates.len();
        let step = n.div_ceil(MOST_POINTS).max(1);
        // The last day is always there.
        let rows: Vec<usize> = (0..n).rev().step_by(step).collect::<Vec<_>>().into_iter().rev().collect();
        let spans: Vec<(f64, f64)> = rows
            .iter()
            .map(|i| day(first, self.series.dates[*i]))
            // The middle of the span is where a stock is drawn: the axis ends one day after the last date.
            .map(|d| d * n as f64 / (n - 1).max(1) as f64)
            .map(|d| (d, d))
            .collect();
        let shared = prefix(&names);
        let mut sets = Vec::new();
        for (i, name) in names.iter().enumerate() {
            let Some(col) = self.series.live(name) else {
                continue;
            };
            sets.push(Set {
                label: words(&name[shared..]),
                colour: area_colour(i),
                mark: Mark::Area,
                spans: spans.clone(),
                y: rows.iter().map(|r| col[*r]).collect(),
                low: Vec::new(),
            });
        }
        sets
    }
}

/// Length of the beginning, up to an underscore, that all names share.
fn prefix(names: &[&str]) -> usize {
    let Some(first) = names.first() else { return 0 };
    let ends = first.match_indices('_').map(|(i, _)| i + 1).collect::<Vec<_>>();
    let shared = |end: &usize| names.len() > 1 && names.iter().all(|n| n.starts_with(&first[..*end]) && n.len() > *end);
    ends.into_iter().rev().find(shared).unwrap_or(0)
}

/// What an axis counts; a panel without a legend names its only set itself.
fn unit_of(unit: &str, sets: &[Set]) -> String {
    match sets {
        [one] => format!("{}, {unit}", capital(&one.label)),
        _ => capital(unit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_beginnings_are_left_out_of_labels() {
        assert_eq!(prefix(&["people_at_home", "people_at_sea"]), "people_at_".len());
        assert_eq!(prefix(&["people_home", "people_sea"]), "people_".len());
        assert_eq!(prefix(&["people_home"]), 0);
        assert_eq!(prefix(&["home", "sea"]), 0);
        assert_eq!(prefix(&[]), 0);
    }
}
