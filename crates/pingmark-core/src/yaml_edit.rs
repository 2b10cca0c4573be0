//! Edits of YAML texts in one place, which keep every other byte: comments, order and quotes stay
//! the author's.
//!
//! Texts are edited line by line instead of being serialised anew. Each result is parsed again, and
//! only returned if it differs from the original by the intended value and nothing else.

use std::ops::Range;

use crate::yaml;

/// Sets a top-level key. `value` is YAML on one line, or with its own line ends and indentation.
/// `None` if the text is no mapping or cannot be edited in one place.
pub fn set_value(text: &str, key: &str, value: &str) -> Option<String> {
    let edited = match line_of(text, key) {
        Some(line) => {
            let value_at = value_range(text, &line)?;
            let space = if text[..value_at.start].ends_with(':') { " " } else { "" };
            format!("{}{space}{value}{}", &text[..value_at.start], &text[value_at.end..])
        }
        None => {
            let end = line_end(text);
            let start = if text.is_empty() || text.ends_with('\n') { "" } else { end };
            format!("{text}{start}{key}: {}{end}", value.replace('\n', end))
        }
    };
    let mut expected = yaml::parse_mapping(text).ok()?;
    let wanted = yaml::parse_mapping(&format!("{key}: {value}\n")).ok()?;
    expected.extend(wanted);
    (yaml::parse_mapping(&edited).ok()? == expected).then_some(edited)
}

/// Adds an item to a list below a group (`mentions:`, `block:`), and creates both as needed.
/// Unchanged if the list has the item already; `None` if the text cannot be edited in one place.
pub fn add_to_nested_list(text: &str, group: &str, list: &str, item: &str) -> Option<String> {
    let before = yaml::parse_mapping(text).ok()?;
    let old = before.get(group).and_then(|group| group.get(list));
    let known = old.and_then(|old| old.as_sequence()).cloned().unwrap_or_default();
    if known.iter().any(|known| known.as_str() == Some(item)) {
        return Some(text.to_owned());
    }
    let edited = insert_into_nested_list(text, group, list, item)?;
    // The new item at the end of its list must be the only difference.
    let mut expected = before;
    let mut groups = match expected.get(group).cloned() {
        Some(value) if value.is_mapping() => value.as_mapping().cloned().unwrap_or_default(),
        Some(value) if !value.is_null() => return None,
        _ => yaml::parse_mapping("").ok()?,
    };
    let mut items = known;
    items.push(item.into());
    groups.insert(list.into(), items.into());
    expected.insert(group.into(), groups.into());
    (yaml::parse_mapping(&edited).ok()? == expected).then_some(edited)
}

fn insert_into_nested_list(text: &str, group: &str, list: &str, item: &str) -> Option<String> {
    let end = line_end(text);
    let insert = |at: usize, new: &str| {
        let before = &text[..at];
        let start = if before.is_empty() || before.ends_with('\n') { "" } else { end };
        format!("{before}{start}{new}{}", &text[at..])
    };
    let Some(group_line) = line_of(text, group) else {
        return Some(insert(text.len(), &format!("{group}:{end}  {list}:{end}    - {item}{end}")));
    };
    let group_value = value_range(text, &group_line)?;
    let flow = &text[group_value.clone()];
    if let Some(inside) = flow.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        if inside.contains(&format!("{list}:")) {
            // `{ block: [a] }`
            let at = group_value.start + flow.find(&format!("{list}:"))?;
            let open = at + text[at..group_value.end].find('[')?;
            let close = open + text[open..group_value.end].find(']')?;
            return Some(insert_into_flow_list(text, open..close + 1, item));
        }
        let comma = if inside.trim().is_empty() { " " } else { ", " };
        let kept = inside.trim_end();
        let at = group_value.start + 1 + kept.len();
        return Some(format!(
            "{}{comma}{list}: [{item}] {}",
            &text[..at],
            text[at..].trim_start_matches(' ')
        ));
    }
    if !flow.is_empty() && !matches!(flow, "~" | "null") {
        return None;
    }
    // Block style: the lines below that are indented deeper.
    let body = block_below(text, group_line.end, 0);
    let indent = rows(text, body.clone()).map(|(_, row)| indent_of(row)).next().unwrap_or(2);
    if !flow.is_empty() {
        let line = format!("{group}:{end}  {list}:{end}    - {item}{end}");
        return Some(format!("{}{line}{}", &text[..group_line.start], &text[group_line.end..]));
    }
    let list_line = rows(text, body.clone())
        .find(|(_, row)| indent_of(row) == indent && is_key(&row[indent..], list))
        .map(|(at, row)| at..at + row.len());
    let Some(list_line) = list_line else {
        let pad = " ".repeat(indent);
        return Some(insert(body.end, &format!("{pad}{list}:{end}{pad}  - {item}{end}")));
    };
    let list_value = value_range(text, &list_line)?;
    let flow = &text[list_value.clone()];
    if flow.starts_with('[') {
        let close = list_value.start + text[list_value.start..].find(']')?;
        return Some(insert_into_flow_list(text, list_value.start..close + 1, item));
    }
    if !flow.is_empty() {
        return None;
    }
    // List items may be indented like their key.
    let items: Vec<(usize, &str)> = rows(text, list_line.end..body.end)
        .take_while(|(_, row)| {
            indent_of(row) > indent || (indent_of(row) == indent && row.trim_start().starts_with('-'))
        })
        .collect();
    let pad = items.first().map_or(indent + 2, |(_, row)| indent_of(row));
    let at = items.last().map_or(list_line.end, |(at, row)| at + row.len());
    Some(insert(at, &format!("{}- {item}{end}", " ".repeat(pad))))
}

/// Inserts an item at the end of a flow list such as `[a, b]`.
fn insert_into_flow_list(text: &str, list: Range<usize>, item: &str) -> String {
    let inside = &text[list.start + 1..list.end - 1];
    let kept = inside.trim_end().trim_end_matches(',');
    let comma = if kept.trim().is_empty() { "" } else { ", " };
    let at = list.start + 1 + kept.len();
    format!("{}{comma}{item}{}", &text[..at], &text[list.end - 1..])
}

/// Adds an item to a top-level list, and creates it as needed. A single value becomes a list of
/// two. Unchanged if the list has the item already; `None` if the text cannot be edited in one
/// place.
pub fn add_to_list(text: &str, list: &str, item: &str) -> Option<String> {
    let before = yaml::parse_mapping(text).ok()?;
    let known: Vec<_> = match before.get(list) {
        None => Vec::new(),
        Some(value) if value.is_null() => Vec::new(),
        Some(value) => value.as_sequence().cloned().unwrap_or_else(|| vec![value.clone()]),
    };
    if known.iter().any(|known| known.as_str() == Some(item)) {
        return Some(text.to_owned());
    }
    let edited = insert_into_list(text, list, &list_item(item))?;
    let mut expected = before;
    let mut items = known;
    items.push(item.into());
    expected.insert(list.into(), items.into());
    (yaml::parse_mapping(&edited).ok()? == expected).then_some(edited)
}

/// A text as a double-quoted scalar on one line: a JSON string, whose characters that YAML does not allow
/// unescaped are escaped too (YAML 1.2, 5.1 and 5.7).
pub fn quoted(text: &str) -> String {
    let sign = |c: char| match c {
        '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
            format!("\\u{:04x}", u32::from(c))
        }
        c => c.to_string(),
    };
    serde_json::Value::from(text).to_string().chars().map(sign).collect()
}

/// A text as a YAML scalar, quoted if necessary.
fn list_item(text: &str) -> String {
    let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || "-._~:/?@%+=&;!$()".contains(c));
    if plain && text.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

fn insert_into_list(text: &str, list: &str, item: &str) -> Option<String> {
    let end = line_end(text);
    let insert = |at: usize, new: &str| {
        let before = &text[..at];
        let start = if before.is_empty() || before.ends_with('\n') { "" } else { end };
        format!("{before}{start}{new}{}", &text[at..])
    };
    let Some(line) = line_of(text, list) else {
        return Some(insert(text.len(), &format!("{list}:{end}  - {item}{end}")));
    };
    let value = value_range(text, &line)?;
    let flow = &text[value.clone()];
    if flow.starts_with('[') {
        let close = value.start + text[value.start..].find(']')?;
        return Some(insert_into_flow_list(text, value.start..close + 1, item));
    }
    if matches!(flow, "~" | "null") {
        return Some(format!("{}[{item}]{}", &text[..value.start], &text[value.end..]));
    }
    if !flow.is_empty() {
        return Some(format!("{}[{flow}, {item}]{}", &text[..value.start], &text[value.end..]));
    }
    let items: Vec<(usize, &str)> = rows(text, line.end..text.len())
        .take_while(|(_, row)| indent_of(row) > 0 || row.starts_with('-'))
        .collect();
    let pad = items.first().map_or(2, |(_, row)| indent_of(row));
    let at = items.last().map_or(line.end, |(at, row)| at + row.len());
    Some(insert(at, &format!("{}- {item}{end}", " ".repeat(pad))))
}

/// Line end used in the text.
fn line_end(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The lines in a range, each with its offset and its line end; without blank lines and comments.
fn rows(text: &str, range: Range<usize>) -> impl Iterator<Item = (usize, &str)> {
    let mut at = range.start;
    text[range].split_inclusive('\n').filter_map(move |row| {
        let start = at;
        at += row.len();
        let body = row.trim();
        (!body.is_empty() && !body.starts_with('#')).then_some((start, row))
    })
}

fn indent_of(row: &str) -> usize {
    row.len() - row.trim_start_matches(' ').len()
}

fn is_key(row: &str, key: &str) -> bool {
    let quoted = [format!("\"{key}\""), format!("'{key}'")];
    let rest =
        row.strip_prefix(key).or_else(|| quoted.iter().find_map(|quoted| row.strip_prefix(quoted.as_str())));
    rest.is_some_and(|rest| rest.trim_start_matches(' ').starts_with(':'))
}

/// Range of the line of a top-level key, with its line end.
fn line_of(text: &str, key: &str) -> Option<Range<usize>> {
    let mut found =
        rows(text, 0..text.len()).filter(|(_, row)| is_key(row.trim_start_matches('\u{feff}'), key));
    let (at, row) = found.next()?;
    Some(at..at + row.len())
}

/// Range of the lines from an offset on that are indented deeper than `indent`.
fn block_below(text: &str, from: usize, indent: usize) -> Range<usize> {
    let deeper = rows(text, from..text.len()).take_while(|(_, row)| indent_of(row) > indent);
    let end = deeper.last().map_or(from, |(at, row)| at + row.len());
    from..end
}

/// Range of the value on a key's line, without blanks around it and a comment behind it. `None` for
/// block scalars, which continue below, and for quotes that are not closed.
fn value_range(text: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let row = text[line.clone()].trim_end();
    let start = row.find(':')? + 1;
    let value = &row[start..];
    let quote = value.trim_start().chars().next().filter(|c| matches!(c, '"' | '\''));
    let end = match quote {
        Some(quote) => {
            let open = value.find(quote)?;
            open + 1 + value[open + 1..].find(quote)? + 1
        }
        None => value.find(" #").unwrap_or(value.len()),
    };
    let trimmed = value[..end].trim();
    if matches!(trimmed.chars().next(), Some('|' | '>')) {
        return None;
    }
    let start = start + value[..end].len() - value[..end].trim_start().len();
    let start = if trimmed.is_empty() { row.find(':')? + 1 } else { start };
    Some(line.start + start..line.start + start + trimmed.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_set_and_the_rest_kept() {
        for (text, edited) in [
            ("status: pending\n", "status: approved\n"),
            ("a: 1\nstatus:   pending   # pourquoi\nb: 2", "a: 1\nstatus:   approved   # pourquoi\nb: 2"),
            ("status: \"pending\"\r\nb: 2\r\n", "status: approved\r\nb: 2\r\n"),
            ("status:\nb: 2\n", "status: approved\nb: 2\n"),
            ("content: |\n  status: x\n\n  fin\n", "content: |\n  status: x\n\n  fin\nstatus: approved\n"),
            ("a: 1", "a: 1\nstatus: approved\n"),
            ("a: 1\r\nb: 2", "a: 1\r\nb: 2\r\nstatus: approved\r\n"),
            ("'status': spam\n", "'status': approved\n"),
            ("\u{feff}status: spam\n", "\u{feff}status: approved\n"),
            ("---\nstatus: spam\n", "---\nstatus: approved\n"),
            ("", "status: approved\n"),
        ] {
            assert_eq!(set_value(text, "status", "approved").as_deref(), Some(edited), "{text:?}");
        }
        for text in [
            "{status: pending}",
            "status: >\n  pending\n",
            "a: [\n",
            "a: \"\nstatus: x\"\n",
            "---\na: 1\n...\n",
        ] {
            assert_eq!(set_value(text, "status", "approved"), None, "{text:?}");
        }
    }

    #[test]
    fn an_item_is_added_to_a_list() {
        for (text, edited) in [
            ("a: 1\n", "a: 1\nl:\n  - https://x.y/1\n"),
            ("a: 1", "a: 1\nl:\n  - https://x.y/1\n"),
            ("l:\n  # ici\n  - b # oui\nz: 1\n", "l:\n  # ici\n  - b # oui\n  - https://x.y/1\nz: 1\n"),
            ("l:\n- b\n", "l:\n- b\n- https://x.y/1\n"),
            ("l: [b]  # x\nz: 1\n", "l: [b, https://x.y/1]  # x\nz: 1\n"),
            ("l: []\r\nz: 1\r\n", "l: [https://x.y/1]\r\nz: 1\r\n"),
            ("l: https://b.c  # x\n", "l: [https://b.c, https://x.y/1]  # x\n"),
            ("l:\nz: 1\n", "l:\n  - https://x.y/1\nz: 1\n"),
            ("l: ~\n", "l: [https://x.y/1]\n"),
            ("l: [https://x.y/1]\n", "l: [https://x.y/1]\n"),
        ] {
            assert_eq!(add_to_list(text, "l", "https://x.y/1").as_deref(), Some(edited), "{text:?}");
        }
        let odd = "https://x.y/a,b#c";
        assert_eq!(add_to_list("l: [b]\n", "l", odd).as_deref(), Some("l: [b, \"https://x.y/a,b#c\"]\n"));
        for text in ["l: |\n  b\n", "a: [\n", "l: {a: b}\nx: [\n"] {
            assert_eq!(add_to_list(text, "l", "https://x.y/1"), None, "{text:?}");
        }
    }

    #[test]
    fn an_item_is_added_to_a_nested_list() {
        for (text, edited) in [
            ("title: x\n", "title: x\nmentions:\n  block:\n    - a.b\n"),
            ("title: x", "title: x\nmentions:\n  block:\n    - a.b\n"),
            ("mentions:\n", "mentions:\n  block:\n    - a.b\n"),
            ("mentions: {}\n", "mentions: { block: [a.b] }\n"),
            ("mentions: { own: true }  # x\n", "mentions: { own: true, block: [a.b] }  # x\n"),
            ("mentions: {block: [c.d], own: true}\n", "mentions: {block: [c.d, a.b], own: true}\n"),
            (
                "mentions:\n    own: true\n\n# fin\nz: 1\n",
                "mentions:\n    own: true\n    block:\n      - a.b\n\n# fin\nz: 1\n",
            ),
            ("mentions:\n  block: []\nz: 1\n", "mentions:\n  block: [a.b]\nz: 1\n"),
            ("mentions:\n  block: [c.d, e.f]  # x\n", "mentions:\n  block: [c.d, e.f, a.b]  # x\n"),
            ("mentions:\n  block: [\n    c.d,\n  ]\n", "mentions:\n  block: [\n    c.d, a.b]\n"),
            (
                "mentions:\n  block:\n    # ceux-ci\n    - c.d # oui\n  own: true\n",
                "mentions:\n  block:\n    # ceux-ci\n    - c.d # oui\n    - a.b\n  own: true\n",
            ),
            (
                "mentions:\n  block:\n  - c.d\n  trust:\n  - e.f\n",
                "mentions:\n  block:\n  - c.d\n  - a.b\n  trust:\n  - e.f\n",
            ),
            ("mentions:\r\n  block:\r\n    - c.d", "mentions:\r\n  block:\r\n    - c.d\r\n    - a.b\r\n"),
            ("mentions:\n  block:\n    - a.b\n", "mentions:\n  block:\n    - a.b\n"),
            ("mentions: ~\n", "mentions:\n  block:\n    - a.b\n"),
        ] {
            assert_eq!(
                add_to_nested_list(text, "mentions", "block", "a.b").as_deref(),
                Some(edited),
                "{text:?}"
            );
        }
        for text in ["mentions: oui\n", "mentions:\n  block: non\n", "a: [\n"] {
            assert_eq!(add_to_nested_list(text, "mentions", "block", "a.b"), None, "{text:?}");
        }
    }

    #[test]
    fn a_quoted_text_is_read_back_whatever_it_is() {
        for text in
            ["", "oui", "a: \"b\" \\ #c", "deux\nlignes\t", "\u{85}\u{a0}\u{2028}\u{feff}", "\u{0}\u{7f}🎉"]
        {
            let quoted = quoted(text);
            assert!(!quoted.contains('\n'), "{quoted}");
            let read: String = serde_yaml::from_str(&quoted).expect(&quoted);
            assert_eq!(read, text);
        }
    }
}
