//! Rasterising of SVG drawings.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{ImageHrefResolver, Options, Tree, roxmltree};

use crate::fonts::{FAMILY, FONTS};
use crate::png_encode;

/// An SVG file whose XML was parsed.
pub struct Drawing<'t>(roxmltree::Document<'t>);

impl<'t> Drawing<'t> {
    /// Parses the XML. The error is the parser's message, with line and column.
    pub fn parse(svg: &'t [u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(svg).map_err(|error| error.to_string())?;
        roxmltree::Document::parse(text).map(Self).map_err(|error| error.to_string())
    }

    /// Rasterises it into an opaque PNG of `width` × `height` pixels. It is stretched to fill them,
    /// so its aspect ratio may change.
    pub fn to_png(&self, (width, height): (u32, u32)) -> Result<Vec<u8>, String> {
        let tree = Tree::from_xmltree(&self.0, &options()).map_err(|error| error.to_string())?;
        let mut pixmap = Pixmap::new(width, height).ok_or("it has no size")?;
        let size = tree.size();
        let scale = Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
        resvg::render(&tree, scale, &mut pixmap.as_mut());
        png_encode::encode_opaque(&pixmap).map_err(|error| error.to_string())
    }
}

/// Parser options that read nothing from the machine: neither installed fonts nor linked images.
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
