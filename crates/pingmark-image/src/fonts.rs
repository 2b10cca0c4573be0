//! The fonts that drawings are rasterised with. They are compiled into the program, so a drawing
//! gives the same pixels on every machine.

use std::sync::{Arc, LazyLock};

use resvg::usvg::fontdb;

use crate::text_layout::Face;

/// Family name of the fonts.
pub(crate) const FAMILY: &str = "Inter";
/// The regular weight, as a TrueType file.
pub const REGULAR: &[u8] = include_bytes!("../../../themes/plume/fonts/Inter-Regular.ttf");
/// The bold weight, as a TrueType file.
pub const BOLD: &[u8] = include_bytes!("../../../themes/plume/fonts/Inter-Bold.ttf");

/// The parsed fonts.
pub struct Fonts {
    /// Measures text in the regular weight.
    pub regular: Face,
    /// Measures text in the bold weight.
    pub bold: Face,
    /// Both weights, for resvg.
    pub(crate) database: Arc<fontdb::Database>,
}

/// The parsed fonts; parsed on first use, once per process.
pub static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let mut database = fontdb::Database::new();
    for bytes in [REGULAR, BOLD] {
        database.load_font_source(fontdb::Source::Binary(Arc::new(bytes)));
    }
    Fonts { regular: Face::new(REGULAR), bold: Face::new(BOLD), database: Arc::new(database) }
});
