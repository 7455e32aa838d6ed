//! No input crashes the program (promise 10): scenario files, study files, plain networks, the files of `data/geo`, saved states, sites of displacement and
//! instances of Flee (what the importer takes must be a scenario that is taken).
//!
//! Contract: every file under `tests/corpus/TARGET/` and every seed of `common/targets.rs`, and 2,000 changes of them by a
//! mutator with fixed luck, come back without a panic; `SIROCCO_CASES` sets another number of changes. Nothing here has an error
//! rate: the same bytes are fed every time. `scripts/fuzz.sh` looks for new bytes with libFuzzer; what it finds goes into the
//! corpus.

#[path = "common/targets.rs"]
mod targets;

use sirocco::engine::rng::mix;
use std::fs;
use std::panic::catch_unwind;
use std::path::Path;
use targets::{TARGETS, Target, seeds};

/// Luck of the mutator.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 += 1;
        (mix(self.0) % n.max(1) as u64) as usize
    }
}

/// Pieces that tend to break readers.
const SCRAPS: [&str; 24] = [
    "-1",
    "0",
    "1e999",
    "nan",
    "-inf",
    "18446744073709551616",
    "4294967295",
    "65535",
    "2012-02-30",
    "\"",
    "\"\"\"",
    "[[",
    "]]",
    "{",
    "=",
    "\n",
    "\r\n",
    ",",
    ",,,,",
    ";",
    "\u{0}",
    "\u{feff}",
    "\u{fffd}é",
    "Sabha",
];

/// Numbers at the ends of their ranges, for saved states.
const EXTREMES: [u64; 8] =
    [0, 1, u64::MAX, i64::MIN as u64, u32::MAX as u64, 0x7ff0_0000_0000_0000, 0x7ff8_0000_0000_0001, 1 << 40];

/// Up to eight changes: bits and bytes, pieces cut out, doubled, moved and put in, numbers replaced.
fn change(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut b = seed.to_vec();
    for _ in 0..=dice.below(8) {
        if b.is_empty() {
            b = vec![b'\n'];
        }
        let at = dice.below(b.len());
        let reach = if dice.below(4) == 0 { b.len() } else { 16 };
        let end = (at + 1 + dice.below(reach)).min(b.len());
        match dice.below(9) {
            0 => b[at] ^= 1 << dice.below(8),
            1 => b[at] = dice.below(256) as u8,
            2 => drop(b.drain(at..end)),
            3 => {
                let piece = b[at..end].to_vec();
                b.splice(at..at, piece);
            }
            4 => {
                let scrap = SCRAPS[dice.below(SCRAPS.len())].bytes();
                b.splice(at..at, scrap);
            }
            5 => {
                // A run of digits gives way to another number.
                let from = b[at..].iter().position(u8::is_ascii_digit).map_or(at, |i| at + i);
                let to = b[from..].iter().position(|c| !c.is_ascii_digit()).map_or(b.len(), |i| from + i);
                let scrap = SCRAPS[dice.below(8)].bytes();
                b.splice(from..to, scrap);
            }
            6 => {
                let n = EXTREMES[dice.below(EXTREMES.len())].to_le_bytes();
                let width = [1, 2, 4, 8][dice.below(4)].min(b.len() - at);
                b[at..at + width].copy_from_slice(&n[..width]);
            }
            7 => {
                let piece: Vec<u8> = b.drain(at..end).collect();
                let to = dice.below(b.len() + 1);
                b.splice(to..to, piece);
            }
            _ => b.truncate(at),
        }
        b.truncate(1 << 18);
    }
    b
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(target);
    let mut paths: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).collect();
    paths.sort();
    paths.iter().map(|p| fs::read(p).expect("a file")).collect()
}

/// Feeds a target; bytes that made it panic are kept beside the build, and named.
fn feed(name: &str, target: Target, bytes: &[u8], which: &str) -> Option<String> {
    catch_unwind(|| target(bytes)).err()?;
    let kept = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", blake3::hash(bytes).to_hex()));
    fs::write(&kept, bytes).expect("a file");
    Some(format!("{name}, {which}: panics; the bytes are in {}", kept.display()))
}

/// Of each 2,000 changes so many are for each target, in the order of `TARGETS`: reading the geodata takes longest.
const PARTS: [u64; 7] = [500, 400, 440, 60, 200, 200, 200];

fn replay(i: usize) {
    let cases: u64 = std::env::var("SIROCCO_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2000);
    let (name, target) = TARGETS[i];
    let all = [seeds(name), corpus(name)].concat();
    let mut faults: Vec<String> =
        all.iter().enumerate().filter_map(|(k, bytes)| feed(name, target, bytes, &format!("seed {k}"))).collect();
    for n in 0..cases * PARTS[i] / 2000 {
        let mut dice = Dice(mix(n) ^ i as u64);
        let seed = &all[dice.below(all.len())];
        let bytes = change(seed, &mut dice);
        faults.extend(feed(name, target, &bytes, &format!("change {n}")));
    }
    assert!(faults.is_empty(), "{} panics\n{}", faults.len(), faults[..faults.len().min(10)].join("\n"));
}

#[test]
fn scenarios_do_not_crash_the_reader() {
    replay(0);
}

#[test]
fn networks_do_not_crash_the_reader() {
    replay(1);
}

#[test]
fn saved_states_do_not_crash_the_reader() {
    replay(2);
}

#[test]
fn geodata_does_not_crash_the_reader() {
    replay(3);
}

/// The seeds of studies are ones that are taken: else nothing behind the first message would be tried.
#[test]
fn studies_do_not_crash_the_reader() {
    let known = sirocco::study::measure::measures(&sirocco::observe::sums::Sums::default());
    for seed in seeds("study") {
        let text = String::from_utf8(seed).expect("text");
        let plan = sirocco::study::plan::Plan::parse(Path::new("s.toml"), &text, &known, &[]);
        assert!(plan.is_ok(), "{:?}\n{text}", plan.err().map(|e| e.to_string()));
    }
    replay(4);
}

#[test]
fn sites_do_not_crash_the_reader() {
    assert!(targets::sites(&seeds("sites")[0]), "a seed that is refused tries nothing");
    replay(5);
}

#[test]
fn what_the_importer_takes_is_a_scenario() {
    assert!(targets::instance(&seeds("instance")[0]), "a seed that is refused tries nothing");
    replay(6);
}
