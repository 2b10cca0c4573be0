//! Reading of WordPress's export files (WXR 1.0 to 1.2), one element after the other.
//!
//! The only module that uses quick-xml. A document type is refused: exports have none, and entities that
//! contain one another would take all memory. Control characters, which XML forbids and WordPress writes, are
//! read and left out later; bytes that are no UTF-8 become U+FFFD.

use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::utf8::Utf8Reader;
use crate::text;

/// Deepest element that is kept.
const MAX_DEPTH: usize = 12;
/// Longest text of one element, in bytes.
const MAX_TEXT: usize = 64 << 20;

/// Element of an export with its text and children.
#[derive(Clone, Debug, Default)]
pub struct Element {
    /// Name with its prefix: `wp:post_id`.
    pub name: String,
    /// Attributes.
    pub attributes: Vec<(String, String)>,
    /// Text, also from CDATA.
    pub text: String,
    /// Children.
    pub children: Vec<Element>,
}

impl Element {
    /// Text of the first child with a name; empty without one.
    pub fn get(&self, name: &str) -> &str {
        self.children.iter().find(|child| child.name == name).map_or("", |child| child.text.as_str())
    }

    /// Children with a name.
    pub fn all<'e>(&'e self, name: &'e str) -> impl Iterator<Item = &'e Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// Value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Number in a child.
    pub fn number(&self, name: &str) -> u64 {
        self.get(name).trim().parse().unwrap_or(0)
    }
}

/// Reader of an export.
pub struct WxrReader<R: BufRead> {
    reader: Reader<Utf8Reader<R>>,
    buffer: Vec<u8>,
    /// Names of open elements above the ones that are given out.
    depth: usize,
    /// Depth of the elements that are given out: 2 in RSS, 1 in Atom.
    level: usize,
    is_feed: bool,
}

/// What is wrong with an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WxrProblem {
    /// Offset in the file, in bytes.
    pub offset: u64,
    /// What is wrong.
    pub message: String,
}

impl<R: BufRead> WxrReader<R> {
    /// Starts to read.
    pub fn new(input: R) -> Self {
        let mut reader = Reader::from_reader(Utf8Reader::new(input));
        let config = reader.config_mut();
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        config.allow_dangling_amp = true;
        Self { reader, buffer: Vec::new(), depth: 0, level: 2, is_feed: false }
    }

    /// The next element below `channel`: a setting of the blog, an author, a term or an item. `None` at the
    /// end of the file.
    pub fn next_element(&mut self) -> Result<Option<Element>, WxrProblem> {
        loop {
            self.buffer.clear();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Err(self.problem(error.to_string())),
            };
            match event {
                Event::Start(start) => {
                    let element = element_of(&start);
                    if self.depth < self.level {
                        self.is_feed |= matches!(element.name.as_str(), "rss" | "rdf:RDF" | "feed");
                        if element.name == "feed" {
                            self.level = 1;
                        }
                        if self.depth == 0 && !self.is_feed {
                            let name = element.name;
                            return Err(self.problem(format!("it begins with `<{name}>`, not with `<rss>`")));
                        }
                        self.depth += 1;
                        continue;
                    }
                    return self.element(element).map(Some);
                }
                Event::Empty(start) if self.depth >= self.level => return Ok(Some(element_of(&start))),
                Event::End(_) => self.depth = self.depth.saturating_sub(1),
                Event::DocType(_) => return Err(self.doctype()),
                Event::Eof if !self.is_feed => {
                    return Err(
                        self.problem("it has no `<rss>` element, so it is no export of WordPress".into())
                    );
                }
                Event::Eof if self.depth > 0 => {
                    return Err(
                        self.problem("it ends in the middle: it was not copied or downloaded whole".into())
                    );
                }
                Event::Eof => return Ok(None),
                _ => {}
            }
        }
    }

    /// Reads an element whose start tag was read.
    fn element(&mut self, top: Element) -> Result<Element, WxrProblem> {
        let mut open = vec![top];
        let mut too_deep = 0_usize;
        loop {
            self.buffer.clear();
            let event = match self.reader.read_event_into(&mut self.buffer) {
                Ok(event) => event,
                Err(error) => return Err(self.problem(error.to_string())),
            };
            let depth = open.len();
            let last = open.last_mut().expect("an element is open until its end");
            match event {
                Event::Start(_) if too_deep > 0 || depth >= MAX_DEPTH => too_deep += 1,
                Event::Start(start) => open.push(element_of(&start)),
                Event::Empty(start) if too_deep == 0 => last.children.push(element_of(&start)),
                Event::End(_) if too_deep > 0 => too_deep -= 1,
                Event::End(_) => {
                    let done = open.pop().expect("an element is open until its end");
                    match open.last_mut() {
                        Some(parent) => parent.children.push(done),
                        None => return Ok(done),
                    }
                }
                Event::Text(text) if too_deep == 0 => push(last, &text),
                Event::CData(text) if too_deep == 0 => push(last, &text),
                Event::GeneralRef(name) if too_deep == 0 => last.text.push_str(&reference(&name)),
                Event::DocType(_) => return Err(self.doctype()),
                Event::Eof => {
                    return Err(
                        self.problem("it ends in the middle: it was not copied or downloaded whole".into())
                    );
                }
                _ => {}
            }
        }
    }

    fn problem(&self, message: String) -> WxrProblem {
        WxrProblem { offset: self.reader.buffer_position(), message }
    }

    fn doctype(&self) -> WxrProblem {
        self.problem("it has a document type (`<!DOCTYPE`), which exports of WordPress have not".into())
    }
}

fn element_of(start: &BytesStart<'_>) -> Element {
    let name = start.name().as_ref().to_owned();
    let attributes = start.attributes().flatten().take(64).map(|attribute| {
        let key = attribute.key.as_ref().to_owned();
        (key, text::decoded(&attribute.value))
    });
    Element { name, attributes: attributes.collect(), ..Element::default() }
}

fn push(element: &mut Element, text: &str) {
    if element.text.len() + text.len() <= MAX_TEXT {
        element.text.push_str(text);
    }
}

/// What a reference in the text stands for. Unknown ones are HTML's, and stay for its parser.
fn reference(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return c.to_string();
    }
    match &**reference {
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "amp" => "&".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        other => format!("&{other};"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(xml: &str) -> Result<Vec<Element>, WxrProblem> {
        let mut reader = WxrReader::new(xml.as_bytes());
        let mut found = Vec::new();
        while let Some(element) = reader.next_element()? {
            found.push(element);
        }
        Ok(found)
    }

    #[test]
    fn elements_are_read_one_by_one() {
        let xml = "<?xml version='1.0'?><rss><channel><title>A &amp; B &laquo;</title><item><wp:post_id>3</wp:post_id>\
            <category domain=\"tag\" nicename='a&amp;b'><![CDATA[x]]]]><![CDATA[>y]]></category></item></channel></rss>";
        let found = all(xml).unwrap();
        assert_eq!(found[0].text, "A & B &laquo;");
        assert_eq!(found[1].number("wp:post_id"), 3);
        let category = found[1].all("category").next().unwrap();
        assert_eq!((category.text.as_str(), category.attribute("nicename")), ("x]]>y", Some("a&b")));
    }

    #[test]
    fn bombs_and_torn_files_are_told() {
        let bomb = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><rss><channel/></rss>";
        assert!(all(bomb).unwrap_err().message.contains("document type"));
        assert!(all("<rss><channel><item><title>x").unwrap_err().message.contains("in the middle"));
        assert!(all("<html></html>").unwrap_err().message.contains("<rss>"));
        assert!(all("").is_err());
        let deep = format!("<rss><channel><item>{}</item></channel></rss>", "<a>".repeat(100_000));
        assert!(all(&deep).is_err());
    }

    #[test]
    fn control_characters_and_bad_bytes_are_read() {
        let bytes = b"<rss><channel><title>a\x01b\xffc & d</title></channel></rss>";
        let mut reader = WxrReader::new(&bytes[..]);
        let title = reader.next_element().unwrap().unwrap();
        assert_eq!(title.text, "a\u{1}b\u{fffd}c & d");
    }
}
