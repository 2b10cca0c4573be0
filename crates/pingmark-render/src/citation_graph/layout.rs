//! Places of the dots, as a pure function of the edges.
//!
//! Dots that are few steps apart are placed near each other (stress majorisation by stochastic
//! gradient descent, after Zheng, Pawar and Goodman 2018). Each connected part is laid out
//! alone and turned flat, and the parts are packed side by side. Only `+ - * /` and the square
//! root are used, whose results IEEE 754 defines exactly: the bytes are the same on any machine.

use std::collections::VecDeque;
use std::ops::{Add, Mul, Sub};

/// Point or vector; y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Distance to the right.
    pub x: f64,
    /// Distance downwards.
    pub y: f64,
}

impl Point {
    /// Point at (x, y).
    pub fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// Distance from the origin.
    pub fn length(self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f64> for Point {
    type Output = Self;
    fn mul(self, factor: f64) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }
}

/// Horizontal stretch of parts, because labels and screens are wide.
const STRETCH: f64 = 1.3;
/// Ratio of width to height of the packed parts.
const ASPECT: f64 = 1.6;
/// Rounds of descent, as a power of two: one less for large parts, which need fewer.
const ROUNDS: u32 = 5;
/// Number of dots from which on a part is large.
const LARGE: usize = 150;
/// Maximum number of rounds of pushing dots apart.
pub const PUSHES: usize = 60;

/// Input of the layout.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// Radius of each dot.
    pub radii: &'a [f64],
    /// Date of each dot; older ones go to the left.
    pub ages: &'a [i64],
    /// Pairs of linked dots.
    pub edges: &'a [(usize, usize)],
    /// Minimum gap between two dots.
    pub gap: f64,
    /// Preferred length of an edge.
    pub step: f64,
    /// Maximum width, if it can be kept.
    pub width: f64,
}

/// Places of the dots; `None` for dots without an edge.
pub fn places(subject: &Subject<'_>) -> Vec<Option<Point>> {
    let count = subject.radii.len();
    let mut neighbours: Vec<Vec<usize>> = vec![Vec::new(); count];
    for &(from, to) in subject.edges {
        if from != to && !neighbours[from].contains(&to) {
            neighbours[from].push(to);
            neighbours[to].push(from);
        }
    }
    let parts: Vec<Part> = components(&neighbours)
        .into_iter()
        .map(|members| {
            let mut places = descend(&members, &neighbours);
            lie_flat(&mut places, &members, subject);
            Part { members, places }
        })
        .collect();
    let mut places = vec![None; count];
    if parts.is_empty() {
        return places;
    }
    let corners = pack(&parts, subject.edges);
    let mut all: Vec<(usize, Point)> = Vec::new();
    for (part, corner) in parts.iter().zip(corners) {
        all.extend(part.members.iter().zip(&part.places).map(|(member, place)| (*member, *place + corner)));
    }
    let points: Vec<Point> = all.iter().map(|(_, place)| *place).collect();
    let (low, high) = bounds(&points);
    let wide = high.x - low.x;
    let scale = if wide * subject.step > subject.width { subject.width / wide } else { subject.step };
    let mut points: Vec<Point> = points.into_iter().map(|place| (place - low) * scale).collect();
    let radii: Vec<f64> = all.iter().map(|(member, _)| subject.radii[*member]).collect();
    push_apart(&mut points, &radii, subject.gap, PUSHES);
    for ((member, _), place) in all.iter().zip(points) {
        places[*member] = Some(place);
    }
    places
}

/// Connected dots with their places.
struct Part {
    members: Vec<usize>,
    places: Vec<Point>,
}

/// Smallest and largest coordinates.
pub fn bounds(places: &[Point]) -> (Point, Point) {
    let first = places.first().copied().unwrap_or_default();
    places.iter().fold((first, first), |(low, high), place| {
        (
            Point::new(low.x.min(place.x), low.y.min(place.y)),
            Point::new(high.x.max(place.x), high.y.max(place.y)),
        )
    })
}

/// Connected parts of two dots or more, the largest first.
fn components(neighbours: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut seen = vec![false; neighbours.len()];
    let mut parts = Vec::new();
    for start in 0..neighbours.len() {
        if seen[start] || neighbours[start].is_empty() {
            continue;
        }
        seen[start] = true;
        let mut members = vec![start];
        let mut next = 0;
        while let Some(&dot) = members.get(next) {
            next += 1;
            for &other in &neighbours[dot] {
                if !std::mem::replace(&mut seen[other], true) {
                    members.push(other);
                }
            }
        }
        members.sort_unstable();
        parts.push(members);
    }
    parts.sort_by_key(|members| (std::cmp::Reverse(members.len()), members[0]));
    parts
}

/// Pseudo-random numbers from a fixed seed (xorshift64*).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Number from 0 to 1, exact with 53 bits.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}

/// Two dots with their distance in the graph, in steps.
struct Pair {
    a: u32,
    b: u32,
    apart: f64,
    weight: f64,
}

/// Places where the distance of any two dots is close to the number of steps between them.
fn descend(members: &[usize], neighbours: &[Vec<usize>]) -> Vec<Point> {
    let mut chance = Chance(0x9E37_79B9_7F4A_7C15);
    let spread = (members.len() as f64).sqrt();
    let mut places: Vec<Point> =
        members.iter().map(|_| Point::new(chance.unit() * spread, chance.unit() * spread)).collect();
    let mut pairs = pairs(members, neighbours);
    for at in (1..pairs.len()).rev() {
        let other = chance.below(at + 1);
        pairs.swap(at, other);
    }
    let farthest = pairs.iter().map(|pair| pair.apart).fold(1.0, f64::max);
    // Step sizes fall from 1 to a tenth by a constant factor: a root whose degree is a power of two, taken
    // as repeated square roots.
    let (mut rate, last) = (farthest * farthest, 0.1);
    let mut factor: f64 = last / rate;
    let power = if members.len() > LARGE { ROUNDS - 1 } else { ROUNDS };
    for _ in 0..power {
        factor = factor.sqrt();
    }
    for _ in 0..=1_u32 << power {
        for pair in &pairs {
            let (a, b) = (pair.a as usize, pair.b as usize);
            let way = places[a] - places[b];
            let far = way.length().max(1e-6);
            let share = (pair.weight * rate).min(1.0);
            let shift = way * (share * (0.5 - 0.5 * pair.apart / far));
            places[a] = places[a] - shift;
            places[b] = places[b] + shift;
        }
        rate *= factor;
    }
    places
}

fn pairs(members: &[usize], neighbours: &[Vec<usize>]) -> Vec<Pair> {
    let mut place = vec![usize::MAX; neighbours.len()];
    for (at, member) in members.iter().enumerate() {
        place[*member] = at;
    }
    let count = members.len();
    let mut pairs = Vec::with_capacity(count * (count - 1) / 2);
    let mut steps = vec![u32::MAX; count];
    let mut queue = VecDeque::with_capacity(count);
    for (start, member) in members.iter().enumerate() {
        steps.fill(u32::MAX);
        steps[start] = 0;
        queue.push_back(*member);
        while let Some(dot) = queue.pop_front() {
            let so_far = steps[place[dot]];
            for &other in &neighbours[dot] {
                let at = place[other];
                if steps[at] == u32::MAX {
                    steps[at] = so_far + 1;
                    queue.push_back(other);
                }
            }
        }
        for (other, far) in steps.iter().enumerate().skip(start + 1) {
            let apart = f64::from(*far);
            let (a, b) = (start as u32, other as u32);
            pairs.push(Pair { a, b, apart, weight: 1.0 / (apart * apart) });
        }
    }
    pairs
}

/// Turns a part so that it is widest horizontally, with older dots on the left and larger ones above, and
/// stretches it a little.
fn lie_flat(places: &mut [Point], members: &[usize], subject: &Subject<'_>) {
    let count = places.len() as f64;
    let middle = places.iter().fold(Point::default(), |sum, place| sum + *place) * (1.0 / count);
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for place in places.iter_mut() {
        *place = *place - middle;
        xx += place.x * place.x;
        xy += place.x * place.y;
        yy += place.y * place.y;
    }
    // Direction of the widest spread: half the angle with this cosine and sine.
    let (across, along) = (xx - yy, xy + xy);
    let length = Point::new(across, along).length();
    let cosine = if length > 0.0 { across / length } else { 1.0 };
    let (c, mut s) = (((1.0 + cosine) / 2.0).sqrt(), ((1.0 - cosine).max(0.0) / 2.0).sqrt());
    if along < 0.0 {
        s = 0.0 - s;
    }
    for place in places.iter_mut() {
        *place = Point::new(place.x * c + place.y * s, place.y * c - place.x * s);
    }
    let mean = members.iter().map(|member| subject.ages[*member] as f64).sum::<f64>() / count;
    let (mut later, mut larger) = (0.0, 0.0);
    for (place, member) in places.iter().zip(members) {
        later += place.x * (subject.ages[*member] as f64 - mean);
        larger += place.y * subject.radii[*member];
    }
    let flip = |flips: bool| if flips { -1.0 } else { 1.0 };
    let (x, y) = (STRETCH * flip(later < 0.0), flip(larger > 0.0));
    for place in places.iter_mut() {
        *place = Point::new(place.x * x, place.y * y);
    }
}

/// Side of a cell when parts are packed, in steps.
const CELL: f64 = 0.5;

/// Packs the parts, the largest in the middle and each other as near as it fits. Gives the new origin of
/// each.
fn pack(parts: &[Part], edges: &[(usize, usize)]) -> Vec<Point> {
    let mut taken = std::collections::HashSet::new();
    let mut corners = Vec::with_capacity(parts.len());
    let mut start = 0;
    let mut last_size = 0;
    for part in parts {
        let cells = cells(part, edges);
        // A part as large as the one before it cannot fit nearer to the middle.
        if part.members.len() != last_size {
            start = 0;
        }
        last_size = part.members.len();
        let fits = |x: i32, y: i32| cells.iter().all(|(cx, cy)| !taken.contains(&(cx + x, cy + y)));
        let (found, ring) = nearest_fit(start, fits);
        start = ring;
        taken.extend(cells.iter().map(|(cx, cy)| (cx + found.0, cy + found.1)));
        corners.push(Point::new(f64::from(found.0), f64::from(found.1)) * CELL);
    }
    corners
}

/// Shift nearest to the middle that fits, on rings with the proportions of the drawing.
fn nearest_fit(start: i32, fits: impl Fn(i32, i32) -> bool) -> ((i32, i32), i32) {
    for ring in start.. {
        let (wide, high) = ((f64::from(ring) * ASPECT) as i32, ring);
        // Below and above first, from the middle outwards, then at the sides.
        for x in (0..=wide).flat_map(|x| [x, -x]) {
            for y in [high, -high] {
                if fits(x, y) {
                    return ((x, y), ring);
                }
            }
        }
        for y in (0..=high).flat_map(|y| [y, -y]) {
            for x in [wide, -wide] {
                if fits(x, y) {
                    return ((x, y), ring);
                }
            }
        }
    }
    ((0, 0), start)
}

/// Cells that a part covers with its margin, each row filled from end to end so that nothing is packed into
/// its gaps.
fn cells(part: &Part, edges: &[(usize, usize)]) -> Vec<(i32, i32)> {
    const ROOM: i32 = 2;
    let mut rows: std::collections::BTreeMap<i32, (i32, i32)> = std::collections::BTreeMap::new();
    let mut cover = |place: Point| {
        let (x, y) = ((place.x / CELL).round() as i32, (place.y / CELL).round() as i32);
        for row in y - ROOM..=y + ROOM {
            let span = rows.entry(row).or_insert((x - ROOM, x + ROOM));
            *span = (span.0.min(x - ROOM), span.1.max(x + ROOM));
        }
    };
    part.places.iter().for_each(|place| cover(*place));
    let at = |dot: &usize| part.members.binary_search(dot).ok().map(|at| part.places[at]);
    for (from, to) in edges {
        let (Some(from), Some(to)) = (at(from), at(to)) else { continue };
        let way = to - from;
        let stops = (way.length() / CELL) as i32;
        (1..stops).for_each(|stop| cover(from + way * (f64::from(stop) / f64::from(stops))));
    }
    rows.into_iter().flat_map(|(row, (from, to))| (from..=to).map(move |x| (x, row))).collect()
}

/// Pushes dots apart until there is a gap between any two, or the rounds are over.
pub fn push_apart(places: &mut [Point], radii: &[f64], gap: f64, rounds: usize) {
    let mut order: Vec<usize> = (0..places.len()).collect();
    let widest = radii.iter().copied().fold(0.0, f64::max);
    for _ in 0..rounds {
        order.sort_by(|a, b| places[*a].x.total_cmp(&places[*b].x).then(a.cmp(b)));
        let mut moved = false;
        for (at, &a) in order.iter().enumerate() {
            for &b in &order[at + 1..] {
                if places[b].x - places[a].x > radii[a] + widest + gap + gap {
                    break;
                }
                let room = radii[a] + radii[b] + gap;
                let way = places[b] - places[a];
                let far = way.length();
                if far >= room {
                    continue;
                }
                moved = true;
                // Two dots at the same place part sideways.
                let way = if far > 1e-9 { way * (1.0 / far) } else { Point::new(1.0, 0.0) };
                let shift = way * ((room - far) / 2.0 + 0.01);
                places[a] = places[a] - shift;
                places[b] = places[b] + shift;
            }
        }
        if !moved {
            return;
        }
    }
}
