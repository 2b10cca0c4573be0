//! An estimate of what drawing an SVG takes, made before it is drawn: a small file can ask for
//! gigabytes of layers and days of filters.

use std::collections::HashMap;
use std::sync::Arc;

use resvg::tiny_skia::Transform;
use resvg::usvg::filter::{Filter, Kind};
use resvg::usvg::roxmltree::{Document, Node as Element, NodeId};
use resvg::usvg::{Group, Mask, Node, NonZeroRect, Paint, Pattern, Tree};

/// Most memory for layers, in bytes. A layer as large as a card takes 8 MB.
const MAX_MEMORY: f64 = 256e6;
/// Most work, in steps of a few nanoseconds.
const MAX_WORK: f64 = 4e9;
/// Work for an element, besides its pixels.
const ELEMENT: f64 = 1000.0;

/// Most elements once every reference is replaced by what it refers to.
const MAX_EXPANDED: f64 = 1e6;
/// Deepest chain of references.
const MAX_REFERENCES: usize = 100;

/// Fails with the reason if a drawing grows out of bounds once its references are followed. The
/// parser copies a pattern for each path that it fills, and what that pattern refers to with it.
pub(super) fn check_references(document: &Document<'_>) -> Result<(), String> {
    let by_id: HashMap<&str, Element<'_, '_>> =
        document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let sheets = document.descendants().filter(|node| node.has_tag_name("style"));
    let in_sheets: Vec<&str> = sheets.filter_map(|node| node.text()).flat_map(urls).collect();
    let mut expansion = Expansion { by_id, in_sheets, sizes: HashMap::new() };
    expansion.size(document.root(), 0)?;
    Ok(())
}

struct Expansion<'a, 'i> {
    by_id: HashMap<&'a str, Element<'a, 'i>>,
    /// References of style sheets, which may hold for any element.
    in_sheets: Vec<&'a str>,
    /// Expanded size of each element that was referred to.
    sizes: HashMap<NodeId, f64>,
}

impl<'a, 'i> Expansion<'a, 'i> {
    /// Number of elements of a part of the document with its references followed.
    fn size(&mut self, part: Element<'a, 'i>, depth: usize) -> Result<f64, String> {
        if depth > MAX_REFERENCES {
            return Err(format!("its references are nested more than {MAX_REFERENCES} deep"));
        }
        // What style sheets refer to counts once for each element of the document itself.
        let mut shared = 0.0;
        if depth == 0 {
            for id in self.in_sheets.clone() {
                shared += self.of(id, 1)?;
            }
        }
        let mut size = 0.0;
        for node in part.descendants().filter(Element::is_element) {
            size += 1.0 + shared;
            for attribute in node.attributes() {
                let own = attribute.value().strip_prefix('#').filter(|_| attribute.name() == "href");
                for id in own.into_iter().chain(urls(attribute.value())) {
                    size += self.of(id, depth + 1)?;
                }
            }
            if size > MAX_EXPANDED {
                return Err(
                    "its patterns, masks and references multiply to over a million elements".to_owned()
                );
            }
        }
        Ok(size)
    }

    /// Size of the element of an ID. One that refers to itself is refused by the parser.
    fn of(&mut self, id: &str, depth: usize) -> Result<f64, String> {
        let Some(&target) = self.by_id.get(id) else { return Ok(0.0) };
        if let Some(size) = self.sizes.get(&target.id()) {
            return Ok(*size);
        }
        self.sizes.insert(target.id(), 0.0);
        let size = self.size(target, depth)?;
        self.sizes.insert(target.id(), size);
        Ok(size)
    }
}

/// IDs in `url(#…)`.
fn urls(value: &str) -> impl Iterator<Item = &str> {
    value.split("url(").skip(1).filter_map(|rest| {
        let id = rest.trim_start_matches([' ', '"', '\'']).strip_prefix('#')?;
        id.split([')', '"', '\'', ' ']).next()
    })
}

/// Fails with the reason if a drawing needs too much memory or work on a canvas of `size`.
pub(super) fn check(tree: &Tree, transform: Transform, size: (u32, u32)) -> Result<(), String> {
    let canvas = (size.0 as f32, size.1 as f32);
    Estimate { canvas, work: 0.0 }.group(tree.root(), transform, 0.0)
}

struct Estimate {
    /// Width and height in pixels.
    canvas: (f32, f32),
    work: f64,
}

impl Estimate {
    /// Adds a group; `memory` is that of the layers around it.
    fn group(&mut self, group: &Group, transform: Transform, memory: f64) -> Result<(), String> {
        let transform = transform.pre_concat(group.transform());
        let mut memory = memory;
        if group.should_isolate() {
            let area = self.area(group.layer_bounding_box(), transform);
            memory += 4.0 * area;
            self.add(area, "")?;
            for filter in group.filters() {
                memory += 4.0 * area * (2.0 + filter.primitives().len() as f64);
                self.filter(filter, area, transform, memory)?;
            }
            // Clip paths have no layers of their own, but paths, and may be clipped themselves.
            let mut clip = group.clip_path();
            while let Some(one) = clip {
                memory += area;
                self.add(area, "")?;
                self.group(one.root(), transform.pre_concat(one.transform()), memory)?;
                clip = one.clip_path();
            }
            let mut mask = group.mask();
            while let Some(one) = mask {
                memory += 6.0 * area;
                self.mask(one, area, transform, memory)?;
                mask = one.mask();
            }
        }
        within(memory)?;
        group.children().iter().try_for_each(|node| self.node(node, transform, memory))
    }

    fn node(&mut self, node: &Node, transform: Transform, memory: f64) -> Result<(), String> {
        self.add(ELEMENT, "")?;
        match node {
            Node::Group(group) => self.group(group, transform, memory),
            Node::Text(text) => self.group(text.flattened(), transform, memory),
            Node::Image(_) => Ok(()),
            Node::Path(path) => {
                self.add(path.data().len() as f64 * 20.0, "")?;
                let paints =
                    [path.fill().map(|fill| fill.paint()), path.stroke().map(|stroke| stroke.paint())];
                paints.into_iter().flatten().try_for_each(|paint| match paint {
                    Paint::Pattern(pattern) => self.pattern(pattern, transform, memory),
                    _ => Ok(()),
                })
            }
        }
    }

    /// Adds one tile of a pattern, which is drawn for each path that it fills.
    fn pattern(&mut self, pattern: &Arc<Pattern>, transform: Transform, memory: f64) -> Result<(), String> {
        let (x, y) = transform.pre_concat(pattern.transform()).get_scale();
        let (width, height) = (pattern.rect().width() * x, pattern.rect().height() * y);
        let area = f64::from(width.round().max(1.0)) * f64::from(height.round().max(1.0));
        let memory = memory + 4.0 * area;
        within(memory)?;
        self.add(area, "")?;
        self.group(pattern.root(), Transform::from_scale(x, y), memory)
    }

    fn mask(&mut self, mask: &Mask, area: f64, transform: Transform, memory: f64) -> Result<(), String> {
        self.add(2.0 * area, "")?;
        self.group(mask.root(), transform, memory)
    }

    fn filter(
        &mut self,
        filter: &Filter,
        area: f64,
        transform: Transform,
        memory: f64,
    ) -> Result<(), String> {
        within(memory)?;
        let (x, y) = transform.get_scale();
        for primitive in filter.primitives() {
            let (per_pixel, name) = match primitive.kind() {
                Kind::Turbulence(turbulence) => (40.0 * f64::from(turbulence.num_octaves()), "feTurbulence"),
                Kind::Morphology(morphology) => {
                    // A radius is no longer than a side of the layer.
                    let radius = |radius: f32, scale: f32| f64::from(radius * scale).min(area.max(1.0));
                    let (x, y) =
                        (radius(morphology.radius_x().get(), x), radius(morphology.radius_y().get(), y));
                    (((2.0 * x + 1.0) * (2.0 * y + 1.0)).min(area), "feMorphology")
                }
                Kind::ConvolveMatrix(convolve) => {
                    let matrix = convolve.matrix();
                    (2.0 * f64::from(matrix.columns()) * f64::from(matrix.rows()), "feConvolveMatrix")
                }
                Kind::Merge(merge) => (2.0 * merge.inputs().len() as f64, "feMerge"),
                Kind::Image(image) => {
                    self.group(image.root(), transform, memory)?;
                    (2.0, "feImage")
                }
                _ => (20.0, "filter"),
            };
            self.add(per_pixel * area, &format!(": `{name}` of the filter `{}`", filter.id()))?;
        }
        Ok(())
    }

    /// Number of pixels of a layer. The drawing library limits layers to five times the canvas in
    /// each direction.
    fn area(&self, rect: NonZeroRect, transform: Transform) -> f64 {
        let most = f64::from(self.canvas.0) * 5.0 * f64::from(self.canvas.1) * 5.0;
        rect.transform(transform).map_or(0.0, |rect| {
            let width = f64::from(rect.width() + 4.0).min(f64::from(self.canvas.0) * 5.0);
            let height = f64::from(rect.height() + 4.0).min(f64::from(self.canvas.1) * 5.0);
            (width * height).min(most)
        })
    }

    fn add(&mut self, work: f64, place: &str) -> Result<(), String> {
        self.work += work;
        // Not a number counts as too much.
        if self.work <= MAX_WORK { Ok(()) } else { Err(format!("drawing it takes too much time{place}")) }
    }
}

fn within(memory: f64) -> Result<(), String> {
    if memory <= MAX_MEMORY {
        return Ok(());
    }
    let most = MAX_MEMORY / 1e6;
    Err(format!("its layers, masks and patterns take more than {most} MB of memory"))
}

#[cfg(test)]
mod tests {
    use crate::svg::to_png;

    fn refused(body: &str) -> String {
        let svg =
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1200\" height=\"630\">{body}</svg>");
        to_png(svg.into_bytes(), (1200, 630)).map(|png| png.len().to_string()).unwrap_or_else(|reason| reason)
    }

    fn filtered(primitive: &str) -> String {
        refused(&format!(
            "<filter id=\"f\">{primitive}</filter><rect width=\"1200\" height=\"630\" filter=\"url(#f)\"/>"
        ))
    }

    #[test]
    fn filters_have_a_bound() {
        for primitive in [
            "<feTurbulence baseFrequency=\"1\" numOctaves=\"100000000\"/>".to_owned(),
            "<feMorphology radius=\"400\"/>".to_owned(),
            format!("<feConvolveMatrix order=\"90\" kernelMatrix=\"{}\"/>", "1 ".repeat(8100)),
        ] {
            let reason = filtered(&primitive);
            assert!(
                reason.contains("too much time: `fe") && reason.contains("filter `f`"),
                "{primitive}: {reason}"
            );
        }
        let many = filtered(&"<feFlood/>".repeat(500));
        assert!(many.contains("MB of memory"), "{many}");
        for primitive in [
            "<feTurbulence baseFrequency=\"0.05\" numOctaves=\"4\"/>",
            "<feGaussianBlur stdDeviation=\"30\"/>",
        ] {
            assert!(filtered(primitive).parse::<usize>().is_ok(), "{primitive}");
        }
    }

    #[test]
    fn layers_and_patterns_have_a_bound() {
        let nested = |depth: usize| {
            let rect = "<rect x=\"-9000\" y=\"-9000\" width=\"20000\" height=\"20000\"/>";
            format!("{}{rect}{}", "<g opacity=\"0.5\">".repeat(depth), "</g>".repeat(depth))
        };
        assert!(refused(&nested(2)).parse::<usize>().is_ok());
        assert!(refused(&nested(40)).contains("MB of memory"));
        let pattern = "<pattern id=\"p\" width=\"60000\" height=\"60000\" patternUnits=\"userSpaceOnUse\">\
                       <rect width=\"9\" height=\"9\"/></pattern><rect width=\"9\" height=\"9\" fill=\"url(#p)\"/>";
        assert!(refused(pattern).contains("MB of memory"), "{}", refused(pattern));
        // Patterns in patterns are drawn again for each path.
        let mut nested = String::new();
        for level in 0..12 {
            let fill = if level == 0 { "red".to_owned() } else { format!("url(#p{})", level - 1) };
            let rects = format!("<rect width=\"90\" height=\"90\" fill=\"{fill}\"/>").repeat(20);
            nested.push_str(&format!(
                "<pattern id=\"p{level}\" width=\"100\" height=\"100\" patternUnits=\"userSpaceOnUse\">{rects}</pattern>"
            ));
        }
        nested.push_str("<rect width=\"90\" height=\"90\" fill=\"url(#p11)\"/>");
        assert!(refused(&nested).contains("over a million elements"), "{}", refused(&nested));
    }
}
