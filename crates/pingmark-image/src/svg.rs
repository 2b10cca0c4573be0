//! SVG drawings turned into pixels.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, roxmltree};

use crate::fonts::{FAMILY, FONTS};
use crate::png_encode;

/// An SVG file whose XML is well-formed.
pub struct Drawing<'t>(roxmltree::Document<'t>);

impl<'t> Drawing<'t> {
    /// Parses the XML. The error is the parser's, with its line and column.
    pub fn parse(svg: &'t [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(svg).map_err(|error| error.to_string())?;
        roxmltree::Document::parse(text).map(Self).map_err(|error| error.to_string())
    }

    /// Draws it as an opaque PNG of `width` × `height` pixels, stretched to fill them.
    pub fn to_png(&self, (width, height): (u32, u32)) -> Result<Vec<u8>, String> {
        let tree = Tree::from_xmltree(&self.0, &options()).map_err(|error| error.to_string())?;
        let mut pixmap = Pixmap::new(width, height).ok_or("it has no size")?;
        let size = tree.size();
        let scale = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
        resvg::render(&tree, scale, &mut pixmap.as_mut());
        png_encode::encoded(&pixmap).map_err(|error| error.to_string())
    }
}

/// Options that read nothing from the machine: neither fonts nor linked images.
pub(crate) fn options() -> Options<'static> {
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
