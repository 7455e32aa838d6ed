//! Charts and maps from made-up output files: what is drawn, what is not, and what is said about bad files.
//!
//! To look at the pictures: `SIROCCO_LOOK=folder cargo test --test report` keeps them there.

#![allow(clippy::disallowed_methods)] // made-up curves to look at; nothing of the model

use sirocco::error::Error;
use sirocco::report::{Own, all};
use std::collections::BTreeSet;
use std::error::Error as StdError;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

type R = Result<(), Box<dyn StdError>>;

const CLASSES: [(&str, f64); 6] = [
    ("small_arms", 400.0),
    ("light_weapons", 40.0),
    ("anti_aircraft", 2.0),
    ("munitions", 8.0),
    ("manpads", 0.3),
    ("chemical", 0.02),
];
const CARGOES: [(&str, f64); 4] = [("people", 3.0), ("arms", 1.0), ("fuel", 2.0), ("drugs", 1.0)];
const CHANNELS: [(&str, f64); 4] = [("looted", 3.0), ("returnee", 20.0), ("captured", 12.0), ("market", 6.0)];
const STATES: [&str; 9] =
    ["waiting", "working", "travelling", "held", "at_sea", "sent_back", "arrived", "at_home", "dead"];

/// The head of `cells.csv`.
const CELLS: &str = "cell,month,people,arms,crews,deaths,seizures,risk,believed,holder,outside_state,violence\n";

fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// A run of so many days, all values multiplied by `scale`.
struct Fake {
    title: &'static str,
    start: &'static str,
    days: usize,
    scale: f64,
}

impl Fake {
    fn write(&self, dir: &Path) -> R {
        let mut names: Vec<String> = Vec::new();
        for prefix in ["arms_left_libya_", "arms_reached_sahel_", "arms_seized_"] {
            names.extend(CLASSES.iter().map(|c| format!("{prefix}{}", c.0)));
        }
        names.extend(["people_intercepted", "people_intercepted_observed"].map(String::from));
        names.extend(["people_north_past_posts", "people_north_past_posts_observed"].map(String::from));
        names.extend(
            ["carried_on_road", "carried_off_road", "carried_dead_on_road", "carried_dead_off_road"].map(String::from),
        );
        names.extend(CARGOES.iter().flat_map(|c| [format!("trips_stopped_{}", c.0), format!("seized_value_{}", c.0)]));
        names.push("fare_usd_per_1000_km".into());
        names.extend(CHANNELS.iter().map(|c| format!("received_mali_{}", c.0)));
        names.extend(["price_small_arms_libya", "price_small_arms_sahel", "fatalities_libya"].map(String::from));
        names.extend(["fatalities_mali", "state_control_mali"].map(String::from));
        names.extend(["sea_departures", "sea_arrivals", "sea_deaths", "sea_deaths_observed"].map(String::from));
        let flows = names.len();
        names.extend(STATES.iter().map(|s| format!("people_{s}")));

        let mut csv = format!("date,{}\n", names.join(","));
        let mut date: jiff::civil::Date = self.start.parse()?;
        for day in 0..self.days {
            let t = day as f64 / 365.25;
            let season = 1.0 - 0.8 * (t * std::f64::consts::TAU).cos();
            let war = 0.3 + (-(t - 0.4).powi(2) * 6.0).exp() + 0.6 * (-(t - 3.2).powi(2) * 2.0).exp();
            write!(csv, "{date}")?;
            for factor in [1.0, 0.35, 0.08] {
                for (i, (_, size)) in CLASSES.iter().enumerate() {
                    let v = size * factor * war * (1.0 + 0.3 * (day as f64 * (0.05 + 0.01 * i as f64)).sin());
                    // Rare things come whole, some days.
                    let v = if v < 1.0 && i != 3 && i != 5 { f64::from(day % 9 == i) } else { v };
                    write!(csv, ",{:.2}", v * self.scale)?;
                }
            }
            let stopped = CARGOES.iter().flat_map(|c| [c.1, 20_000.0 * c.1]);
            let crews = [300.0, 90.0, 250.0, 60.0, 2.0, 3.0].into_iter().chain(stopped).chain([180.0]);
            let of_war = CHANNELS.iter().map(|c| c.1).chain([900.0, 1500.0, 4.0, 7.0]);
            for size in [80.0, 60.0].into_iter().chain(crews).chain(of_war) {
                write!(csv, ",{:.0}", size * season * self.scale)?;
            }
            write!(csv, ",{:.3}", if self.scale > 0.0 { 1.0 - 0.5 * season } else { 1.0 })?;
            for size in [400.0, 330.0, 6.0, 4.0] {
                write!(csv, ",{:.0}", size * season * self.scale)?;
            }
            for (i, _) in STATES.iter().enumerate() {
                let v =
                    9000.0 * (1.0 + (t * (0.4 + 0.3 * i as f64)).sin().abs()) * (1.0 + i as f64).recip() * (0.3 + t);
                write!(csv, ",{:.0}", v * self.scale)?;
            }
            csv.push('\n');
            date = date.tomorrow()?;
        }
        fs::write(dir.join("series.csv"), csv)?;
        self.manifest(dir, &names, flows)
    }

    fn manifest(&self, dir: &Path, names: &[String], flows: usize) -> R {
        let metrics: Vec<serde_json::Value> = names
            .iter()
            .enumerate()
            .map(|(i, name)| {
                let (kind, group) = match name.as_str() {
                    _ if i < flows => ("flow", "flows"),
                    "people_working" => ("stock", "people_residents"),
                    _ => ("stock", "people_state"),
                };
                serde_json::json!({ "name": name, "unit": "people", "about": "made up", "kind": kind, "group": group })
            })
            .collect();
        let all = serde_json::json!({
            "title": self.title, "scenario": "made-up", "seed": 42, "version": "0.1.0", "metrics": metrics
        });
        fs::write(dir.join("manifest.json"), all.to_string())?;
        Ok(())
    }
}

/// Passages along lines between towns, most in the north.
fn write_cells(dir: &Path, size: f64) -> R {
    let towns = [(17.0, 8.0), (26.3, -1.0), (27.0, 14.4), (32.9, 13.2), (35.5, 12.6), (13.5, 2.1), (16.3, 0.0)];
    let lines = [(0, 2), (2, 3), (3, 4), (5, 0), (6, 0), (1, 2), (0, 6)];
    let mut rows = BTreeSet::new();
    let mut csv = String::from(CELLS);
    for (n, (a, b)) in lines.into_iter().enumerate() {
        for i in 0..=400 {
            let t = f64::from(i) / 400.0;
            let (a, b) = (towns[a], towns[b]);
            let wave = (t * 9.0 + n as f64).sin() * 0.4;
            let (lat, lon) = (a.0 + (b.0 - a.0) * t + wave, a.1 + (b.1 - a.1) * t - wave);
            let cell = h3o::LatLng::new(lat, lon)?.to_cell(h3o::Resolution::Four);
            for c in cell.grid_disk::<Vec<_>>(1) {
                let near = if c == cell { 30.0 } else { 1.0 };
                if rows.insert((c, n)) {
                    let people = (size * near * (0.001 + t * t) / (n + 1) as f64).ceil();
                    let (arms, crews, risk) = ((people / 20.0).floor(), (people / 25.0).ceil(), 0.001 * near * t);
                    // Nobody knows the last line.
                    let believed = if n < 6 { format!("{:.6}", 0.002 + risk / 2.0) } else { String::new() };
                    let war = format!("mnla,{t:.3},{:.4}", 0.02 * near * t);
                    writeln!(csv, "{c},2014-0{},{people},{arms},{crews},0,0,{risk:.6},{believed},{war}", n + 1)?;
                }
            }
        }
    }
    fs::write(dir.join("cells.csv"), csv)?;
    Ok(())
}

/// Files of figures that a report of the folder has.
fn charts(dir: &Path, data: &Path) -> Result<Vec<PathBuf>, Error> {
    all(dir, data, Own::default())
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    paths.iter().filter_map(|p| Some(p.file_name()?.to_string_lossy().into_owned())).collect()
}

/// Where a test's files go: a folder that vanishes, or one to look at.
fn folder(name: &str) -> Result<(Option<tempfile::TempDir>, PathBuf), Box<dyn StdError>> {
    if let Some(look) = std::env::var_os("SIROCCO_LOOK") {
        let dir = Path::new(&look).join(name);
        fs::create_dir_all(&dir)?;
        return Ok((None, dir));
    }
    let tmp = tempfile::tempdir()?;
    let dir = tmp.path().to_path_buf();
    Ok((Some(tmp), dir))
}

fn check_png(path: &Path) -> R {
    let mut reader = png::Decoder::new(fs::File::open(path)?).read_info()?;
    let mut px = vec![0; reader.output_buffer_size()];
    let info = reader.next_frame(&mut px)?;
    assert_eq!(info.width, 1800, "{}", path.display());
    assert!(info.height >= 1000, "{}", path.display());
    let colours: BTreeSet<&[u8]> = px.chunks_exact(3).collect();
    assert!(colours.len() > 50, "{}: {} colours", path.display(), colours.len());
    Ok(())
}

/// Tags are closed in the order they were opened, and what is between them holds no bare `&`.
fn check_svg(path: &Path) -> R {
    let text = fs::read_to_string(path)?;
    let mut open: Vec<&str> = Vec::new();
    for tag in text.split('<').skip(1) {
        let (inside, after) = tag.split_once('>').ok_or("a tag without an end")?;
        if let Some(name) = inside.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{}", path.display());
        } else if !inside.ends_with('/') {
            open.push(inside.split_whitespace().next().ok_or("a tag without a name")?);
        }
        assert!(inside.matches('"').count().is_multiple_of(2));
        for amp in after.split('&').skip(1) {
            assert!(["amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|e| amp.starts_with(e)), "{after}");
        }
    }
    assert!(open.is_empty() && text.len() > 3000);
    assert!(!text.contains("NaN") && !text.contains("inf"), "{}", path.display());
    Ok(())
}

#[test]
fn a_long_run_has_every_chart() -> R {
    let (_tmp, dir) = folder("eight-years")?;
    Fake { title: "Libya after 2011, eight years", start: "2011-10-20", days: 2922, scale: 100.0 }.write(&dir)?;
    write_cells(&dir, 40_000.0)?;
    let before = std::time::Instant::now();
    let written = charts(&dir, &data())?;
    println!("all charts of eight years in {:.2} s", before.elapsed().as_secs_f64());
    let expected = [
        "arms_outflow",
        "arms_sahel",
        "arms_mali",
        "prices",
        "fatalities",
        "control",
        "seizures",
        "stopped",
        "northbound",
        "carried",
        "fares",
        "sea",
        "people",
        "map_people",
        "map_arms",
        "map_crews",
        "map_risk",
        "map_believed",
        "map_control",
        "map_violence",
        "maps_people_by_quarter",
        "maps_arms_by_quarter",
        "maps_violence_by_quarter",
        "maps_control_by_quarter",
    ];
    let mut expected: Vec<String> = expected.iter().flat_map(|n| [format!("{n}.svg"), format!("{n}.png")]).collect();
    expected.sort();
    assert_eq!(names(&written), expected);
    for path in &written {
        if path.extension().is_some_and(|e| e == "png") { check_png(path)? } else { check_svg(path)? }
    }
    // No half-written file is left beside them.
    assert_eq!(fs::read_dir(dir.join("charts"))?.count(), written.len());
    Ok(())
}

#[test]
fn a_short_run_of_few_is_drawn_too() -> R {
    let (_tmp, dir) = folder("two-years")?;
    Fake { title: "Two quiet years", start: "2014-01-01", days: 730, scale: 0.01 }.write(&dir)?;
    write_cells(&dir, 3.0)?;
    for path in charts(&dir, &data())? {
        if path.extension().is_some_and(|e| e == "png") { check_png(&path)? } else { check_svg(&path)? }
    }
    let (_tmp, dir) = folder("three-weeks")?;
    Fake { title: "Three weeks", start: "2014-02-20", days: 21, scale: 3.0 }.write(&dir)?;
    assert_eq!(charts(&dir, &data())?.len(), 26);
    Ok(())
}

#[test]
fn nothing_but_zeros_gives_no_chart() -> R {
    let (_tmp, dir) = folder("zeros")?;
    Fake { title: "Nothing", start: "2014-01-01", days: 400, scale: 0.0 }.write(&dir)?;
    fs::write(dir.join("cells.csv"), CELLS)?;
    assert!(charts(&dir, &data())?.is_empty());
    assert!(!dir.join("charts").exists());
    Ok(())
}

#[test]
fn a_network_has_no_map() -> R {
    let (_tmp, dir) = folder("network")?;
    Fake { title: "A network", start: "2014-01-01", days: 400, scale: 1.0 }.write(&dir)?;
    fs::write(dir.join("cells.csv"), format!("{CELLS}Mopti,2014-01,5,5,1,0,0,0,,mnla,1,0.5\n"))?;
    // The geodata is not even looked for.
    let written = charts(&dir, Path::new("no/such/folder"))?;
    assert_eq!(written.len(), 26);
    assert!(!names(&written).iter().any(|n| n.starts_with("map")));
    Ok(())
}

#[test]
fn text_of_the_manifest_is_escaped() -> R {
    let (_tmp, dir) = folder("escaped")?;
    Fake { title: "<script>&\u{1}\"x\"", start: "2014-01-01", days: 200, scale: 1.0 }.write(&dir)?;
    let written = charts(&dir, &data())?;
    let svg = written.iter().find(|p| p.ends_with("sea.svg")).ok_or("no sea.svg")?;
    check_svg(svg)?;
    let text = fs::read_to_string(svg)?;
    assert!(text.contains("&lt;script&gt;&amp;") && !text.contains("<script"));
    assert!(text.contains("<title>Crossings of the central Mediterranean, and deaths"));
    assert!(text.contains("font-family=\"sans-serif\""));
    Ok(())
}

#[test]
fn bad_files_are_named_with_their_line() -> R {
    let tmp = tempfile::tempdir()?;
    let dir = tmp.path();
    assert!(matches!(charts(dir, &data()), Err(Error::Io { path, .. }) if path == dir.join("manifest.json")));
    Fake { title: "x", start: "2014-01-01", days: 50, scale: 1.0 }.write(dir)?;
    let whole = fs::read_to_string(dir.join("series.csv"))?;
    fs::remove_file(dir.join("series.csv"))?;
    assert!(matches!(charts(dir, &data()), Err(Error::Io { path, .. }) if path == dir.join("series.csv")));

    let cases = [
        (whole[..whole.len() - 40].to_string(), "series.csv:51:"),
        (whole.replace("2014-01-05", "2014-13-05"), "series.csv:6:"),
        (whole.replace("2014-01-05", "2014-01-04"), "series.csv:6:"),
        ("date,x\n2014-01-01,1\n2014-01-02,NaN\n".to_string(), "series.csv:3: `x` is `NaN`"),
        ("date,x,x\n2014-01-01,1,1\n".to_string(), "series.csv:1: two columns are named `x`"),
        ("day,x\n2014-01-01,1\n".to_string(), "series.csv:1:"),
    ];
    for (text, place) in cases {
        fs::write(dir.join("series.csv"), text)?;
        let got = charts(dir, &data());
        let Err(Error::Input(said)) = got else {
            return Err(format!("{place} {got:?}").into());
        };
        assert!(said.contains(place), "{said}");
    }

    fs::write(dir.join("series.csv"), &whole)?;
    write_cells(dir, 3.0)?;
    let missing = dir.join("nowhere");
    let got = charts(dir, &missing);
    let wanted = missing.join("geo").join("countries.geojson");
    assert!(matches!(&got, Err(Error::Io { path, .. }) if *path == wanted), "{got:?}");
    fs::write(dir.join("manifest.json"), "{\"title\": \"x\"")?;
    assert!(matches!(charts(dir, &data()), Err(Error::Input(said)) if said.contains("line 1")));
    Ok(())
}

/// The page is made from files alone, shows hostile texts as text, fetches nothing, and takes a user's own parts.
#[test]
fn the_page_shows_hostile_texts_as_text_and_takes_parts_of_the_users() -> R {
    let (_kept, dir) = folder("page")?;
    let title = "<script>alert(1)</script> {{ 7 * 7 }} </title>";
    Fake { title, start: "2014-01-01", days: 90, scale: 1.0 }.write(&dir)?;
    write_cells(&dir, 100.0)?;
    let html = |own: Own| -> Result<String, Box<dyn StdError>> {
        all(&dir, &data(), own)?;
        Ok(fs::read_to_string(dir.join("report.html"))?)
    };
    let refused = |own: Own| all(&dir, &data(), own).err().map(|e| e.to_string()).unwrap_or_default();
    let plain = Own::default();
    let page = html(plain)?;
    assert!(!page.contains("<script>alert(1)") && page.contains("&lt;script&gt;alert(1)"));
    assert!(page.contains("{{ 7 * 7 }}") && page.matches("</title>").count() == 1);
    assert!(page.contains("id=\"map\"") && page.contains("data-chart=\"sea\""));
    assert!(!page.contains("src=\"http") && !page.contains("href=\"http") && page.contains("default-src 'none'"));
    assert_eq!(page, html(plain)?, "the same files, the same page");

    let own = tempfile::tempdir()?;
    fs::write(own.path().join("page.css"), "body { outline: 7px solid lime }")?;
    let with_own = html(Own { templates: Some(own.path()), ..plain })?;
    assert!(with_own.contains("7px solid lime") && !page.contains("7px solid lime"));
    fs::write(own.path().join("page.html"), "{% if title %}")?;
    let said = refused(Own { templates: Some(own.path()), ..plain });
    assert!(said.contains("page.html") && said.contains("unexpected end"), "{said}");

    // A network of places has no map to stand beside.
    let other = tempfile::tempdir()?;
    Fake { title: "Other", start: "2014-01-01", days: 90, scale: 1.0 }.write(other.path())?;
    let said = refused(Own { baseline: Some(other.path()), ..plain });
    assert!(said.contains("there is no cells.csv"), "{said}");
    write_cells(other.path(), 50.0)?;
    let pair = html(Own { baseline: Some(other.path()), ..plain })?;
    assert!(pair.len() > page.len());
    fs::remove_file(dir.join("cells.csv"))?;
    assert!(!html(plain)?.contains("id=\"map\""));
    Ok(())
}

/// `--markdown` writes sentences and tables, in which hostile texts are text, and links to pictures that are there.
#[test]
fn the_report_as_markdown() -> R {
    let (_kept, dir) = folder("markdown")?;
    let title = "# <b>x</b> | [a](b)\n## {{ 7 * 7 }} `y`";
    Fake { title, start: "2014-01-01", days: 90, scale: 1.0 }.write(&dir)?;
    charts(&dir, &data())?;
    assert!(!dir.join("report.md").exists());
    all(&dir, &data(), Own { markdown: true, ..Own::default() })?;
    let page = fs::read_to_string(dir.join("report.md"))?;
    let first = page.lines().next().unwrap_or_default();
    assert_eq!(first, r"# \# \<b>x\</b> | \[a](b)\#\# {{ 7 \* 7 }} \`y\`");
    assert!(page.contains("## In short"));
    let pictures: Vec<&str> =
        page.lines().filter_map(|l| l.strip_prefix("![")?.split_once("](")?.1.strip_suffix(')')).collect();
    assert!(!pictures.is_empty());
    for picture in pictures {
        check_png(&dir.join(picture))?;
    }
    // Every row of a table has as many cells as its head.
    let mut cells = 0;
    for line in page.lines() {
        let here = line.replace(r"\|", "").matches('|').count();
        cells = if !line.starts_with('|') {
            0
        } else if cells == 0 {
            here
        } else {
            cells
        };
        assert!(cells == 0 || cells == here, "{line}");
    }
    let own = tempfile::tempdir()?;
    fs::write(own.path().join("page.md"), "mine: {{ tables|length }}")?;
    all(&dir, &data(), Own { markdown: true, templates: Some(own.path()), ..Own::default() })?;
    assert!(fs::read_to_string(dir.join("report.md"))?.starts_with("mine: "));
    Ok(())
}

/// `--dark` writes every figure twice; what is for paper is the same with it and without.
#[test]
fn every_figure_has_a_dark_form() -> R {
    let (_kept, dir) = folder("dark")?;
    Fake { title: "In the dark", start: "2014-01-01", days: 200, scale: 30.0 }.write(&dir)?;
    write_cells(&dir, 1000.0)?;
    let light = charts(&dir, &data())?;
    let before: Vec<Vec<u8>> = light.iter().map(fs::read).collect::<Result<_, _>>()?;
    let both = all(&dir, &data(), Own { dark: true, ..Own::default() })?;
    assert_eq!(both.len(), 2 * light.len());
    for (path, bytes) in light.iter().zip(before) {
        assert_eq!(fs::read(path)?, bytes, "{}", path.display());
        let name = path.file_stem().and_then(|n| n.to_str()).ok_or("no name")?;
        let ending = path.extension().and_then(|n| n.to_str()).ok_or("no ending")?;
        let dark = path.with_file_name(format!("{name}-dark.{ending}"));
        if ending == "png" {
            check_png(&dark)?;
            let (paper, night) = (mean_light(path)?, mean_light(&dark)?);
            assert!(night < 0.45 * paper, "{}: {night} and {paper}", dark.display());
        } else {
            check_svg(&dark)?;
            assert!(!fs::read_to_string(&dark)?.contains("#FFFFFF"), "{}", dark.display());
        }
    }
    Ok(())
}

/// Mean of all bytes of a picture.
fn mean_light(path: &Path) -> Result<f64, Box<dyn StdError>> {
    let mut reader = png::Decoder::new(fs::File::open(path)?).read_info()?;
    let mut px = vec![0; reader.output_buffer_size()];
    reader.next_frame(&mut px)?;
    Ok(px.iter().map(|v| f64::from(*v)).sum::<f64>() / px.len() as f64)
}
