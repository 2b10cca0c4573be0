//! The icons that browsers and phones look for, made of the site's `favicon.svg`.

use super::{Planner, Recipe};
use crate::path::SitePath;

/// The drawing that icons are made of, by the name that templates know it by.
pub const DRAWING: &str = "favicon.svg";

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

impl Planner<'_> {
    /// The icons that the site does not bring along.
    pub(super) fn icons(&mut self) {
        let graph = self.graph;
        if drawing(graph).is_none() {
            return;
        }
        for icon in Icon::ALL.into_iter().filter(|icon| !graph.assets.contains_key(icon.file())) {
            self.add(Self::fixed_route("/").join(icon.file()), Recipe::Icon(icon));
        }
    }
}

/// The file of the drawing.
pub fn drawing(graph: &crate::graph::Graph) -> Option<&SitePath> {
    Some(&graph.assets.get(graph.dressing.get(DRAWING)?)?.source)
}
