//! Values with alternatives (`oneOf`, `anyOf`): finds the alternative that was meant, so that the error lands on the bad
//! key and is not "none of these fits".

use super::check::{Checker, Path, fits};
use super::tree::Node;
use super::words::{self, did_you_mean, nearest};
use serde_json::Value;

impl Checker<'_> {
    /// Checks a value against the alternative it means to be.
    pub(crate) fn union(&mut self, schema: &Value, branches: &[&Value], node: &Node, path: &Path) {
        if let [only] = branches {
            return self.node(only, node, path);
        }
        // Alternatives told apart by a key with a fixed value (`kind = "..."`).
        if let Some(tag) = tag(branches).filter(|_| node.table().is_some()) {
            return self.tagged(schema, branches, &tag, node, path);
        }
        let types = |b: &&Value| words::types(b).iter().any(|t| fits(t, b, node));
        let likely: Vec<&Value> = branches.iter().copied().filter(types).collect();
        let candidates = if likely.is_empty() { branches } else { &likely };
        // Try each and keep the one with the fewest complaints; the first of equals.
        let mut best: Option<Vec<super::diagnose::Diagnostic>> = None;
        for branch in candidates {
            let start = self.out.len();
            self.node(branch, node, path);
            let said = self.out.split_off(start);
            if best.as_ref().is_none_or(|b| said.len() < b.len()) {
                best = Some(said);
            }
        }
        match best {
            Some(said) if said.is_empty() || !likely.is_empty() => self.out.extend(said),
            _ => self.wrong(node, path, words::expected(schema), None),
        }
    }

    fn tagged(&mut self, schema: &Value, branches: &[&Value], tag: &str, node: &Node, path: &Path) {
        let of = |branch: &&Value| {
            branch
                .pointer(&format!("/properties/{tag}/const"))
                .cloned()
                .unwrap_or(Value::Null)
        };
        let tags: Vec<Value> = branches.iter().map(of).collect();
        let known: Vec<&Value> = tags.iter().collect();
        let expected = words::one_of(&known);
        let noun = schema
            .get("x-noun")
            .and_then(Value::as_str)
            .map_or(String::new(), |n| format!("{n} "));
        let Some(value) = node.get(tag) else {
            // A misspelt `kind` key: name it, and say what it should be.
            let near = node
                .table()
                .and_then(|t| t.iter().find(|(k, _)| nearest(k, [tag]).is_some()));
            let (at, help) =
                near.map_or((node.at, None), |(_, e)| (e.key, Some(did_you_mean(tag))));
            if !self.incomplete && !self.sources.mentions_in_broken(tag) {
                let message = format!("`{path}` lacks the key `{tag}`: {expected}");
                self.say(
                    at,
                    &path.join(tag),
                    "nothing".into(),
                    expected,
                    message,
                    help,
                );
            }
            return;
        };
        let json = value.to_json();
        if let Some((branch, _)) = branches.iter().zip(&tags).find(|(_, t)| **t == json) {
            return self.node(branch, node, path);
        }
        let Some(text) = value.text() else {
            return self.wrong(value, &path.join(tag), expected, None);
        };
        let help = nearest(text, known.iter().filter_map(|v| v.as_str())).map(did_you_mean);
        let help = help.or_else(|| match known.len() {
            0..=12 => Some(format!("known: {expected}")),
            _ => Some("`sirocco levers` and `sirocco schema scenario` list them".into()),
        });
        let message = format!("unknown {noun}{tag} `{}`", words::short(text));
        self.say(
            value.at,
            &path.join(tag),
            words::short(text),
            expected,
            message,
            help,
        );
    }
}

/// The key whose fixed value tells all alternatives apart.
fn tag(branches: &[&Value]) -> Option<String> {
    let first = branches.first()?.get("properties")?.as_object()?;
    let fixed = |key: &str| {
        branches
            .iter()
            .all(|b| b.pointer(&format!("/properties/{key}/const")).is_some())
    };
    first.keys().find(|key| fixed(key)).cloned()
}
