//! Texts of which YAML takes the end for a comment: `title: Our review #2` is `Our review`.

/// A `#` that begins a comment, although what follows it looks like a part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostText {
    /// Key whose value ends there: the nearest one above a list item.
    pub key: String,
    /// Byte offset of the `#`.
    pub at: usize,
    /// Line and column of the `#`, from 1; the column in characters.
    pub place: (usize, usize),
    /// Whether it stands between brackets, which the comment leaves open.
    pub in_brackets: bool,
}

/// Keys whose values are sentences: behind them, even `# ` is hardly meant as a comment.
const SENTENCES: [&str; 4] = ["title", "description", "summary", "excerpt"];

/// Finds each `#` of a YAML text that cuts off a value: directly before a letter or a digit, or
/// anywhere in a title or a description. A comment on a line of its own, or one such as `# why`
/// behind another value, is none.
pub fn lost_texts(text: &str) -> Vec<LostText> {
    let mut found = Vec::new();
    if !text.contains('#') {
        return found;
    }
    let mut key = String::new();
    let mut scan = Scan::default();
    let mut offset = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let at = offset;
        offset += line.len();
        let line = line.trim_end();
        let content = line.trim_start();
        let indent = line.len() - content.len();
        if content.is_empty() || scan.skips(indent) {
            continue;
        }
        let is_inside = scan.quote.is_some() || scan.depth > 0;
        if !is_inside && content.starts_with('#') {
            continue;
        }
        let mut value = indent;
        if !is_inside {
            let item = content.trim_start_matches(['-', ' ']);
            let is_item = content.starts_with("- ") || content == "-";
            value = if is_item { line.len() - item.len() } else { indent };
            if let Some((name, behind)) = key_end(&line[value..]) {
                name.clone_into(&mut key);
                value += behind;
            }
            scan.indent = indent;
        }
        let start = value + line[value..].len() - line[value..].trim_start().len();
        if let Some(hash) = scan.comment(line, start) {
            let rest = &line[hash + 1..];
            let touches = rest.chars().next().is_some_and(char::is_alphanumeric);
            let is_cut = start < hash && SENTENCES.contains(&key.to_ascii_lowercase().as_str());
            if touches || (is_cut && rest.chars().any(char::is_alphanumeric)) {
                let place = (number + 1, line[..hash].chars().count() + 1);
                let in_brackets = scan.depth > 0;
                found.push(LostText { key: key.clone(), at: at + hash, place, in_brackets });
            }
        }
    }
    found
}

/// State between the lines.
#[derive(Default)]
struct Scan {
    /// Indentation of the line with the last key or item.
    indent: usize,
    /// Whether the value is a block scalar (`|`, `>`), whose deeper lines are text as they are.
    block: bool,
    /// Quote that is open at the end of the line.
    quote: Option<char>,
    /// Number of open brackets.
    depth: usize,
}

impl Scan {
    /// Whether a line belongs to a block scalar.
    fn skips(&mut self, indent: usize) -> bool {
        self.block &= indent > self.indent;
        self.block
    }

    /// Offset in a line of the `#` that begins a comment, if there is one. The value begins at
    /// `start`.
    fn comment(&mut self, line: &str, start: usize) -> Option<usize> {
        let value = &line[start..];
        if self.quote.is_none() && self.depth == 0 {
            self.block = value.starts_with(['|', '>']);
            if self.block {
                return None;
            }
        }
        let mut before = ' ';
        let mut characters = value.char_indices().peekable();
        // Quotes and brackets have a meaning at the start of a value or inside brackets only.
        let mut begins = true;
        while let Some((at, c)) = characters.next() {
            match self.quote {
                Some('"') if c == '\\' => _ = characters.next(),
                Some('\'') if c == '\'' && characters.peek().is_some_and(|(_, next)| *next == '\'') => {
                    characters.next();
                }
                Some(quote) if c == quote => self.quote = None,
                Some(_) => {}
                None => match c {
                    '#' if before.is_whitespace() || (self.depth > 0 && begins) => return Some(start + at),
                    '"' | '\'' if begins => self.quote = Some(c),
                    '[' | '{' if begins => self.depth += 1,
                    ']' | '}' if self.depth > 0 => self.depth -= 1,
                    _ => {}
                },
            }
            if !c.is_whitespace() {
                begins = self.depth > 0 && matches!(c, '[' | '{' | ',' | ':');
            }
            before = c;
        }
        None
    }
}

/// The key at the start of a line, and the offset behind its colon.
fn key_end(line: &str) -> Option<(&str, usize)> {
    let colon = line.match_indices(':').map(|(at, _)| at).find(|at| {
        let behind = &line[at + 1..];
        behind.is_empty() || behind.starts_with([' ', '\t'])
    })?;
    let name = line[..colon].trim().trim_matches(['"', '\'']);
    let is_name = !name.is_empty() && !name.contains(['#', '[', '{', ',']);
    is_name.then_some((name, colon + 1))
}

#[cfg(test)]
mod tests {
    use super::lost_texts;

    #[test]
    fn words_behind_a_hash_are_found() {
        let text = "\
title: Le bilan #2 du mois
description: Le top 3 # de la semaine
tags:
  - #veille
  - modération
  - c #sharp
series: #une
social:
  mastodon:
    text: Un billet #IA
accent: #c0392b
";
        let found: Vec<(String, &str)> =
            lost_texts(text).into_iter().map(|lost| (lost.key, &text[lost.at..lost.at + 3])).collect();
        let expected = [
            ("title", "#2 "),
            ("description", "# d"),
            ("tags", "#ve"),
            ("tags", "#sh"),
            ("series", "#un"),
            ("text", "#IA"),
            ("accent", "#c0"),
        ];
        assert_eq!(found, expected.map(|(key, rest)| (key.to_owned(), rest)));
    }

    #[test]
    fn comments_and_quoted_texts_are_left_alone() {
        for text in [
            "# a comment\ntitle: A\n",
            "draft: true # not yet\n",
            "title: \"Le bilan #2\"\n",
            "title: 'C# et l''IA #2'\n",
            "title: C#\n",
            "description: >\n  Un texte #2\n  # encore\ntitle: x\n",
            "description: \"Un\n  texte #2 long\"\ntitle: x\n",
            "tags: [\"#a\", 'b #c']\n",
            "url: https://a.example/#x\n",
            "title: # TODO\n",
            "tags: # les mots\n  - a\n",
        ] {
            assert_eq!(lost_texts(text), [], "{text}");
        }
    }
}
