//! Rasterising of SVG drawings, within limits of size, memory and time.
//!
//! A drawing may come from a theme of a stranger. Document type declarations are refused, because
//! their entities can expand without bound; memory and work are estimated before anything is drawn
//! (`svg_cost`); and the drawing runs on a thread of its own, which is given up after a time.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::roxmltree::{Document, ParsingOptions};
use resvg::usvg::{ImageHrefResolver, Options, Tree};

use pingmark_core::appearance::Colour;

use crate::fonts::{FAMILY, FONTS};
use crate::{png_encode, svg_cost};

/// Largest SVG in bytes.
const MAX_BYTES: usize = 4 << 20;
/// Most elements and texts of an SVG.
const MAX_NODES: u32 = 100_000;
/// Time after which a drawing is given up. Cards take milliseconds.
const MAX_TIME: Duration = Duration::from_secs(10);
/// Stack of the drawing thread: nested groups are drawn by recursion.
const STACK: usize = 16 << 20;

/// Whether a drawing was given up: its thread cannot be stopped and still runs, so that no other
/// one is begun.
static GIVEN_UP: AtomicBool = AtomicBool::new(false);

/// How a drawing is placed on its canvas.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Placement {
    /// Stretched to fill the canvas, so its aspect ratio may change.
    Stretched,
    /// In the middle, with this share of the canvas's side as its longer side.
    Centred(f32),
}

/// Checks that an SVG can be parsed. The error is a clause with the reason.
pub fn check(svg: &[u8]) -> Result<(), String> {
    parse(svg, |_| Ok(()))
}

/// Rasterises an SVG into an opaque PNG of `size` (width and height in pixels). It is stretched to
/// fill them, so its aspect ratio may change.
pub fn to_png(svg: Vec<u8>, size: (u32, u32)) -> Result<Vec<u8>, String> {
    let pixmap = draw(svg, size, Placement::Stretched, None)?;
    png_encode::encode_opaque(&pixmap).map_err(|error| error.to_string())
}

/// Rasterises an SVG on a transparent canvas, or on `background`.
pub(crate) fn draw(
    svg: Vec<u8>,
    size: (u32, u32),
    placement: Placement,
    background: Option<Colour>,
) -> Result<Pixmap, String> {
    within(&GIVEN_UP, MAX_TIME, move || {
        let mut pixmap = canvas(size, background)?;
        parse(&svg, |document| {
            svg_cost::check_references(document)?;
            let tree = Tree::from_xmltree(document, &options()).map_err(|error| error.to_string())?;
            let transform = placement.transform((tree.size().width(), tree.size().height()), size);
            svg_cost::check(&tree, transform, size)?;
            resvg::render(&tree, transform, &mut pixmap.as_mut());
            Ok(())
        })?;
        Ok(pixmap)
    })
}

/// An empty canvas, transparent or of one colour.
pub(crate) fn canvas((width, height): (u32, u32), background: Option<Colour>) -> Result<Pixmap, String> {
    let mut pixmap = Pixmap::new(width, height).ok_or("it has no size")?;
    if let Some(Colour([red, green, blue])) = background {
        pixmap.fill(Color::from_rgba8(red, green, blue, u8::MAX));
    }
    Ok(pixmap)
}

/// Runs work on a thread of its own and gives it up after some time. `given_up` is set until that
/// thread has ended, and refuses any other work meanwhile.
fn within<T: Send + 'static>(
    given_up: &'static AtomicBool,
    time: Duration,
    work: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let too_long = || format!("it takes longer than {} seconds", time.as_secs_f32());
    if given_up.load(Ordering::Relaxed) {
        return Err(format!("{} (or another drawing does, which is still being drawn)", too_long()));
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    let run = move || {
        // Nobody listens any more if the work was given up; it is over now.
        if sender.send(work()).is_err() {
            given_up.store(false, Ordering::Relaxed);
        }
    };
    let thread = thread::Builder::new().name("drawing".to_owned()).stack_size(STACK);
    thread.spawn(run).map_err(|error| error.to_string())?;
    match receiver.recv_timeout(time) {
        Ok(drawn) => drawn,
        Err(RecvTimeoutError::Disconnected) => Err("drawing it fails".to_owned()),
        Err(RecvTimeoutError::Timeout) => {
            given_up.store(true, Ordering::Relaxed);
            Err(too_long())
        }
    }
}

impl Placement {
    /// Transforms a drawing of a size to its place on a canvas.
    pub(crate) fn transform(self, drawing: (f32, f32), canvas: (u32, u32)) -> Transform {
        let (width, height) = (canvas.0 as f32, canvas.1 as f32);
        match self {
            Self::Stretched => Transform::from_scale(width / drawing.0, height / drawing.1),
            Self::Centred(share) => {
                let scale = width * share / drawing.0.max(drawing.1);
                let left = (width - drawing.0 * scale) / 2.0;
                let top = (height - drawing.1 * scale) / 2.0;
                Transform::from_scale(scale, scale).post_translate(left, top)
            }
        }
    }
}

/// Parses the XML of an SVG and hands it over. The error of the parser has line and column.
fn parse(svg: &[u8], with: impl FnOnce(&Document<'_>) -> Result<(), String>) -> Result<(), String> {
    if svg.len() > MAX_BYTES {
        return Err(format!("it has {} bytes; the limit is {MAX_BYTES}", svg.len()));
    }
    if svg.starts_with(&[0x1f, 0x8b]) {
        return Err("it is compressed; unpack it (gunzip)".to_owned());
    }
    let text = std::str::from_utf8(svg).map_err(|error| error.to_string())?;
    let text = without_doctype(text)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    with(&Document::parse_with_options(&text, options).map_err(|error| error.to_string())?)
}

/// The text with spaces in place of a document type without declarations, which some programs write.
/// Any other document type is refused.
fn without_doctype(text: &str) -> Result<std::borrow::Cow<'_, str>, String> {
    let Some(start) = text.find("<!DOCTYPE") else { return Ok(text.into()) };
    // Identifiers are in quotes and may hold any character.
    let mut quote = None;
    for (at, c) in text[start..].char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, '[') => {
                return Err(
                    "it declares a document type (`<!DOCTYPE … [`); remove the declarations".to_owned()
                );
            }
            (None, '>') => {
                let (before, after) = (&text[..start], &text[start + at + 1..]);
                let blank: String =
                    text[start..=start + at].chars().map(|c| if c == '\n' { c } else { ' ' }).collect();
                return Ok(format!("{before}{blank}{after}").into());
            }
            _ => {}
        }
    }
    Err("its document type has no end".to_owned())
}

/// Parser options that read nothing from the machine: neither installed fonts nor linked images.
fn options() -> Options<'static> {
    Options {
        fontdb: FONTS.database.clone(),
        font_family: FAMILY.to_owned(),
        image_href_resolver: ImageHrefResolver {
            resolve_data: Box::new(|_, _, _| None),
            resolve_string: Box::new(|_, _| None),
        },
        ..Options::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ICON: &str =
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><rect width="8" height="8"/></svg>"#;

    fn drawn(svg: &str) -> Result<Vec<u8>, String> {
        to_png(svg.as_bytes().to_vec(), (64, 64))
    }

    #[test]
    fn a_document_type_is_read_only_without_declarations() {
        let public = "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\"\n  'http://www.w3.org/[x>y].dtd'>\n";
        assert_eq!(drawn(&format!("<?xml version=\"1.0\"?>\n{public}{ICON}")), drawn(ICON));
        assert!(drawn(&format!("<!DOCTYPE svg{ICON}")).is_err());
        for declared in ["<!DOCTYPE svg [<!ENTITY a \"b\">]>", "<!DOCTYPE svg SYSTEM \"x\" [ ]>"] {
            let error = drawn(&format!("{declared}{ICON}")).unwrap_err();
            assert!(error.contains("document type"), "{error}");
        }
        // One in a comment hides no other.
        let two = format!("<!--<!DOCTYPE a>--><!DOCTYPE svg [<!ENTITY a \"b\">]>{ICON}");
        assert!(drawn(&two).is_err());
    }

    #[test]
    fn a_compressed_drawing_is_not_unpacked() {
        assert!(check(&[0x1f, 0x8b, 8, 0]).unwrap_err().contains("compressed"));
    }

    #[test]
    fn a_drawing_is_given_up_after_its_time() {
        // Not that of the program, which would stop the drawings of other tests.
        static HERE: AtomicBool = AtomicBool::new(false);
        let time = Duration::from_millis(50);
        let slow = within(&HERE, time, || {
            thread::sleep(Duration::from_millis(400));
            Ok(())
        });
        assert!(slow.unwrap_err().contains("longer than 0.05 seconds"));
        assert!(within(&HERE, time, || Ok(())).unwrap_err().contains("still being drawn"));
        thread::sleep(Duration::from_millis(600));
        assert_eq!(within(&HERE, time, || Ok(1)), Ok(1));
    }

    #[test]
    fn a_drawing_of_many_elements_is_refused() {
        let many = format!("<svg xmlns=\"http://www.w3.org/2000/svg\">{}</svg>", "<g/>".repeat(110_000));
        assert!(check(many.as_bytes()).is_err());
        let deep = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\">{}{}</svg>",
            "<g>".repeat(40_000),
            "</g>".repeat(40_000)
        );
        assert!(drawn(&deep).is_err());
    }
}
