//! `simsetting.yml`: rules of Flee under their names here.

use super::super::log::{Log, quoted};
use super::super::sheet::Sheet;
use super::super::yaml::{Entry, Node, Value, parse};
use super::{Options, Source};
use crate::scenario::assemble::scenario_schema;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// Largest settings that are read, bytes.
const LARGEST: usize = 1 << 20;
/// Most persons an agent may stand for (`run.persons_per_agent`).
const MOST_PERSONS: i64 = 30;
/// Flee takes places that people leave more rarely for camps.
const LIKE_A_CAMP: f64 = 0.005;
/// What `use_v1_rules` sets, whatever else the file says.
const FIRST_RULES: [(&str, &str); 5] = [
    ("max_move_speed", "200"),
    ("start_on_foot", "false"),
    ("avoid_short_stints", "false"),
    ("camp_weight", "2"),
    ("conflict_weight", "0.25"),
];

/// What a setting must be.
#[derive(Clone, Copy)]
enum Want {
    /// A number in the range of its parameter.
    Number,
    /// A whole number in it.
    Whole,
    Switch,
    /// A list of numbers in it, or nothing.
    Numbers,
    /// A table of settings.
    Table,
    /// Something that is not carried over; silent when it is this.
    Lost(&'static str),
}
use Want::{Lost, Number, Numbers, Switch, Table, Whole};

/// A setting: section and name in Flee, the key of `processes.displacement` (none: see [`Settings`]), what it must be.
const KEYS: &[(&str, &str, &str, Want)] = &[
    ("move_rules", "max_move_speed", "km_per_day", Number),
    ("move_rules", "max_walk_speed", "walk_km_per_day", Number),
    ("move_rules", "foreign_weight", "foreign_weight", Number),
    ("move_rules", "camp_weight", "camp_weight", Number),
    ("move_rules", "conflict_weight", "conflict_weight", Number),
    ("move_rules", "conflict_movechance", "move_chance_conflict", Number),
    ("move_rules", "camp_movechance", "move_chance_camp", Number),
    ("move_rules", "idpcamp_movechance", "move_chance_idp_camp", Number),
    ("move_rules", "default_movechance", "move_chance_town", Number),
    ("move_rules", "awareness_level", "awareness", Whole),
    ("move_rules", "capacity_buffer", "capacity_buffer", Number),
    ("move_rules", "capacity_scaling", "capacity_scaling", Number),
    ("move_rules", "avoid_short_stints", "avoid_short_stints", Switch),
    ("move_rules", "start_on_foot", "start_on_foot", Switch),
    ("move_rules", "softening", "softening_km", Number),
    ("move_rules", "weight_softening", "weight_softening", Number),
    ("move_rules", "weight_power", "weight_power", Number),
    ("move_rules", "distance_power", "distance_power", Number),
    ("move_rules", "stay_close_to_home", "", Switch),
    ("move_rules", "home_distance_power", "home_distance_power", Number),
    ("move_rules", "use_pop_for_loc_weight", "", Switch),
    ("move_rules", "pop_power_for_loc_weight", "population_power", Number),
    ("move_rules", "movechance_pop_base", "move_chance_population_base", Number),
    ("move_rules", "movechance_pop_scale_factor", "move_chance_population_power", Number),
    ("move_rules", "use_v1_rules", "", Switch),
    ("move_rules", "max_crossing_speed", "", Lost("20.0")),
    ("move_rules", "ChildrenAvoidHazards", "", Lost("False")),
    ("move_rules", "BoysTakeRisk", "", Lost("False")),
    ("move_rules", "MatchCampEthnicity", "", Lost("False")),
    ("move_rules", "MatchTownEthnicity", "", Lost("False")),
    ("move_rules", "MatchConflictEthnicity", "", Lost("False")),
    ("move_rules", "flood_rules", "", Lost("")),
    ("spawn_rules", "take_from_population", "take_from_population", Switch),
    ("spawn_rules", "insert_day0", "fill_on_first_day", Switch),
    ("spawn_rules", "sum_from_camps", "", Switch),
    ("spawn_rules", "empty_camps_on_day0", "empty_on_first_day", Switch),
    ("spawn_rules", "conflict_spawn_decay", "decay", Numbers),
    ("spawn_rules", "conflict_spawn_decay_interval", "decay_days", Whole),
    ("spawn_rules", "conflict_driven_spawning", "", Table),
    ("spawn_rules", "camps_are_sinks", "", Switch),
    ("spawn_rules", "camps_are_sicks", "", Switch),
    ("spawn_rules", "conflict_zone_spawning_only", "", Lost("True")),
    ("spawn_rules", "flood_zone_spawning_only", "", Lost("False")),
    ("spawn_rules", "flood_driven_spawning", "", Lost("")),
    ("spawn_rules", "read_from_agents_csv_file", "", Lost("False")),
    ("optimisations", "hasten", "", Whole),
];
/// Sections and settings outside them.
const TOP: [&str; 6] =
    ["log_levels", "spawn_rules", "move_rules", "optimisations", "number_of_steps", "conflict_input_file"];

/// The rules of a scenario.
#[derive(Default)]
pub(super) struct Settings {
    /// Name of the file; none when there is none.
    pub file: Option<String>,
    /// Keys of `processes.displacement` with their values, as TOML writes them.
    pub keys: Vec<(&'static str, String)>,
    pub persons_per_agent: i64,
    /// The share of people in camps who settle for good is used.
    pub camps_are_sinks: bool,
    /// People set out by what wars displace and not by who registers.
    pub by_war: bool,
    pub awareness_0: bool,
    pub home_distance: bool,
    pub population_weight: bool,
}

impl Settings {
    /// True when registrations say how many people set out.
    pub fn needs_registrations(&self) -> bool {
        !self.by_war
    }
}

/// Values by Flee's names, as TOML writes them, with their lines.
struct Reader<'a> {
    shown: &'a str,
    name: &'a str,
    values: BTreeMap<&'static str, (String, u64)>,
    spawning: Option<(&'static str, String)>,
}

/// Reads the settings of the instance, or those that the user names.
pub(super) fn read(source: &mut Source, options: &Options, log: &mut Log) -> Settings {
    let sheet = match &options.settings {
        Some(path) => Sheet::read(path).map_err(|e| log.fault(&path.display().to_string(), e.line, e.why)).ok(),
        None => source.maybe("", "simsetting.yml", log),
    };
    let Some(sheet) = sheet else {
        if options.settings.is_none() {
            log.note("there is no file simsetting.yml: all rules are Flee's own (--settings FILE names another)");
        }
        return Settings { persons_per_agent: 1, ..Settings::default() };
    };
    let mut reader = Reader { shown: &sheet.shown, name: &sheet.name, values: BTreeMap::new(), spawning: None };
    if sheet.text.len() > LARGEST {
        log.fault(&sheet.shown, 1, format!("the file is larger than {} MiB", LARGEST >> 20));
    } else {
        match parse(&sheet.text) {
            Err((line, why)) => log.fault(&sheet.shown, line, why),
            Ok(Some(root)) => reader.top(&root, log),
            Ok(None) => {}
        }
    }
    reader.settings(options.parity, log)
}

impl Reader<'_> {
    fn top(&mut self, root: &Node, log: &mut Log) {
        let Value::Map(entries) = &root.value else {
            log.fault(self.shown, root.line, format!("this is {}, no table of settings", root.shown()));
            return;
        };
        for entry in entries {
            match entry.key.as_str() {
                _ if entry.node.is_null() => {}
                "log_levels" => log.note(format!("{}: `log_levels`, of Flee's own logs", self.name)),
                "number_of_steps" | "conflict_input_file" => {
                    let why = "days and wars are those of the instance's files";
                    log.note(format!("{}: {}: {why}", self.name, quoted(&entry.key)));
                }
                section @ ("spawn_rules" | "move_rules" | "optimisations") => self.section(section, entry, log),
                other => {
                    let like = log.guess(other, TOP);
                    log.note(format!("{}: line {}, unknown {}{like}", self.name, entry.line, quoted(other)));
                }
            }
        }
    }

    fn section(&mut self, section: &str, entry: &Entry, log: &mut Log) {
        let Value::Map(entries) = &entry.node.value else {
            log.fault(self.shown, entry.line, format!("`{section}` is {}, no table", entry.node.shown()));
            return;
        };
        for entry in entries {
            match KEYS.iter().find(|k| k.0 == section && k.1 == entry.key) {
                Some(&(_, key, ours, want)) => self.setting(key, (want, range(ours)), entry, log),
                None => {
                    let known = KEYS.iter().filter(|k| k.0 == section).map(|k| k.1);
                    let like = log.guess(&entry.key, known);
                    let key = quoted(&format!("{section}.{}", entry.key));
                    log.note(format!("{}: line {}, unknown {key}{like}", self.name, entry.line));
                }
            }
        }
    }

    fn setting(&mut self, key: &'static str, (want, range): (Want, Range), entry: &Entry, log: &mut Log) {
        let (node, line) = (&entry.node, entry.line);
        match want {
            Lost(usual) => {
                let same = matches!(&node.value, Value::Scalar(t, _) if t.eq_ignore_ascii_case(usual));
                if !same && !node.is_null() {
                    log.note(format!("{}: `{key}` is {}, which means nothing here", self.name, node.shown()));
                }
            }
            Table if node.is_null() => {}
            Table => self.spawning(entry, log),
            _ => match value(node, want, range) {
                Ok(text) => {
                    self.values.insert(key, (text, line));
                }
                Err(why) => log.fault(self.shown, line, format!("`{key}` is {}{why}", node.shown())),
            },
        }
    }

    /// `conflict_driven_spawning`: how many people a war displaces.
    fn spawning(&mut self, entry: &Entry, log: &mut Log) {
        let Value::Map(entries) = &entry.node.value else {
            log.fault(self.shown, entry.line, format!("`{}` is {}, no table", entry.key, entry.node.shown()));
            return;
        };
        let find = |key: &str| entries.iter().find(|e| e.key == key);
        let mode = match find("spawn_mode").map(|e| (&e.node.value, e)) {
            None => "constant",
            Some((Value::Scalar(text, _), _)) if text.eq_ignore_ascii_case("constant") => "constant",
            Some((Value::Scalar(text, _), _)) if text.eq_ignore_ascii_case("poisson") => "poisson",
            Some((Value::Scalar(text, _), _)) if text.eq_ignore_ascii_case("pop_ratio") => "population",
            Some((_, e)) => {
                let known = "constant, poisson, pop_ratio";
                log.fault(self.shown, e.line, format!("`spawn_mode` is {}, none of {known}", e.node.shown()));
                "constant"
            }
        };
        let all = range("spawn_per_day");
        let (usual, want, range) =
            if mode == "population" { ("0.01", Number, (0.0, 1.0)) } else { ("500", Whole, all) };
        let mut count = usual.to_string();
        if let Some(e) = find("displaced_per_conflict_day") {
            match value(&e.node, want, range) {
                Ok(text) => count = text,
                Err(why) => log.fault(self.shown, e.line, format!("`{}` is {}{why}", e.key, e.node.shown())),
            }
        }
        for e in entries.iter().filter(|e| !["spawn_mode", "displaced_per_conflict_day"].contains(&e.key.as_str())) {
            let key = quoted(&format!("conflict_driven_spawning.{}", e.key));
            log.note(format!("{}: line {}, unknown {key}", self.name, e.line));
        }
        self.spawning = Some((mode, count));
    }

    fn on(&self, key: &str) -> bool {
        self.values.get(key).is_some_and(|v| v.0 == "true")
    }

    /// The rules that the values make.
    fn settings(mut self, parity: bool, log: &mut Log) -> Settings {
        let first_rules = self.on("use_v1_rules");
        if first_rules {
            for (key, value) in FIRST_RULES {
                if let Some((old, line)) = self.values.insert(key, (value.to_string(), 0))
                    && old != value
                {
                    log.note(format!("{}: line {line}, `{key}`: `use_v1_rules` sets it to {value}", self.name));
                }
            }
        }
        let hasten = self.values.get("hasten").map_or((1, 0), |v| (v.0.parse().unwrap_or(1), v.1));
        if hasten.0 > MOST_PERSONS {
            let why = format!("an agent stands for at most {MOST_PERSONS} persons here");
            log.fault(self.shown, hasten.1, format!("`hasten` is {}: {why}", hasten.0));
        }
        let (home, population) = (self.power(HOME, log), self.power(POPULATION, log));
        for key in ["default_movechance", "conflict_movechance"] {
            let chance = self.values.get(key).and_then(|v| v.0.parse::<f64>().ok());
            if chance.is_some_and(|c| c < LIKE_A_CAMP) {
                log.note(format!("{}: `{key}` below {LIKE_A_CAMP}: Flee makes such places camps", self.name));
            }
        }
        let (sinks, misspelt) = (self.on("camps_are_sinks"), self.on("camps_are_sicks"));
        if sinks && !misspelt && parity {
            log.note(format!("{}: `camps_are_sinks`, which Flee reads under the name `camps_are_sicks`", self.name));
        }
        Settings {
            file: Some(self.name.to_string()),
            persons_per_agent: hasten.0,
            camps_are_sinks: misspelt || sinks && !parity,
            by_war: self.spawning.is_some(),
            awareness_0: self.values.get("awareness_level").is_some_and(|v| v.0 == "0"),
            home_distance: home,
            population_weight: population,
            keys: self.keys(first_rules),
        }
    }

    /// True when a switch is on; then its power has a value, and else none.
    fn power(&mut self, (switch, power, usual): (&str, &'static str, &str), log: &mut Log) -> bool {
        if self.on(switch) {
            self.values.entry(power).or_insert_with(|| (usual.to_string(), 0));
            return true;
        }
        if let Some((_, line)) = self.values.remove(power) {
            log.note(format!("{}: line {line}, `{power}`, since `{switch}` is off", self.name));
        }
        false
    }

    /// The keys here, in the order of [`KEYS`].
    fn keys(self, first_rules: bool) -> Vec<(&'static str, String)> {
        let mut keys = vec![("rules", if first_rules { "\"flee1\"" } else { "\"flee3\"" }.to_string())];
        for (_, flee, ours, _) in KEYS.iter().filter(|k| !k.2.is_empty()) {
            if let Some((value, _)) = self.values.get(flee) {
                keys.push((ours, value.clone()));
            }
        }
        if let Some((sum, _)) = self.values.get("sum_from_camps") {
            keys.push(("spawn_from_total", (sum == "false").to_string()));
        }
        match self.spawning {
            Some((mode, count)) => {
                keys.push(("spawn", format!("\"{mode}\"")));
                keys.push(("spawn_per_day", count));
            }
            None => keys.push(("spawn", "\"registrations\"".to_string())),
        }
        keys
    }
}

/// A switch, the power that it turns on, and what that is when the file does not say.
const HOME: (&str, &str, &str) = ("stay_close_to_home", "home_distance_power", "0.5");
const POPULATION: (&str, &str, &str) = ("use_pop_for_loc_weight", "pop_power_for_loc_weight", "0.1");

/// Lowest and highest.
type Range = (f64, f64);

/// What a parameter of displacement, or an entry of one that is a list, may be, so that what is taken here is taken by the run; without a parameter any
/// number from 1 on.
fn range(key: &str) -> Range {
    static SCHEMA: OnceLock<Json> = OnceLock::new();
    let of_scenarios = || scenario_schema()["properties"]["processes"]["properties"]["displacement"].take();
    let schema = SCHEMA.get_or_init(of_scenarios);
    let of = &schema["properties"][key];
    let of = of.get("items").unwrap_or(of);
    (of["minimum"].as_f64().unwrap_or(1.0), of["maximum"].as_f64().unwrap_or(f64::MAX))
}

/// A value as TOML writes it, or why it is none.
fn value(node: &Node, want: Want, (low, high): Range) -> Result<String, String> {
    let plain = match &node.value {
        Value::Scalar(text, true) => Some(text.as_str()),
        _ => None,
    };
    match want {
        Switch => match plain.map(str::to_lowercase).as_deref() {
            Some("true" | "yes" | "on" | "1") => Ok("true".to_string()),
            Some("false" | "no" | "off" | "0") => Ok("false".to_string()),
            _ => Err(", neither True nor False".to_string()),
        },
        Whole => {
            // Flee cuts numbers to whole ones.
            let number = plain.and_then(|t| t.parse::<f64>().ok()).filter(|x| libm::trunc(*x) == *x);
            match number {
                Some(x) if (low..=high).contains(&x) => Ok(format!("{x}")),
                Some(_) if high == f64::MAX => Err(format!(", below {low}")),
                Some(_) => Err(format!(", outside {low} to {high}")),
                None => Err(", which is no whole number".to_string()),
            }
        }
        Number => match plain.and_then(|t| t.parse::<f64>().ok()) {
            Some(x) if (low..=high).contains(&x) => Ok(format!("{x}")),
            Some(_) => Err(format!(", outside {low} to {high}")),
            None => Err(", which is no number".to_string()),
        },
        Numbers => match &node.value {
            _ if node.is_null() => Ok("[]".to_string()),
            Value::List(nodes) => {
                let all: Result<Vec<String>, String> = nodes
                    .iter()
                    .map(|n| value(n, Number, (low, high)).map_err(|why| format!(" with {}{why}", n.shown())))
                    .collect();
                all.map(|all| format!("[{}]", all.join(", ")))
            }
            _ => Err(", no list of numbers".to_string()),
        },
        Table | Lost(_) => Err(String::new()),
    }
}
