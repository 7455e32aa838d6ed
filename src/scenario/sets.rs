//! `--set KEY=VALUE`: one line of TOML laid over the scenario. `lever.NAME.KEY` reaches into the lever of that name (its
//! `name`, or else its `kind`), `event.NAME.KEY` or `event.N.KEY` into the event of that name or the N-th one.

use super::diagnose::{Diagnostic, Sources};
use super::syntax;
use super::tree::{Entry, Kind, Node, Span, Table, event_name, lever_name, overwrite};
use super::words;

/// Lays each argument on the scenario, in their order.
pub(crate) fn apply(root: &mut Node, args: &[String], sources: &mut Sources, out: &mut Vec<Diagnostic>) {
    for arg in args {
        let source = sources.add(format!("--set {}", words::short(&arg.replace('\n', " "))), arg.as_str(), true);
        if !arg.contains('=') || arg.contains(['\n', '\r']) {
            let mut d =
                sources.diagnostic(Span::new(source, 0..arg.len()), "", "not of the form KEY=VALUE, on one line");
            d.help = Some("for example --set run.end=2012-01-01".into());
            out.push(d);
            continue;
        }
        let mut over = syntax::parse(sources, source, out);
        let Some(table) = over.table_mut() else {
            continue;
        };
        if let Some(entry) = table.remove("extends") {
            out.push(sources.diagnostic(entry.key, "extends", "`extends` can only stand in a file"));
        }
        for list in ["lever", "event"] {
            match table.remove(list) {
                Some(Entry { node: Node { kind: Kind::Table(items), .. }, .. }) => {
                    reach(root, list, items, sources, out)
                }
                Some(other) => {
                    table.insert(list.into(), other);
                }
                None => {}
            }
        }
        overwrite(root, over);
    }
}

/// Lays keys on single items of the list of levers or events.
fn reach(root: &mut Node, list: &str, items: Table, sources: &Sources, out: &mut Vec<Diagnostic>) {
    for (name, entry) in items {
        let found = root.table_mut().and_then(|t| t.get_mut(list)).and_then(|e| match &mut e.node.kind {
            Kind::List(all) => position(all, list, &name).and_then(|i| all.get_mut(i)),
            _ => None,
        });
        let path = format!("{list}.{}", words::short(&name));
        match found {
            Some(item) if entry.node.table().is_some() => overwrite(item, entry.node),
            Some(_) => {
                let mut d = sources.diagnostic(entry.key, &path, format!("`{path}` is a table; name one of its keys"));
                d.help = Some(format!("--set {path}.KEY=VALUE"));
                out.push(d);
            }
            None => out.push(nobody(root, list, &name, &path, entry.key, sources)),
        }
    }
}

/// Index of a lever or event by name, or by number from 1.
fn position(all: &[Node], list: &str, name: &str) -> Option<usize> {
    let named =
        all.iter().position(|item| if list == "lever" { lever_name(item) } else { event_name(item) } == Some(name));
    named.or_else(|| name.parse::<usize>().ok()?.checked_sub(1).filter(|i| *i < all.len()))
}

fn nobody(root: &Node, list: &str, name: &str, path: &str, at: Span, sources: &Sources) -> Diagnostic {
    let all = root.get(list).and_then(Node::list).unwrap_or(&[]);
    let shown = words::short(name);
    if list == "event" {
        let message = format!("there is no event named or numbered `{shown}`; this scenario has {}", all.len());
        return sources.diagnostic(at, path, message);
    }
    let names: Vec<&str> = all.iter().filter_map(lever_name).collect();
    let mut d = sources.diagnostic(at, path, format!("no lever of this scenario is named `{shown}`"));
    d.help = match words::nearest(name, names.iter().copied()) {
        Some(near) => Some(words::did_you_mean(near)),
        None if names.is_empty() => Some("this scenario has no levers".into()),
        None => Some(format!("its levers: {}", words::short(&names.join(", ")))),
    };
    d
}
