//! JUnit's XML, which servers that build and test programs read.

/// One test.
pub(super) struct Case {
    pub name: String,
    pub seconds: f64,
    pub trouble: Option<Trouble>,
}

/// What went wrong.
pub(super) struct Trouble {
    /// True: the result is another than it should be; false: there is none.
    pub failed: bool,
    /// In a line.
    pub message: String,
    pub text: String,
}

/// The file for a suite of tests that took `seconds` in all.
pub(super) fn junit(suite: &str, cases: &[Case], seconds: f64) -> String {
    let count = |failed| cases.iter().filter(|c| c.trouble.as_ref().is_some_and(|t| t.failed == failed)).count();
    let sums = format!(
        "tests=\"{}\" failures=\"{}\" errors=\"{}\" time=\"{seconds:.3}\"",
        cases.len(),
        count(true),
        count(false)
    );
    let suite = escaped(suite);
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites {sums}>\n  <testsuite name=\"{suite}\" {sums}>\n"
    );
    for c in cases {
        let head =
            format!("    <testcase classname=\"{suite}\" name=\"{}\" time=\"{:.3}\"", escaped(&c.name), c.seconds);
        match &c.trouble {
            None => out += &format!("{head}/>\n"),
            Some(t) => {
                let (tag, message) = (if t.failed { "failure" } else { "error" }, escaped(&t.message));
                let text = escaped(&t.text);
                out += &format!("{head}>\n      <{tag} message=\"{message}\">{text}</{tag}>\n    </testcase>\n");
            }
        }
    }
    out + "  </testsuite>\n</testsuites>\n"
}

/// Text for an attribute or between tags. What XML 1.0 does not allow at all becomes a question mark.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&apos;",
            '\n' | '\t' => out.push(c),
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('?'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_does_not_allow_is_escaped() {
        assert_eq!(escaped("a<b> & \"c\" 'd' ]]>\n\té"), "a&lt;b&gt; &amp; &quot;c&quot; &apos;d&apos; ]]&gt;\n\té");
        assert_eq!(escaped("\u{1b}[31m\u{0}\u{ffff}"), "?[31m??");
    }

    #[test]
    fn a_file_by_hand() {
        let trouble = |failed| Some(Trouble { failed, message: "a & b".into(), text: "x < y".into() });
        let case = |name: &str, trouble| Case { name: name.into(), seconds: 0.25, trouble };
        let cases = [case("one", None), case("<two>", trouble(true)), case("three", trouble(false))];
        let want = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites tests=\"3\" failures=\"1\" errors=\"1\" time=\"1.500\">
  <testsuite name=\"s\" tests=\"3\" failures=\"1\" errors=\"1\" time=\"1.500\">
    <testcase classname=\"s\" name=\"one\" time=\"0.250\"/>
    <testcase classname=\"s\" name=\"&lt;two&gt;\" time=\"0.250\">
      <failure message=\"a &amp; b\">x &lt; y</failure>
    </testcase>
    <testcase classname=\"s\" name=\"three\" time=\"0.250\">
      <error message=\"a &amp; b\">x &lt; y</error>
    </testcase>
  </testsuite>
</testsuites>
";
        assert_eq!(junit("s", &cases, 1.5), want);
    }
}
