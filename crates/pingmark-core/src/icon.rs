//! The icons that browsers and phones look for.

/// An icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Icon {
    /// For browsers that show no drawing, and everything that asks for it without being told.
    Favicon,
    /// For the home screen of iPhones, which want no clear pixels.
    Apple,
    /// For the home screen of other phones.
    Small,
    /// The same, large.
    Large,
    /// For phones that cut their own shape out of it.
    Maskable,
}

impl Icon {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Favicon, Self::Apple, Self::Small, Self::Large, Self::Maskable];

    /// The file's name, at the site's root: some are looked for under just this one.
    pub fn file(self) -> &'static str {
        match self {
            Self::Favicon => "favicon.ico",
            Self::Apple => "apple-touch-icon.png",
            Self::Small => "icon-192.png",
            Self::Large => "icon-512.png",
            Self::Maskable => "icon-maskable-512.png",
        }
    }

    /// Its width and height in pixels.
    pub fn side(self) -> u32 {
        match self {
            Self::Favicon => 32,
            Self::Apple => 180,
            Self::Small => 192,
            Self::Large | Self::Maskable => 512,
        }
    }

    /// What a web manifest says of it, if it stands there.
    pub fn purpose(self) -> Option<&'static str> {
        match self {
            Self::Favicon | Self::Apple => None,
            Self::Small | Self::Large => Some("any"),
            Self::Maskable => Some("maskable"),
        }
    }
}
