//! Received mentions. Content from strangers is sanitised here, on its way out.
//!
//! Portraits are left out: they would make readers' browsers contact strangers' servers.

use std::sync::{Arc, OnceLock};

use tera::Value;

use pingmark_core::config::BaseUrl;
use pingmark_core::web_address;
use pingmark_site::graph::{PageMentions, Thread};
use pingmark_site::mention::Mention;

use crate::value::{group, list, maybe, moment, text};

/// `page.mentions`: their number, and a list for each kind.
pub(super) fn value(mentions: Option<&PageMentions>, base: &BaseUrl) -> Value {
    // Most pages have none; they share one value.
    static NONE: OnceLock<Value> = OnceLock::new();
    let none = || NONE.get_or_init(|| all(&PageMentions::default(), base)).clone();
    mentions.map_or_else(none, |mentions| all(mentions, base))
}

fn all(mentions: &PageMentions, base: &BaseUrl) -> Value {
    let people = |mentions: &[Arc<Mention>]| list(mentions.iter().map(|one| reaction(one)));
    group([
        ("total", Value::from(mentions.total())),
        ("replies", list(mentions.replies.iter().map(|thread| reply(thread, base)))),
        // Including answers.
        ("n_replies", Value::from(mentions.replies.iter().map(Thread::total).sum::<usize>())),
        ("likes", people(&mentions.likes)),
        ("reposts", people(&mentions.reposts)),
        ("bookmarks", people(&mentions.bookmarks)),
    ])
}

/// Received ping, with the fields of a citation by the blog itself.
pub(super) fn ping(mention: &Mention) -> Value {
    let passage = mention.passage();
    let title = if mention.title.is_empty() { mention.name() } else { &mention.title };
    group([
        ("own", Value::from(false)),
        ("type", text(mention.kind.name())),
        ("title", text(title)),
        ("url", maybe(mention.link())),
        ("site", maybe(mention.link().and_then(web_address::host))),
        ("author", author(mention)),
        ("date", moment(mention.date())),
        ("lang", Value::none()),
        ("before", text(&passage.text)),
        ("text", text("")),
        ("after", text("")),
        ("cut_before", Value::from(passage.cut_before)),
        ("cut_after", Value::from(passage.cut_after)),
        ("count", Value::from(1)),
    ])
}

/// Reply or comment with the answers to it.
fn reply(thread: &Thread, base: &BaseUrl) -> Value {
    let mention = &thread.mention;
    // A comment written on this site has no other page to link to.
    let link = mention.link().filter(|link| web_address::host(link) != web_address::host(base.as_str()));
    let html = if mention.content.is_empty() { mention.excerpt.html() } else { mention.content.html() };
    group([
        ("id", text(&anchor(mention))),
        ("type", text(mention.kind.name())),
        ("title", text(&mention.title)),
        ("url", maybe(link)),
        ("site", maybe(link.and_then(web_address::host))),
        ("author", author(mention)),
        ("date", moment(mention.date())),
        ("content", Value::safe_string(&html)),
        ("replies", list(thread.replies.iter().map(|thread| reply(thread, base)))),
    ])
}

/// Like, repost or bookmark: author and address.
fn reaction(mention: &Mention) -> Value {
    group([
        ("type", text(mention.kind.name())),
        ("title", text(&mention.title)),
        ("url", maybe(mention.link())),
        ("site", maybe(mention.link().and_then(web_address::host))),
        ("author", author(mention)),
        ("date", moment(mention.date())),
    ])
}

fn author(mention: &Mention) -> Value {
    group([("name", text(mention.name())), ("url", maybe(mention.author.url.as_deref()))])
}

/// Id of a reply on its page: its own, else one of letters, digits, hyphens and dots.
fn anchor(mention: &Mention) -> String {
    if let Some(own) = &mention.anchor {
        return own.clone();
    }
    let sign = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '-' };
    format!("mention-{}", mention.id.chars().map(sign).collect::<String>())
}
