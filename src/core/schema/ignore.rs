//! Owns the rules that let a host have what the seal does not know: by kind and pattern, each
//! with its reason. Must never hide a difference without naming the rule that hid it.

use super::difference::Difference;
use super::kind::Kind;

/// One rule of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreRule {
    /// The kind of object that it is about.
    pub kind: Kind,
    /// The name, as the canonical text or a finding shows it; `*` stands for any text.
    pub pattern: String,
    /// Why the host may have it.
    pub reason: String,
}

/// A difference that a rule lets pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignored {
    /// The difference.
    pub difference: Difference,
    /// Why it is let pass.
    pub reason: String,
}

impl IgnoreRule {
    /// Whether this rule is about the difference.
    #[must_use]
    pub fn covers(&self, difference: &Difference) -> bool {
        let name = &difference.name;
        self.kind == difference.kind
            && [name.text(), name.shown()].iter().any(|it| matches(&self.pattern, it))
    }
}

/// Takes apart what counts and what is ignored.
#[must_use]
pub fn divide(all: Vec<Difference>, rules: &[IgnoreRule]) -> (Vec<Difference>, Vec<Ignored>) {
    let (mut counts, mut ignored) = (Vec::new(), Vec::new());
    for difference in all {
        match rules.iter().find(|rule| rule.covers(&difference)) {
            Some(rule) => ignored.push(Ignored { difference, reason: rule.reason.clone() }),
            None => counts.push(difference),
        }
    }
    (counts, ignored)
}

/// Whether a pattern, in which `*` stands for any text, fits the whole name. The shortest text
/// is tried for each star, and only the last star is ever tried again, so that no pattern is slow.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = parts.next().and_then(|first| name.strip_prefix(first)) else { return false };
    let mut rest = rest;
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::super::difference::Fault;
    use super::super::name::Name;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_star_is_any_text_and_everything_else_is_itself() {
        for (pattern, name, fits) in [
            ("t.a", "t.a", true),
            ("t.a", "t.ab", false),
            ("t.*", "t.", true),
            ("t.*", "t.a.b", true),
            ("*", "", true),
            ("*.audit_*_old", "public.audit_events_old", true),
            ("*.audit_*_old", "public.audit_old", false),
            ("a*a", "a", false),
            ("a*b*c", "abbc", true),
            ("a*b*c", "acb", false),
            ("**x**", "yxz", true),
            ("t?", "ta", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
    }

    #[test]
    fn a_rule_is_about_its_kind_alone_and_tells_its_reason() {
        let rule = IgnoreRule {
            kind: Kind::Index,
            pattern: "t.host_*".to_owned(),
            reason: "made by the host's administrator".to_owned(),
        };
        let difference = |kind, parts: &[&str]| Difference {
            kind,
            name: Name::of(parts.iter().copied()),
            fault: Fault::Unexpected,
        };
        let all = vec![
            difference(Kind::Index, &["public", "t", "host_one"]),
            difference(Kind::Index, &["s", "t", "host_one"]),
            difference(Kind::Trigger, &["public", "t", "host_one"]),
        ];
        let (counts, ignored) = divide(all.clone(), std::slice::from_ref(&rule));
        assert_eq!(counts, all[1..]);
        assert_eq!(ignored, [Ignored { difference: all[0].clone(), reason: rule.reason }]);
    }

    proptest! {
        #[test]
        fn what_a_pattern_was_made_of_fits_it(parts in proptest::collection::vec("[a-c.]{0,3}", 1..5), between in "[a-c.]{0,4}") {
            let name = parts.join(&between);
            prop_assert!(matches(&parts.join("*"), &name), "{} {}", parts.join("*"), name);
            prop_assert_eq!(matches(&name, &name), true);
        }
    }
}
