//! The rules of `_headers`, as hosts such as Netlify read them: a path, then indented `Name: value` lines.
//!
//! A preview obeys the `Content-Security-Policy` of the published site, so that what it would forbid is
//! seen before.

/// Rules for addresses, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderRules(Vec<Rule>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    path: String,
    policies: Vec<String>,
}

impl HeaderRules {
    /// Reads the text of `_headers`. Other headers than the policy are left out.
    pub fn read(text: &str) -> Self {
        let mut rules: Vec<Rule> = Vec::new();
        for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
            if line.starts_with('/') {
                rules.push(Rule { path: line.trim().to_owned(), policies: Vec::new() });
            } else if let (Some(rule), Some((name, value))) = (rules.last_mut(), line.split_once(':'))
                && name.trim().eq_ignore_ascii_case("content-security-policy")
            {
                rule.policies.push(value.trim().to_owned());
            }
        }
        rules.retain(|rule| !rule.policies.is_empty());
        Self(rules)
    }

    /// Policies for a path, all of which apply.
    pub(super) fn policies<'r>(&'r self, path: &'r str) -> impl Iterator<Item = &'r str> {
        let rules = self.0.iter().filter(move |rule| matches(&rule.path, path));
        rules.flat_map(|rule| rule.policies.iter().map(String::as_str))
    }
}

/// Whether a pattern fits a path: `*` stands for anything, `:name` for one segment.
fn matches(pattern: &str, path: &str) -> bool {
    let mut wanted = pattern.split('/');
    let mut given = path.split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some("*"), _) => return true,
            (Some(wanted), Some(given)) => {
                let fits = wanted == given
                    || (wanted.len() > 1 && wanted.starts_with(':') && !given.is_empty())
                    || wanted.strip_suffix('*').is_some_and(|start| given.starts_with(start));
                if !fits {
                    return false;
                }
                if wanted.ends_with('*') {
                    return true;
                }
            }
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_of_a_path_is_found() {
        let rules = HeaderRules::read(
            "# all\n/*\n  Content-Security-Policy: default-src 'self'\n  X-Frame-Options: DENY\n\
             /blog/posts/un/\n  content-security-policy: style-src 'self' 'sha256-x='\n/:a/x\n  X-A: b\n",
        );
        assert_eq!(rules.policies("/").collect::<Vec<_>>(), ["default-src 'self'"]);
        let found: Vec<&str> = rules.policies("/blog/posts/un/").collect();
        assert_eq!(found, ["default-src 'self'", "style-src 'self' 'sha256-x='"]);
        for (pattern, path, fits) in [
            ("/blog/*", "/blog/", true),
            ("/blog/*", "/blog/un/", true),
            ("/blog/*", "/autre/", false),
            ("/:a/x", "/un/x", true),
            ("/:a/x", "/un/deux/x", false),
            ("/a*", "/abc", true),
            ("/a", "/a/", false),
        ] {
            assert_eq!(matches(pattern, path), fits, "{pattern} {path}");
        }
    }
}
