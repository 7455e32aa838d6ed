//! One run: a scenario, a replicate, that replicate's parameter values. No globals: everything comes in by arguments.

use crate::agents::accounts::Money;
use crate::agents::actor::actor_of;
use crate::agents::bill::Bill;
use crate::agents::controls::Controls;
use crate::agents::fired::FiredEvent;
use crate::agents::model_data::ModelData;
use crate::agents::routes::Routes;
use crate::agents::tally::{Entry, Tally};
use crate::agents::world::World;
use crate::agents::{
    crew, depot, displaced, fare, group, homeland, market, migrant, oil, patrol, patron, state, vessel,
};
use crate::engine::checkpoint::{Checkpoints, Failed, Writer};
use crate::engine::rng::{Key, Luck, hash_name};
use crate::engine::save::Sections;
use crate::engine::step::ParamSet;
use crate::engine::table::column_from_bytes;
use crate::error::{Error, Result};
use crate::levers::LeverUse;
use crate::observe::condition::Condition;
use crate::observe::metric::{self, Metric};
use crate::observe::observer::Observer;
use crate::observe::profile::Profile;
use crate::processes::{DAY, beliefs, calendar, crews, departures, journeys, markets};
use crate::region::displacement::DisplacementNet;
use crate::region::geodata::GeoData;
use crate::region::{Area, PlaceId, Region};
use crate::scenario::schema::{RegionSpec, Scenario};
use crate::units::{Tick, Usd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Ground and tables, read once per process and shared by all replicates.
#[derive(Clone, Debug)]
pub struct Ground {
    pub region: Arc<Region>,
    pub data: Arc<ModelData>,
    /// Sites and routes of displacement; none where the scenario names none.
    pub displacement: Arc<DisplacementNet>,
}

impl Ground {
    /// Reads the data folder and builds the region that a scenario asks for.
    ///
    /// # Errors
    /// A missing or bad data file, by path and line.
    pub fn load(data_dir: &Path, spec: &RegionSpec, resolution: u8, folder: &Path) -> Result<Ground> {
        if let Some(network) = &spec.network {
            let region = Region::from_network(&folder.join(network))?;
            let displacement = Ground::displacement(spec, &region, folder)?;
            return Ok(Ground { region: Arc::new(region), data: Arc::default(), displacement });
        }
        let geo = GeoData::load(data_dir)?;
        let region = Region::build_grid(&geo, resolution, &spec.countries)?;
        let displacement = Ground::displacement(spec, &region, folder)?;
        Ok(Ground { region: Arc::new(region), data: Arc::new(ModelData::load(data_dir)?), displacement })
    }

    fn displacement(spec: &RegionSpec, region: &Region, folder: &Path) -> Result<Arc<DisplacementNet>> {
        let read = |dir| DisplacementNet::read(&folder.join(dir), region).map(Arc::new);
        spec.displacement.as_ref().map_or_else(|| Ok(Arc::default()), read)
    }
}

/// What is to be run.
#[derive(Clone)]
pub struct RunPlan {
    pub scenario: Arc<Scenario>,
    pub replicate: u32,
    /// Values that replace parameters of this replicate: (`process.parameter`, value).
    pub values: Vec<(String, serde_json::Value)>,
    /// Recount ledgers and digest every day.
    pub audit: bool,
}

/// How a run is kept safe while it lasts.
#[derive(Clone)]
pub struct Keeping {
    pub checkpoints: Checkpoints,
    /// Days between two of them; 0: only when the run is stopped.
    pub every: u32,
    /// Least time by the clock between two of them: what takes seconds is sooner done again than saved.
    pub at_least: Duration,
    /// Number of the signal that asks the run to stop at the end of the day; 0 for none.
    pub stop: Arc<AtomicUsize>,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct RunOutput {
    /// Digest of the state at the end of every day.
    pub digests: Vec<u128>,
    /// Days simulated.
    pub days: u32,
    /// Where the time went.
    pub profile: Profile,
}

/// A run in progress.
#[derive(Clone)]
pub struct Simulation {
    pub world: World,
    scenario: Arc<Scenario>,
    params: ParamSet,
    /// Each lever with what its `where` stands for.
    levers: Vec<(LeverUse, Area)>,
    audit: bool,
    /// What each event without a date waits for.
    conditions: Vec<Option<Condition>>,
    metrics: Arc<Vec<Metric>>,
    /// Which conditions held on the evening that the state was restored from; they look at what is not in the state.
    held: Option<Vec<bool>>,
    /// US cents spent today, by lever.
    pub spent: Vec<(String, i64)>,
    /// Where the time goes.
    pub profile: Profile,
}

/// The part of a day before its first process, and the one after its last.
pub const EVENTS_AND_LEVERS: &str = "events and levers";
/// See [`EVENTS_AND_LEVERS`].
pub const BOOKS: &str = "books";

/// Days between full recounts when not auditing every day.
const RECOUNT_DAYS: u32 = 30;

impl Simulation {
    /// The world on the morning of the first day.
    ///
    /// # Errors
    /// A parameter value of the plan that does not fit, or a lever's place that the region does not have.
    pub fn new(plan: &RunPlan, ground: &Ground) -> Result<Simulation> {
        let s = &plan.scenario.of_replicate(plan.replicate);
        let params = with_values(&s.params, &plan.values)?;
        let region = ground.region.clone();
        let memory = parameters::<beliefs::Params>(&params, "beliefs").memory();
        let mut travel = parameters::<crews::Params>(&params, "crews").travel_costs(memory.risk(0.0, 0.0));
        let journeys: &journeys::Params = parameters(&params, "journeys");
        (travel.sea_usd, travel.sea_usd_per_km) = (journeys.sea_fare_usd, journeys.sea_fare_usd_per_km);
        let routes = Arc::new(Routes::build(&region, &travel, &homes(s, ground), &s.initial.migrants.coasts));
        let luck = Luck { seed: s.run.seed, replicate: plan.replicate };
        let mut w = World::empty(region.clone(), routes, luck, s.run.start.tick(), s.run.persons_per_agent);
        let i = &s.initial;
        depot::populate(&mut w, &i.depots, &ground.data.depots);
        group::populate(&mut w, &i.groups, &ground.data.groups, &i.depots);
        crew::populate(&mut w, &i.crews, &ground.data.networks);
        patrol::populate(&mut w, &i.patrols);
        state::populate(&mut w, &i.states, &ground.data.states);
        oil::populate(&mut w, &ground.data.oil);
        patron::populate(&mut w, &i.patrons, &ground.data.patrons);
        homeland::populate(&mut w, &i.homelands, &ground.data.homelands);
        vessel::populate(&mut w, &i.vessels);
        vessel::open_ports(&mut w, &ground.data.landing_places);
        fare::populate(&mut w);
        let prices: &markets::Params = parameters(&params, "markets");
        market::populate(&mut w, &prices.first_prices());
        let departures: &departures::Params = parameters(&params, "departures");
        migrant::populate(&mut w, &i.migrants, &ground.data.origins, departures.seabound_share);
        displaced::populate(&mut w, &ground.displacement);
        let posts = s.output.counting_posts.iter().filter_map(|name| region.place(name));
        w.posts = posts.filter_map(|p| region.places[p as usize].node).collect();
        w.hypotheses = s.hypotheses.clone();
        w.rederive();
        let areas = s.levers.iter().map(|l| {
            let unknown = |names: Vec<String>| Error::Input(format!("lever `{}`: unknown places {names:?}", l.name()));
            region.area(&l.common.area).map(|a| (l.clone(), a)).map_err(unknown)
        });
        let levers = areas.collect::<Result<_>>()?;
        let metrics = Arc::new(metric::all());
        let conditions = s.events.iter().map(|e| e.condition().map(|c| Condition::parse(c.0, &metrics)).transpose());
        let conditions = conditions.collect::<std::result::Result<Vec<_>, _>>().map_err(Error::Input)?;
        let (scenario, audit) = (s.clone(), plan.audit);
        Ok(Simulation {
            world: w,
            scenario,
            params,
            levers,
            audit,
            conditions,
            metrics,
            held: None,
            spent: vec![],
            profile: Profile::default(),
        })
    }

    /// One day: events and levers, every process in order, then the books.
    ///
    /// # Errors
    /// [`Error::Model`], naming the process, when a ledger does not balance, a number is not finite, or whole numbers overflow.
    pub fn day(&mut self) -> Result<()> {
        self.day_watched(&mut |_, _| {})
    }

    /// The same; `after` sees the world after each part of the day, by name: [`EVENTS_AND_LEVERS`], every process, [`BOOKS`],
    /// before its work is checked. It may settle the tables, to take a digest in the middle of the day, and must change nothing else (but in tests
    /// of the checks).
    ///
    /// # Errors
    /// As [`Simulation::day`].
    pub fn day_watched(&mut self, after: &mut dyn FnMut(&'static str, &mut World)) -> Result<()> {
        // Conditions look at what was yesterday.
        let begin = self.beginning();
        let w = &mut self.world;
        let day = w.day;
        w.tally = Tally::default();
        w.log.clear();
        if day.date().0.day() == 1 {
            w.cells.fill(Default::default());
            w.leg_counts.fill(Default::default());
        }

        // What the state was made or restored with is nobody's fault of today.
        sound(w, "state of the morning")?;
        self.spent = guarded(day, EVENTS_AND_LEVERS, || {
            calendar::happen(&self.scenario.events, &begin, w, day);
            let spent = pull_levers(w, &self.levers, self.scenario.run.end.tick());
            after(EVENTS_AND_LEVERS, w);
            spent
        })?;
        sound(w, EVENTS_AND_LEVERS)?;
        self.profile.lap(EVENTS_AND_LEVERS, w);
        for step in DAY {
            guarded(day, step.name, || {
                (step.run)(&self.params[step.name], w, day);
                after(step.name, w);
            })?;
            self.profile.lap(step.name, w);
            sound(w, step.name)?;
            self.profile.lap("numbers and ledgers", w);
        }
        guarded(day, "books", || bill_deeds(w, &self.levers, &mut self.spent))?;
        w.settle();
        w.log.sort_by(|a, b| (a.kind, a.key).cmp(&(b.kind, b.key)));
        self.profile.lap(BOOKS, w);
        after(BOOKS, w);
        let recount = self.audit || day.0.is_multiple_of(RECOUNT_DAYS) || day == self.scenario.run.end.tick();
        if recount {
            guarded(day, "recount", || w.audit())?.map_err(|what| fault(day, "recount", what))?;
        }
        self.profile.lap("recount", w);
        Ok(())
    }

    /// Which events begin today: those of this date, and those whose condition holds for the first time.
    fn beginning(&mut self) -> Vec<bool> {
        let held = self.held.take().unwrap_or_else(|| self.conditions_held());
        let w = &mut self.world;
        let day = w.day;
        let mut begin = vec![];
        for (i, (event, held)) in self.scenario.events.iter().zip(held).enumerate() {
            let key = Key::named("conditional event", "", i as u64).0;
            let Some((_, earliest, latest)) = event.condition().filter(|_| !w.fired.key().contains(&key)) else {
                begin.push(event.date().is_some_and(|d| d.tick() == day));
                continue;
            };
            let open = earliest.is_none_or(|d| d.tick() <= day) && latest.is_none_or(|d| day <= d.tick());
            let first = day > self.scenario.run.start.tick();
            let now = open && first && held;
            if now {
                w.fired.push(FiredEvent { key, day: day.0 });
            }
            begin.push(now);
        }
        begin
    }

    /// For each event, whether what it waits for is so.
    fn conditions_held(&self) -> Vec<bool> {
        self.conditions.iter().map(|c| c.is_some_and(|c| c.holds(&self.metrics, &self.world))).collect()
    }

    /// The state on the evening of a day, for a checkpoint.
    pub fn save(&self) -> Sections {
        let mut s = Sections::default();
        self.world.save_into(&mut s);
        let held = self.conditions_held().into_iter().map(u8::from);
        s.put("conditions", held.collect::<Vec<u8>>());
        s
    }

    /// Puts a state that [`Simulation::save`] gave into this run, which must be of the same scenario.
    ///
    /// # Errors
    /// What does not fit.
    pub fn restore(&mut self, state: &Sections) -> std::result::Result<(), String> {
        self.world.restore_from(state)?;
        let held: Vec<bool> = state.get("conditions")?.iter().map(|&b| b != 0).collect();
        if held.len() != self.conditions.len() {
            return Err("section `conditions` has a wrong length".into());
        }
        self.held = Some(held);
        Ok(())
    }

    /// Takes over the state of another run of the same ground, luck and start on the morning of a day, to go on from there by
    /// this run's levers and events. What they were until then must have been the same ([`crate::study::branch::parts_on`]).
    pub fn branch_from(&mut self, trunk: &Simulation) {
        self.world = trunk.world.clone();
        self.held = None;
    }

    /// Goes on to the next morning.
    pub fn next_morning(&mut self) {
        self.world.next_morning();
    }

    /// Last day of the run.
    pub fn last_day(&self) -> Tick {
        self.scenario.run.end.tick()
    }
}

/// Runs a plan from the first day to the last.
///
/// # Errors
/// See [`Simulation::new`] and [`Simulation::day`], and what the observer says.
pub fn run_one(plan: &RunPlan, ground: &Ground, observer: &mut dyn Observer) -> Result<RunOutput> {
    run_kept(plan, ground, observer, None, None)
}

/// The same, from a saved state if there is one, with checkpoints as `keeping` says.
///
/// # Errors
/// As [`run_one`]; [`Error::Interrupted`] when the run was asked to stop and has saved itself; what a checkpoint says that
/// cannot be written.
pub fn run_kept(
    plan: &RunPlan,
    ground: &Ground,
    observer: &mut dyn Observer,
    keeping: Option<&Keeping>,
    from: Option<&Sections>,
) -> Result<RunOutput> {
    let mut sim = Simulation::new(plan, ground)?;
    let mut out = RunOutput::default();
    if let Some(state) = from {
        let wrong = |why: String| Error::Input(format!("the saved state does not fit the scenario: {why}"));
        sim.restore(state).map_err(wrong)?;
        out.digests = column_from_bytes(state.get(DIGESTS).map_err(wrong)?).ok_or_else(|| wrong("digests".into()))?;
        out.days = out.digests.len() as u32;
        sim.next_morning();
    }
    let mut kept = Instant::now();
    let mut writer = keeping.map(|k| Writer::new(k.checkpoints.clone()));
    sim.profile.start(&sim.world);
    loop {
        sim.day()?;
        guarded(sim.world.day, "observer", || observer.day(&sim.world, &sim.spent))??;
        sim.profile.lap("observer", &sim.world);
        out.digests.push(sim.world.digest());
        sim.profile.lap("digest", &sim.world);
        out.days += 1;
        if sim.world.day >= sim.last_day() {
            observer.end(&sim.world)?;
            sim.profile.lap("observer", &sim.world);
            sim.profile.weigh(&sim.world);
            writer.as_mut().map_or(Ok(()), Writer::wait).map_err(failed)?;
            out.profile = sim.profile;
            return Ok(out);
        }
        if let Some((k, writer)) = keeping.zip(writer.as_mut()) {
            let signal = k.stop.load(Ordering::Relaxed);
            let due = k.every > 0 && out.days.is_multiple_of(k.every) && kept.elapsed() >= k.at_least;
            if signal != 0 || due {
                kept = Instant::now();
                keep(writer, &sim, observer, &out)?;
            }
            if signal != 0 {
                writer.wait().map_err(failed)?;
                return Err(Error::Interrupted { date: sim.world.day.date().to_string(), signal: signal as i32 });
            }
            sim.profile.lap("checkpoints", &sim.world);
        }
        sim.next_morning();
        sim.profile.lap("next morning", &sim.world);
        if sim.world.day.date().0.day() == 1 {
            sim.profile.weigh(&sim.world);
        }
    }
}

/// Section of a checkpoint with the digests of all days so far, and the one with the observer's state.
pub const DIGESTS: &str = "digests";
/// See [`DIGESTS`].
pub const OBSERVER: &str = "observer";

/// Begins to write a checkpoint of this evening.
fn keep(writer: &mut Writer, sim: &Simulation, observer: &mut dyn Observer, out: &RunOutput) -> Result<()> {
    let mut state = sim.save();
    state.put(DIGESTS, bytemuck::cast_slice::<_, u8>(&out.digests));
    let kept = observer.keep()?;
    state.put(OBSERVER, kept.state);
    writer.begin(sim.world.day.0, state, kept.files).map_err(failed)
}

fn failed((path, why): Failed) -> Error {
    Error::io(path, why)
}

fn fault(day: Tick, process: &str, what: String) -> Error {
    Error::Model { date: day.date().to_string(), process: process.into(), what }
}

/// Checks what a process has left: ledgers that balance and numbers that are finite.
fn sound(w: &mut World, process: &str) -> Result<()> {
    let day = w.day;
    for ledger in w.ledgers.all_mut() {
        ledger.check_moved().map_err(|r| fault(day, process, r.to_string()))?;
    }
    w.check_numbers().map_or(Ok(()), |what| Err(fault(day, process, what)))
}

/// Does part of a day. A panic in it (an overflow of whole numbers, a row that is not there) is a fault of the model: the run
/// stops with its date and process, as for any other. The state is then half done and must not be used or saved; Rust's own
/// message, with the line of the code, is on stderr already.
fn guarded<T>(day: Tick, process: &str, work: impl FnOnce() -> T) -> Result<T> {
    // Whoever gets the error drops the simulation, so that nobody sees what was torn.
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
        fault(day, process, text.unwrap_or("a panic without a text").to_string())
    })
}

/// Typed parameters of a process.
fn parameters<'a, T: crate::engine::step::Params>(params: &'a ParamSet, name: &str) -> &'a T {
    params[name].get()
}

/// Parameters with this replicate's values put in.
fn with_values(params: &ParamSet, values: &[(String, serde_json::Value)]) -> Result<ParamSet> {
    let mut out = params.clone();
    for (path, value) in values {
        let wrong = |why: &str| Error::Input(format!("parameter value `{path}`: {why}"));
        let (process, name) = path.split_once('.').ok_or_else(|| wrong("expected process.parameter"))?;
        let step = DAY.iter().find(|s| s.name == process).ok_or_else(|| wrong("no such process"))?;
        let mut json = out[step.name].resolved.clone();
        let field = json.get_mut(name).ok_or_else(|| wrong("no such parameter"))?;
        *field = value.clone();
        out.insert(step.name, (step.parse)(json).map_err(|e| wrong(&e))?);
    }
    Ok(out)
}

/// Places that must be hubs: homes of networks and doors of origins.
fn homes(s: &Scenario, ground: &Ground) -> Vec<PlaceId> {
    let i = &s.initial;
    let networks = if i.crews.networks.is_empty() { &ground.data.networks } else { &i.crews.networks };
    let origins = if i.migrants.origins.is_empty() { &ground.data.origins } else { &i.migrants.origins };
    let names = networks.iter().map(|n| n.home.as_str()).chain(origins.iter().map(|o| o.place.as_str()));
    names.filter_map(|n| ground.region.place(n)).collect()
}

/// Applies every lever that is in force, where its hosts let it work and as far as its budget goes, and books what it
/// costs; returns the day's spending.
fn pull_levers(w: &mut World, levers: &[(LeverUse, Area)], last: Tick) -> Vec<(String, i64)> {
    let mut controls = Controls::none(&w.region);
    let mut spent = vec![];
    for (lever, area) in levers {
        let allowed = lever.allowed(area, w);
        let area = allowed.as_ref().unwrap_or(area);
        let wanted = if allowed.is_some() { strength(lever, w.day, last) } else { 0.0 };
        let strength = affordable(lever, wanted, area, w);
        // An idle lever does nothing at all, so that zero intensity is the baseline bit for bit.
        if strength > 0.0 {
            controls.sender = hash_name(lever.name());
            controls.by = actor_of(&lever.common.by).unwrap_or(0);
            controls.effect = lever.common.effect();
            // Vessels are whole: what is lost is lost in what they do.
            let lost = if lever.kind.whole { 1.0 } else { controls.effect };
            (lever.kind.apply)(&lever.own, strength * lost, area, w, &mut controls);
        }
        let cents = if lever.kind.by_deed { 0 } else { pay(lever, strength, area, w) };
        spent.push((lever.name().to_string(), cents));
        let first = if allowed.is_some() { "lever_start" } else { "refused" };
        for (day, kind) in
            [(lever.common.start.tick(), first), (lever.common.end.map_or(last, |e| e.tick()), "lever_end")]
        {
            if day == w.day && lever.common.intensity > 0.0 {
                let key = hash_name(lever.name());
                w.log.push(Entry {
                    day,
                    kind,
                    place: lever.name().into(),
                    item: lever.kind.unit,
                    count: lever.common.intensity as i64,
                    key,
                });
            }
        }
    }
    w.controls = controls;
    spent
}

/// How much of a strength the lever's budget pays for.
fn affordable(lever: &LeverUse, strength: f64, area: &Area, w: &World) -> f64 {
    let Some(budget) = lever.common.budget_usd_per_year else { return strength };
    if lever.kind.by_deed {
        let days = f64::from(w.day.0.saturating_sub(lever.common.start.tick().0) + 1);
        let bills = w.bills.rows().filter(|&i| w.bills.key()[i] == hash_name(lever.name()));
        let so_far: u64 = bills.map(|i| w.bills.cents()[i]).sum();
        return if (so_far as f64) < budget * 100.0 * days / 365.0 { strength } else { 0.0 };
    }
    let full = (lever.kind.units)(&lever.own, strength, area, w) * lever.kind.cost.0;
    if full > budget { strength * (budget / full) } else { strength }
}

/// Pays a day of a lever; returns US cents.
fn pay(lever: &LeverUse, strength: f64, area: &Area, w: &mut World) -> i64 {
    let units = (lever.kind.units)(&lever.own, strength, area, w);
    let cents = Usd::dollars(units * lever.kind.cost.0 / 365.0).0.max(0);
    w.ledgers.pay(Money::Purse, Money::Policy, cents as u64);
    w.tally.spent += cents;
    cents
}

/// In the evening, pays the levers that are billed by what they did today, and notes it for their budgets.
fn bill_deeds(w: &mut World, levers: &[(LeverUse, Area)], spent: &mut [(String, i64)]) {
    for ((lever, area), spent) in levers.iter().zip(spent).filter(|x| x.0.0.kind.by_deed) {
        let key = hash_name(lever.name());
        w.controls.sender = key;
        let cents = pay(lever, lever.common.intensity, area, w);
        spent.1 = cents;
        let row = w.bills.rows().find(|&i| w.bills.key()[i] == key);
        match row {
            Some(row) => w.bills.update(row, |b| b.cents += cents as u64),
            None if cents > 0 => drop(w.bills.push(Bill { key, cents: cents as u64 })),
            None => {}
        }
    }
}

/// Strength of a lever on a day: its intensity, growing over the ramp, zero outside its dates.
pub fn strength(lever: &LeverUse, day: Tick, last: Tick) -> f64 {
    let c = &lever.common;
    let (start, end) = (c.start.tick(), c.end.map_or(last, |e| e.tick()));
    if day < start || day > end {
        return 0.0;
    }
    let since = f64::from(day.0 - start.0 + 1);
    let grown = if c.ramp_days == 0 { 1.0 } else { (since / f64::from(c.ramp_days)).min(1.0) };
    c.intensity * grown
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::step::AnyParams;
    use crate::levers::{Common, depot_security::DepotSecurity, find};
    use crate::units::Date;
    use serde_json::json;

    fn lever(end: Option<Date>, ramp_days: u32) -> LeverUse {
        let common = Common {
            kind: "depot_security".into(),
            name: None,
            start: Date::new(2012, 1, 11),
            end,
            ramp_days,
            area: vec![],
            intensity: 20.0,
            budget_usd_per_year: None,
            consent: None,
            by: "other".into(),
            mandates: vec![],
            coordination: 1.0,
        };
        let own = AnyParams::parse::<DepotSecurity>(json!({})).unwrap();
        LeverUse { common, kind: find("depot_security").unwrap(), own }
    }

    fn on(l: &LeverUse, month: i8, day: i8) -> f64 {
        strength(l, Date::new(2012, month, day).tick(), Date::new(2012, 12, 31).tick())
    }

    #[test]
    fn a_lever_works_from_its_first_day_to_its_last() {
        let l = lever(Some(Date::new(2012, 2, 1)), 0);
        assert_eq!([on(&l, 1, 10), on(&l, 1, 11), on(&l, 2, 1), on(&l, 2, 2)], [0.0, 20.0, 20.0, 0.0]);
        let l = lever(None, 0);
        assert_eq!([on(&l, 1, 10), on(&l, 12, 31)], [0.0, 20.0], "to the end of the run");
    }

    /// Over ten days: a tenth on the first day, half on the fifth, all of it from the tenth on.
    #[test]
    fn a_ramp_grows_day_by_day() {
        let l = lever(None, 10);
        for (day, want) in [(10, 0.0), (11, 2.0), (15, 10.0), (20, 20.0), (21, 20.0)] {
            assert!((on(&l, 1, day) - want).abs() < 1e-12, "January {day}: {}", on(&l, 1, day));
        }
    }

    #[test]
    fn values_of_a_replicate_replace_parameters_or_are_refused() {
        let base: ParamSet = DAY.iter().map(|s| (s.name, (s.parse)(json!({})).unwrap())).collect();
        let with = |path: &str, value: serde_json::Value| with_values(&base, &[(path.into(), value)]);
        let changed = with("weather.mean_wave_m", json!(1.1)).unwrap();
        assert_eq!(changed["weather"].resolved["mean_wave_m"], 1.1);
        assert_eq!(changed["sea"].resolved, base["sea"].resolved);
        for (path, value) in [
            ("weather", json!(1)),
            ("wether.mean_wave_m", json!(1)),
            ("weather.mean_wave", json!(1)),
            ("weather.mean_wave_m", json!("high")),
        ] {
            let said = with(path, value).err().map(|e| (e.exit_code(), e.to_string())).unwrap();
            assert!(said.0 == 2 && said.1.contains(path), "{said:?}");
        }
    }
}
