//! Reads a scenario file and what it `extends`. Files come from strangers: they are small, regular, and stay in their
//! folder.

use super::diagnose::{Diagnostic, Sources};
use super::syntax;
use super::tree::{Node, Span, inherit};
use super::words;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Largest scenario file, bytes.
pub(crate) const LARGEST: u64 = 1 << 20;
/// Name of a folder whose files may extend one in the folder above.
const POLICIES: &str = "policies";
/// Most files in a chain of `extends`, the first included.
pub(crate) const DEEPEST: usize = 8;

/// Files read so far, and what was wrong with them.
#[derive(Default)]
pub(crate) struct Reader {
    pub sources: Sources,
    pub out: Vec<Diagnostic>,
    /// A file could not be read or parsed as a whole, so that keys may be missing for that reason.
    pub incomplete: bool,
    /// Paths (from the scenario's folder) and blake3 hashes.
    pub inputs: Vec<(String, String)>,
}

/// A file in the chain of `extends`: its true path, and how the user would call it.
struct Link {
    real: PathBuf,
    label: String,
}

/// What `extends` named: the link, the bytes, and the path from the scenario's folder.
type Found = (Link, Vec<u8>, String);
/// Why it is not followed, and advice.
type Refusal = (String, Option<String>);

impl Reader {
    /// Reads the scenario at `path` and all it extends, merged. The error is that of the first file alone.
    pub(crate) fn read(&mut self, path: &Path) -> std::io::Result<Node> {
        let bytes = read_limited(path)?;
        let name = path.file_name().map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
        let link = Link { real: path.canonicalize()?, label: path.display().to_string() };
        Ok(self.file(&bytes, &name, &mut vec![link]))
    }

    /// Parses the last file of the chain and lays it on the one it extends.
    fn file(&mut self, bytes: &[u8], name: &str, chain: &mut Vec<Link>) -> Node {
        let label = chain.last().map_or(String::new(), |l| l.label.clone());
        self.inputs.push((name.replace('\\', "/"), blake3::hash(bytes).to_hex().to_string()));
        let mut node = self.parse(bytes, &label);
        let Some(extends) = node.get("extends").filter(|n| n.text().is_some()).cloned() else {
            return node;
        };
        // Followed here and gone from the result: the resolved scenario stands alone.
        if let Some(table) = node.table_mut() {
            table.remove("extends");
        }
        let target = extends.text().unwrap_or("");
        match self.follow(target, name, chain) {
            Ok((link, bytes, name)) => {
                chain.push(link);
                let mut parent = self.file(&bytes, &name, chain);
                chain.pop();
                inherit(&mut parent, node);
                parent
            }
            Err((message, help)) => {
                self.incomplete = true;
                self.complain(extends.at, target, message, help);
                node
            }
        }
    }

    fn parse(&mut self, bytes: &[u8], label: &str) -> Node {
        if bytes.len() as u64 > LARGEST {
            let source = self.sources.add(label, "", false);
            self.incomplete = true;
            let message = format!("the file is larger than {} KiB; no scenario needs that", LARGEST / 1024);
            self.out.push(self.sources.diagnostic(Span::new(source, 0..0), "", message));
            return Node::empty(source);
        }
        let source = self.sources.add(label, String::from_utf8_lossy(bytes), false);
        if let Err(error) = std::str::from_utf8(bytes) {
            let at = error.valid_up_to();
            self.incomplete = true;
            let message = format!("the file is not UTF-8 text: byte 0x{:02x}", bytes.get(at).unwrap_or(&0));
            self.out.push(self.sources.diagnostic(Span::new(source, at..at), "", message));
            return Node::empty(source);
        }
        syntax::parse(&mut self.sources, source, &mut self.out)
    }

    fn complain(&mut self, at: Span, target: &str, message: String, help: Option<String>) {
        let mut d = self.sources.diagnostic(at, "extends", message);
        d.found = words::short(target);
        d.expected = "a scenario file in the same folder or below it".into();
        d.help = help;
        self.out.push(d);
    }

    /// Finds and reads the file that `extends` names; the error is a message and advice.
    fn follow(&self, target: &str, name: &str, chain: &[Link]) -> Result<Found, Refusal> {
        let shown = words::short(target);
        let refuse = |why: String, help: Option<String>| Err((format!("`extends` names {shown:?}, {why}"), help));
        let stays = "name a file in the same folder or below it";
        let Some(child) = chain.last() else {
            return refuse("which no file asked for".into(), None);
        };
        let own = child.real.parent().unwrap_or(Path::new("."));
        // Policies lie in a folder of their own beside the scenarios that they change.
        let up = own.file_name().is_some_and(|f| f == POLICIES).then(|| target.strip_prefix("../")).flatten();
        let folder = if up.is_some() { own.parent().unwrap_or(own) } else { own };
        let relative = Path::new(up.unwrap_or(target));
        let plain = relative.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
        if target.is_empty() || !plain {
            return refuse("which leads out of the folder".into(), Some(stays.into()));
        }
        let real = match folder.join(relative).canonicalize() {
            Ok(real) => real,
            Err(why) => {
                return refuse(format!("which cannot be read: {why}"), near_file(folder, up.unwrap_or(target)));
            }
        };
        if !real.starts_with(folder) {
            return refuse("a link that leads out of the folder".into(), Some(stays.into()));
        }
        if let Some(circle) = circle(chain, &real) {
            return Err((format!("`extends` goes in a circle: {circle}"), None));
        }
        if chain.len() >= DEEPEST {
            return Err((format!("`extends` goes deeper than {DEEPEST} files"), Some("merge some of them".into())));
        }
        if !real.is_file() {
            return refuse("which is no file".into(), None);
        }
        match read_limited(&real) {
            Ok(bytes) => {
                let label = beside(&child.label, Path::new(target));
                Ok((Link { real, label }, bytes, beside(name, Path::new(target))))
            }
            Err(why) => refuse(format!("which cannot be read: {why}"), None),
        }
    }
}

/// The files of the circle that a file would close, if it is in the chain already.
fn circle(chain: &[Link], real: &Path) -> Option<String> {
    let first = chain.iter().position(|l| l.real == real)?;
    let links = chain.iter().skip(first).chain(chain.get(first));
    Some(links.map(|l| short_name(&l.label)).collect::<Vec<_>>().join(" -> "))
}

/// The name of a file beside another, without `./`.
fn beside(file: &str, relative: &Path) -> String {
    let plain: PathBuf = relative.components().filter(|c| !matches!(c, Component::CurDir)).collect();
    Path::new(file).with_file_name("").join(plain).display().to_string()
}

/// Reads a file up to just over the limit, so that its size can be judged without reading all of `/dev/zero`.
pub(crate) fn read_limited(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn short_name(label: &str) -> String {
    Path::new(label).file_name().map_or_else(|| label.to_string(), |n| n.to_string_lossy().into_owned())
}

/// "did you mean" for a file name that is nearly that of a scenario in the folder.
fn near_file(folder: &Path, target: &str) -> Option<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|n| n.ends_with(".toml"))
        .collect();
    names.sort();
    words::nearest(target, names.iter().map(String::as_str)).map(words::did_you_mean)
}
