//! The text of a ledger: sorted, one target a block, so that a merge of two branches stays readable.

use std::fmt::Write;

use jiff::Timestamp;
use pingmark_core::yaml::{self, Problem};
use pingmark_core::yaml_edit::quoted;

use super::{Channel, Ledger, State, Told};

/// First lines of the file.
const HEAD: &str = "# What this post told other sites. Written by `pingmark ping`; commit it with the site,\n\
    # so that nothing is told twice.\n";

impl Ledger {
    /// Text of the file.
    pub fn text(&self) -> String {
        let mut out = format!("{HEAD}source: {}\ntargets:\n", quoted(&self.source));
        if self.targets.is_empty() {
            out = format!("{HEAD}source: {}\ntargets: {{}}\n", quoted(&self.source));
        }
        for (target, told) in &self.targets {
            let _ = writeln!(out, "  {}:\n    state: {}", quoted(target), told.state.name());
            let mut line = |key: &str, value: Option<String>| {
                if let Some(value) = value {
                    let _ = writeln!(out, "    {key}: {value}");
                }
            };
            line("channel", told.channel.map(|channel| channel.name().to_owned()));
            line("endpoint", told.endpoint.as_deref().map(quoted));
            line("status_url", told.status_url.as_deref().map(quoted));
            line("at", Some(second(told.at)));
            line("since", told.since.map(second));
            line("fingerprint", Some(quoted(&told.fingerprint)));
            line("answer", (!told.answer.is_empty()).then(|| quoted(&told.answer)));
            line("tries", (told.tries > 0).then(|| told.tries.to_string()));
            line("next", told.next.map(second));
        }
        out
    }

    /// Reads a file. `Err` says where and why it cannot be read; nothing may be sent then, because it would
    /// be sent twice.
    pub fn read(text: &str) -> Result<Self, String> {
        let mapping = yaml::parse_mapping(text).map_err(|problem| match problem {
            Problem::Syntax(error, line, column) => format!("line {line}, column {column}: {error:?}"),
            other => format!("{other:?}"),
        })?;
        let source = mapping.get("source").and_then(|source| source.as_str()).ok_or("`source` is missing")?;
        let mut ledger = Self::new(source);
        let Some(targets) = mapping.get("targets") else { return Ok(ledger) };
        let targets = targets.as_mapping().ok_or("`targets` is not a mapping")?;
        for (target, value) in targets {
            let target = target.as_str().ok_or("a target is not a text")?;
            let text = |key: &str| value.get(key).and_then(|value| value.as_str()).map(str::to_owned);
            let wrong = |key: &str| format!("`{target}`: `{key}` cannot be read");
            let time = |key: &str| match text(key) {
                Some(text) => text.parse::<Timestamp>().map(Some).map_err(|_| wrong(key)),
                None => Ok(None),
            };
            let name = text("state").ok_or_else(|| wrong("state"))?;
            let state =
                State::ALL.into_iter().find(|state| state.name() == name).ok_or_else(|| wrong("state"))?;
            let channels = [Channel::Webmention, Channel::Pingback];
            let channel = text("channel");
            let channel =
                channel.and_then(|name| channels.into_iter().find(|channel| channel.name() == name));
            let told = Told {
                state,
                channel,
                endpoint: text("endpoint"),
                status_url: text("status_url"),
                at: time("at")?.ok_or_else(|| wrong("at"))?,
                since: time("since")?,
                fingerprint: text("fingerprint").unwrap_or_default(),
                answer: text("answer").unwrap_or_default(),
                tries: value
                    .get("tries")
                    .and_then(|tries| tries.as_u64())
                    .unwrap_or(0)
                    .try_into()
                    .unwrap_or(u32::MAX),
                next: time("next")?,
            };
            ledger.targets.insert(target.to_owned(), told);
        }
        Ok(ledger)
    }
}

/// A time to the second.
fn second(time: Timestamp) -> String {
    time.round(jiff::Unit::Second).unwrap_or(time).to_string()
}
