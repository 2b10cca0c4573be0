//! Filters that themes can rely on, beside Tera's own.

use std::borrow::Cow;

use jiff::tz::TimeZone;
use tera::value::Key;
use tera::{Kwargs, State, Tera, TeraResult, Value};

use pingmark_core::config::Config;
use pingmark_core::html::without_tags;
use pingmark_core::lang::Language;
use pingmark_core::slug::slugify;
use pingmark_core::when::When;
use pingmark_document::markdown;

/// Registers the filters that themes can rely on beside Tera's own.
pub(super) fn register(tera: &mut Tera, config: &Config) {
    let main = config.main_language().code.clone();
    let language = move |kwargs: &Kwargs, state: &State<'_>| -> TeraResult<&'static Language> {
        if let Some(given) = kwargs.get::<&str>("lang")? {
            return Ok(Language::of(given));
        }
        let own = state.get::<Value>("lang")?;
        Ok(Language::of(own.as_ref().and_then(Value::as_str).unwrap_or(&main)))
    };
    let for_dates = language.clone();
    tera.register_filter(
        "date",
        move |text: &str, kwargs: Kwargs, state: &State<'_>| -> TeraResult<String> {
            let format = kwargs.get::<&str>("format")?.unwrap_or("long");
            dated(text, format, for_dates(&kwargs, state)?)
        },
    );
    tera.register_filter(
        "plural",
        move |forms: Value, kwargs: Kwargs, state: &State<'_>| -> TeraResult<String> {
            let n = kwargs.must_get::<i64>("n")?;
            Ok(counted(&forms, n, language(&kwargs, state)?))
        },
    );
    tera.register_filter("slugify", |text: &str, _: Kwargs, _: &State<'_>| -> String { slugify(text) });
    let base = config.base_url.clone();
    tera.register_filter("absolute_url", move |text: &str, _: Kwargs, _: &State<'_>| -> String {
        if pingmark_core::html::is_absolute(text) {
            return text.to_owned();
        }
        let path = text.strip_prefix(base.path()).filter(|rest| rest.starts_with('/')).unwrap_or(text);
        format!("{}/{}", base.as_str(), path.trim_start_matches('/'))
    });
    tera.register_filter("markdown", |text: &str, _: Kwargs, _: &State<'_>| -> Value {
        Value::safe_string(&markdown::fragment(text))
    });
    tera.register_filter("json", |value: Value, _: Kwargs, _: &State<'_>| -> TeraResult<Value> {
        let text = serde_json::to_string(&value).map_err(|e| tera::Error::message(e.to_string()))?;
        Ok(Value::safe_string(&inert(&text)))
    });
    tera.register_filter("striptags", |text: &str, _: Kwargs, _: &State<'_>| -> String {
        without_tags(text)
    });
}

fn dated(text: &str, format: &str, language: &Language) -> TeraResult<String> {
    let when = parse_own(text).ok_or_else(|| tera::Error::message(format!("`{text}` is not a date")))?;
    Ok(language.date(&when, format))
}

/// Plural form for a number, with the number filled in.
fn counted(forms: &Value, n: i64, language: &Language) -> String {
    let text = match (forms.as_str(), forms.as_map()) {
        (Some(text), _) => text,
        (None, Some(forms)) => {
            let field = |name: &'static str| forms.get(&Key::Str(name)).and_then(Value::as_str);
            field(language.plural(n)).or_else(|| field("other")).unwrap_or_default()
        }
        (None, None) => "",
    };
    text.replace("{n}", &n.to_string())
}

/// Date as views write it, or as an author may write it.
fn parse_own(text: &str) -> Option<When> {
    When::from_rfc3339(text).or_else(|| When::parse(text, &TimeZone::UTC))
}

/// Escapes JSON so that it cannot end the script it stands in or begin another
/// (HTML, "Restrictions for contents of script elements").
pub(crate) fn inert(json: &str) -> String {
    let signs = [('<', "\\u003c"), ('>', "\\u003e"), ('\u{2028}', "\\u2028"), ('\u{2029}', "\\u2029")];
    // One pass for each character: searching for a single one is vectorised.
    let mut json = Cow::from(json);
    for (sign, written) in signs {
        if json.contains(sign) {
            json = json.replace(sign, written).into();
        }
    }
    json.into_owned()
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn json_cannot_leave_its_script() {
        let text = inert(r#"{"a":"</script><script>alert(1)</script><!--"}"#);
        assert!(!text.contains('<') && !text.contains('>'));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["a"], "</script><script>alert(1)</script><!--");
    }
}
