//! A baseline and its policies on the same luck. Until the day on which they differ they are one run: it is made once.

use super::maps::{MapFiles, MapFolders};
use super::outcome::Outcome;
use crate::error::{Error, Result};
use crate::observe::observer::Observer;
use crate::observe::sums::Sums;
use crate::processes::calendar::Event;
use crate::scenario::schema::Scenario;
use crate::sim::{Ground, RunPlan, Simulation};
use crate::units::Tick;
use serde_json::Value;
use std::sync::Arc;

/// Keys of a scenario that say what it is called.
const NAMES: [&str; 3] = ["title", "about", "extends"];

/// What must be the same for runs to have the same luck and the same months.
const SAME: [&str; 5] = ["start", "end", "seed", "resolution", "persons_per_agent"];

/// Why two scenarios cannot be compared run by run: the first key that must be the same and is not.
///
/// # Errors
/// That key.
pub fn comparable(base: &Scenario, policy: &Scenario) -> std::result::Result<(), String> {
    let key = |s: &Scenario, key: &str| s.resolved["run"][key].clone();
    let differ = |what: String, a: &Value, b: &Value| format!("`{what}` is {b} and {a} in the baseline");
    for k in SAME {
        let (a, b) = (key(base, k), key(policy, k));
        if a != b {
            return Err(differ(format!("run.{k}"), &a, &b));
        }
    }
    if base.sample != policy.sample {
        return Err("`posterior.sample` is not that of the baseline".into());
    }
    let (a, b) = (&base.resolved["region"], &policy.resolved["region"]);
    if a == b { Ok(()) } else { Err(differ("region".into(), a, b)) }
}

/// The first day on which a policy may differ from its baseline: that of the first lever or event that only one of them has.
/// The first day of the run when they differ in anything else.
pub fn parts_on(base: &Scenario, policy: &Scenario) -> Tick {
    let first = base.run.start.tick();
    let rest = |s: &Scenario| {
        let mut all = s.resolved.clone();
        if let Value::Object(keys) = &mut all {
            keys.retain(|k, _| !NAMES.contains(&k.as_str()) && k != "lever" && k != "event" && k != "run");
        }
        all
    };
    let list = |s: &Scenario, key: &str| s.resolved[key].as_array().cloned().unwrap_or_default();
    let (events, also) = (list(base, "event"), list(policy, "event"));
    // A condition is remembered by the place of its event in the list, so what is shared must come first.
    if rest(base) != rest(policy) || !also.starts_with(&events) {
        return first;
    }
    let new_events = policy.events[events.len()..].iter().map(|e| may_happen_on(e).unwrap_or(first));
    let (levers, others) = (list(base, "lever"), list(policy, "lever"));
    let same = levers.iter().zip(&others).take_while(|(a, b)| a == b).count();
    let new_levers = base.levers[same..].iter().chain(&policy.levers[same..]).map(|l| l.common.start.tick());
    new_events.chain(new_levers).min().unwrap_or_else(|| base.run.end.tick()).max(first)
}

/// The first day on which an event may happen; none when it waits for a condition from the start.
fn may_happen_on(event: &Event) -> Option<Tick> {
    match event.condition() {
        Some((_, earliest, _)) => earliest.map(|d| d.tick()),
        None => event.date().map(|d| d.tick()),
    }
}

/// A baseline and its policies, ready to run.
#[derive(Clone, Copy)]
pub struct Arms<'a> {
    /// The baseline first.
    pub scenarios: &'a [Arc<Scenario>],
    pub ground: &'a Ground,
    /// Run what they share once.
    pub branch: bool,
    /// Where monthly cells and prices are kept, if they are.
    pub maps: Option<&'a MapFolders>,
}

/// Runs one replicate of a baseline and its policies and hands every outcome to `done`, by the policy's number (0: the
/// baseline). `wanted` says which are still to be run. `stop` is asked every evening. The files of a map are in their place before
/// `done` hears of the run.
///
/// A run that fails is an outcome too: its fault, and the others go on.
///
/// # Errors
/// [`Error::Interrupted`], what `done` says, and files that cannot be written.
pub fn replicate(
    all: &Arms,
    replicate: u32,
    wanted: &[bool],
    stop: &(dyn Fn(Tick) -> Result<()> + Sync),
    done: &mut dyn FnMut(usize, std::result::Result<Outcome, String>) -> Result<()>,
) -> Result<()> {
    // With the same row of the posterior: two that are alike but for it may differ on the first day.
    let arms: Vec<Arc<Scenario>> = all.scenarios.iter().map(|a| a.of_replicate(replicate)).collect();
    let plan = |arm: &Arc<Scenario>| RunPlan { scenario: arm.clone(), replicate, values: vec![], audit: false };
    let parts: Vec<Tick> =
        arms.iter().map(|a| if all.branch { parts_on(&arms[0], a) } else { a.run.start.tick() }).collect();
    let mut todo: Vec<usize> = (1..arms.len()).filter(|&a| wanted[a]).collect();
    todo.sort_by_key(|&a| parts[a]);
    let begin = |arm: usize| -> Result<Run> {
        let sim = Simulation::new(&plan(&arms[arm]), all.ground)?;
        let maps = all.maps.map(|folders| MapFiles::new(folders, &arms[arm].name)).transpose()?;
        Ok(Run { sim, sums: Sums::default(), maps })
    };
    let mut trunk = match begin(0) {
        Ok(run) => run,
        Err(why) => {
            let why = failed(why)?;
            return todo.into_iter().chain([0]).filter(|&a| wanted[a]).try_for_each(|a| done(a, Err(why.clone())));
        }
    };
    for (k, &arm) in todo.iter().enumerate() {
        // What all that are left share.
        if let Err(why) = trunk.until(parts[arm], stop) {
            let why = failed(why)?;
            return todo[k..]
                .iter()
                .copied()
                .chain([0])
                .filter(|&a| wanted[a])
                .try_for_each(|a| done(a, Err(why.clone())));
        }
        let tried = match trunk.sim.world.day == arms[arm].run.start.tick() {
            // One that parts on the first day may begin in another state: nothing is shared, not even that morning.
            true => begin(arm),
            false => Simulation::new(&plan(&arms[arm]), all.ground).and_then(|mut sim| {
                sim.branch_from(&trunk.sim);
                let maps = trunk.maps.as_mut().zip(all.maps);
                let maps = maps.map(|(own, folders)| own.branch(folders, &arms[arm].name)).transpose()?;
                Ok(Run { sim, sums: trunk.sums.clone(), maps })
            }),
        };
        let tried = tried.and_then(|run| run.into_outcome(stop));
        done(arm, tried.map_or_else(|why| failed(why).map(Err), |o| Ok(Ok(o)))?)?;
    }
    if wanted[0] {
        let tried = trunk.into_outcome(stop);
        done(0, tried.map_or_else(|why| failed(why).map(Err), |o| Ok(Ok(o)))?)?;
    }
    Ok(())
}

/// A fault of the model or of its input is the outcome of a run; what stops the program is none.
fn failed(why: Error) -> Result<String> {
    match why {
        Error::Model { .. } | Error::Input(_) => Ok(why.to_string()),
        other => Err(other),
    }
}

/// A run on the morning of a day, with what it has added up.
struct Run {
    sim: Simulation,
    sums: Sums,
    maps: Option<MapFiles>,
}

impl Run {
    /// Goes on to the morning of a day.
    fn until(&mut self, day: Tick, stop: &(dyn Fn(Tick) -> Result<()> + Sync)) -> Result<()> {
        while self.sim.world.day < day {
            self.day()?;
            stop(self.sim.world.day)?;
            self.sim.next_morning();
        }
        Ok(())
    }
    fn into_outcome(mut self, stop: &(dyn Fn(Tick) -> Result<()> + Sync)) -> Result<Outcome> {
        let last = self.sim.last_day();
        self.until(last, stop)?;
        self.day()?;
        self.sums.end(&self.sim.world)?;
        self.maps.map_or(Ok(()), MapFiles::finish)?;
        Ok(Outcome::of(&self.sums))
    }
    /// Simulates the day and adds it up.
    fn day(&mut self) -> Result<()> {
        self.sim.day()?;
        self.sums.day(&self.sim.world, &self.sim.spent)?;
        let last = self.sim.last_day();
        self.maps.as_mut().map_or(Ok(()), |maps| maps.day(&self.sim.world, last))
    }
}
