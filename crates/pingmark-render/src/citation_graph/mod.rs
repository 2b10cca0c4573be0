//! Drawing of the citation graph: an SVG inside a page.
//!
//! Receives dots (one for each article, with weight and group) and the edges between them. Gives the SVG:
//! `layout` places the dots, `label` their titles, `svg` writes the text. Uses unicode-segmentation
//! (label). Never uses the graph or a theme: the style sheet sets colours, and which labels are shown at
//! which width.
//!
//! ```
//! use pingmark_render::citation_graph::{Dot, Drawing};
//!
//! let dots = ["Cited", "Citing"].map(|title| Dot { title: title.to_owned(), ..Dot::default() });
//! let svg = Drawing::new(&dots, &[(1, 0)]).svg("Citations");
//! assert!(svg.starts_with("<svg") && svg.contains("Citing"));
//! ```

pub mod label;
pub mod layout;
pub mod svg;

use label::{Area, Label, Obstacles, Style};
use layout::Point;

/// Width of the drawing, in its own units.
pub const WIDTH: f64 = 1080.0;
/// Margin around everything.
const MARGIN: f64 = 14.0;
/// Number of dots beyond which everything is smaller and closer.
const MANY: usize = 60;

/// Article in the drawing.
#[derive(Clone, Debug, Default)]
pub struct Dot {
    /// Title.
    pub title: String,
    /// Address.
    pub url: String,
    /// Language code, if it is not the page's.
    pub lang: Option<String>,
    /// Note in the tooltip: how often it is cited.
    pub note: String,
    /// Group, from 1; 0 for none.
    pub group: usize,
    /// Number of articles that cite it.
    pub weight: usize,
    /// Publication date, in seconds since 1970.
    pub age: i64,
}

/// Arc from the rim of one dot to the rim of another.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// Start.
    pub from: Point,
    /// Intersection of the tangents at both ends.
    pub bend: Point,
    /// End.
    pub to: Point,
    /// Radius of the arc.
    pub radius: f64,
}

/// Drawing whose parts all have their places.
#[derive(Debug)]
pub struct Drawing<'a> {
    /// Dots.
    pub dots: &'a [Dot],
    /// Centres of the dots.
    pub places: Vec<Point>,
    /// Radii of the dots.
    pub radii: Vec<f64>,
    /// Lines, in the order of the edges.
    pub lines: Vec<Line>,
    /// Edges as indices of the citing and the cited dot; those of one citing dot are adjacent.
    pub edges: &'a [(usize, usize)],
    /// Labels for wide, medium and narrow windows.
    pub labels: [Vec<Label>; 3],
    /// Typesetting of the labels for each width.
    pub styles: [Style; 3],
    /// Reading order of the dots: the most cited first.
    pub order: Vec<usize>,
    /// Visible area.
    pub area: Area,
}

impl<'a> Drawing<'a> {
    /// Places everything. Equal dots and edges give equal drawings on any machine.
    pub fn new(dots: &'a [Dot], edges: &'a [(usize, usize)]) -> Self {
        let radii = radii(dots);
        let reaches: Vec<f64> =
            radii.iter().zip(dots).map(|(radius, dot)| radius * svg::reach(dot.group)).collect();
        let ages: Vec<i64> = dots.iter().map(|dot| dot.age).collect();
        let many = dots.len() > MANY;
        let gap = if many { 6.0 } else { 26.0 };
        let subject = layout::Subject {
            radii: &reaches,
            ages: &ages,
            edges,
            gap,
            step: 150.0,
            width: WIDTH - if many { 60.0 } else { 240.0 },
        };
        let linked = layout::places(&subject);
        let mut order: Vec<usize> = (0..dots.len()).collect();
        order.sort_by_key(|dot| (std::cmp::Reverse((dots[*dot].weight, dots[*dot].age)), *dot));
        let named: Vec<usize> = order.iter().copied().filter(|dot| linked[*dot].is_some()).collect();
        let titles: Vec<&str> = dots.iter().map(|dot| dot.title.as_str()).collect();
        let styles = styles(dots.len());
        let mut places: Vec<Point> = linked.iter().map(|place| place.unwrap_or_default()).collect();
        make_room(&mut places, &reaches, &named, &titles, &styles[0], gap);
        line_up(&mut places, &linked, &radii, dots);
        let lines: Vec<Line> = edges.iter().map(|(from, to)| line(&places, &reaches, *from, *to)).collect();
        let line_points: Vec<Point> = lines.iter().flat_map(points_on).collect();
        let (room, middle, half) = room(&places);
        let obstacles = Obstacles { dots: &places, radii: &reaches, line_points: &line_points, room };
        let labels = styles.map(|style| label::place(&titles, &named, &obstacles, &style));
        let area = shown(&places, &reaches, &labels, middle, half);
        Self { dots, places, radii, lines, edges, labels, styles, order, area }
    }
}

/// Area for labels, horizontal centre of the drawing, and half its width.
fn room(places: &[Point]) -> (Area, f64, f64) {
    let (low, high) = layout::bounds(places);
    let middle = (low.x + high.x) / 2.0;
    let half = ((high.x - low.x) / 2.0 + MARGIN + 12.0).max(WIDTH / 2.0);
    let aside = half - MARGIN;
    let room = Area {
        low: Point::new(middle - aside, low.y - 60.0),
        high: Point::new(middle + aside, high.y + 60.0),
    };
    (room, middle, half)
}

/// Moves small dots away from the labels of the most cited ones, a little in each round, so that these
/// can always be labelled.
fn make_room(
    places: &mut [Point],
    reaches: &[f64],
    named: &[usize],
    titles: &[&str],
    style: &Style,
    gap: f64,
) {
    const ROUNDS: usize = 60;
    let mut order = named.to_vec();
    order.sort_unstable();
    let kept: Vec<Point> = order.iter().map(|dot| places[*dot]).collect();
    let (room, ..) = room(&kept);
    let firsts = if named.len() > 200 { 18 } else { 30 };
    let firsts = &named[..named.len().min(firsts)];
    let obstacles = Obstacles { dots: places, radii: reaches, line_points: &[], room };
    // Areas move with their dots.
    let reserved: Vec<(usize, Area)> = label::reserve(titles, firsts, &obstacles, style)
        .into_iter()
        .map(|(dot, area)| (dot, Area { low: area.low - places[dot], high: area.high - places[dot] }))
        .collect();
    let radii: Vec<f64> = order.iter().map(|dot| reaches[*dot]).collect();
    for _ in 0..ROUNDS {
        let mut moved = false;
        for (owner, own) in &reserved {
            let area = Area { low: own.low + places[*owner], high: own.high + places[*owner] };
            for &dot in &order {
                let room = reaches[dot] + 3.0;
                if *owner == dot || !area.is_within(places[dot], room) {
                    continue;
                }
                // Labels are flat: the shortest way out is up or down.
                let middle = (area.low.y + area.high.y) / 2.0;
                let edge = if places[dot].y < middle { area.low.y - room } else { area.high.y + room };
                places[dot].y = edge;
                moved = true;
            }
        }
        if !moved {
            break;
        }
        push_apart(places, &order, &radii, gap * 0.5, 3);
    }
    push_apart(places, &order, &radii, 1.0, layout::PUSHES);
}

/// Pushes some of the dots apart.
fn push_apart(places: &mut [Point], dots: &[usize], radii: &[f64], gap: f64, rounds: usize) {
    let mut moving: Vec<Point> = dots.iter().map(|dot| places[*dot]).collect();
    layout::push_apart(&mut moving, radii, gap, rounds);
    for (dot, place) in dots.iter().zip(moving) {
        places[*dot] = place;
    }
}

/// Radii of dots: their area grows with the number of articles that cite them.
fn radii(dots: &[Dot]) -> Vec<f64> {
    let (small, large) = match dots.len() {
        dots if dots > 200 => (2.8, 13.0),
        dots if dots > MANY => (4.0, 17.0),
        _ => (6.0, 22.0),
    };
    let most = dots.iter().map(|dot| dot.weight).max().unwrap_or(0).max(8) as f64;
    dots.iter().map(|dot| small + (large - small) * (dot.weight as f64 / most).sqrt()).collect()
}

fn styles(dots: usize) -> [Style; 3] {
    let wide = if dots > MANY { 12.0 } else { 13.5 };
    [
        Style { size: wide, line: 13.0, lines: 2, most: 160 },
        Style { size: 24.0, line: 11.0, lines: 2, most: 60 },
        Style { size: 40.0, line: 9.0, lines: 2, most: 30 },
    ]
}

/// Places dots without an edge in rows below the others, by group.
fn line_up(places: &mut [Point], linked: &[Option<Point>], radii: &[f64], dots: &[Dot]) {
    let known = places.iter().zip(linked).filter(|(_, linked)| linked.is_some()).map(|(place, _)| *place);
    let (low, high) = layout::bounds(&known.collect::<Vec<_>>());
    let mut alone: Vec<usize> = (0..linked.len()).filter(|dot| linked[*dot].is_none()).collect();
    alone.sort_by_key(|dot| {
        (dots[*dot].group == 0, dots[*dot].group, std::cmp::Reverse(dots[*dot].age), *dot)
    });
    let pace = alone.iter().map(|dot| radii[*dot]).fold(0.0, f64::max) * 2.0 + 8.0;
    let in_row = ((WIDTH * 0.8 / pace) as usize).clamp(1, alone.len().max(1));
    let rows = alone.len().div_ceil(in_row).max(1);
    // Rows of equal length, except the last.
    let in_row = alone.len().div_ceil(rows).max(1);
    let middle = (low.x + high.x) / 2.0;
    let top = high.y + 56.0;
    for (number, dot) in alone.into_iter().enumerate() {
        let (row, column) = (number / in_row, number % in_row);
        let from = middle - (in_row - 1) as f64 * pace / 2.0;
        places[dot] = Point::new(from + column as f64 * pace, top + row as f64 * pace);
    }
}

/// Radii of lines. There are few, so that lines of similar length have equal text and the SVG compresses
/// well.
const ARCS: [f64; 15] =
    [25.0, 35.0, 50.0, 70.0, 100.0, 140.0, 200.0, 280.0, 400.0, 560.0, 800.0, 1100.0, 1600.0, 2200.0, 3200.0];

/// Line between two dots, bent to the left, so that two posts that cite each other have two lines.
fn line(places: &[Point], radii: &[f64], from: usize, to: usize) -> Line {
    let (start, end) = (places[from], places[to]);
    let way = end - start;
    let far = way.length();
    let radius = ARCS.into_iter().find(|radius| *radius >= far * 1.6).unwrap_or(far * 1.6);
    let sine = far / 2.0 / radius;
    let aside = Point::new(way.y, 0.0 - way.x) * (sine / 2.0 / (1.0 - sine * sine).sqrt());
    let bend = (start + end) * 0.5 + aside;
    let rim = |centre: Point, reach: f64| {
        let out = bend - centre;
        centre + out * (reach / out.length().max(1e-6)).min(0.5)
    };
    Line { from: rim(start, radii[from] + 1.5), bend, to: rim(end, radii[to] + 3.0), radius }
}

/// Points along a line, dense enough to find what it crosses.
fn points_on(line: &Line) -> Vec<Point> {
    let Line { from, bend, to, .. } = *line;
    let stops = ((to - from).length() / 9.0) as usize;
    (1..stops)
        .map(|stop| {
            let t = stop as f64 / stops as f64;
            let s = 1.0 - t;
            from * (s * s) + bend * (2.0 * s * t) + to * (t * t)
        })
        .collect()
}

/// Visible area: the full width, and the height of everything.
fn shown(places: &[Point], radii: &[f64], labels: &[Vec<Label>; 3], middle: f64, half: f64) -> Area {
    let mut low = f64::MAX;
    let mut high = f64::MIN;
    for (place, radius) in places.iter().zip(radii) {
        low = low.min(place.y - radius * 1.3);
        high = high.max(place.y + radius * 1.3);
    }
    for label in labels.iter().flatten() {
        low = low.min(label.area.low.y);
        high = high.max(label.area.high.y);
    }
    if places.is_empty() {
        (low, high) = (0.0, 0.0);
    }
    Area { low: Point::new(middle - half, low - MARGIN), high: Point::new(middle + half, high + MARGIN) }
}
