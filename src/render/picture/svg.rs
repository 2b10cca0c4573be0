//! The picture written down: what is drawn, in classes that a style sheet colours.

use std::fmt::Write as _;

use super::Picture;
use super::label::{Anchor, Label, is_unruly};
use super::layout::Point;
use crate::html::{push_escaped, push_href};

/// Names of the labels' sets for middling and narrow windows.
const SETS: [&str; 2] = ["middle", "narrow"];
const WRITTEN: &str = "a String takes everything";

impl Picture<'_> {
    /// The SVG. `name` is what it is called for those who do not see it.
    pub fn svg(&self, name: &str) -> String {
        let mut out = String::with_capacity(4096 + self.dots.len() * 320 + self.edges.len() * 120);
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
        self.edges_of_all(&mut out);
        let wide = &self.labels[0];
        writeln!(out, "<g font-size=\"{}\">", Number(self.styles[0].size)).expect(WRITTEN);
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

    /// Every line, those of one citing article as one shape.
    fn edges_of_all(&self, out: &mut String) {
        out.push_str("<g class=\"lines\">\n");
        let mut at = 0;
        while at < self.edges.len() {
            let from = self.edges[at].0;
            let end =
                (at..self.edges.len()).find(|next| self.edges[*next].0 != from).unwrap_or(self.edges.len());
            out.push_str("<path d=\"");
            (at..end).for_each(|edge| self.curve(out, edge));
            out.push_str("\"/>\n");
            at = end;
        }
        out.push_str("</g>\n");
    }

    /// A curve, and the two strokes of its point.
    fn curve(&self, out: &mut String, edge: usize) {
        let [from, bend, to] = self.curves[edge];
        let way = to - bend;
        let way = way * (1.0 / way.length().max(1e-6));
        let size = (self.radii[self.edges[edge].1] * 0.35).clamp(3.0, 6.0);
        let aside = Point::new(way.y, 0.0 - way.x) * (size * 0.55);
        let back = to - way * size;
        let (left, right) = (back + aside, back - aside);
        let at = |point: Point| point - self.area.low;
        write!(
            out,
            "M{}Q{} {}M{}L{} {}",
            Pair(at(from)),
            Pair(at(bend)),
            Pair(at(to)),
            Pair(at(left)),
            Pair(at(to)),
            Pair(at(right))
        )
        .expect(WRITTEN);
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
        let own =
            (0..self.edges.len()).filter(|edge| self.edges[*edge].0 == dot || self.edges[*edge].1 == dot);
        let mut own = own.peekable();
        if own.peek().is_some() {
            out.push_str("<path class=\"own\" d=\"");
            own.for_each(|edge| self.curve(out, edge));
            out.push_str("\"/>");
        }
        push_symbol(out, it.group, self.places[dot] - self.area.low, self.radii[dot]);
        if let Some(label) = label {
            // The link has its name already.
            self.label(out, label, self.styles[0].leading(), " aria-hidden=\"true\"");
        }
        out.push_str("</a>\n");
    }

    fn label(&self, out: &mut String, label: &Label, leading: f64, hidden: &str) {
        let at = label.at - self.area.low;
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

/// How far a group's sign reaches from its middle, in radii.
pub fn reach(group: usize) -> f64 {
    match group {
        2 => 1.15,
        3 | 4 | 6 => 1.25,
        _ => 1.05,
    }
}

/// The sign of a group, so that groups are told apart without colours too: all of about the
/// same area.
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
    out.push_str("<path d=\"M");
    for (number, (x, y)) in corners.iter().enumerate() {
        if number > 0 {
            out.push('L');
        }
        write!(out, "{}", Pair(at + Point::new(*x, *y) * radius)).expect(WRITTEN);
    }
    out.push_str("z\"/>");
}

/// A sign alone, for a legend.
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

/// A coordinate: one decimal at most.
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

/// Two coordinates of a path.
struct Pair(Point);

impl std::fmt::Display for Pair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", Number(self.0.x), Number(self.0.y))
    }
}
