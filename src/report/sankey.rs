//! Flows of people, arms and money as ribbons whose width is the amount (Sankey), from `flows.csv`.

use super::canvas::{Align, Canvas, Figure, Pen};
use super::chart::heading;
use super::read::{Flow, Manifest};
use super::theme::{BODY, GREY, HEIGHT, INK, SMALL, WIDTH, capital, colour, fit, words};
use crate::error::Result;
use plotters::backend::DrawingBackend;
use std::collections::BTreeMap;

/// Left and right end of the ribbons; names of the last column stand right of them.
const ENDS: (f64, f64) = (20.0, WIDTH - 232.0);
/// Top of the ribbons, and what is under them: note and caption.
const TOP: f64 = 96.0;
const FOOT: f64 = 74.0;
/// Width of the bar of a node, and the least room between two.
const BAR: f64 = 12.0;
const GAP: f64 = 26.0;
/// Points of a ribbon's edge.
const STEPS: usize = 32;
/// Ribbons below this share of all are left out: they would be thinner than a hair.
const LEAST: f64 = 0.002;

/// Somewhere that flows come from or go to.
#[derive(Debug, Clone, PartialEq)]
struct Node {
    name: String,
    column: usize,
}

/// Flows between nodes.
#[derive(Debug, Clone)]
pub struct Sankey {
    title: String,
    subtitle: String,
    note: String,
    caption: String,
    unit: &'static str,
    nodes: Vec<Node>,
    /// From, to, how much.
    links: Vec<(usize, usize, f64)>,
}

/// What a flow diagram leaves out of a ledger, and how it puts accounts together.
type Grouped = fn(&str) -> Option<Stage>;

/// A group of accounts and its column.
type Stage = (&'static str, usize);

/// Accounts of people: stages of the way, and fates.
fn stage(account: &str) -> Option<(&'static str, usize)> {
    Some(match account {
        "home" => ("at home", 0),
        "displaced" => ("displaced by war", 0),
        "travelling" | "at_hubs" => ("on the way", 1),
        "working" | "working_elsewhere" => ("working", 2),
        "on_coast" => ("on the coast", 3),
        "at_sea" | "aboard_rescuers" => ("at sea", 4),
        // Behind the sea: who is brought back is detained.
        "held_for_ransom" | "detained" => ("in captivity", 5),
        "in_processing" | "arrived" | "relocated" | "admitted" => ("in Europe", 5),
        "returned" => ("returned", 6),
        "diverted" => ("gone by other routes", 6),
        "dead_desert" => ("dead on the way over land", 6),
        "dead_captive" => ("dead in captivity", 6),
        "dead_sea" => ("dead at sea", 6),
        _ => return None,
    })
}

/// Every flow diagram that the run has something to show in, by file name.
pub fn all(manifest: &Manifest, flows: &[Flow]) -> Vec<(String, Sankey)> {
    let charts = [("flows_people", people(flows)), ("flows_arms", arms(flows)), ("flows_money", money(flows))];
    let finished = |(name, chart): (&str, Option<Sankey>)| {
        let mut chart = chart?;
        chart.subtitle.clone_from(&manifest.title);
        chart.caption = manifest.caption();
        Some((name.to_string(), chart))
    };
    charts.into_iter().filter_map(finished).collect()
}

/// Net flows of people between the stages of their way.
fn people(flows: &[Flow]) -> Option<Sankey> {
    let (net, back) = net(flows.iter().filter(|f| f.ledger == "people"), stage);
    let not_drawn = match back {
        0.0 => String::new(),
        n => format!(" Not drawn: {} who on balance went back a stage.", amount(n)),
    };
    let note = format!("Net over the whole run. A stage may keep some, or send some who were there before.{not_drawn}");
    drawing("Where people went", &note, "persons", net)
}

/// From, to (with their columns), how much.
type Link = ((String, usize), (String, usize), f64);

/// Amounts from one group of accounts to another that lies further on, less what came back; and the sum of those where more came
/// back than went.
fn net<'a>(flows: impl Iterator<Item = &'a Flow>, grouped: Grouped) -> (Vec<Link>, f64) {
    let mut sums: BTreeMap<(Stage, Stage), f64> = BTreeMap::new();
    for f in flows {
        let (Some(a), Some(b)) = (grouped(&f.from), grouped(&f.to)) else { continue };
        if a.1 < b.1 {
            *sums.entry((a, b)).or_default() += f.count;
        } else if b.1 < a.1 {
            *sums.entry((b, a)).or_default() -= f.count;
        }
    }
    let own = |(name, column): (&str, usize)| (name.to_string(), column);
    let back = sums.values().filter(|n| **n < 0.0).map(|n| -n).sum();
    (sums.into_iter().filter(|(_, n)| *n > 0.0).map(|((a, b), n)| (own(a), own(b), n)).collect(), back)
}

/// Small arms by origin, and who has them at the end or what became of them.
fn arms(flows: &[Flow]) -> Option<Sankey> {
    let mut at_end: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for f in flows.iter().filter(|f| f.ledger == "arms" && f.item == "small_arms") {
        *at_end.entry((&f.origin, &f.to)).or_default() += f.count;
        *at_end.entry((&f.origin, &f.from)).or_default() -= f.count;
    }
    let links = at_end.into_iter().filter(|((_, account), n)| *account != "outside" && *n > 0.0);
    let links = links.map(|((origin, account), n)| ((words(origin), 0), (words(account), 1), n)).collect();
    drawing(
        "Small arms by origin, and where they are",
        "By origin (left); who has them on the last day, or what became of them (right).",
        "pieces",
        links,
    )
}

/// Money of smuggling and policy by payer and holder.
fn money(flows: &[Flow]) -> Option<Sankey> {
    // The state's revenue and what people earn would dwarf all else.
    let shown = |f: &&Flow| {
        f.ledger == "money" && !["economy", "treasury", "outside"].contains(&f.from.as_str()) && f.to != "policy"
    };
    let mut sums: BTreeMap<(&str, &str), f64> = BTreeMap::new();
    for f in flows.iter().filter(shown) {
        *sums.entry((&f.from, &f.to)).or_default() += f.count / 100.0;
    }
    let links = sums.into_iter().map(|((from, to), n)| ((words(from), 0), (words(to), 1), n)).collect();
    let note =
        "By payer (left) and holder (right). Without the state's revenue and without what people and groups earn.";
    drawing("Who paid whom", note, "USD", links)
}

/// A diagram of these links; nothing when there are none.
fn drawing(title: &str, note: &str, unit: &'static str, links: Vec<Link>) -> Option<Sankey> {
    let all: f64 = links.iter().filter(|l| l.0.1 == 0).map(|l| l.2).sum();
    let mut nodes: Vec<Node> = vec![];
    let mut at = |(name, column): (String, usize)| {
        let node = Node { name, column };
        nodes.iter().position(|n| *n == node).unwrap_or_else(|| {
            nodes.push(node);
            nodes.len() - 1
        })
    };
    let links: Vec<(usize, usize, f64)> =
        links.into_iter().filter(|l| l.2 >= LEAST * all).map(|(a, b, n)| (at(a), at(b), n)).collect();
    (!links.is_empty()).then(|| Sankey {
        title: title.into(),
        subtitle: String::new(),
        note: note.into(),
        caption: String::new(),
        unit,
        nodes,
        links,
    })
}

/// Where a node lies: left, top and height.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    left: f64,
    top: f64,
    height: f64,
}

impl Sankey {
    /// What comes into and goes out of a node.
    fn sums(&self, node: usize) -> (f64, f64) {
        let sum = |of: &dyn Fn(&&(usize, usize, f64)) -> bool| self.links.iter().filter(of).map(|l| l.2).sum::<f64>();
        (sum(&|l| l.1 == node), sum(&|l| l.0 == node))
    }

    fn size_of(&self, node: usize) -> f64 {
        let (into, out) = self.sums(node);
        into.max(out)
    }

    /// What passes a column on its way from the one before to the one after.
    fn passing(&self, column: usize) -> f64 {
        let of = |i: usize| self.nodes[i].column;
        let passes = |l: &&(usize, usize, f64)| of(l.0) + 1 == column && of(l.1) == column + 1;
        self.links.iter().filter(passes).map(|l| l.2).sum()
    }

    /// Nodes one above the other in their columns, all to one scale, in the order of where most of their flow comes from; and
    /// pixels for a unit. What only passes a column has its room above the nodes.
    fn places(&self, bottom: f64) -> (Vec<Place>, f64) {
        let last = self.nodes.iter().map(|n| n.column).max().unwrap_or(0).max(1);
        let column = |c: usize| (0..self.nodes.len()).filter(move |&i| self.nodes[i].column == c);
        let scale = |c: usize| {
            let gaps = column(c).count().saturating_sub(1) + usize::from(self.passing(c) > 0.0);
            let sum: f64 = column(c).map(|i| self.size_of(i)).sum();
            (bottom - TOP - GAP * gaps as f64) / (sum + self.passing(c))
        };
        let scale = (0..=last).map(scale).filter(|s| s.is_finite() && *s > 0.0).fold(f64::INFINITY, f64::min);
        let mut places = vec![Place::default(); self.nodes.len()];
        for c in 0..=last {
            let left = ENDS.0 + (ENDS.1 - ENDS.0 - BAR) * c as f64 / last as f64;
            // Middle of the nodes that its flow comes from, weighted; those of the first column come by size.
            let from = |i: usize| -> f64 {
                let into = self.links.iter().filter(|l| l.1 == i);
                let (sum, n) = into
                    .fold((0.0, 0.0), |(s, n), l| (s + l.2 * (places[l.0].top + places[l.0].height / 2.0), n + l.2));
                if n > 0.0 { sum / n } else { -self.size_of(i) }
            };
            let mut all: Vec<(f64, usize)> = column(c).map(|i| (from(i), i)).collect();
            all.sort_by(|a, b| a.0.total_cmp(&b.0).then(self.size_of(b.1).total_cmp(&self.size_of(a.1))));
            let passing = self.passing(c);
            let mut top = TOP + if passing > 0.0 { passing * scale + GAP } else { 0.0 };
            for (_, i) in all {
                let height = (self.size_of(i) * scale).max(1.0);
                places[i] = Place { left, top, height };
                top += height + GAP;
            }
        }
        (places, scale)
    }
}

/// A number of a flow: three digits.
fn amount(v: f64) -> String {
    super::page::readable(v)
}

impl Figure for Sankey {
    fn size(&self) -> (f64, f64) {
        let most = (0..8).map(|c| self.nodes.iter().filter(|n| n.column == c).count()).max().unwrap_or(0);
        (WIDTH, HEIGHT.max(TOP + FOOT + most as f64 * 58.0))
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn draw<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let size = self.size();
        heading(on, size, &format!("{}, {}", self.title, self.unit), &self.subtitle, &self.caption)?;
        let note = fit(&self.note, SMALL, false, WIDTH - 40.0);
        on.text(&note, (20.0, size.1 - 30.0), Pen::new(SMALL, GREY), Align::Left)?;
        let (places, scale) = self.places(size.1 - FOOT);
        // Ribbons leave and reach a bar in the order of what they join, so that few cross.
        let mut order: Vec<usize> = (0..self.links.len()).collect();
        let tops = |i: usize| (places[self.links[i].0].top, places[self.links[i].1].top);
        order.sort_by(|&a, &b| tops(a).0.total_cmp(&tops(b).0).then(tops(a).1.total_cmp(&tops(b).1)));
        let mut out: Vec<f64> = places.iter().map(|p| p.top).collect();
        let mut begins = vec![0.0; self.links.len()];
        for &i in &order {
            begins[i] = out[self.links[i].0];
            out[self.links[i].0] += self.links[i].2 * scale;
        }
        order.sort_by(|&a, &b| tops(a).1.total_cmp(&tops(b).1).then(tops(a).0.total_cmp(&tops(b).0)));
        let mut into: Vec<f64> = places.iter().map(|p| p.top).collect();
        for &i in &order {
            let (from, to, n) = self.links[i];
            let (a, b) = (begins[i], into[to]);
            into[to] += n * scale;
            let (left, right) = (places[from].left + BAR, places[to].left);
            let edge = |down: f64| -> Vec<(f64, f64)> {
                let point = |k: usize| {
                    let t = k as f64 / STEPS as f64;
                    // Level at both ends.
                    let s = t * t * (3.0 - 2.0 * t);
                    (left + (right - left) * t, a + (b - a) * s + down)
                };
                (0..=STEPS).map(point).collect()
            };
            on.shade(&edge(0.0), &edge((n * scale).max(0.7)), colour(from % 7), 0.4)?;
        }
        for (i, (node, p)) in self.nodes.iter().zip(&places).enumerate() {
            on.rect((p.left, p.top), (p.left + BAR, p.top + p.height), colour(i % 7))?;
            let x = p.left + BAR + 5.0;
            // In the middle of tall bars, at the top of low ones: names of neighbours do not touch.
            let y = p.top + (p.height / 2.0).clamp(5.0, 40.0);
            on.text_rim(&capital(&node.name), (x, y), Pen::bold(BODY, INK), Align::Left)?;
            on.text_rim(&amount(self.size_of(i)), (x, y + 14.0), Pen::new(SMALL, INK), Align::Left)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(ledger: &str, origin: &str, from: &str, to: &str, count: f64) -> Flow {
        let item = if ledger == "arms" { "small_arms" } else { ledger };
        Flow {
            ledger: ledger.into(),
            item: item.into(),
            origin: origin.into(),
            from: from.into(),
            to: to.into(),
            count,
        }
    }

    /// What went back is taken off; arms are where their transfers left them; nothing gives no diagram.
    #[test]
    fn flows_are_net_and_arms_are_where_they_are() {
        let flows = [
            flow("people", "", "home", "at_hubs", 100.0),
            flow("people", "", "travelling", "on_coast", 60.0),
            flow("people", "", "on_coast", "at_hubs", 20.0),
            flow("people", "", "outside", "home", 1e6),
            flow("arms", "libyan_depot", "outside", "depots", 50.0),
            flow("arms", "libyan_depot", "depots", "groups", 20.0),
        ];
        let people = people(&flows).unwrap();
        let of = |s: &Sankey, from: &str, to: &str| {
            let named = |i: usize, name: &str| s.nodes[i].name == name;
            s.links.iter().find(|l| named(l.0, from) && named(l.1, to)).map(|l| l.2)
        };
        assert_eq!(of(&people, "at home", "on the way"), Some(100.0));
        assert_eq!(of(&people, "on the way", "on the coast"), Some(40.0));
        let arms = arms(&flows).unwrap();
        assert_eq!(
            (of(&arms, "libyan depot", "depots"), of(&arms, "libyan depot", "groups")),
            (Some(30.0), Some(20.0))
        );
        assert!(money(&flows).is_none());
        // Every ribbon fits its bars.
        let (places, scale) = people.places(400.0);
        for (i, p) in places.iter().enumerate() {
            assert!((p.height - people.size_of(i) * scale).abs() < 1e-9 || p.height == 1.0);
        }
    }
}
