//! Scalars as they were typed: `1.10`, of which a parsed tree has only the number 1.1.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_yaml::{Mapping, Value};

/// Parses a text again, with every scalar as the text that was typed. `like` is the tree that the
/// text gave before; it says where scalars stand. `None` if the tree is not that of the text.
pub fn typed(text: &str, like: &Value) -> Option<Value> {
    has_numbers(like).then(|| Like(like).deserialize(serde_yaml::Deserializer::from_str(text)).ok())?
}

/// Whether a tree has a number or a flag, which may have been typed in several ways.
fn has_numbers(value: &Value) -> bool {
    match value {
        Value::Number(_) | Value::Bool(_) => true,
        Value::Sequence(items) => items.iter().any(has_numbers),
        Value::Mapping(mapping) => mapping.values().any(has_numbers),
        _ => false,
    }
}

/// A tree with its numbers as they were typed.
pub fn with_numbers(value: Value, as_typed: &Value) -> Value {
    match (value, as_typed) {
        (Value::Number(_), Value::String(text)) => Value::String(text.clone()),
        (Value::Sequence(items), Value::Sequence(typed)) => {
            items.into_iter().zip(typed).map(|(item, typed)| with_numbers(item, typed)).collect()
        }
        (Value::Mapping(mapping), Value::Mapping(typed)) => {
            let pairs = mapping.into_iter().zip(typed);
            Value::Mapping(
                pairs.map(|((key, value), (_, typed))| (key, with_numbers(value, typed))).collect(),
            )
        }
        (value, _) => value,
    }
}

/// Deserialises a value of the same shape.
struct Like<'v>(&'v Value);

impl<'de> DeserializeSeed<'de> for Like<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        match self.0 {
            Value::Mapping(mapping) => deserializer.deserialize_map(MappingLike(mapping)),
            Value::Sequence(items) => deserializer.deserialize_seq(SequenceLike(items)),
            Value::Null | Value::Tagged(_) => {
                deserializer.deserialize_ignored_any(IgnoredAny)?;
                Ok(self.0.clone())
            }
            _ => deserializer.deserialize_str(Typed),
        }
    }
}

struct Typed;

impl Visitor<'_> for Typed {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }
}

struct SequenceLike<'v>(&'v [Value]);

impl<'de> Visitor<'de> for SequenceLike<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut found = Vec::with_capacity(self.0.len());
        for like in self.0 {
            found.extend(items.next_element_seed(Like(like))?);
        }
        Ok(Value::Sequence(found))
    }
}

struct MappingLike<'v>(&'v Mapping);

impl<'de> Visitor<'de> for MappingLike<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a group of keys")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut found = Mapping::with_capacity(self.0.len());
        for like in self.0.values() {
            let Some(key) = entries.next_key::<Value>()? else { break };
            found.insert(key, entries.next_value_seed(Like(like))?);
        }
        Ok(Value::Mapping(found))
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse_mapping;
    use super::*;

    #[test]
    fn numbers_are_found_as_typed() {
        let text = "title: 1.10\ntags: [1.10, 24.10, 1e5, 0x10, +33, .5, True, a]\nextra: {a: 007, b: ~}\n";
        let tree = Value::Mapping(parse_mapping(text).unwrap());
        let found = typed(text, &tree).unwrap();
        assert_eq!(found["title"], "1.10");
        let tags: Vec<&str> = found["tags"].as_sequence().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(tags, ["1.10", "24.10", "1e5", "0x10", "+33", ".5", "True", "a"]);
        assert_eq!((&found["extra"]["a"], &found["extra"]["b"]), (&"007".into(), &Value::Null));
        assert_eq!(typed("title: a\n", &Value::Mapping(parse_mapping("title: a\n").unwrap())), None);
    }
}
