//! The files of a scenario with a displacement folder.

use super::places::Site;
use super::settings::Settings;
use super::{Instance, Period};
use crate::region::displacement::{Kind, Reports};
use crate::units::{Date, Tick};
use std::collections::BTreeSet;
use std::fmt::Display;

/// What makes the rest of the model stand still.
const NOTHING_ELSE: &str = "# Nothing else of the model takes part.
[initial.depots]
count = 0
chemical_tonnes = 0
armies = false

[initial.groups]
libya_count = 0
regional = false

[initial.migrants]
residents = 0
departure_scale = 0

[initial.vessels]
per_zone = 0

[initial.crews]
count = 0
funds_usd = 0

[initial.patrols]
teams_per_base = 0

[initial.patrons]
regional = false
";

/// Tables of rows, as CSV.
struct Csv(Vec<u8>);

impl Csv {
    fn new(head: &str) -> Csv {
        Csv(format!("{head}\n").into_bytes())
    }

    /// A row; fields with commas or quotes are put between quotes.
    fn row(&mut self, fields: &[&dyn Display]) {
        let fields: Vec<String> = fields.iter().map(|f| f.to_string()).collect();
        let mut writer = csv::Writer::from_writer(&mut self.0);
        // Writing to memory does not fail.
        let _ = writer.write_record(&fields);
    }

    fn text(self) -> String {
        String::from_utf8(self.0).unwrap_or_default()
    }
}

/// A number that may not be there.
struct Maybe<T>(Option<T>);

impl<T: Display> Display for Maybe<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.as_ref().map_or(Ok(()), |x| x.fmt(f))
    }
}

/// All files, `scenario.toml` last.
pub(super) fn files(instance: &Instance, notes: &[String]) -> Vec<(&'static str, String)> {
    let mut files = vec![
        ("network/nodes.csv", nodes(instance)),
        ("network/links.csv", links(instance)),
        ("network/sites.csv", sites(instance)),
        ("network/routes.csv", routes(instance)),
        ("network/closures.csv", closures(instance)),
        ("network/conflict.csv", conflict(instance)),
        ("network/registrations.csv", registrations(instance)),
    ];
    // Only where there is something to fit to, and something to forecast.
    if instance.period.days > 2 * KNOWN && registers(instance) {
        files.extend([("fit.toml", fit(instance)), ("forecast.toml", forecast(instance))]);
    }
    files.push(("scenario.toml", scenario(instance, notes)));
    files
}

/// Days whose registrations a forecast is fitted to.
const KNOWN: u32 = 30;

/// Parameters that are fitted, over the ranges of their metadata, and whether these are even on a logarithmic scale.
const FITTED: [(&str, bool); 10] = [
    ("move_chance_town", false),
    ("move_chance_camp", true),
    ("foreign_weight", true),
    ("camp_weight", true),
    ("conflict_weight", true),
    ("softening_km", true),
    ("distance_power", false),
    ("weight_power", false),
    ("km_per_day", true),
    ("capacity_buffer", false),
];

/// Whether people flee as they are registered, and some are in camps on the last of the days known.
fn registers(instance: &Instance) -> bool {
    let camp = |name: &str| instance.sites.all.iter().any(|s| s.kind.is_camp() && s.name == name);
    let by_registrations =
        instance.settings.keys.iter().any(|(key, value)| *key == "spawn" && value.contains("registrations"));
    // Residents who fled before the forecast begins would be there again.
    let counted_down =
        instance.settings.keys.iter().any(|(key, value)| *key == "take_from_population" && value == "true");
    let known = Tick(instance.period.start.0 + KNOWN);
    by_registrations
        && !counted_down
        && instance.registered.iter().any(|r| camp(&r.site) && persons(&r.table, known) >= 1.0)
}

fn text(s: &str) -> String {
    toml::Value::String(s.chars().filter(|c| !c.is_control()).collect()).to_string()
}

/// The study that fits the rules to the first days alone.
fn fit(instance: &Instance) -> String {
    let Instance { name, period, .. } = instance;
    let mut out = format!(
        "# Written by `sirocco import flee`. Fits the rules to what counts as registered in the first {KNOWN} days (between reports a straight line):
#     sirocco study fit.toml --out fit
#     sirocco run forecast.toml
title = {}
about = \"Which parameters of displacement fit what was registered in the first {KNOWN} days.\"
scenario = \"scenario.toml\"
set = [\"run.end={}\"]

[design]
kind = \"calibrate\"
points = 128
waves = 1
generations = 3
sample = 48
",
        text(&format!("{name}: the first {KNOWN} days")),
        day(*period, KNOWN),
    );
    for (key, log) in FITTED {
        out.push_str(&format!("\n[[factor]]\nkey = \"processes.displacement.{key}\"\n"));
        if log {
            out.push_str("scale = \"log\"\n");
        }
    }
    // So wide that the error of no set of parameters rules it out: the nearest are taken.
    out.push_str(
        "\n[[target]]\nname = \"rescaled averaged relative difference\"\nmeasure = \"displacement_error_rescaled\"\nobserved = 0\nwithin = 0.5
source = \"the instance's own registrations\"\n",
    );
    out
}

/// The scenario that begins with what is registered on the last of these days. Keys that are fitted stand in the posterior alone: what a scenario
/// says itself is not drawn.
fn forecast(instance: &Instance) -> String {
    let Instance { name, settings, .. } = instance;
    let mut out = format!(
        "# Written by `sirocco import flee`. Begins on day {KNOWN} with the camps as they were registered, with parameters fitted to the days before
# (make them first: `sirocco study fit.toml --out fit`), and is run on: of what is registered later it knows the sum alone.
title = {}
about = \"A forecast from the registrations of the first {KNOWN} days.\"
",
        text(&format!("{name}: forecast from day {KNOWN}")),
    );
    out.push_str(&ground(instance, KNOWN));
    // What Flee does with the first day does not hold of this one.
    let first = ["fill_on_first_day", "empty_on_first_day", "fault_first_day_in_capacity"];
    let left_out = |key: &str| first.contains(&key) || FITTED.iter().any(|f| f.0 == key);
    out.push_str(&rules(instance, settings, left_out));
    out.push_str("# The forecast without a model takes the shares of the first day, too.\nbaseline_day = 0\n");
    out.replacen("\n[region]", "replicates = 48\n\n[posterior]\nsample = \"fit/posterior.csv\"\n\n[region]", 1)
}

/// What there is, in a line.
pub(super) fn summary(instance: &Instance) -> String {
    let all = &instance.sites.all;
    let camps = all.iter().filter(|s| s.kind.is_camp()).count();
    let known: BTreeSet<&str> = instance.registered.iter().map(|r| r.site.as_str()).collect();
    let reports = |s: &&Site| s.kind.is_camp() && known.contains(s.name.as_str());
    format!(
        "{} sites, {} routes, {} closures, {} days from {}, registrations of {} of {camps} camps",
        all.len(),
        instance.routes.all.len(),
        instance.closures.len(),
        instance.period.days,
        instance.period.start.date(),
        all.iter().filter(reports).count(),
    )
}

fn nodes(instance: &Instance) -> String {
    let mut csv = Csv::new("name,country,lat,lon,population,terrain,kind");
    for s in &instance.sites.all {
        csv.row(&[&s.name, &s.country, &s.lat, &s.lon, &residents(s), &"", &"town"]);
    }
    csv.text()
}

fn residents(site: &Site) -> u32 {
    if site.kind.is_camp() { 0 } else { site.people }
}

fn links(instance: &Instance) -> String {
    let mut csv = Csv::new("a,b,km");
    let name = |i: usize| &instance.sites.all[i].name;
    for r in &instance.routes.all {
        csv.row(&[name(r.a), name(r.b), &r.km]);
    }
    csv.text()
}

fn sites(instance: &Instance) -> String {
    let mut csv = Csv::new("name,country,lat,lon,kind,population,capacity,home,leave_per_day");
    for (i, s) in instance.sites.all.iter().enumerate() {
        let at_peace = !instance.parity && instance.wars.at_peace.contains(&i);
        let kind = if at_peace { Kind::Town } else { s.kind };
        let capacity = Maybe(Some(s.people).filter(|&n| s.kind.is_camp() && n > 0));
        let home = if s.home { "yes" } else { "no" };
        let leave = Maybe(s.leave_per_day.filter(|&x| x > 0.0));
        csv.row(&[&s.name, &s.country, &s.lat, &s.lon, &kind.name(), &residents(s), &capacity, &home, &leave]);
    }
    csv.text()
}

fn routes(instance: &Instance) -> String {
    let mut csv = Csv::new("a,b,km,forced,km_per_day,walk_share");
    let name = |i: usize| &instance.sites.all[i].name;
    for r in &instance.routes.all {
        let forced = Maybe(r.forced.map(name));
        csv.row(&[name(r.a), name(r.b), &r.km, &forced, &Maybe(r.km_per_day), &Maybe(r.walk_share)]);
    }
    csv.text()
}

fn closures(instance: &Instance) -> String {
    let mut csv = Csv::new("kind,a,b,from,until");
    for c in &instance.closures {
        csv.row(&[&c.kind, &c.a, &c.b, &day(instance.period, c.from), &day(instance.period, c.until)]);
    }
    csv.text()
}

fn conflict(instance: &Instance) -> String {
    let mut csv = Csv::new("date,site,intensity");
    for &(at, site, intensity) in &instance.wars.changes {
        csv.row(&[&day(instance.period, at), &instance.sites.all[site].name, &intensity]);
    }
    csv.text()
}

fn registrations(instance: &Instance) -> String {
    let mut csv = Csv::new("site,date,persons");
    for r in &instance.registered {
        for (at, persons) in &r.table {
            csv.row(&[&r.site, &at.date(), persons]);
        }
    }
    csv.text()
}

fn day(period: Period, day: u32) -> Date {
    Tick(period.start.0 + day).date()
}

fn scenario(instance: &Instance, notes: &[String]) -> String {
    let Instance { name, settings, parity, .. } = instance;
    let how = if *parity { " with --parity" } else { "" };
    let mut out = format!("# Written by `sirocco import flee`{how}.\n");
    if !notes.is_empty() {
        out.push_str("# Not carried over:\n");
    }
    for note in notes {
        out.push_str(&format!("# - {}\n", note.replace(char::is_control, " ")));
    }
    let about = format!("A displacement instance of Flee: {}.", summary(instance));
    out.push_str(&format!("title = {}\nabout = {}\n", text(name), text(&about)));
    out.push_str(&ground(instance, 0));
    out.push_str(&rules(instance, settings, |_| false));
    out
}

/// Time from a day on, place, and what stands still.
fn ground(instance: &Instance, from: u32) -> String {
    let Instance { period, settings, .. } = instance;
    let (start, end) = (day(*period, from), day(*period, period.days.saturating_sub(1)));
    let mut out = format!("\n[run]\nstart = {start}\nend = {end}\n");
    if settings.persons_per_agent > 1 {
        out.push_str(&format!("# Flee's `hasten`.\npersons_per_agent = {}\n", settings.persons_per_agent));
    }
    out.push_str("\n[region]\nnetwork = \"network\"\ndisplacement = \"network\"\n\n");
    out.push_str(NOTHING_ELSE);
    out
}

fn rules(instance: &Instance, settings: &Settings, left_out: impl Fn(&str) -> bool) -> String {
    let from = settings.file.as_ref().map_or_else(
        || "All keys have Flee's defaults.".to_string(),
        |file| format!("From {}; keys that are not here have Flee's defaults.", file.replace(char::is_control, " ")),
    );
    let mut out = format!("\n# {from}\n[processes.displacement]\n");
    for (key, value) in settings.keys.iter().filter(|k| !left_out(k.0)) {
        out.push_str(&format!("{key} = {value}\n"));
    }
    if instance.parity {
        out.push_str("# Faults of Flee that this instance can show.\n");
        for (fault, can) in faults(instance, settings) {
            if can && !left_out(fault) {
                out.push_str(&format!("{fault} = true\n"));
            }
        }
    }
    out
}

/// Faults of Flee, and whether the outcome can hang on them.
fn faults(instance: &Instance, settings: &Settings) -> [(&'static str, bool); 8] {
    // Whether camps with room for so many hold somebody on the first day.
    let start = instance.period.start;
    let filled = !settings.keys.iter().any(|(key, value)| *key == "fill_on_first_day" && value == "false");
    let there = |site: &str| instance.registered.iter().any(|r| r.site == site && persons(&r.table, start) > 0.0);
    let crowded = filled && instance.sites.all.iter().any(|s| s.kind.is_camp() && s.people > 0 && there(&s.name));
    [
        ("fault_forced_routes_ignored", instance.routes.all.iter().any(|r| r.forced.is_some())),
        ("fault_one_way_closures", instance.closures.iter().any(|c| c.kind == "route")),
        ("fault_intensity_fixed", instance.wars.vary),
        ("fault_awareness_0_freezes", settings.awareness_0),
        ("fault_km_per_hop", true),
        ("fault_first_day_in_capacity", crowded),
        ("fault_coordinates_swapped", settings.home_distance),
        ("fault_population_unweighted", settings.population_weight),
    ]
}

/// Registered on a day: in a straight line between reports.
fn persons(table: &[(Tick, f64)], day: Tick) -> f64 {
    let reports = table.iter().map(|&(day, n)| (i64::from(day.0), n)).collect();
    Reports(reports).on(day) as f64
}
