//! Writing of XML, for feeds, the sitemap and GraphML.

use std::borrow::Cow;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use pingmark_core::html::push_text;

/// Writer that has written the XML declaration, in UTF-8.
pub(super) fn started() -> io::Result<Writer<Vec<u8>>> {
    let mut writer = Writer::new_with_indent(Vec::with_capacity(16 * 1024), b' ', 1);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    Ok(writer)
}

/// Bytes that a writer has written, with a line break at the end.
pub(super) fn finished(writer: Writer<Vec<u8>>) -> Vec<u8> {
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    bytes
}

/// Text between tags. Quotes stay as they are: the markup of a whole post has many.
pub(super) fn between_tags(value: &str) -> BytesText<'static> {
    let mut text = String::with_capacity(value.len() + value.len() / 8);
    push_text(&mut text, &clean(value));
    BytesText::from_escaped(text)
}

/// Writes an element with a text.
pub(super) fn text(w: &mut Writer<Vec<u8>>, name: &str, value: &str) -> io::Result<()> {
    w.create_element(name).write_text_content(between_tags(value))?;
    Ok(())
}

/// Removes the characters that XML 1.0 cannot hold, escaped or not (production 2).
pub(super) fn clean(text: &str) -> Cow<'_, str> {
    let fits =
        |c: char| matches!(c, '\t' | '\n' | '\r') || (c >= ' ' && !matches!(c, '\u{fffe}' | '\u{ffff}'));
    let bytes = text.as_bytes();
    let is_control = |byte: &u8| *byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    // U+FFFE and U+FFFF begin with 0xEF in UTF-8, as few others do.
    if !bytes.iter().any(|byte| is_control(byte) || *byte == 0xef) {
        return Cow::Borrowed(text);
    }
    text.chars().filter(|c| fits(*c)).collect::<String>().into()
}
