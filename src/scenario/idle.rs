//! What of a scenario can do nothing on its ground. Only the ground tells: which coasts are used in which years, which places
//! are on land.

use super::diagnose::{Diagnostic, Report, Severity, Sources};
use super::schema::Scenario;
use super::tree::Node;
use crate::agents::migrant::{OriginSpec, nationality};
use crate::agents::model_data::ModelData;
use crate::levers::Prospect;
use crate::region::{PlaceId, Region};
use crate::units::Date;

/// Where in the files the things stand that are looked at here: diagnostics whose message is still to come.
#[derive(Clone, Debug, Default)]
pub struct Spots {
    /// Of each lever its `where`, or its kind.
    levers: Vec<Diagnostic>,
    /// `initial.migrants.on_coast`.
    on_coast: Option<Diagnostic>,
    /// The place of each origin.
    origins: Vec<Diagnostic>,
}

impl Spots {
    /// The spots of a checked file.
    pub(super) fn find(root: &Node, sources: &Sources) -> Spots {
        let spot = |node: &Node, key: String| sources.diagnostic(node.at, &key, String::new());
        let levers = root.get("lever").and_then(Node::list).unwrap_or(&[]).iter().map(|l| {
            let key = if l.get("where").is_some() { "where" } else { "kind" };
            spot(l.get(key).unwrap_or(l), format!("lever.{}.{key}", super::tree::lever_name(l).unwrap_or("")))
        });
        let migrants = root.get("initial").and_then(|i| i.get("migrants"));
        let list = migrants.and_then(|m| m.get("origins")).and_then(Node::list).unwrap_or(&[]);
        let origins = list
            .iter()
            .zip(1..)
            .map(|(o, n)| spot(o.get("place").unwrap_or(o), format!("initial.migrants.origins.{n}.place")));
        let on_coast = migrants.and_then(|m| m.get("on_coast"));
        Spots {
            levers: levers.collect(),
            on_coast: on_coast.map(|n| spot(n, "initial.migrants.on_coast".into())),
            origins: origins.collect(),
        }
    }
}

/// Looks at a scenario on its ground, with the tables that hold where it gives nothing. Adds warnings to it.
///
/// # Errors
/// Origins where nobody can set out.
pub fn look(s: &mut Scenario, region: &Region, data: &ModelData) -> Result<(), Report> {
    let say = |spot: &Diagnostic, severity, what: String| {
        let message = format!("`{}`: {what}", spot.key);
        Diagnostic { severity, message, ..spot.clone() }
    };
    let migrants = &s.initial.migrants;
    let origins = if migrants.origins.is_empty() { &data.origins } else { &migrants.origins };
    let place = |o: &OriginSpec| region.place(&o.place).map(|p| &region.places[usize::from(p)]);
    let nations = origins.iter().filter_map(|o| {
        let own = place(o).map(|p| region.countries[usize::from(p.country)].iso3.as_str());
        o.nationality.as_deref().or(own).map(nationality)
    });
    let nations: Vec<u32> = nations.collect();
    let regional = data.patrons.iter().filter(|_| s.initial.patrons.regional);
    let patrons: Vec<String> = regional.chain(&s.initial.patrons.list).map(|p| p.name.clone()).collect();
    let mut errors = vec![];
    for (o, spot) in migrants.origins.iter().zip(&s.spots.origins) {
        if place(o).is_some_and(|p| p.node.is_none()) {
            let what = format!("{} is not on the ground of this region, so nobody can set out there", o.place);
            errors.push(say(spot, Severity::Error, what));
        }
    }
    let mut warnings = std::mem::take(&mut s.warnings);
    let coasts = &s.initial.migrants.coasts;
    if let Some(spot) = s.spots.on_coast.as_ref().filter(|_| migrants.on_coast > 0) {
        let first = departures(region, coasts, (s.run.start, s.run.start));
        let libyan = |d: &(PlaceId, usize)| Some(region.places[usize::from(d.0)].country) == region.country("LBY");
        if !first.iter().any(libyan) {
            let what = "no boat leaves from Libya in the first year: nobody will wait there".into();
            warnings.push(say(spot, Severity::Warning, what));
        }
    }
    for (l, spot) in s.levers.iter().zip(&s.spots.levers) {
        let years = (l.common.start.max(s.run.start), l.common.end.unwrap_or(s.run.end).min(s.run.end));
        // One outside the run has its own warning.
        if let Some(at) = region.area(&l.common.area).ok().filter(|_| years.0 <= years.1) {
            let given = Prospect {
                region,
                departures: departures(region, coasts, years),
                nations: nations.clone(),
                patrons: patrons.clone(),
                politics: !s.initial.states.unity.is_empty(),
            };
            let why = (l.kind.idle)(&l.own, l.common.intensity, &at, &given);
            warnings.extend(why.map(|what| say(spot, Severity::Warning, what)));
        }
    }
    let report = Report { diagnostics: errors, warnings, unreadable: None }.tidy();
    if !report.diagnostics.is_empty() {
        return Err(report);
    }
    s.warnings = report.warnings;
    Ok(())
}

/// Places that boats leave from in a year between two dates, with their sea zones; as hubs are found, and their lanes.
fn departures(region: &Region, coasts: &[String], (first, last): (Date, Date)) -> Vec<(PlaceId, usize)> {
    let mut out: Vec<(PlaceId, usize)> = vec![];
    for lane in &region.sea.lanes {
        let place = &region.places[usize::from(lane.from)];
        let coast = coasts.is_empty() || coasts.contains(&region.countries[usize::from(place.country)].iso3);
        let used = (first.0.year()..=last.0.year()).any(|y| lane.open(y));
        if coast && used && place.node.is_some() && out.iter().all(|d| d.0 != lane.from) {
            let zone = region.sea.lanes.iter().find(|l| l.from == lane.from).map_or(lane.zone, |l| l.zone);
            out.push((lane.from, zone));
        }
    }
    out
}
