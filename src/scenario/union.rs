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
        let of = |branch: &&Value| branch.pointer(&format!("/properties/{tag}/const")).cloned().unwrap_or(Value::Null);
        let tags: Vec<Value> = branches.iter().map(of).collect();
        let known: Vec<&Value> = tags.iter().collect();
        let expected = words::one_of(&known);
        let noun = schema.get("x-noun").and_then(Value::as_str).map_or(String::new(), |n| format!("{n} "));
        let Some(value) = node.get(tag) else {
            // A misspelt `kind` key: name it, and say what it should be.
            let near = node.table().and_then(|t| t.iter().find(|(k, _)| nearest(k, [tag]).is_some()));
            let (at, help) = near.map_or((node.at, None), |(_, e)| (e.key, Some(did_you_mean(tag))));
            if !self.incomplete && !self.sources.mentions_in_broken(tag) {
                let message = format!("`{path}` lacks the key `{tag}`: {expected}");
                self.say(at, &path.join(tag), "nothing".into(), expected, message, help);
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
        self.say(value.at, &path.join(tag), words::short(text), expected, message, help);
    }
}

/// The key whose fixed value tells all alternatives apart.
fn tag(branches: &[&Value]) -> Option<String> {
    let first = branches.first()?.get("properties")?.as_object()?;
    let fixed = |key: &str| branches.iter().all(|b| b.pointer(&format!("/properties/{key}/const")).is_some());
    first.keys().find(|key| fixed(key)).cloned()
}

#[cfg(test)]
mod tests {
    use super::super::diagnose::{Names, Sources};
    use super::super::syntax;
    use super::*;
    use crate::engine::step::schema_of;
    use schemars::JsonSchema;

    /// The shapes of Rust enums that parameters may have.
    #[derive(JsonSchema)]
    #[allow(dead_code)]
    #[serde(deny_unknown_fields)]
    struct Shapes {
        plain: Option<Plain>,
        outer: Option<Outer>,
        inner: Option<Inner>,
        mixed: Option<Mixed>,
        #[schemars(extend("x-names" = "country"))]
        share: Option<std::collections::BTreeMap<String, f64>>,
        pair: Option<(u8, f64)>,
    }
    #[derive(JsonSchema)]
    #[allow(dead_code)]
    #[serde(rename_all = "snake_case")]
    enum Plain {
        /// Told apart by a comment, so that the schema is a `oneOf`.
        Slow,
        Fast,
    }
    #[derive(JsonSchema)]
    #[allow(dead_code)]
    #[serde(rename_all = "snake_case", deny_unknown_fields)]
    enum Outer {
        Fixed { days: u32 },
        Drawn { mean: f64, spread: f64 },
    }
    #[derive(JsonSchema)]
    #[allow(dead_code)]
    #[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
    enum Inner {
        Fixed { days: u32 },
        Drawn { mean: f64 },
    }
    #[derive(JsonSchema)]
    #[allow(dead_code)]
    #[serde(untagged)]
    enum Mixed {
        One(f64),
        Table(std::collections::BTreeMap<String, f64>),
    }

    fn said(text: &str) -> Vec<String> {
        let mut sources = Sources::default();
        let source = sources.add("f", text, false);
        let mut out = Vec::new();
        let node = syntax::parse(&mut sources, source, &mut out);
        let schema = schema_of::<Shapes>().to_value();
        let names = Names::new(vec!["LBY".into()], vec![], vec![], vec![]);
        let mut checker = Checker { sources: &sources, names: &names, root: &schema, incomplete: false, out };
        checker.node(&schema, &node, &Path::default());
        checker.out.into_iter().map(|d| d.message).collect()
    }

    #[test]
    fn good_values_of_every_shape_pass() {
        let good = "plain = 'fast'\nouter = { drawn = { mean = 1, spread = 0.5 } }\ninner = { how = 'fixed', days = 3 }\n\
                    mixed = { a = 1.5 }\nshare = { LBY = 0.5 }\npair = [1, 2.5]\n";
        assert_eq!(said(good), Vec::<String>::new());
        assert_eq!(said("mixed = 2"), Vec::<String>::new());
    }

    #[test]
    fn errors_land_on_the_bad_key() {
        assert_eq!(said("plain = 'fats'"), ["`plain` is the text \"fats\"; it must be one of `fast`, `slow`"]);
        assert_eq!(
            said("outer = { drawn = { mean = 'x', spread = 1 } }"),
            ["`outer.drawn.mean` is the text \"x\"; it must be a number"]
        );
        assert_eq!(said("inner = { how = 'fixd', days = 3 }"), ["unknown how `fixd`"]);
        assert_eq!(said("inner = { how = 'drawn', mean = true }"), ["`inner.mean` is true; it must be a number"]);
        assert_eq!(said("mixed = { a = 'x' }"), ["`mixed.a` is the text \"x\"; it must be a number"]);
        assert_eq!(said("share = { LBX = 1 }"), ["`share` names the unknown country `LBX`"]);
        assert_eq!(said("pair = [1]"), ["`pair` has 1 item; it must be a list of 2"]);
        assert_eq!(said("mixed = true").len(), 1);
    }
}
