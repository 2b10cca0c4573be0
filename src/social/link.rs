//! Where the links of a text are, as networks find them.

use std::ops::Range;

/// Top-level domains that make a link of a name without `https://` before it, on X. Its list has
/// every domain there is; these are the ones that texts name.
const TOP_LEVEL: &str = " com net org edu gov mil int info biz name pro aero asia cat coop jobs mobi \
    museum post tel travel xxx app dev page blog site online store shop tech xyz club news media social \
    live life world today space cloud digital design studio agency email network community paris bzh \
    corsica alsace brussels eus gal quebec swiss berlin wien koeln hamburg london nyc tokyo africa art \
    book bank bio black blue business buzz cafe camp care chat city coffee company cool day deals \
    directory earth education energy events expert family farm fashion film finance fit foundation fun \
    fund fyi gallery games garden gift gmbh green group guide guru health help host house immo ink \
    institute international jetzt kim land law legal link loan ltd love market marketing men money \
    moscow ngo ninja nu one ong ooo partners party photo photos pink place plus press red rent report \
    rest review reviews rip rocks run sarl school science services sexy show singles ski software \
    solar solutions support systems team theater tips tools top tours town toys training tube \
    university vin vip vote voyage watch web website wiki win wine work works wtf zone example ";

/// Countries' domains, with those of two letters that belong to none.
const COUNTRIES: &str = " ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm \
    bn bo br bs bt bv bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec \
    ee eg er es et eu fi fj fk fm fo fr ga gb gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr \
    ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt \
    lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr \
    nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sj sk sl sm sn \
    so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg \
    vi vn vu wf ws ye yt za zm zw ";

/// The links of a text that begin with `http://` or `https://`, as byte ranges; with `bare`,
/// also names such as `exemple.com/page`.
pub fn links(text: &str, bare: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let before = text[..at].chars().next_back();
        let len = if starts_with_scheme(rest) && !before.is_some_and(joins) {
            whole_link(rest)
        } else if bare && rest.starts_with(|c: char| c.is_ascii_alphanumeric()) && !before.is_some_and(glues)
        {
            bare_link(rest)
        } else {
            None
        };
        match len {
            Some(len) => {
                found.push(at..at + len);
                at += len;
            }
            None => at += rest.chars().next().map_or(1, char::len_utf8),
        }
    }
    found
}

fn starts_with_scheme(text: &str) -> bool {
    let starts =
        |scheme: &str| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    starts("http://") || starts("https://")
}

/// A sign before which no link begins.
fn joins(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃')
}

/// A sign after which a name without a scheme is no link.
fn glues(c: char) -> bool {
    joins(c) || matches!(c, '-' | '_' | '.' | '/' | ':')
}

fn whole_link(text: &str) -> Option<usize> {
    let start = text.find("://")? + 3;
    let host_len = text[start..].find(|c: char| !is_host(c)).unwrap_or(text.len() - start);
    let host = text[start..start + host_len].trim_end_matches(['.', '-']);
    let labels: Vec<&str> = host.split('.').collect();
    let name = labels.last()?;
    let fits = labels.len() > 1 && labels.iter().all(|label| is_label(label));
    if !fits || name.len() < 2 || name.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let end = start + host.len();
    Some(end + tail(&text[end..]))
}

fn bare_link(text: &str) -> Option<usize> {
    let len = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.')).unwrap_or(text.len());
    let host = text[..len].trim_end_matches(['.', '-']);
    // `nom@exemple.com` is an address of mail.
    if text[len..].starts_with('@') {
        return None;
    }
    let labels: Vec<&str> = host.split('.').collect();
    if labels.len() < 2 || !labels.iter().all(|label| is_label(label)) {
        return None;
    }
    let top = labels.last()?.to_ascii_lowercase();
    let known = |list: &str| list.contains(&format!(" {top} "));
    let tail = tail(&text[host.len()..]);
    // `exemple.fr` alone is text; with a path, or as `www.exemple.fr`, it is a link.
    let short = labels.len() == 2 && tail == 0 && !matches!(top.as_str(), "co" | "tv");
    let is_link = known(TOP_LEVEL) || (known(COUNTRIES) && !short);
    is_link.then_some(host.len() + tail)
}

fn is_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '.' | '_')
}

fn is_label(label: &str) -> bool {
    !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
}

/// How much of what follows a host belongs to the link: a port, a path, a query, without the
/// punctuation of the sentence around it.
fn tail(text: &str) -> usize {
    let port = match text.strip_prefix(':') {
        Some(rest) => {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            if digits == 0 { 0 } else { digits + 1 }
        }
        None => 0,
    };
    let rest = &text[port..];
    if !rest.starts_with(['/', '?', '#']) {
        return port;
    }
    let ends = |c: char| {
        c.is_whitespace() || matches!(c, '<' | '>' | '"' | '«' | '»' | '“' | '”' | '`' | '{' | '}' | '|')
    };
    let mut path = &rest[..rest.find(ends).unwrap_or(rest.len())];
    loop {
        let before = path;
        path = path.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '’', '…', '*']);
        for (open, close) in [('(', ')'), ('[', ']')] {
            if path.ends_with(close) && path.matches(open).count() < path.matches(close).count() {
                path = &path[..path.len() - 1];
            }
        }
        if path == before {
            return port + path.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::links;

    fn found(text: &str, bare: bool) -> Vec<&str> {
        links(text, bare).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        for (text, expected) in [
            ("Lire https://exemple.fr/a?b=c#d.", vec!["https://exemple.fr/a?b=c#d"]),
            ("(https://fr.wikipedia.org/wiki/Web_(2.0))", vec!["https://fr.wikipedia.org/wiki/Web_(2.0)"]),
            ("«\u{a0}https://exemple.fr/é\u{a0}»", vec!["https://exemple.fr/é"]),
            ("HTTP://Exemple.FR:8080/x, puis http://a.b", vec!["HTTP://Exemple.FR:8080/x"]),
            ("https://-exemple.fr et https://exemple", vec![]),
            ("xhttps://exemple.fr", vec![]),
        ] {
            assert_eq!(found(text, false), expected, "{text}");
        }
    }

    #[test]
    fn names_alone_are_links_on_some_networks() {
        for (text, expected) in [
            ("voir exemple.com et www.exemple.fr", vec!["exemple.com", "www.exemple.fr"]),
            ("exemple.fr exemple.fr/page t.co", vec!["exemple.fr/page", "t.co"]),
            ("nom@exemple.com @exemple.com node.js fin.Le", vec![]),
            ("exemple.com.", vec!["exemple.com"]),
        ] {
            assert_eq!(found(text, true), expected, "{text}");
        }
        assert!(found("exemple.com", false).is_empty());
    }
}
