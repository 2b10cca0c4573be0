//! XML-RPC, as far as Pingback needs it: one method with two strings, and its answer.
//!
//! Receives and gives texts. Uses quick-xml, whose events are put into a small tree first. Never resolves an
//! entity other than XML's own five, and refuses documents with a DTD, deep or large ones.

use pingmark_core::html::escaped;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Method of the protocol.
pub const PING: &str = "pingback.ping";
/// Largest document, in bytes.
pub const MAX_BYTES: usize = 256 * 1024;
/// Deepest nesting, and most elements.
const MAX_DEPTH: usize = 32;
const MAX_ELEMENTS: usize = 2000;

/// A call: the name of the method, and its parameters that are strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Method.
    pub method: String,
    /// Parameters; `None` for one that is no string.
    pub params: Vec<Option<String>>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Success, with a text that is for programmers.
    Success(String),
    /// Fault code and text.
    Fault(i64, String),
}

/// Faults of the specification, section 3.
pub mod fault {
    /// Anything else.
    pub const GENERIC: i64 = 0;
    /// The source does not exist.
    pub const NO_SOURCE: i64 = 16;
    /// The source does not link to the target.
    pub const NO_LINK: i64 = 17;
    /// The target does not exist.
    pub const NO_TARGET: i64 = 32;
    /// The target cannot be pinged.
    pub const BAD_TARGET: i64 = 33;
    /// It was registered before.
    pub const KNOWN: i64 = 48;
    /// Access denied.
    pub const DENIED: i64 = 49;
}

/// The text of a call.
pub fn call(source: &str, target: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodCall><methodName>{PING}</methodName><params>\
         <param><value><string>{}</string></value></param><param><value><string>{}</string></value></param>\
         </params></methodCall>\n",
        escaped(source),
        escaped(target)
    )
}

/// The text of an answer.
pub fn answer(answer: &Answer) -> String {
    let inner = match answer {
        Answer::Success(text) => {
            format!("<params><param><value><string>{}</string></value></param></params>", escaped(text))
        }
        Answer::Fault(code, text) => format!(
            "<fault><value><struct><member><name>faultCode</name><value><int>{code}</int></value></member>\
             <member><name>faultString</name><value><string>{}</string></value></member></struct></value></fault>",
            escaped(text)
        ),
    };
    format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<methodResponse>{inner}</methodResponse>\n")
}

/// Parses a call. `Err` says what is wrong with it.
pub fn parse_call(text: &str) -> Result<Call, String> {
    let root = parse(text)?;
    if root.name != "methodCall" {
        return Err("it is not a <methodCall>".into());
    }
    let method = root.child("methodName").map(|name| name.text.trim().to_owned());
    let method = method.filter(|method| !method.is_empty()).ok_or("it has no <methodName>")?;
    let params = root.child("params").map_or(&[][..], |params| &params.children);
    let params = params.iter().filter(|param| param.name == "param");
    Ok(Call { method, params: params.map(|param| string(param.child("value")?)).collect() })
}

/// Parses an answer. Anything before `<methodResponse` is skipped: some hosts print notices there.
pub fn parse_answer(text: &str) -> Result<Answer, String> {
    let start = text.find("<methodResponse").ok_or("it is not a <methodResponse>")?;
    let root = parse(&text[start..])?;
    if let Some(fault) = root.child("fault") {
        let members = fault.child("value").and_then(|value| value.child("struct"));
        let member = |name: &str| {
            let members = &members?.children;
            let named = |one: &&Element| one.child("name").is_some_and(|found| found.text.trim() == name);
            members.iter().find(named)?.child("value")
        };
        let code = member("faultCode").map(Element::whole_text).and_then(|code| code.trim().parse().ok());
        let words = member("faultString").map(Element::whole_text).unwrap_or_default();
        return Ok(Answer::Fault(code.unwrap_or(fault::GENERIC), words.trim().to_owned()));
    }
    let param = root.child("params").and_then(|params| params.child("param"));
    let value = param.and_then(|param| param.child("value")).ok_or("it has neither a value nor a fault")?;
    Ok(Answer::Success(value.whole_text().trim().to_owned()))
}

/// Value of a string: `<string>` inside, or the bare text, which XML-RPC takes for a string too.
fn string(value: &Element) -> Option<String> {
    match value.children.as_slice() {
        [] => Some(value.text.trim().to_owned()),
        [one] if one.name == "string" => Some(one.text.trim().to_owned()),
        _ => None,
    }
}

#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    children: Vec<Element>,
}

impl Element {
    fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// Its text, or that of its only child.
    fn whole_text(&self) -> String {
        self.children.first().map_or(&self.text, |child| &child.text).clone()
    }
}

fn parse(text: &str) -> Result<Element, String> {
    if text.len() > MAX_BYTES {
        return Err(format!("it is larger than {MAX_BYTES} bytes"));
    }
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
    let mut open: Vec<Element> = vec![Element::default()];
    let mut elements = 0;
    loop {
        let event = reader.read_event().map_err(|error| format!("it is not XML: {error}"))?;
        let depth = open.len();
        let top = open.last_mut().ok_or("it is not XML")?;
        match event {
            Event::Start(_) | Event::Empty(_) if elements >= MAX_ELEMENTS || depth > MAX_DEPTH => {
                return Err("it has too many elements".into());
            }
            Event::Start(start) => {
                elements += 1;
                let name = start.local_name().as_ref().to_owned();
                open.push(Element { name, ..Element::default() });
            }
            Event::Empty(start) => {
                elements += 1;
                let name = start.local_name().as_ref().to_owned();
                top.children.push(Element { name, ..Element::default() });
            }
            Event::End(_) => {
                let done = open.pop().ok_or("it is not XML")?;
                open.last_mut().ok_or("it is not XML")?.children.push(done);
            }
            Event::Text(text) => top.text.push_str(&text),
            Event::CData(text) => top.text.push_str(&text),
            Event::GeneralRef(reference) => {
                let name: &str = &reference;
                let c = match name {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => reference
                        .resolve_char_ref()
                        .ok()
                        .flatten()
                        .ok_or_else(|| "it uses an entity that XML does not have".to_owned())?,
                };
                top.text.push(c);
            }
            Event::DocType(_) => return Err("it has a document type, which is not accepted".into()),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    let mut root = open.pop().filter(|_| open.is_empty()).ok_or("it ends early")?;
    root.children.pop().ok_or_else(|| "it is empty".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let text = call("https://a.example/?x=1&y=<é>", "https://b.example/");
        let read = parse_call(&text).unwrap();
        assert_eq!(read.method, PING);
        assert_eq!(read.params[0].as_deref(), Some("https://a.example/?x=1&y=<é>"));
        for one in [Answer::Success("a & b".into()), Answer::Fault(48, "déjà <vu>".into())] {
            assert_eq!(parse_answer(&answer(&one)).unwrap(), one);
        }
    }

    #[test]
    fn other_programs_write_differently() {
        let call = "\u{feff}<?xml version='1.0'?><methodCall><methodName> pingback.ping </methodName><params>\
            <param><value>https://a.example/&#x3f;x</value></param>\
            <param><value><string><![CDATA[https://b.example/?a&b]]></string></value></param></params></methodCall>";
        let read = parse_call(call).unwrap();
        assert_eq!(
            read.params,
            [Some("https://a.example/?x".to_owned()), Some("https://b.example/?a&b".to_owned())]
        );
        let fault = "\n<b>Notice</b>: x\n<?xml version=\"1.0\"?><methodResponse><fault><value><struct>\
            <member><name>faultString</name><value>Slow down</value></member>\
            <member><name>faultCode</name><value><i4>429</i4></value></member></struct></value></fault></methodResponse>";
        assert_eq!(parse_answer(fault), Ok(Answer::Fault(429, "Slow down".into())));
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = format!("<methodCall>{}{}</methodCall>", "<a>".repeat(5000), "</a>".repeat(5000));
        let wide = format!("<methodCall>{}</methodCall>", "<a/>".repeat(5000));
        let laughs = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><methodCall><methodName>&b;</methodName></methodCall>";
        let file = "<!DOCTYPE x [<!ENTITY f SYSTEM \"file:///etc/passwd\">]><methodCall><methodName>&f;</methodName></methodCall>";
        for text in [
            "",
            "x",
            "<",
            "<methodCall>",
            "<methodCall><methodName>",
            "<methodCall><methodName>&f;</methodName></methodCall>",
            "<methodCall></methodCall>",
            "<methodResponse/>",
            "</methodCall>",
            "\0",
            &deep,
            &wide,
            laughs,
            file,
            &"<".repeat(MAX_BYTES + 1),
        ] {
            let start: String = text.chars().take(60).collect();
            assert!(parse_call(text).is_err(), "{start}");
        }
    }
}
