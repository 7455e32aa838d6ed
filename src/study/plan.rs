//! A study file as it is read ([`super::spec`] is what it may say), and the points to run that come of it.

use super::calibrate::{self, Course, Next, Particle, Stage, Tried};
use super::design::{self, Fractional, Resolution, luck};
use super::factors::{Axis, Range, axes, of_sample};
use super::measure::{Better, Measure, PART, Part, span};
use super::spec::{Design, StudyFile, Variant};
use super::targets::{Goal, Target, Watched, goal, series};
use crate::error::{Error, Result};
use crate::scenario::nearest;
use crate::scenario::posterior::MOST_ROWS;
use std::path::Path;

/// A point to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Its place in the unit cube; empty for variants.
    pub at: Vec<f64>,
    /// What it is called, for variants and budgets' corners.
    pub name: String,
    /// Values of the factors, as they are written.
    pub values: Vec<String>,
    /// Changes to the scenario.
    pub sets: Vec<String>,
}

/// A study that is ready to run.
pub struct Plan {
    pub file: StudyFile,
    pub axes: Vec<Axis>,
    pub points: Vec<Point>,
    /// Of a fractional design: what it cannot tell apart.
    pub fraction: Option<Fractional>,
    /// What a calibration or a sample is held against.
    pub held: Held,
    /// How far a calibration is. Its points come stage by stage ([`Plan::go_on`]).
    pub fit: Option<Fit>,
}

/// Published figures and series.
#[derive(Default)]
pub struct Held {
    pub goals: Vec<Goal>,
    pub watched: Vec<Watched>,
}

impl Held {
    /// Whether there is nothing to hold a study against.
    pub fn is_empty(&self) -> bool {
        self.goals.is_empty() && self.watched.is_empty()
    }
}

/// A calibration under way.
pub struct Fit {
    pub course: Course,
    pub stages: Vec<Stage>,
    /// The posterior, once it is there: the nearest first.
    pub posterior: Vec<Particle>,
}

/// What the points of the sample are called in `design.csv`.
pub const SAMPLE: &str = "sample";

/// Most points of a study, most values of factors in them, and most runs.
const MOST: usize = 200_000;
const MOST_VALUES: usize = 2_000_000;
const MOST_RUNS: usize = 10_000_000;
/// Most steps of the search for the best spread of a Latin hypercube: some seconds.
const MOST_STEPS: usize = 20_000_000_000;

/// Refuses a design that is too large to be made, before it is.
fn fits(file: &StudyFile, k: usize, sampled: usize) -> Result<()> {
    let points = match &file.design {
        Design::OneAtATime { levels } => levels.checked_mul(k).and_then(|n| n.checked_add(1)),
        Design::Factorial { levels } => levels.checked_pow(k.try_into().unwrap_or(u32::MAX)),
        // Of as many factors as it takes, the fraction is the smallest there is.
        Design::FractionalFactorial { .. } => Some(1),
        Design::LatinHypercube { points, .. } | Design::Sobol { points } => Some(*points),
        Design::Morris { trajectories, .. } => trajectories.checked_mul(k + 1),
        Design::SobolIndices { points } => points.checked_mul(k + 2),
        Design::Budget { points, levers, .. } => points.checked_add(levers.len() + 1),
        Design::Calibrate { points, waves, generations, sample, .. } => {
            waves.checked_add(*generations).and_then(|n| n.checked_mul(*points)).and_then(|n| n.checked_add(*sample))
        }
        Design::Variants => Some(file.variant.len()),
        // It was read already.
        Design::Sample { .. } => Some(sampled),
    };
    let refuse = |why: String| Err(Error::Input(why));
    let Some(points) = points.filter(|n| *n <= MOST && n.saturating_mul(k) <= MOST_VALUES) else {
        return refuse(format!("the design has more than {MOST} points, or more than {MOST_VALUES} values of factors"));
    };
    let runs = points.saturating_mul(file.replicates as usize).saturating_mul(file.policies.len() + 1);
    if runs > MOST_RUNS {
        return refuse(format!("the study has {runs} runs; more than {MOST_RUNS} are not taken"));
    }
    if let Design::LatinHypercube { points, tries } = &file.design
        && *tries > 1
        && points.saturating_mul(points * k.max(1) / 2).saturating_mul(*tries as usize) > MOST_STEPS
    {
        return refuse(format!("the best spread of {points} points takes too long to find: set `tries = 1`"));
    }
    Ok(())
}

impl Plan {
    /// Reads a study file. `measures` are those that runs come to; `without` names years or months that a calibration does not see.
    ///
    /// # Errors
    /// A file that cannot be read; everything that is wrong with it, by line; a design that cannot be made.
    pub fn read(path: &Path, measures: &[Measure], without: &[String]) -> Result<Plan> {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
        Plan::parse(path, &text, measures, without)
    }

    /// The same from the text of a file; `path` is what messages name.
    ///
    /// # Errors
    /// As [`Plan::read`].
    pub fn parse(path: &Path, text: &str, measures: &[Measure], without: &[String]) -> Result<Plan> {
        let broken = |e: toml::de::Error| Error::Input(format!("{}: {}", path.display(), e.to_string().trim_end()));
        let mut file: StudyFile = toml::from_str(text).map_err(broken)?;
        leave_out(&mut file, without)?;
        let mut wrong = Wrong { path, text, said: vec![] };
        let beside = path.parent().unwrap_or(Path::new(""));
        let fit = course(&file, &mut wrong).map(|course| Fit { course, stages: vec![], posterior: vec![] });
        let held = held(&mut file, beside, &mut wrong);
        if file.replicates == 0 {
            wrong.say("replicates", "`replicates` is 0; it must be at least 1".into());
        }
        for name in &file.measures {
            if name.contains(PART) {
                if let Err(why) = Part::read(name) {
                    wrong.say(name, why);
                }
            } else if !measures.iter().any(|m| m.name == *name) {
                let meant = nearest(name, measures.iter().map(|m| m.name.as_str()));
                wrong.say(name, format!("there is no measure `{name}`{}", did_you_mean(meant)));
            }
        }
        if file.measures.is_empty() {
            wrong.say("measures", "`measures` is empty: name what is to be looked at".into());
        }
        if let Some(d) = &file.discover {
            if !file.measures.contains(&d.measure) {
                wrong.say(&d.measure, format!("`discover.measure` is `{}`, which is not in `measures`", d.measure));
            }
            if d.above.is_some() == d.below.is_some() {
                wrong.say("discover", "`[discover]` needs either `above` or `below`".into());
            }
        }
        patterns(&file, &mut wrong);
        let mut axes: Vec<Axis> = file.factor.iter().flat_map(|f| axes(f, &mut wrong)).collect();
        for (i, axis) in axes.iter().enumerate() {
            if axes[..i].iter().any(|other| other.key == axis.key) {
                wrong.say(&axis.key, format!("`{}` is varied twice", axis.key));
            }
        }
        let needs_factors = !matches!(file.design, Design::Budget { .. } | Design::Variants | Design::Sample { .. });
        if needs_factors == axes.is_empty() && wrong.said.is_empty() {
            let why =
                if needs_factors { "this design needs `[[factor]]`" } else { "this design takes no `[[factor]]`" };
            wrong.say("[design]", why.into());
        }
        if matches!(file.design, Design::Variants) != (file.variant.len() > 1) {
            wrong.say(
                "[design]",
                "the design `variants` needs two `[[variant]]` or more, and no other takes any".into(),
            );
        }
        let mut rows = vec![];
        if let Design::Sample { file: sample, points, .. } = &file.design {
            match of_sample(&beside.join(sample), *points) {
                Ok(read) => (axes, rows) = read,
                Err(why) => wrong.say("[design]", why),
            }
        }
        if !wrong.said.is_empty() {
            return Err(Error::Input(wrong.said.join("\n")));
        }
        let placed = |e: Error| Error::Input(format!("{}: error: {e}", wrong.place("[design]")));
        let made = fits(&file, axes.len(), rows.len()).and_then(|()| points(&file, &axes, rows));
        let (points, fraction) = made.map_err(placed)?;
        let mut plan = Plan { file, axes, points, fraction, held, fit };
        // The first wave of a calibration.
        plan.go_on(&|_, _| f64::NAN).map_err(placed)?;
        Ok(plan)
    }

    /// The next points of a calibration, once those so far have been run: of the next stage, or of the sample at the end. `value` gives
    /// the mean of a point in a measure. False when there are none, as of every other design.
    ///
    /// # Errors
    /// More factors than a Sobol sequence has; a target of which no run has a value; nothing left of the ranges.
    pub fn go_on(&mut self, value: &dyn Fn(usize, &str) -> f64) -> Result<bool> {
        let Some(fit) = &mut self.fit else { return Ok(false) };
        if !fit.posterior.is_empty() {
            return Ok(false);
        }
        let goals = &self.held.goals;
        let aims: Vec<_> = goals.iter().map(|g| g.aim).collect();
        let come_to = |point: usize| goals.iter().map(|g| g.scaled(g.came_to(&|m| value(point, m)))).collect();
        let tried: Vec<Tried> =
            self.points.iter().enumerate().map(|(i, p)| Tried { at: p.at.clone(), came_to: come_to(i) }).collect();
        // A target that no run has a value of would leave nothing to choose by.
        let mute = |(i, g): &(usize, &Goal)| g.aim.weight > 0.0 && tried.iter().all(|t| t.came_to[*i].is_nan());
        if let Some((_, g)) = goals.iter().enumerate().find(mute).filter(|_| !tried.is_empty()) {
            return Err(Error::Input(format!("no run has a value of the target `{}`", g.name)));
        }
        let seed = self.file.seed;
        let (next, stages) = calibrate::next(&fit.course, &aims, self.axes.len(), &tried, seed)?;
        fit.stages = stages;
        let (places, name) = match next {
            Next::Run(places) => (places, fit.stages.last().map_or("", |s| s.name.as_str()).to_string()),
            Next::Fitted(posterior) => {
                let Design::Calibrate { sample, .. } = self.file.design else { return Ok(false) };
                let drawn = calibrate::sample(&posterior, sample, seed);
                fit.posterior = posterior;
                (drawn.into_iter().map(|p| tried[p].at.clone()).collect(), SAMPLE.to_string())
            }
        };
        for at in places {
            let values: Vec<String> = self.axes.iter().zip(&at).map(|(a, u)| a.value(*u)).collect();
            let mut sets: Vec<String> = self.axes.iter().zip(&values).map(|(a, v)| format!("{}={v}", a.key)).collect();
            if name == SAMPLE {
                sets.extend(self.file.predict.set.iter().cloned());
            }
            // A luck that all points shared would be fitted too.
            sets.push(own_luck(seed, self.points.len()));
            self.points.push(Point { at, name: name.clone(), values, sets });
        }
        Ok(true)
    }

    /// The measures that are taken over a part of the run.
    pub fn parts(&self) -> Vec<Part> {
        self.file.measures.iter().filter_map(|name| Part::read(name).ok()).collect()
    }

    /// Which way a measure of the study is better.
    pub fn better(&self, measures: &[Measure], name: &str) -> Option<Better> {
        measures.iter().find(|m| m.name == name).and_then(|m| m.better)
    }
}

/// A luck of its own for a point.
fn own_luck(seed: u64, point: usize) -> String {
    let seed = luck(seed, 0, "study.calibrate.seed").below(point as u64, 1_000_000_000);
    format!("run.seed={seed}")
}

/// Takes years or months out of what a calibration sees: series are still looked at there, single figures of them are dropped.
fn leave_out(file: &mut StudyFile, without: &[String]) -> Result<()> {
    let no = |why: String| Err(Error::Input(format!("--without: {why}")));
    if !without.is_empty() && !matches!(file.design, Design::Calibrate { .. }) {
        return no("goes with the design `calibrate`".into());
    }
    for period in without {
        let Some((from, to)) = span(period) else {
            return no(format!("`{period}` is no part of a run; write 2015, 2015-06 or 2015-06..2015-08"));
        };
        let inside = |m: &String| Part::read(m).is_ok_and(|p| from <= p.from && p.to <= to);
        let apart = |m: &String| Part::read(m).is_ok_and(|p| p.to < from || to < p.from);
        let of = |t: &Target| [&t.measure].into_iter().chain(&t.over).cloned().collect::<Vec<String>>();
        if let Some(t) = file.target.iter().find(|t| !of(t).iter().all(inside) && !of(t).iter().all(apart)) {
            return no(format!("the target `{}` is not of {period} alone, nor of other times alone", t.name));
        }
        file.target.retain(|t| !of(t).iter().all(inside));
        file.series.iter_mut().for_each(|s| s.except.push(period.clone()));
    }
    Ok(())
}

/// The course of a calibration; none for other designs.
fn course(file: &StudyFile, wrong: &mut Wrong) -> Option<Course> {
    let Design::Calibrate { points, waves, cutoff, generations, particles, least_accepted, sample } = file.design
    else {
        if !file.predict.set.is_empty() {
            wrong.say("[predict]", "`[predict]` goes with the design `calibrate`".into());
        }
        return None;
    };
    let particles = particles.unwrap_or(points / 2);
    let mut is = |right: bool, why: &str| {
        if !right {
            wrong.say("[design]", why.into())
        }
    };
    is(waves > 0, "`waves` is 0; the first wave is the prior");
    is(points >= 8, "`points` is less than 8");
    is(
        (2..=waves.saturating_mul(points)).contains(&particles),
        "`particles` must be from 2 to the points of all waves",
    );
    is((1..=MOST_ROWS).contains(&sample), "`sample` must be from 1 to 1,000");
    is(file.pattern.is_empty() && file.discover.is_none(), "a calibration takes no `[[pattern]]` and no `[discover]`");
    is(cutoff > 0.0 && cutoff.is_finite(), "`cutoff` must be more than 0");
    is((0.0..1.0).contains(&least_accepted), "`least_accepted` must be from 0 to less than 1");
    is(file.target.len() + file.series.len() > 0, "a calibration needs `[[target]]` or `[[series]]`");
    is(
        file.policies.is_empty(),
        "a calibration takes no `policies`: compare them with what it finds, by `[posterior]`",
    );
    Some(Course { waves, points, cutoff, generations, particles, least_accepted })
}

/// What a calibration or a sample is held against; what it needs is added to the measures.
fn held(file: &mut StudyFile, beside: &Path, wrong: &mut Wrong) -> Held {
    let calibrates = matches!(file.design, Design::Calibrate { .. });
    if !calibrates && !matches!(file.design, Design::Sample { .. }) {
        if file.target.len() + file.series.len() > 0 {
            let why = "`[[target]]` and `[[series]]` go with the designs `calibrate` and `sample`";
            wrong.say("[design]", why.into());
        }
        return Held::default();
    }
    let (mut goals, mut watched) = (vec![], vec![]);
    for t in &file.target {
        match goal(t) {
            Ok(g) => goals.push(g),
            Err(why) => wrong.say(&t.name, why),
        }
    }
    for s in &file.series {
        match series(s, beside) {
            Ok((w, _)) if watched.iter().any(|other: &Watched| other.metric == w.metric) => {
                wrong.say(&s.column, format!("there are two series of `{}`; leave one to another study", w.metric));
            }
            Ok((w, of)) => {
                goals.extend(of);
                watched.push(w);
            }
            Err(why) => wrong.say(&s.column, why),
        }
    }
    if calibrates && wrong.said.is_empty() && !goals.iter().any(|g| g.aim.weight > 0.0) {
        wrong.say("[design]", "nothing is left to fit: no target or whole period of a series has a weight".into());
    }
    let months = watched.iter().flat_map(|w| w.months.iter().map(|m| w.measure(&m.month)));
    let all: Vec<String> = goals.iter().flat_map(|g| g.of.iter().chain(&g.over).cloned()).chain(months).collect();
    for name in all {
        if !file.measures.contains(&name) {
            file.measures.push(name);
        }
    }
    Held { goals, watched }
}

/// What is wrong with a file, by line.
pub(super) struct Wrong<'a> {
    path: &'a Path,
    text: &'a str,
    said: Vec<String>,
}

impl Wrong<'_> {
    /// `FILE:LINE` of the first line with a word.
    fn place(&self, word: &str) -> String {
        let line = self.text.lines().position(|l| l.contains(word)).map_or(1, |n| n + 1);
        format!("{}:{line}", self.path.display())
    }
    pub(super) fn say(&mut self, word: &str, what: String) {
        self.said.push(format!("{}: error: {what}", self.place(word)));
    }
}

pub(super) fn did_you_mean(word: Option<&str>) -> String {
    word.map_or(String::new(), |w| format!("; did you mean `{w}`?"))
}

/// Name of an arm: of its file, without the ending.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Says what is wrong with the patterns.
fn patterns(file: &StudyFile, wrong: &mut Wrong) {
    let arms: Vec<String> = [&file.scenario].into_iter().chain(&file.policies).map(|p| stem(p)).collect();
    for p in &file.pattern {
        for measure in [Some(&p.measure), p.over_measure.as_ref()].into_iter().flatten() {
            if !file.measures.contains(measure) {
                let why = format!("the pattern `{}` looks at `{measure}`, which is not in `measures`", p.name);
                wrong.say(measure, why);
            }
        }
        for arm in [&p.policy, &p.over].into_iter().flatten().filter(|a| !arms.contains(a)) {
            let meant = did_you_mean(nearest(arm, arms.iter().map(String::as_str)));
            wrong.say(arm, format!("the pattern `{}` names `{arm}`, which is no policy of the study{meant}", p.name));
        }
        if p.at_least.is_none() && p.at_most.is_none() {
            wrong.say(&p.name, format!("the pattern `{}` needs `at_least` or `at_most`", p.name));
        }
    }
}

/// The points of a design, and what a fraction of all combinations cannot tell apart. `rows` are those of a sample.
fn points(file: &StudyFile, axes: &[Axis], rows: Vec<design::Point>) -> Result<(Vec<Point>, Option<Fractional>)> {
    let (k, seed) = (axes.len(), file.seed);
    let levels = |n: usize| (0..n).map(|i| (i as f64 + 0.5) / n as f64).collect::<Vec<f64>>();
    let ends = |n: usize| (0..n).map(|i| i as f64 / (n.max(2) - 1) as f64).collect::<Vec<f64>>();
    let mut fraction = None;
    let places: Vec<design::Point> = match &file.design {
        Design::OneAtATime { levels: n } => {
            let each = |a: &Axis| if let Range::OneOf(v) = &a.range { levels(v.len()) } else { ends(*n) };
            axes.iter()
                .enumerate()
                .flat_map(|(i, a)| each(a).into_iter().map(move |u| (i, u)))
                .map(|(i, u)| (0..k).map(|j| if i == j { u } else { f64::NAN }).collect())
                .collect()
        }
        Design::Factorial { levels: n } => design::full_factorial(&vec![*n; k], MOST)?,
        Design::FractionalFactorial { resolution } => {
            let at_least = match resolution {
                3 => Resolution::Three,
                4 => Resolution::Four,
                other => return Err(Error::Input(format!("resolution {other} is neither 3 nor 4"))),
            };
            let made = design::fractional_factorial(k, at_least)?;
            fraction.insert(made).points.clone()
        }
        Design::LatinHypercube { points, tries } => design::latin_hypercube(*points, k, seed, *tries)?,
        Design::Sobol { points } => design::sobol(*points, k, seed)?,
        Design::Morris { trajectories, levels } => design::morris(k, *trajectories, *levels, seed)?,
        Design::SobolIndices { points } => design::saltelli(*points, k, seed)?,
        Design::Sample { .. } => rows,
        Design::Calibrate { .. } => {
            if let Some(a) = axes.iter().find(|a| matches!(a.range, Range::OneOf(_))) {
                return Err(Error::Input(format!("`{}` has `values`; a calibration needs ranges", a.key)));
            }
            // They come stage by stage.
            vec![]
        }
        Design::Budget { points, usd_per_year, levers } => {
            return Ok((budget(*points, *usd_per_year, levers, seed)?, None));
        }
        Design::Variants => {
            let one = |v: &Variant| Point { at: vec![], name: v.name.clone(), values: vec![], sets: v.set.clone() };
            return Ok((file.variant.iter().map(one).collect(), None));
        }
    };
    // The scenario as it is stands first where others are held against it.
    let as_it_is = matches!(file.design, Design::OneAtATime { .. }).then(|| vec![f64::NAN; k]);
    let point = |at: design::Point| {
        let values: Vec<String> =
            axes.iter().zip(&at).map(|(a, u)| if u.is_nan() { String::new() } else { a.value(*u) }).collect();
        let set = |(a, v): (&Axis, &String)| (!v.is_empty()).then(|| format!("{}={v}", a.key));
        let sets = axes.iter().zip(&values).filter_map(set).collect();
        Point { at, name: String::new(), values, sets }
    };
    let mut points: Vec<Point> = as_it_is.into_iter().chain(places).map(point).collect();
    if let Design::Sample { own_luck: true, .. } = file.design {
        points.iter_mut().enumerate().for_each(|(i, p)| p.sets.push(own_luck(seed, i)));
    }
    Ok((points, fraction))
}

/// Ways to share a budget: all to one lever each, all alike, and points spread evenly over all ways (by a Sobol sequence:
/// exponential parts over their sum are uniform on the simplex).
fn budget(n: usize, usd: f64, levers: &[String], seed: u64) -> Result<Vec<Point>> {
    let k = levers.len();
    if k < 2 || !usd.is_finite() || usd <= 0.0 {
        return Err(Error::Input("a budget needs two levers or more, and more than 0 USD".into()));
    }
    let alone = (0..k).map(|i| (levers[i].clone(), (0..k).map(|j| f64::from(u8::from(i == j))).collect::<Vec<f64>>()));
    let alike = ("all alike".to_string(), vec![1.0 / k as f64; k]);
    let spread = design::sobol(n.max(1), k, seed)?.into_iter().take(n).map(|u| {
        let parts: Vec<f64> = u.iter().map(|u| -libm::log((1.0 - u).max(1e-12))).collect();
        let sum: f64 = parts.iter().sum::<f64>().max(1e-300);
        (String::new(), parts.iter().map(|p| p / sum).collect::<Vec<f64>>())
    });
    let one = |(name, at): (String, Vec<f64>)| {
        let values: Vec<String> = at.iter().map(|share| format!("{:?}", libm::round(share * usd))).collect();
        let set = |(l, v): (&String, &String)| format!("lever.{l}.budget_usd_per_year={v}");
        let sets = levers.iter().zip(&values).map(set).collect();
        Point { at, name, values, sets }
    };
    Ok(alone.chain([alike]).chain(spread).map(one).collect())
}
