//! The section `images` of the settings: what is made of photographs and other pictures of
//! pixels.

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

/// Most widths that an image is made in.
const MOST_WIDTHS: usize = 8;
/// The widest, in pixels: twice what the widest screens show.
const WIDEST: u32 = 8192;

/// Smaller versions of the JPEG, PNG and WebP images that pages show; `false` copies images as
/// they are, with all that they tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(untagged)]
enum ImagesTyped {
    /// Whether anything is made of images.
    #[expect(dead_code, reason = "read by hand; this is the form that editors are told of")]
    Switch(bool),
    /// What is made of them.
    #[expect(dead_code, reason = "read by hand; this is the form that editors are told of")]
    Options(ImageOptions),
}

/// What is made of images.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(default)]
#[schemars(deny_unknown_fields)]
pub struct ImageOptions {
    /// The widths they are made in, in pixels; none is wider than the image itself.
    #[serde(deserialize_with = "widths")]
    #[schemars(length(max = MOST_WIDTHS), inner(range(min = 1, max = WIDEST)))]
    pub widths: Vec<u32>,
    /// Whether each width is made as WebP too, which is smaller and which nearly all browsers
    /// show.
    pub webp: bool,
    /// How close smaller versions stay to the image, from 1 to 100: the more, the larger.
    #[serde(deserialize_with = "quality")]
    #[schemars(range(min = 1, max = 100))]
    pub quality: u8,
    /// Whether the published images still say where, when and with which camera they were taken.
    pub keep_metadata: bool,
}

impl Default for ImageOptions {
    fn default() -> Self {
        Self { widths: vec![480, 960, 1440], webp: true, quality: 80, keep_metadata: false }
    }
}

/// Whether anything is made of images, and what.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[schemars(with = "ImagesTyped")]
pub struct Images {
    /// Whether anything is made of them.
    pub made: bool,
    #[serde(flatten)]
    options: ImageOptions,
}

impl Default for Images {
    fn default() -> Self {
        Self { made: true, options: ImageOptions::default() }
    }
}

impl std::ops::Deref for Images {
    type Target = ImageOptions;

    fn deref(&self) -> &ImageOptions {
        &self.options
    }
}

impl<'de> Deserialize<'de> for Images {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Typed;
        impl<'de> Visitor<'de> for Typed {
            type Value = Images;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("`false`, `true` or a mapping")
            }

            fn visit_bool<E>(self, made: bool) -> Result<Images, E> {
                Ok(Images { made, options: ImageOptions::default() })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Images, A::Error> {
                let options = ImageOptions::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Images { made: true, options })
            }
        }
        deserializer.deserialize_any(Typed)
    }
}

/// The widths in their order, each once.
fn widths<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
    let mut widths = Vec::<u32>::deserialize(deserializer)?;
    widths.sort_unstable();
    widths.dedup();
    if widths.len() > MOST_WIDTHS || widths.iter().any(|width| !(1..=WIDEST).contains(width)) {
        return Err(D::Error::custom(format!(
            "expected at most {MOST_WIDTHS} widths, each from 1 to {WIDEST} pixels"
        )));
    }
    Ok(widths)
}

fn quality<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    match u32::deserialize(deserializer)? {
        quality @ 1..=100 => Ok(quality as u8),
        other => Err(D::Error::custom(format!("expected a quality from 1 to 100, found {other}"))),
    }
}
