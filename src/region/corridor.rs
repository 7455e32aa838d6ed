//! Documented ways (`corridors.csv`): which part of them lies over land, who carries, and in which years.

use super::geodata::GeoData;
use super::table::suggestion;
use super::{Carrier, Corridor, PlaceId, Region};
use crate::error::{Error, Result};

/// Last year of a period without an end.
const NO_END: i16 = 9999;

/// True when a corridor, a way or a lane with these years (closed ranges) is in use in one of them.
pub fn in_use(years: &[(i16, i16)], year: i16) -> bool {
    years.iter().any(|&(from, to)| (from..=to).contains(&year))
}

/// The corridors of the data that lie over land between places of the region.
pub(super) fn from_rows(geo: &GeoData, region: &Region) -> Result<Vec<Corridor>> {
    let piece = region.graph.pieces();
    let mut corridors = Vec::new();
    for row in geo.corridors.iter().filter(|row| matches!(row.medium.as_str(), "land" | "land+sea")) {
        let places = row.places.iter().map(|name| find(region, name, &row.spot)).collect::<Result<Vec<_>>>()?;
        let places = longest_over_land(region, &piece, &places, &row.legs);
        let (people, arms) = flow(&row.flow, &row.spot)?;
        let years = years(&row.period).map_err(|what| Error::Input(format!("{}: {what}", row.spot)))?;
        let carrier = carrier(&row.transport);
        if places.len() >= 2 {
            let (id, name) = (row.id.clone(), row.name.clone());
            corridors.push(Corridor { id, name, people, arms, carrier, places, years });
        }
    }
    Ok(corridors)
}

/// A place by name, or an error at `spot` that suggests one.
pub(super) fn find(region: &Region, name: &str, spot: &str) -> Result<PlaceId> {
    region.place(name).ok_or_else(|| {
        let like = suggestion(name, region.by_place.keys().map(String::as_str));
        Error::Input(format!("{spot}: unknown place `{name}`{like}"))
    })
}

/// The longest run of places joined by land legs; the first of equals. Where a part of the world is left out of the
/// run, a leg whose ends the graph does not join is no land leg either.
fn longest_over_land(region: &Region, piece: &[u32], places: &[PlaceId], legs: &[String]) -> Vec<PlaceId> {
    let piece_of = |p: PlaceId| region.places[p as usize].node.map(|n| piece[n as usize]);
    let (mut best, mut start) = (0..0, 0);
    for i in 0..places.len() {
        let joined = i > 0 && {
            let here = piece_of(places[i]);
            legs[i - 1] == "land" && here.is_some() && here == piece_of(places[i - 1])
        };
        if !joined {
            start = i;
        }
        if i + 1 - start > best.len() {
            best = start..i + 1;
        }
    }
    places[best].to_vec()
}

/// (for people, for arms).
pub(super) fn flow(text: &str, spot: &str) -> Result<(bool, bool)> {
    match text {
        "both" => Ok((true, true)),
        "migrants" => Ok((true, false)),
        "arms" => Ok((false, true)),
        _ => Err(Error::Input(format!("{spot}: flow `{text}` is none of `both`, `migrants`, `arms`"))),
    }
}

/// The first means of transport decides: buses and feet need no crew.
fn carrier(transport: &str) -> Carrier {
    let first = transport.split(',').next().unwrap_or_default().trim();
    if first.starts_with("bus") || first.starts_with("on foot") { Carrier::Public } else { Carrier::Crew }
}

/// Closed ranges of years of a period such as `2005-2008 ; 2019-` or `2000s-`. Items that begin with a word are remarks.
pub(super) fn years(period: &str) -> std::result::Result<Vec<(i16, i16)>, String> {
    let mut ranges = Vec::new();
    for item in period.split(';').map(str::trim) {
        let Some((from, rest)) = leading_year(item) else {
            continue;
        };
        let to = match rest.trim().strip_prefix('-').map(str::trim) {
            None if rest.trim().is_empty() => from,
            Some("") => NO_END,
            Some(end) => leading_year(end).ok_or_else(|| format!("`{item}` is no range of years"))?.0,
            None => return Err(format!("`{item}` is no range of years")),
        };
        if to < from {
            return Err(format!("`{item}` ends before it begins"));
        }
        ranges.push((from, to));
    }
    if ranges.is_empty() { Err(format!("no year in the period `{period}`")) } else { Ok(ranges) }
}

/// The year at the head of a text, and what follows it (an `s` for "years from" is dropped).
fn leading_year(text: &str) -> Option<(i16, &str)> {
    let (year, rest) = text.split_at_checked(4)?;
    let year = year.bytes().all(|b| b.is_ascii_digit()).then(|| year.parse().ok())??;
    Some((year, rest.strip_prefix('s').unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_become_years() {
        assert_eq!(years("2000s-"), Ok(vec![(2000, 9999)]));
        assert_eq!(years("2011- ; hidden 2016-2023, open again from 2023-11"), Ok(vec![(2011, 9999)]));
        assert_eq!(years("2005-2008 ; 2019-"), Ok(vec![(2005, 2008), (2019, 9999)]));
        assert_eq!(years("2011- ; much more from 2023-04"), Ok(vec![(2011, 9999)]));
        assert_eq!(years("2013"), Ok(vec![(2013, 2013)]));
        assert!(years("long ago").is_err());
        assert!(years("2013 to 2015").is_err());
        assert!(years("2015-2013").is_err());
    }

    #[test]
    fn the_first_means_of_transport_decides_who_carries() {
        for (text, want) in [
            ("buses", Carrier::Public),
            ("buses, trucks", Carrier::Public),
            ("on foot, cars", Carrier::Public),
            ("cars, on foot at the border", Carrier::Crew),
            ("pickup convoys, trucks", Carrier::Crew),
        ] {
            assert_eq!(carrier(text), want, "{text}");
        }
    }

    #[test]
    fn sea_legs_are_cut_off() {
        let region = crate::region::check::tests::shipped(4);
        let get = |id: &str| region.corridors.iter().find(|c| c.id == id).unwrap();
        let last = |c: &Corridor| region.places[*c.places.last().unwrap() as usize].name.clone();
        assert_eq!(last(get("c33")), "Obock");
        assert_eq!(last(get("c34")), "Bosaso");
        assert_eq!(last(get("c45")), "Dakhla");
        assert_eq!(region.corridors.len(), 50);
        let c45 = |year| in_use(&get("c45").years, year);
        assert!(c45(2006) && !c45(2012) && c45(2020));
        assert!(get("c03").arms && !get("c03").people);
    }
}
