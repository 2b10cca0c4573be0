//! Text of a response in whatever encoding: byte order mark, `Content-Type`, `<meta charset>`, else UTF-8 if
//! it is valid, else windows-1252, which old blogs use without saying so.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};
use pingmark_http::Response;

/// How far a `<meta charset>` is looked for, in bytes (HTML standard, 13.2.3.2).
const PRESCAN: usize = 1024;

/// Decodes the body of a response. Bytes that the encoding does not have become U+FFFD.
pub fn text(response: &Response) -> String {
    let body = &response.body;
    let named = response.charset().and_then(|name| Encoding::for_label(name.as_bytes()));
    let encoding = named.or_else(|| of_meta(body)).unwrap_or_else(|| match std::str::from_utf8(body) {
        Ok(_) => UTF_8,
        // A body that was cut may end inside a character.
        Err(error) if error.error_len().is_none() && response.is_cut => UTF_8,
        Err(_) => WINDOWS_1252,
    });
    // A byte order mark wins over everything.
    encoding.decode(body).0.into_owned()
}

fn of_meta(body: &[u8]) -> Option<&'static Encoding> {
    let start = String::from_utf8_lossy(&body[..body.len().min(PRESCAN)]).to_ascii_lowercase();
    let mut metas = start.match_indices("<meta").map(|(at, _)| &start[at..]);
    let label = metas.find_map(|meta| {
        let meta = &meta[..meta.find('>').unwrap_or(meta.len())];
        let (_, value) = meta.split_once("charset")?;
        let value = value.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        value.split(['"', '\'', ';', ' ', '/']).next()
    })?;
    let encoding = Encoding::for_label(label.as_bytes())?;
    // A page whose ASCII could be read is not in UTF-16, whatever it says.
    Some(if encoding.is_ascii_compatible() { encoding } else { UTF_8 })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(content_type: &str, body: &[u8]) -> String {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        text(&Response { headers, body: body.to_vec(), ..Response::default() })
    }

    #[test]
    fn pages_are_read_in_their_encoding() {
        assert_eq!(read("text/html; charset=ISO-8859-1", b"caf\xe9"), "café");
        assert_eq!(read("text/html", b"<meta charset=windows-1252>\x80"), "<meta charset=windows-1252>€");
        let meta = b"<META http-equiv=Content-Type content=\"text/html; charset=iso-8859-15\">\xa4";
        assert!(read("text/html", meta).ends_with('€'));
        assert_eq!(read("text/html", "café".as_bytes()), "café");
        assert_eq!(read("text/html", b"\xef\xbb\xbfx"), "x");
        assert_eq!(read("text/html", b"<meta charset=utf-16>x"), "<meta charset=utf-16>x");
        assert_eq!(read("text/html; charset=nonsense", b"caf\xe9"), "café");
        let cut = Response { body: b"caf\xc3".to_vec(), is_cut: true, ..Response::default() };
        assert_eq!(text(&cut), "caf\u{fffd}");
    }
}
