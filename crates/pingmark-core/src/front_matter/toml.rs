//! TOML front matters, as Hugo and Zola write them.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::yaml::{Mapping, Problem, SyntaxError, Value, line_column};

/// Parses a text. Dates become texts, and the keys of `[taxonomies]` are keys of the front matter.
pub(super) fn parse(text: &str) -> Result<Mapping, Problem> {
    let table = DeTable::parse(text).map_err(|error| {
        let (line, column) = line_column(text, error.span().map_or(0, |span| span.start));
        let reason = error.message().lines().next().unwrap_or_default().to_owned();
        Problem::Syntax(SyntaxError::Toml(reason), line, column)
    })?;
    Ok(raised(mapping(text, table.get_ref(), false)))
}

/// Parses a text, with every scalar as a text that has been typed.
pub(super) fn parse_typed(text: &str) -> Option<Mapping> {
    let table = DeTable::parse(text).ok()?;
    Some(raised(mapping(text, table.get_ref(), true)))
}

/// Moves the keys of Zola's `[taxonomies]` to the top.
fn raised(mut mapping: Mapping) -> Mapping {
    if let Some(Value::Mapping(_)) = mapping.get("taxonomies")
        && let Some(Value::Mapping(taxonomies)) = mapping.remove("taxonomies")
    {
        for (name, terms) in taxonomies {
            mapping.entry(name).or_insert(terms);
        }
    }
    mapping
}

fn mapping(text: &str, table: &DeTable<'_>, typed: bool) -> Mapping {
    // In the order of the text, which is that of problems.
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| key.span().start);
    entries.into_iter().map(|(key, item)| (key.get_ref().as_ref().into(), value(text, item, typed))).collect()
}

fn value(text: &str, item: &Spanned<DeValue<'_>>, typed: bool) -> Value {
    let written = || Value::String(text.get(item.span()).unwrap_or_default().to_owned());
    match item.get_ref() {
        DeValue::String(words) => Value::String(words.to_string()),
        DeValue::Array(items) => items.iter().map(|item| value(text, item, typed)).collect(),
        DeValue::Table(table) => Value::Mapping(mapping(text, table, typed)),
        DeValue::Datetime(_) => written(),
        _ if typed => written(),
        DeValue::Boolean(flag) => Value::Bool(*flag),
        DeValue::Integer(number) => {
            i64::from_str_radix(number.as_str(), number.radix()).map_or_else(|_| written(), Value::from)
        }
        DeValue::Float(number) => number.as_str().parse::<f64>().map_or_else(|_| written(), Value::from),
    }
}

/// Locates a key and its value.
pub(super) fn locate(text: &str, path: &[String]) -> Option<(Range<usize>, Range<usize>)> {
    // What stands before the first mistake is found as well.
    let (table, _) = DeTable::parse_recoverable(text);
    let table = table.get_ref();
    let raised = || [&["taxonomies".to_owned()], path].concat();
    locate_in(table, path).or_else(|| locate_in(table, &raised()))
}

fn locate_in(table: &DeTable<'_>, path: &[String]) -> Option<(Range<usize>, Range<usize>)> {
    let (first, rest) = path.split_first()?;
    let (key, mut item) = table.iter().find(|(key, _)| key.get_ref().as_ref() == first.as_str())?;
    let mut place = key.span();
    for (number, part) in rest.iter().enumerate() {
        match item.get_ref() {
            DeValue::Table(inner) => return locate_in(inner, &rest[number..]),
            DeValue::Array(items) => item = items.get(part.parse::<usize>().ok()?)?,
            _ => return None,
        }
        place = item.span();
    }
    Some((place, item.span()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zola_and_hugo_are_read() {
        let text = "\
title = \"A # b\"
date = 2011-03-04T10:30:00+01:00
updated = 2011-03-05
weight = 1_000
version = 1.10
draft = true
[taxonomies]
tags = [\"a\", \"b\"]
[extra]
image.src = 'x.png'
";
        let found = parse(text).unwrap();
        assert_eq!((&found["title"], &found["date"]), (&"A # b".into(), &"2011-03-04T10:30:00+01:00".into()));
        assert_eq!((&found["updated"], &found["weight"]), (&"2011-03-05".into(), &1000.into()));
        assert_eq!((&found["version"], &found["draft"]), (&1.1.into(), &true.into()));
        assert_eq!(found["tags"][1], "b");
        assert_eq!(found["extra"]["image"]["src"], "x.png");
        assert_eq!(parse_typed(text).unwrap()["version"], "1.10");
        let Err(Problem::Syntax(SyntaxError::Toml(_), line, _)) = parse("a = 1\nb = \n") else { panic!() };
        assert_eq!(line, 2);
    }
}
