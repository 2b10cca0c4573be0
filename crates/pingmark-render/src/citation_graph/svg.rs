//! SVG of the drawing, with classes for the style sheet.

use std::fmt::Write as _;
use std::ops::Range;

use pingmark_core::html::{push_escaped, push_href};

use super::{Drawing, MANY};
use crate::citation_graph::label::{Anchor, Label, is_unruly};
use crate::citation_graph::layout::Point;

/// Class names of the labels for medium and narrow windows.
const SETS: [&str; 2] = ["middle", "narrow"];
/// Arrow heads, first for all lines and then for the bolder lines of one article: two strokes each, in units
/// of the line's width.
const ENDS: &str = concat!(
    "<marker id=\"line-end\" orient=\"auto\" markerWidth=\"8\" markerHeight=\"8\" refX=\"6\" refY=\"4\">",
    "<path d=\"M2 1.8 6 4 2 6.2\"/></marker>\n",
    "<marker id=\"own-end\" orient=\"auto\" markerWidth=\"8\" markerHeight=\"8\" refX=\"6\" refY=\"4\">",
    "<path d=\"M3.2 2.5 6 4 3.2 5.5\"/></marker>\n",
);
const WRITTEN: &str = "a String takes everything";

impl Drawing<'_> {
    /// Text of the SVG. `name` is its accessible name.
    pub fn svg(&self, name: &str) -> String {
        let mut out = String::with_capacity(4096 + self.dots.len() * 320 + self.edges.len() * 100);
        let size = self.area.high - self.area.low;
        let amount = match self.edges.len() {
            0..=80 => "few",
            81..=400 => "some",
            _ => "many",
        };
        write!(
            out,
            "<svg class=\"graph {amount}\" viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\" role=\"group\" \
             aria-label=\"",
            Number(size.x),
            Number(size.y)
        )
        .expect(WRITTEN);
        push_escaped(&mut out, &ruly(name));
        out.push_str("\">\n");
        out.push_str(ENDS);
        self.lines(&mut out);
        let wide = &self.labels[0];
        writeln!(out, "<g font-size=\"{}\" marker-end=\"url(#own-end)\">", Number(self.styles[0].size))
            .expect(WRITTEN);
        for &dot in &self.order {
            self.dot(&mut out, dot, wide.iter().find(|label| label.dot == dot));
        }
        out.push_str("</g>\n");
        for (name, (labels, style)) in SETS.into_iter().zip(self.labels.iter().zip(&self.styles).skip(1)) {
            let size = Number(style.size);
            writeln!(out, "<g class=\"{name}\" font-size=\"{size}\" aria-hidden=\"true\">").expect(WRITTEN);
            for label in labels {
                self.label(&mut out, label, style.leading(), "");
                out.push('\n');
            }
            out.push_str("</g>\n");
        }
        out.push_str("</svg>");
        out
    }

    /// Point relative to the corner of the visible area. With many dots it is rounded to whole units: the
    /// difference is invisible, and the SVG smaller.
    fn at(&self, point: Point) -> Point {
        let at = point - self.area.low;
        if self.dots.len() > MANY { Point::new(at.x.round(), at.y.round()) } else { at }
    }

    /// Writes each line once, grouped by citing article. Each has an id, so that the articles at both ends can
    /// highlight it.
    fn lines(&self, out: &mut String) {
        out.push_str("<g class=\"lines\" marker-end=\"url(#line-end)\">\n");
        for (from, lines) in self.lines_of_each() {
            let is_group = lines.len() > 1;
            if is_group {
                write!(out, "<g id=\"of{from}\">").expect(WRITTEN);
            }
            for line in lines {
                write!(out, "<path id=\"l{line}\" d=\"").expect(WRITTEN);
                self.line(out, line);
                out.push_str("\"/>");
            }
            out.push_str(if is_group { "</g>\n" } else { "\n" });
        }
        out.push_str("</g>\n");
    }

    /// Citing articles, with the ranges of their lines.
    fn lines_of_each(&self) -> impl Iterator<Item = (usize, Range<usize>)> {
        let mut at = 0;
        self.edges.chunk_by(|a, b| a.0 == b.0).map(move |lines| {
            let start = at;
            at += lines.len();
            (lines[0].0, start..at)
        })
    }

    fn line(&self, out: &mut String, line: usize) {
        let line = &self.lines[line];
        let from = self.at(line.from);
        let way = self.at(line.to) - from;
        let radius = Number(line.radius);
        write!(out, "M{}a{radius} {radius} 0 0 1 {}", Pair(from), Pair(way)).expect(WRITTEN);
    }

    /// Writes the highlighted lines of a dot: all that begin at it as a group, and each that ends at it.
    fn own_lines(&self, out: &mut String, dot: usize) {
        let mut given = (0..self.edges.len()).filter(|line| self.edges[*line].0 == dot);
        match (given.next(), given.next()) {
            (Some(_), Some(_)) => write!(out, "<use href=\"#of{dot}\"/>").expect(WRITTEN),
            (Some(line), None) => write!(out, "<use href=\"#l{line}\"/>").expect(WRITTEN),
            _ => {}
        }
        for line in (0..self.edges.len()).filter(|line| self.edges[*line].1 == dot) {
            write!(out, "<use href=\"#l{line}\"/>").expect(WRITTEN);
        }
    }

    fn dot(&self, out: &mut String, dot: usize, label: Option<&Label>) {
        let it = &self.dots[dot];
        out.push_str("<a href=\"");
        push_href(out, &it.url);
        write!(out, "\" class=\"c{}\"", it.group).expect(WRITTEN);
        if let Some(lang) = &it.lang {
            out.push_str(" hreflang=\"");
            push_escaped(out, &ruly(lang));
            out.push_str("\" lang=\"");
            push_escaped(out, &ruly(lang));
            out.push('"');
        }
        out.push_str("><title>");
        push_escaped(out, &ruly(&it.title));
        if !it.note.is_empty() {
            out.push_str(" — ");
            push_escaped(out, &ruly(&it.note));
        }
        out.push_str("</title>");
        self.own_lines(out, dot);
        push_symbol(out, it.group, self.at(self.places[dot]), self.radii[dot]);
        if let Some(label) = label {
            // The link has an accessible name already.
            self.label(out, label, self.styles[0].leading(), " aria-hidden=\"true\"");
        }
        out.push_str("</a>\n");
    }

    fn label(&self, out: &mut String, label: &Label, leading: f64, hidden: &str) {
        let at = self.at(label.at);
        let anchor = match label.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        write!(out, "<text{anchor}{hidden}").expect(WRITTEN);
        if let [line] = &label.lines[..] {
            write!(out, " x=\"{}\" y=\"{}\">", Number(at.x), Number(at.y)).expect(WRITTEN);
            push_escaped(out, line);
        } else {
            out.push('>');
            for (number, line) in label.lines.iter().enumerate() {
                let y = at.y + leading * number as f64;
                write!(out, "<tspan x=\"{}\" y=\"{}\">", Number(at.x), Number(y)).expect(WRITTEN);
                push_escaped(out, line);
                out.push_str("</tspan>");
            }
        }
        out.push_str("</text>");
    }
}

/// Extent of a group's symbol from its centre, in radii.
pub fn reach(group: usize) -> f64 {
    match group {
        2 => 1.15,
        3 | 4 | 6 => 1.25,
        _ => 1.05,
    }
}

/// Symbol of a group, of similar area for all groups: they differ without colours too.
pub fn push_symbol(out: &mut String, group: usize, at: Point, radius: f64) {
    const SQUARE: &[(f64, f64)] = &[(-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)];
    const DIAMOND: &[(f64, f64)] = &[(0.0, -1.25), (1.25, 0.0), (0.0, 1.25), (-1.25, 0.0)];
    const UP: &[(f64, f64)] = &[(0.0, -1.3), (1.2, 0.78), (-1.2, 0.78)];
    const HEXAGON: &[(f64, f64)] =
        &[(1.08, 0.0), (0.54, 0.94), (-0.54, 0.94), (-1.08, 0.0), (-0.54, -0.94), (0.54, -0.94)];
    const DOWN: &[(f64, f64)] = &[(0.0, 1.3), (-1.2, -0.78), (1.2, -0.78)];
    let corners = match group {
        2 => SQUARE,
        3 => DIAMOND,
        4 => UP,
        5 => HEXAGON,
        6 => DOWN,
        _ => {
            write!(out, "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"/>", Number(at.x), Number(at.y), Number(radius))
                .expect(WRITTEN);
            return;
        }
    };
    // Relative to the centre, so that symbols of equal size have equal text.
    write!(out, "<path d=\"M{}m", Pair(at)).expect(WRITTEN);
    let mut last = Point::default();
    for (number, (x, y)) in corners.iter().enumerate() {
        let corner = Point::new(*x, *y) * radius;
        let separator = match number {
            0 => "",
            1 => "l",
            _ => " ",
        };
        write!(out, "{separator}{}", Pair(corner - last)).expect(WRITTEN);
        last = corner;
    }
    out.push_str("z\"/>");
}

/// Symbol alone, for a legend.
pub fn symbol(group: usize) -> String {
    let mut out = format!(
        "<svg class=\"sign\" viewBox=\"-8 -8 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\"><g class=\"c{group}\">"
    );
    push_symbol(&mut out, group, Point::default(), 5.5);
    out.push_str("</g></svg>");
    out
}

fn ruly(text: &str) -> String {
    text.chars().map(|c| if is_unruly(c) { ' ' } else { c }).collect()
}

/// Coordinate with at most one decimal.
struct Number(f64);

impl std::fmt::Display for Number {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = (self.0 * 10.0).round() as i64;
        let sign = if tenths < 0 { "-" } else { "" };
        let tenths = tenths.unsigned_abs();
        match tenths % 10 {
            0 => write!(f, "{sign}{}", tenths / 10),
            rest => write!(f, "{sign}{}.{rest}", tenths / 10),
        }
    }
}

/// Two coordinates of a path, absolute or relative.
struct Pair(Point);

impl std::fmt::Display for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (x, y) = (Number(self.0.x), Number(self.0.y));
        // A minus separates two numbers like a space.
        if self.0.y <= -0.05 { write!(f, "{x}{y}") } else { write!(f, "{x} {y}") }
    }
}
