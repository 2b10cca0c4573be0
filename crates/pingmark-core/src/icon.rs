//! The icons that browsers and phones ask a site for.

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Icon {
    /// `favicon.ico`: for browsers without SVG icons, and for programs that request it unasked.
    Favicon,
    /// For the home screen of iPhones; must be opaque.
    Apple,
    /// For the home screen of other phones, 192 pixels wide.
    Small,
    /// For home and splash screens of other phones, 512 pixels wide.
    Large,
    /// For phones that crop icons to a shape of their own; must be opaque, with a margin.
    Maskable,
}

impl Icon {
    /// All icons.
    pub const ALL: [Self; 5] = [Self::Favicon, Self::Apple, Self::Small, Self::Large, Self::Maskable];

    /// File name at the site's root. Browsers request some of them under exactly this name.
    pub fn file(self) -> &'static str {
        match self {
            Self::Favicon => "favicon.ico",
            Self::Apple => "apple-touch-icon.png",
            Self::Small => "icon-192.png",
            Self::Large => "icon-512.png",
            Self::Maskable => "icon-maskable-512.png",
        }
    }

    /// Width and height in pixels.
    pub fn side(self) -> u32 {
        match self {
            Self::Favicon => 32,
            Self::Apple => 180,
            Self::Small => 192,
            Self::Large | Self::Maskable => 512,
        }
    }

    /// `purpose` in the web manifest; `None` if the icon is not listed there.
    pub fn purpose(self) -> Option<&'static str> {
        match self {
            Self::Favicon | Self::Apple => None,
            Self::Small | Self::Large => Some("any"),
            Self::Maskable => Some("maskable"),
        }
    }
}
