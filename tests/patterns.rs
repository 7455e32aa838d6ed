//! Patterns of the model over small ensembles (model.md, section 1), each with its tolerance.
//!
//! Contract: eight replicates with fixed seeds. A pattern that no longer holds is news about the model: report it, do not
//! bend the bound. Patterns that need long runs on the real grid are `#[ignore]`d and named in `scripts/long-tests.sh`.

mod common;

use common::{Bench, Seen, tiny};
use sirocco::agents::tally::Tally;

const REPLICATES: u32 = 8;

fn ensemble(b: &Bench) -> Vec<Seen> {
    many(b, REPLICATES)
}

fn many(b: &Bench, replicates: u32) -> Vec<Seen> {
    (0..replicates).map(|r| b.run(r)).collect()
}

/// Mean over replicates of a sum over days.
fn mean(runs: &[Seen], f: impl Fn(&Tally) -> i64) -> f64 {
    runs.iter().map(|s| s.sum(&f)).sum::<f64>() / runs.len() as f64
}

fn ratio(runs: &[Seen], a: impl Fn(&Tally) -> i64, b: impl Fn(&Tally) -> i64) -> f64 {
    mean(runs, a) / mean(runs, b)
}

const TAKERS: &str = "
[[initial.groups.list]]
name = \"South\"
place = \"Sabha\"
fighters = 800
[[initial.groups.list]]
name = \"Coast\"
place = \"Zuwara\"
fighters = 500
";

fn guards(intensity: u32, start: &str, end: &str, keys: &str) -> Bench {
    let lever =
        format!("[[lever]]\nkind = \"depot_security\"\nstart = {start}\nend = {end}\nintensity = {intensity}\n{keys}");
    tiny(&format!("{TAKERS}{lever}"), &["initial.depots.count=300"])
}

fn rifles(t: &Tally) -> i64 {
    t.looted[0]
}

/// Share of weapon-days outside the depots: what the looted rifles can do in the year.
fn in_wrong_hands(runs: &[Seen]) -> f64 {
    let days = |s: &Seen| -> f64 {
        let n = s.tallies.len();
        s.tallies.iter().enumerate().map(|(d, t)| (t.looted[0] * (n - d) as i64) as f64).sum()
    };
    runs.iter().map(days).sum::<f64>() / runs.len() as f64
}

/// A1: loot of a year falls with guards, and each ten guards more save less than the ten before.
#[test]
fn a1_loot_falls_with_guards_with_diminishing_returns() {
    let loot = [0, 10, 20, 30].map(|g| mean(&ensemble(&guards(g, "2014-01-01", "2014-12-31", "")), rifles));
    println!("A1 rifles looted in a year with 0, 10, 20, 30 guards: {loot:?}");
    assert!(loot.windows(2).all(|w| w[1] < w[0]), "{loot:?}");
    assert!(loot[0] - loot[1] > loot[1] - loot[2] && loot[1] - loot[2] > loot[2] - loot[3], "{loot:?}");
}

/// A1 as model.md words it: early guarding leaves less looted at the end of the year. Put aside: with a hazard that does
/// not change in time the order of guarding cancels out of what is left (57,279 and 58,704 rifles, within the noise); it
/// needs violence or price in equation 5, or a stock that is claimed by somebody else later.
#[test]
#[ignore = "pattern does not hold yet: raid hazards do not change in time"]
fn a1_early_guarding_beats_late_in_loot() {
    let early = mean(&ensemble(&guards(20, "2014-01-01", "2014-07-01", "")), rifles);
    let late = mean(&ensemble(&guards(20, "2014-07-02", "2014-12-30", "")), rifles);
    println!("A1 rifles looted in the year: early {early:.0}, late {late:.0}");
    assert!(early < 0.9 * late, "early {early}, late {late}");
}

/// A1: at equal guard-days, guards in the first half of the year keep more weapon-days out of other hands than in the second.
#[test]
fn a1_early_guarding_beats_late_in_weapon_days() {
    let early = ensemble(&guards(20, "2014-01-01", "2014-07-01", ""));
    let late = ensemble(&guards(20, "2014-07-02", "2014-12-30", ""));
    let (a, b) = (in_wrong_hands(&early), in_wrong_hands(&late));
    println!(
        "A1 rifle-days lost: early {a:.0}, late {b:.0}; rifles looted: early {:.0}, late {:.0}",
        mean(&early, rifles),
        mean(&late, rifles)
    );
    assert!(a < 0.8 * b, "early {a}, late {b}");
}

/// A2: guards who watch only portable missiles leave the loot of rifles as it was (within 2 %) and save missiles.
#[test]
fn a2_guarding_one_class_leaves_the_others_open() {
    let none = ensemble(&guards(0, "2014-01-01", "2014-12-31", ""));
    let only = ensemble(&guards(30, "2014-01-01", "2014-12-31", "classes = [\"manpads\"]\n"));
    let change = mean(&only, rifles) / mean(&none, rifles) - 1.0;
    let missiles = mean(&only, |t| t.looted[4]) / mean(&none, |t| t.looted[4]);
    println!("A2 change of rifles looted {change:.4}, missiles left {missiles:.3}");
    assert!(change.abs() < 0.02, "{change}");
    assert!(missiles < 0.4, "{missiles}");
}

/// Departures of June to August over those of January, February and December.
fn summer_over_winter(runs: &[Seen]) -> f64 {
    let (mut summer, mut winter) = (0, 0);
    for s in runs {
        for (d, t) in s.tallies.iter().enumerate() {
            match d % 365 {
                151..243 => summer += t.departures,
                0..59 | 334.. => winter += t.departures,
                _ => {}
            }
        }
    }
    // 92 days of summer, 90 of winter.
    summer as f64 / winter.max(1) as f64 * 90.0 / 92.0
}

/// M1, its mechanism: with a line that never ends the season comes from the waves alone, and without a season of waves
/// there is none. So no season is written into departures.
#[test]
fn m1_the_season_comes_from_the_waves() {
    let sea =
        |season: &str| tiny("", &[season, "initial.migrants.on_coast=150000", "processes.sea.boats_per_beach=1.5"]);
    let with = summer_over_winter(&many(&sea("processes.weather.season_m=0.4"), 4));
    // Rough weeks make one year's ratio a lottery: 24 years, standard error about 0.1.
    let without = summer_over_winter(&many(&sea("processes.weather.season_m=0"), 24));
    println!("M1 summer over winter: {with:.2}; without a season of waves {without:.2}");
    assert!(with > 3.0, "{with}");
    assert!((0.7..=1.4).contains(&without), "{without}");
}

/// M1 on the real grid: the ratio over three years lies in 3 to 6.5, and in 0.7 to 1.4 without a season of waves. Long:
/// 2 x 8 runs of three years.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn m1_summer_over_winter_on_the_grid() {
    let b = |season: &str| common::shipped("central-med-2014", &["run.persons_per_agent=10", season]);
    let with = summer_over_winter(&ensemble(&b("processes.weather.season_m=0.4")));
    let without = summer_over_winter(&ensemble(&b("processes.weather.season_m=0")));
    println!("M1 on the grid: {with:.2}; without a season of waves {without:.2}");
    assert!((3.0..=6.5).contains(&with), "{with}");
    assert!((0.7..=1.4).contains(&without), "{without}");
}

fn ships(standoff_nm: u32, more: &[&str]) -> Bench {
    let lever = format!(
        "[[lever]]\nkind = \"naval_patrol\"\nstart = 2014-01-01\nwhere = [\"Central\"]\nintensity = 6\nstandoff_nm = {standoff_nm}\n"
    );
    let sets = ["initial.migrants.on_coast=200000", "processes.sea.boats_per_beach=2"];
    tiny(&lever, &[&sets[..], more].concat())
}

fn rubber(runs: &[Seen]) -> f64 {
    ratio(runs, |t| t.boats_rubber, |t| t.boats)
}

fn deaths(runs: &[Seen]) -> f64 {
    ratio(runs, |t| t.deaths_sea, |t| t.departures)
}

/// M2: at a fixed mix of boats nearer ships mean fewer deaths per attempt; when launchers choose, more rubber.
#[test]
fn m2_nearer_ships_save_lives_at_equal_boats_and_bring_rafts() {
    // With a scale this large both kinds are as likely as each other wherever the ships are.
    let fixed = ["processes.sea.kind_scale_usd=10000"];
    let (near, far) = (ensemble(&ships(12, &fixed)), ensemble(&ships(100, &fixed)));
    assert!((rubber(&near) - rubber(&far)).abs() < 0.02, "{} {}", rubber(&near), rubber(&far));
    println!("M2 deaths per attempt at equal boats: 12 nm {:.4}, 100 nm {:.4}", deaths(&near), deaths(&far));
    // About 60 and 100 sinkings: the log of the ratio has a standard error of 0.16; measured ratio 0.6.
    assert!(deaths(&near) < 0.9 * deaths(&far));
    let (near, far) = (ensemble(&ships(12, &[])), ensemble(&ships(100, &[])));
    println!(
        "M2 when launchers choose: rubber {:.3} and {:.3}, deaths {:.4} and {:.4}",
        rubber(&near),
        rubber(&far),
        deaths(&near),
        deaths(&far)
    );
    assert!(rubber(&near) > rubber(&far) + 0.05);
}

/// More teams on a border stop more of the crews that cross it.
#[test]
fn more_patrols_stop_more_crews() {
    let stopped = [0, 2, 8].map(|teams| {
        let more = format!(
            "[[initial.crews.networks]]\nname = \"Agadez\"\nhome = \"Agadez\"\nweight = 1\nrange_km = 3000\n\
             [[initial.migrants.origins]]\nplace = \"Agadez\"\npool = 1000000\nper_year = 18000\n\
             [[lever]]\nkind = \"border_patrol\"\nstart = 2014-01-01\nwhere = [\"LBY-NER\"]\nintensity = {teams}\n"
        );
        let runs = ensemble(&tiny(&more, &["initial.crews.count=100", "run.end=2014-06-30"]));
        (mean(&runs, |t| t.crews_stopped), mean(&runs, |t| t.crews_on_road))
    });
    println!("border patrol: crews stopped and crew-days with 0, 2, 8 teams per 100 km: {stopped:?}");
    assert_eq!(stopped[0].0, 0.0);
    let rate = |s: (f64, f64)| s.0 / s.1;
    assert!(rate(stopped[1]) > 0.0 && rate(stopped[2]) > 1.5 * rate(stopped[1]), "{stopped:?}");
    assert!(stopped[2].0 > stopped[1].0, "{stopped:?}");
}
