//! The fonts that social images are drawn with. They come with the program, so that the same image
//! comes out on any machine.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb;

use crate::text_layout::Face;

/// The family of the fonts.
pub(crate) const FAMILY: &str = "Inter";
/// The regular weight, as a TrueType file.
pub const REGULAR: &[u8] = include_bytes!("../../../themes/plume/fonts/Inter-Regular.ttf");
/// The bold weight, as a TrueType file.
pub const BOLD: &[u8] = include_bytes!("../../../themes/plume/fonts/Inter-Bold.ttf");

/// The fonts, parsed.
pub struct Fonts {
    /// Measures text in the regular weight.
    pub regular: Face,
    /// Measures text in the bold weight.
    pub bold: Face,
    pub(crate) database: Arc<fontdb::Database>,
}

/// The fonts, parsed once a run.
pub static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let mut database = fontdb::Database::new();
    for bytes in [REGULAR, BOLD] {
        database.load_font_source(fontdb::Source::Binary(Arc::new(bytes)));
    }
    Fonts { regular: Face::new(REGULAR), bold: Face::new(BOLD), database: Arc::new(database) }
});
