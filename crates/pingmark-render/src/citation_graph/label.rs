//! Labels: width of texts, line breaks, and places where labels cover nothing.

use std::collections::HashMap;

use unicode_segmentation::UnicodeSegmentation;

use crate::citation_graph::layout::Point;

/// Rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Upper left corner.
    pub low: Point,
    /// Lower right corner.
    pub high: Point,
}

impl Area {
    /// Whether two areas share more than a border.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.low.x < other.high.x
            && other.low.x < self.high.x
            && self.low.y < other.high.y
            && other.low.y < self.high.y
    }

    /// Area extended by `by` on each side.
    pub fn widened(&self, by: f64) -> Self {
        let by = Point::new(by, by);
        Self { low: self.low - by, high: self.high + by }
    }

    /// Whether a point is inside.
    pub fn holds(&self, point: Point) -> bool {
        point.x > self.low.x && point.x < self.high.x && point.y > self.low.y && point.y < self.high.y
    }

    /// Whether the distance to a point is less than `distance`.
    pub fn is_within(&self, point: Point, distance: f64) -> bool {
        let nearest =
            Point::new(point.x.clamp(self.low.x, self.high.x), point.y.clamp(self.low.y, self.high.y));
        (point - nearest).length() < distance
    }
}

/// Alignment of a label's lines to its position (`text-anchor`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Lines start at the position.
    Start,
    /// Lines are centred on the position.
    Middle,
    /// Lines end at the position.
    End,
}

/// Label with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Index of its dot.
    pub dot: usize,
    /// Lines.
    pub lines: Vec<String>,
    /// Position on the baseline of the first line.
    pub at: Point,
    /// Alignment to the position.
    pub anchor: Anchor,
    /// Area that it covers.
    pub area: Area,
}

/// Typesetting of labels.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Font size.
    pub size: f64,
    /// Maximum width of a line, in font sizes.
    pub line: f64,
    /// Maximum number of lines.
    pub lines: usize,
    /// Maximum number of labels to place.
    pub most: usize,
}

impl Style {
    /// Distance between baselines.
    pub fn leading(&self) -> f64 {
        self.size * 1.2
    }
}

/// Width of a text in font sizes: an upper estimate for common sans-serif fonts.
pub fn width(text: &str) -> f64 {
    text.graphemes(true).map(grapheme_width).sum()
}

fn grapheme_width(grapheme: &str) -> f64 {
    let Some(sign) = grapheme.chars().next() else { return 0.0 };
    match sign {
        'i' | 'j' | 'l' | '|' | '\'' | '’' | '.' | ',' | ':' | ';' | '!' | 'I' | 'í' | 'ì' | 'î' | 'ï' => {
            0.31
        }
        ' ' | '\u{a0}' | '\u{202f}' | 'f' | 't' | 'r' | '(' | ')' | '-' | '/' | '"' | '“' | '”' => 0.39,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '—' | '…' | 'Œ' | 'œ' | 'Æ' | 'æ' => 0.95,
        'A'..='Z' | 'À'..='Ý' | '&' => 0.73,
        'a'..='z' | '0'..='9' | 'à'..='ÿ' | '–' | '«' | '»' | '?' => 0.6,
        // Greek, Cyrillic, Hebrew, Arabic and other alphabets.
        '\u{0}'..='\u{10ff}' => 0.72,
        // Syllabaries, ideographs, emoji.
        _ => 1.1,
    }
}

/// Ellipsis at the end of a text that was cut.
const MORE: &str = "…";

/// Breaks a text into at most `most` lines no wider than `line` and of similar length. `…` marks a cut.
pub fn wrap(text: &str, line: f64, most: usize) -> Vec<String> {
    let mut lines = fill(text, line, most);
    let mut narrower = line;
    while lines.len() > 1 && !lines.last().is_some_and(|last| last.ends_with(MORE)) {
        narrower *= 0.94;
        let next = fill(text, narrower, most);
        if next.len() != lines.len() || next.iter().any(|line| line.ends_with(MORE)) {
            break;
        }
        lines = next;
    }
    lines
}

/// Breaks a text between words into lines that are as full as possible. A word wider than a line is cut
/// between graphemes.
fn fill(text: &str, line: f64, most: usize) -> Vec<String> {
    let clean: String = text.chars().map(|c| if is_unruly(c) { ' ' } else { c }).collect();
    let mut words = clean.split([' ', '\t']).filter(|word| !word.is_empty()).peekable();
    let mut lines: Vec<String> = Vec::new();
    while lines.len() < most && words.peek().is_some() {
        let is_last = lines.len() + 1 == most;
        let mut built = String::new();
        while let Some(&word) = words.peek() {
            let longer = if built.is_empty() { word.to_owned() } else { format!("{built} {word}") };
            if width(&longer) > line {
                break;
            }
            built = longer;
            words.next();
        }
        let has_more = words.peek().is_some();
        if built.is_empty() {
            // A single word that is too wide.
            let word = words.next().unwrap_or_default();
            built = cut(word, line - width(MORE)) + MORE;
            lines.push(built);
            return lines;
        }
        if is_last && has_more {
            while width(&built) + width(MORE) > line {
                match built.rfind(' ') {
                    Some(at) => built.truncate(at),
                    None => {
                        built = cut(&built, line - width(MORE));
                        break;
                    }
                }
            }
            let kept = built.trim_end_matches(|c: char| !c.is_alphanumeric() && c != ')' && c != '»').len();
            if kept > 0 {
                built.truncate(kept);
            }
            built.push_str(MORE);
        }
        lines.push(built);
    }
    lines
}

/// Longest beginning of a text that is no wider than `line`: at least one grapheme.
fn cut(text: &str, line: f64) -> String {
    let mut built = String::new();
    let mut so_far = 0.0;
    for grapheme in text.graphemes(true) {
        so_far += grapheme_width(grapheme);
        if so_far > line && !built.is_empty() {
            break;
        }
        built.push_str(grapheme);
    }
    built
}

/// Whether a character is a control character or changes the writing direction.
pub fn is_unruly(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// Side of a cell of the grid that indexes obstacles.
const CELL: f64 = 48.0;

/// Spatial index of obstacles, by cell.
#[derive(Default)]
struct Grid<T>(HashMap<(i32, i32), Vec<T>>);

impl<T: Copy> Grid<T> {
    fn cells(area: &Area) -> impl Iterator<Item = (i32, i32)> + use<T> {
        let cell = |value: f64| (value / CELL).floor() as i32;
        let (from_x, to_x) = (cell(area.low.x), cell(area.high.x));
        let (from_y, to_y) = (cell(area.low.y), cell(area.high.y));
        (from_x..=to_x).flat_map(move |x| (from_y..=to_y).map(move |y| (x, y)))
    }

    fn add(&mut self, area: &Area, what: T) {
        for cell in Self::cells(area) {
            self.0.entry(cell).or_default().push(what);
        }
    }

    /// Everything in the cells of an area; may have duplicates.
    fn near(&self, area: &Area) -> impl Iterator<Item = T> {
        Self::cells(area).filter_map(|cell| self.0.get(&cell)).flatten().copied()
    }
}

/// Dots, which labels must not cover, and lines, which they avoid.
#[derive(Debug)]
pub struct Obstacles<'a> {
    /// Centres of the dots.
    pub dots: &'a [Point],
    /// Radii of the dots.
    pub radii: &'a [f64],
    /// Points on the lines.
    pub line_points: &'a [Point],
    /// Area for labels.
    pub room: Area,
}

impl<'a> Obstacles<'a> {
    /// Dots by cell.
    fn grid(&self) -> Grid<usize> {
        let mut grid = Grid::default();
        for (number, (dot, reach)) in self.dots.iter().zip(self.radii).enumerate() {
            let reach = Point::new(*reach, *reach);
            grid.add(&Area { low: *dot - reach, high: *dot + reach }, number);
        }
        grid
    }

    /// Dots that an area covers or touches.
    fn covered<'b>(&'b self, area: &'b Area, grid: &'b Grid<usize>) -> impl Iterator<Item = usize> + 'b {
        grid.near(area).filter(|dot| area.is_within(self.dots[*dot], self.radii[*dot] + AIR))
    }

    fn is_in_room(&self, area: &Area) -> bool {
        self.room.low.x <= area.low.x
            && self.room.low.y <= area.low.y
            && area.high.x <= self.room.high.x
            && area.high.y <= self.room.high.y
    }
}

/// Minimum distance between a label and a dot that is not its own.
const AIR: f64 = 1.5;
/// Minimum distance between two labels, so that they are not read as one.
const APART: f64 = 5.0;

/// Areas for the labels of the dots in `order`, each with the index of its dot, as if other dots could move
/// out of the way.
pub fn reserve(
    titles: &[&str],
    order: &[usize],
    obstacles: &Obstacles<'_>,
    style: &Style,
) -> Vec<(usize, Area)> {
    let dots = obstacles.grid();
    let is_first = |dot: usize| order.contains(&dot);
    let mut reserved: Vec<(usize, Area)> = Vec::new();
    for &dot in order {
        let text = wrap(titles[dot], style.line, style.lines);
        let found =
            candidates(dot, &text, obstacles, style).into_iter().enumerate().filter_map(|(rank, label)| {
                let is_free = obstacles.is_in_room(&label.area)
                    && !reserved.iter().any(|(_, other)| other.overlaps(&label.area));
                if !is_free {
                    return None;
                }
                // Dots with a reserved area should not move: covering one costs much more.
                let mut covered: Vec<usize> = obstacles.covered(&label.area, &dots).collect();
                covered.sort_unstable();
                covered.dedup();
                let cost: usize =
                    covered.into_iter().map(|other| if is_first(other) { 100 } else { 4 }).sum();
                Some((cost + rank, label.area))
            });
        if let Some((_, area)) = found.min_by_key(|(cost, _)| *cost) {
            reserved.push((dot, area));
        }
    }
    reserved
}

/// Places labels beside their dots, in the order of the dots: inside the area, on no dot and no other label,
/// and across as few lines as possible. A dot without a label still has a tooltip.
pub fn place(titles: &[&str], order: &[usize], obstacles: &Obstacles<'_>, style: &Style) -> Vec<Label> {
    let dots = obstacles.grid();
    let mut lines: Grid<Point> = Grid::default();
    for point in obstacles.line_points {
        lines.add(&Area { low: *point, high: *point }, *point);
    }
    let mut placed: Vec<Label> = Vec::new();
    let mut labels: Grid<usize> = Grid::default();
    for &dot in order.iter().take(style.most) {
        let found = shapes(titles[dot], style).into_iter().find_map(|text| {
            let free = candidates(dot, &text, obstacles, style).into_iter().enumerate().filter_map(
                |(rank, label)| {
                    let apart = label.area.widened(APART);
                    let is_free = obstacles.is_in_room(&label.area)
                        && !labels.near(&apart).any(|other| placed[other].area.overlaps(&apart))
                        && obstacles.covered(&label.area, &dots).next().is_none();
                    if !is_free {
                        return None;
                    }
                    let crossed = lines.near(&label.area).filter(|point| label.area.holds(*point)).count();
                    Some((crossed * 4 + rank, label))
                },
            );
            free.min_by_key(|(cost, _)| *cost).map(|(_, label)| label)
        });
        if let Some(label) = found {
            labels.add(&label.area, placed.len());
            placed.push(label);
        }
    }
    placed
}

/// Ways to break a title, the best first: as the style sets, in more and shorter lines, on one line. One that
/// shows less than half of the title is left out.
fn shapes(title: &str, style: &Style) -> Vec<Vec<String>> {
    let whole = width(title);
    let forms = [(style.line, style.lines), (style.line * 0.75, style.lines + 1), (style.line * 1.4, 1)];
    let mut shapes: Vec<Vec<String>> =
        forms.into_iter().map(|(line, most)| wrap(title, line, most)).collect();
    shapes.dedup();
    let says = |lines: &Vec<String>| lines.iter().map(|line| width(line)).sum::<f64>();
    let mut at = 0;
    shapes.retain(|lines| {
        at += 1;
        at == 1 || says(lines) > whole * 0.55
    });
    shapes
}

/// Eight positions around a dot, the most legible first.
fn candidates(dot: usize, lines: &[String], obstacles: &Obstacles<'_>, style: &Style) -> Vec<Label> {
    if lines.is_empty() {
        return Vec::new();
    }
    let (centre, radius) = (obstacles.dots[dot], obstacles.radii[dot]);
    let wide = lines.iter().map(|line| width(line)).fold(0.0, f64::max) * style.size;
    let high = style.leading() * (lines.len() - 1) as f64 + style.size;
    let off = radius + style.size * 0.35;
    let slant = radius * 0.75 + style.size * 0.15;
    // Middle of the side of the label that faces the dot, and the alignment.
    let sides = [
        (off, 0.0, Anchor::Start),
        (-off, 0.0, Anchor::End),
        (0.0, off + high / 2.0, Anchor::Middle),
        (0.0, -off - high / 2.0, Anchor::Middle),
        (slant, slant + high / 2.0, Anchor::Start),
        (slant, -slant - high / 2.0, Anchor::Start),
        (-slant, slant + high / 2.0, Anchor::End),
        (-slant, -slant - high / 2.0, Anchor::End),
    ];
    sides
        .into_iter()
        .map(|(x, y, anchor)| {
            let at = centre + Point::new(x, y);
            let left = match anchor {
                Anchor::Start => at.x,
                Anchor::Middle => at.x - wide / 2.0,
                Anchor::End => at.x - wide,
            };
            let low = Point::new(left, at.y - high / 2.0);
            let area = Area { low, high: low + Point::new(wide, high) };
            // The baseline is four fifths down.
            let at = Point::new(at.x, low.y + style.size * 0.8);
            Label { dot, lines: lines.to_vec(), at, anchor, area }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_broken_between_words_and_cut_between_graphemes() {
        assert_eq!(wrap("Le CM", 12.0, 2), ["Le CM"]);
        assert_eq!(wrap("Veiller vingt minutes par jour", 13.0, 2), ["Veiller vingt", "minutes par jour"]);
        assert_eq!(
            wrap("Une journée de modération, heure par heure, et la nuit", 12.0, 2),
            ["Une journée de", "modération, heure…"]
        );
        // No line breaks at no-break spaces: « Crise : les… ».
        assert_eq!(wrap("Crise\u{a0}: non", 4.0, 2), ["Crise\u{a0}:", "non"]);
        let family = "👩\u{200d}👩\u{200d}👧".repeat(9);
        assert_eq!(wrap(&family, 4.0, 2), [format!("{}…", "👩\u{200d}👩\u{200d}👧".repeat(2))]);
        assert_eq!(wrap(" \u{7} ", 4.0, 2), Vec::<String>::new());
        for line in wrap(&"mot ".repeat(40), 9.0, 3) {
            assert!(width(&line) <= 9.0, "{line}");
        }
    }
}
