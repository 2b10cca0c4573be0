//! Import of webmention.io's exports: the JF2 feed (`children`) and the older format (`links`).
//!
//! Unknown values appear in several ways: the key is missing, or its value is null, an empty
//! string or an empty list.

use serde_json::Value;

use pingmark_core::text::prefix;
use pingmark_core::web_address;

use super::write::Draft;
use super::{MentionKind, MentionStatus, plain_text};

/// Maximum number of entries in an export.
pub const MAX_ENTRIES: usize = 100_000;
/// Maximum length of a text, in bytes; more than is ever shown.
const MAX_TEXT: usize = 20_000;

/// Entry of an export: a draft, or the reason why it is skipped.
pub type ImportedEntry = Result<Draft, String>;

/// Reads an export. `Err` if it is none at all; a bad entry does not affect the others. Every
/// draft gets `status`.
pub fn read(text: &str, status: MentionStatus) -> Result<Vec<ImportedEntry>, String> {
    let whole: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| format!("it is not JSON: {}", error.to_string().replace(" at line ", ", line ")))?;
    let entries = match &whole {
        Value::Array(entries) => entries,
        Value::Object(object) => ["children", "links", "items"]
            .iter()
            .find_map(|key| object.get(*key)?.as_array())
            .ok_or("it has neither `children` nor `links`; webmention.io gives both as its JSON feeds")?,
        _ => return Err("it is no list of mentions".into()),
    };
    if entries.len() > MAX_ENTRIES {
        return Err(format!("it has {} entries; the most is {MAX_ENTRIES}", entries.len()));
    }
    Ok(entries.iter().enumerate().map(|(number, entry)| draft(number + 1, entry, status)).collect())
}

fn draft(number: usize, entry: &Value, status: MentionStatus) -> ImportedEntry {
    let refused = |reason: &str| Err(format!("entry {number}: {reason}"));
    if !entry.is_object() {
        return refused("it is no mention");
    }
    let is_new = entry.get("wm-source").is_some() || entry.get("wm-target").is_some();
    let mut draft = if is_new { from_jf2(entry) } else { from_link(entry) };
    if flag(entry, "wm-private") || flag(entry, "private") {
        return refused("it is private");
    }
    if draft.content.is_none()
        && let Some(answer) = text(entry, "rsvp").or_else(|| text(entry.get("data")?, "rsvp"))
    {
        let answer = plain_text::one_line(&answer, plain_text::MAX_NAME);
        return refused(&format!("it answers an invitation (RSVP: {answer}) and says nothing else"));
    }
    if entry.get("verified") == Some(&Value::Bool(false)) {
        return refused("webmention.io could not find the link in it");
    }
    let Some(source) = draft.source.take() else { return refused("it does not say where it stands") };
    let Some(target) = draft.target.take() else { return refused("it does not say what it mentions") };
    let Some(source) = web_address::normalized(&source) else {
        return refused(&format!(
            "`{}` is not a web address",
            plain_text::one_line(&source, plain_text::MAX_NAME)
        ));
    };
    draft.url = draft.url.take().and_then(|url| web_address::normalized(&url)).filter(|url| *url != source);
    draft.source = Some(source);
    draft.target = Some(plain_text::one_line(&target, web_address::MAX_LEN));
    draft.author_url = draft.author_url.take().and_then(|url| web_address::normalized(&url));
    draft.photo = draft.photo.take().and_then(|url| web_address::normalized(&url));
    draft.parent = draft.parent.take().and_then(|url| web_address::normalized(&url));
    draft.status = status;
    Ok(draft)
}

/// Entry of the JF2 feed.
fn from_jf2(entry: &Value) -> Draft {
    let property = text(entry, "wm-property");
    let kind = property.as_deref().and_then(MentionKind::of).unwrap_or(MentionKind::Webmention);
    let kind = match text(entry, "wm-protocol").as_deref() {
        Some("pingback") if kind == MentionKind::Webmention => MentionKind::Pingback,
        _ => kind,
    };
    let author = entry.get("author").map(first_value).unwrap_or(&Value::Null);
    let content = entry.get("content").map(first_value).unwrap_or(&Value::Null);
    let content = markup(content);
    Draft {
        source: text(entry, "wm-source"),
        url: text(entry, "url"),
        target: text(entry, "wm-target"),
        title: text(entry, "name"),
        name: text(author, "name").or_else(|| author.as_str().map(str::to_owned)),
        author_url: text(author, "url"),
        photo: text(author, "photo"),
        excerpt: if content.is_none() { entry.get("summary").and_then(markup) } else { None },
        content,
        published: text(entry, "published"),
        received: text(entry, "wm-received"),
        // Parent of a reply, unless it answers the article itself.
        parent: text(entry, "in-reply-to")
            .filter(|answered| Some(answered) != text(entry, "wm-target").as_ref()),
        ..Draft::new(kind, "webmention.io")
    }
}

/// Entry of the older format.
fn from_link(entry: &Value) -> Draft {
    let data = entry.get("data").unwrap_or(&Value::Null);
    let author = data.get("author").map(first_value).unwrap_or(&Value::Null);
    let activity = entry.get("activity").unwrap_or(&Value::Null);
    let kind = text(activity, "type").or_else(|| text(entry, "type"));
    Draft {
        source: text(entry, "source"),
        url: text(data, "url"),
        target: text(entry, "target"),
        title: text(data, "name"),
        name: text(author, "name"),
        author_url: text(author, "url"),
        photo: text(author, "photo"),
        content: data.get("content").and_then(markup),
        published: text(data, "published"),
        received: text(entry, "verified_date"),
        ..Draft::new(
            kind.as_deref().and_then(MentionKind::of).unwrap_or(MentionKind::Webmention),
            "webmention.io",
        )
    }
}

/// HTML of a text with markup, else its plain text.
fn markup(value: &Value) -> Option<String> {
    let value = first_value(value);
    match value {
        Value::String(text) => trimmed(text),
        other => ["html", "text", "value"].iter().find_map(|key| text(other, key)),
    }
}

fn text(value: &Value, key: &str) -> Option<String> {
    match first_value(value.get(key)?) {
        Value::String(text) => trimmed(text),
        Value::Number(number) => Some(number.to_string()),
        // Image with alt text: `{value, alt}`.
        Value::Object(object) => object.get("value")?.as_str().and_then(trimmed),
        _ => None,
    }
}

fn trimmed(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| prefix(text, MAX_TEXT).to_owned())
}

fn flag(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}

/// First value of a list; any other value itself.
fn first_value(value: &Value) -> &Value {
    value.as_array().and_then(|values| values.first()).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let feed = r#"{"type":"feed","name":"Webmentions","children":[
            {"type":"entry","author":{"type":"card","name":"Zoé","photo":"","url":"https://a.example/"},
             "url":"https://a.example/1","published":null,"wm-received":"2024-02-03T04:05:06Z","wm-id":1,
             "wm-source":"https://brid.gy/like/1","wm-target":"https://b.example/un/","wm-protocol":"webmention",
             "like-of":"https://b.example/un/","wm-property":"like-of","wm-private":false},
            {"wm-source":"https://a.example/2","wm-target":"https://b.example/un/","wm-property":"in-reply-to",
             "content":{"html":"<p>Oui</p>","text":"Oui"},"author":[]},
            {"wm-source":"javascript:x","wm-target":"https://b.example/un/"},
            {"wm-target":"https://b.example/un/"}, 7,
            {"wm-source":"https://a.example/3","wm-target":"https://b.example/un/","wm-private":true}]}"#;
        let entries = read(feed, MentionStatus::Pending).unwrap();
        let like = entries[0].as_ref().unwrap();
        assert_eq!((like.kind, like.url.as_deref()), (MentionKind::Like, Some("https://a.example/1")));
        assert_eq!((like.photo.as_deref(), like.published.as_deref()), (None, None));
        let reply = entries[1].as_ref().unwrap();
        assert_eq!(
            (reply.kind, reply.content.as_deref(), &reply.name),
            (MentionKind::Reply, Some("<p>Oui</p>"), &None)
        );
        assert_eq!(entries.iter().filter(|entry| entry.is_err()).count(), 4);

        let links = r#"{"links":[{"source":"https://a.example/1","verified":true,"verified_date":"2013-10-13T00:00:00Z",
            "id":1,"private":false,"data":{"author":{"name":"Zoé","url":"https://a.example/","photo":null},
            "url":"https://a.example/1","name":null,"content":"Oui","published":null,"published_ts":null},
            "activity":{"type":"repost"},"target":"https://b.example/un/"}]}"#;
        let entries = read(links, MentionStatus::Approved).unwrap();
        let repost = entries[0].as_ref().unwrap();
        assert_eq!((repost.kind, repost.status), (MentionKind::Repost, MentionStatus::Approved));
        assert_eq!((repost.url.as_deref(), repost.received.as_deref()), (None, Some("2013-10-13T00:00:00Z")));
    }

    #[test]
    fn an_answer_to_an_invitation_is_a_reply_only_with_words() {
        let feed = r#"{"children":[
            {"wm-source":"https://a.example/1","wm-target":"https://b.example/un/","wm-property":"rsvp","rsvp":"yes"},
            {"wm-source":"https://a.example/2","wm-target":"https://b.example/un/","wm-property":"rsvp","rsvp":"no",
             "content":{"text":"Je ne peux pas."}}]}"#;
        let entries = read(feed, MentionStatus::Pending).unwrap();
        assert_eq!(
            entries[0].as_ref().unwrap_err(),
            "entry 1: it answers an invitation (RSVP: yes) and says nothing else"
        );
        let reply = entries[1].as_ref().unwrap();
        assert_eq!((reply.kind, reply.content.as_deref()), (MentionKind::Reply, Some("Je ne peux pas.")));
        let links = r#"{"links":[{"source":"https://a.example/1","target":"https://b.example/un/",
            "data":{"rsvp":"maybe"},"activity":{"type":"rsvp"}}]}"#;
        assert!(read(links, MentionStatus::Pending).unwrap()[0].is_err());
    }

    #[test]
    fn what_is_no_export_is_told() {
        for text in ["", "{", "{}", "7", "{\"children\": 1}"] {
            assert!(read(text, MentionStatus::Pending).is_err(), "{text}");
        }
        assert_eq!(read("[]", MentionStatus::Pending).unwrap().len(), 0);
    }
}
