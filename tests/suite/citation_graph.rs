//! The drawing of the citation graph: legible, and the same every time.

use std::collections::BTreeSet;

use quick_xml::Reader;
use quick_xml::events::Event;
use scraper::{Html, Selector};

use pingmark_render::citation_graph::layout::Point;
use pingmark_render::citation_graph::{Dot, Drawing, WIDTH};
use pingmark_render::view::citation_graph::{GROUPS, MAX_ARTICLES};

use super::expected::assert_snapshot;
use super::support::gzipped;

/// Pseudo-random numbers from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }
}

/// A blog whose posts cite earlier ones, some of them far more often than others.
fn blog(posts: usize, seed: u64) -> (Vec<Dot>, Vec<(usize, usize)>) {
    let mut chance = Chance(seed);
    let mut edges = Vec::new();
    for from in 1..posts {
        if chance.below(5) == 0 {
            continue;
        }
        for _ in 0..=chance.below(3) {
            // The product of two numbers favours the first posts.
            let to = chance.below(from) * chance.below(from) / from;
            if !edges.contains(&(from, to)) {
                edges.push((from, to));
            }
        }
    }
    edges.sort_unstable();
    let dots = (0..posts).map(|number| Dot {
        title: format!(
            "Un article, le numéro {number}, au titre d’une longueur {}",
            "assez ".repeat(number % 5)
        ),
        url: format!("/posts/p{number}/"),
        lang: None,
        note: format!("cité {number} fois"),
        group: number % (GROUPS + 1),
        weight: edges.iter().filter(|(_, to)| *to == number).count(),
        age: number as i64,
    });
    (dots.collect(), edges)
}

const SIZES: [usize; 7] = [1, 2, 5, 24, 50, 200, MAX_ARTICLES];

#[test]
fn nothing_covers_anything() {
    for posts in SIZES {
        let (dots, edges) = blog(posts, 7);
        let drawing = Drawing::new(&dots, &edges);
        for (set, labels) in drawing.labels.iter().enumerate() {
            for (at, label) in labels.iter().enumerate() {
                for other in &labels[at + 1..] {
                    let (a, b) = (&label.lines, &other.lines);
                    assert!(!label.area.overlaps(&other.area), "{posts} posts, set {set}: {a:?} and {b:?}");
                }
                for (dot, (place, radius)) in drawing.places.iter().zip(&drawing.radii).enumerate() {
                    let covers = label.area.is_within(*place, *radius);
                    assert!(!covers, "{posts} posts, set {set}: {:?} and dot {dot}", label.lines);
                }
            }
        }
        for (a, place) in drawing.places.iter().enumerate() {
            for (b, other) in drawing.places.iter().enumerate().skip(a + 1) {
                let apart = (*place - *other).length();
                let room = drawing.radii[a] + drawing.radii[b];
                assert!(apart >= room, "{posts} posts: dots {a} and {b} are {apart} apart, not {room}");
            }
        }
    }
}

#[test]
fn everything_is_inside() {
    for posts in SIZES {
        let (dots, edges) = blog(posts, 11);
        let drawing = Drawing::new(&dots, &edges);
        let (low, high) = (drawing.area.low, drawing.area.high);
        let inside =
            |point: Point| point.x > low.x && point.x < high.x && point.y > low.y && point.y < high.y;
        for (place, radius) in drawing.places.iter().zip(&drawing.radii) {
            let reach = Point::new(*radius, *radius);
            assert!(inside(*place - reach) && inside(*place + reach), "{posts} posts: {place:?}");
        }
        for label in drawing.labels.iter().flatten() {
            assert!(inside(label.area.low) && inside(label.area.high), "{posts} posts: {label:?}");
        }
        // The drawing fits in a window.
        let size = high - low;
        assert!(size.x < WIDTH * 1.15 && size.y < WIDTH * 1.3, "{posts} posts: {size:?}");
    }
}

#[test]
fn a_small_blog_has_all_its_names_and_a_large_one_those_of_the_most_cited() {
    let (dots, edges) = blog(24, 3);
    let drawing = Drawing::new(&dots, &edges);
    let linked = (0..dots.len()).filter(|dot| edges.iter().any(|(from, to)| from == dot || to == dot));
    assert_eq!(drawing.labels[0].len(), linked.count());

    let (dots, edges) = blog(MAX_ARTICLES, 3);
    let drawing = Drawing::new(&dots, &edges);
    let named = drawing.labels[0].iter().filter(|label| drawing.order[..12].contains(&label.dot)).count();
    assert!(named >= 6, "{named} of the 12 most cited are named");
    for set in &drawing.labels {
        assert!(set.len() < 161);
    }
}

#[test]
fn the_same_blog_gives_the_same_bytes() {
    for posts in SIZES {
        let (dots, edges) = blog(posts, 5);
        let draw = || Drawing::new(&dots, &edges).svg("Citations");
        assert_eq!(draw(), draw());
    }
}

/// The layout uses only operations whose results IEEE 754 fixes, so the bytes are the same on every
/// machine. After a change of the layout, look at the drawing before you accept the bytes.
#[test]
fn the_bytes_are_those_of_every_machine() {
    let (dots, edges) = blog(9, 5);
    assert_snapshot("graph.svg", &Drawing::new(&dots, &edges).svg("Citations"));
}

/// A line is defined once, and the posts at both its ends refer to it.
#[test]
fn each_line_is_written_once_and_shown_at_both_its_ends() {
    let select = |selector: &str| Selector::parse(selector).expect("a selector");
    let (all, uses, paths) = (select("[id]"), select("use"), select("path"));
    for posts in SIZES {
        let (dots, edges) = blog(posts, 13);
        let drawing = Drawing::new(&dots, &edges);
        let page = Html::parse_fragment(&drawing.svg("Citations"));
        let names: Vec<&str> = page.select(&all).filter_map(|element| element.attr("id")).collect();
        assert_eq!(
            names.iter().collect::<BTreeSet<_>>().len(),
            names.len(),
            "{posts} posts: a name is twice"
        );
        assert_eq!(page.select(&select(".lines path")).count(), edges.len());
        let links: Vec<_> = page.select(&select("a")).collect();
        assert_eq!(links.len(), posts);
        for (link, dot) in links.into_iter().zip(&drawing.order) {
            let mut shown = BTreeSet::new();
            for used in link.select(&uses) {
                let name = used.attr("href").and_then(|href| href.strip_prefix('#')).expect("a name");
                let used = page.select(&all).find(|element| element.attr("id") == Some(name));
                let used = used.expect("a use has its definition");
                let lines = used.select(&paths).chain((used.value().name() == "path").then_some(used));
                for line in lines.filter_map(|line| line.attr("id")) {
                    assert!(shown.insert(line.to_owned()), "{posts} posts: {line} is drawn twice");
                }
            }
            let own = (0..edges.len()).filter(|line| edges[*line].0 == *dot || edges[*line].1 == *dot);
            assert_eq!(shown, own.map(|line| format!("l{line}")).collect(), "{posts} posts, dot {dot}");
        }
    }
}

/// Download sizes of drawings. The page around one is measured with the theme.
#[test]
fn a_picture_stays_light() {
    for (posts, most) in [(24, 3), (300, 17), (MAX_ARTICLES, 28)] {
        let (dots, edges) = blog(posts, 7);
        let weight = gzipped(Drawing::new(&dots, &edges).svg("Citations").as_bytes());
        assert!(weight < most * 1024, "{posts} posts, {} lines: {weight} bytes", edges.len());
    }
}

#[test]
fn parts_that_do_not_hang_together_stand_apart() {
    // Three rings of four.
    let edges: Vec<(usize, usize)> =
        (0..12).map(|dot| (dot, if dot % 4 == 3 { dot - 3 } else { dot + 1 })).collect();
    let (dots, _) = blog(14, 1);
    let drawing = Drawing::new(&dots, &edges);
    let ring = |number: usize| {
        let places = &drawing.places[number * 4..number * 4 + 4];
        pingmark_render::citation_graph::layout::bounds(places)
    };
    for (a, b) in [(0, 1), (0, 2), (1, 2)] {
        let ((low, high), (other_low, other_high)) = (ring(a), ring(b));
        let apart =
            low.x > other_high.x || other_low.x > high.x || low.y > other_high.y || other_low.y > high.y;
        assert!(apart, "rings {a} and {b}");
    }
    // Posts without an edge are in a row below.
    let lowest = drawing.places[..12].iter().map(|place| place.y).fold(0.0, f64::max);
    assert!(drawing.places[12].y > lowest && drawing.places[12].y == drawing.places[13].y);
}

/// Titles are text in the drawing, too.
#[test]
fn hostile_titles_are_inert() {
    const TITLES: [&str; 10] = [
        "</title><script>alert(1)</script>",
        "</svg><img src=x onerror=alert(1)>",
        "\"><a href=\"javascript:alert(1)\">",
        "' onload='alert(1)",
        "<foreignObject><iframe src=x>",
        "]]><![CDATA[ -->",
        "&lt;script&gt; &#60;b&#62;",
        "a\u{1}b\u{0}c\u{8}d\u{fffe}",
        "\u{202e}renversé\u{2066}",
        "unmotquinefinitpasunmotquinefinitpasunmotquinefinitpas👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦",
    ];
    let dots: Vec<Dot> = TITLES
        .iter()
        .map(|title| Dot {
            title: (*title).to_owned(),
            url: format!("/{title}/"),
            lang: Some((*title).to_owned()),
            note: (*title).to_owned(),
            ..Dot::default()
        })
        .collect();
    let edges: Vec<(usize, usize)> = (1..TITLES.len()).map(|from| (from, from - 1)).collect();
    let svg = Drawing::new(&dots, &edges).svg(TITLES[0]);

    let page = Html::parse_document(&format!("<!doctype html><body>{svg}<p id=\"after\">"));
    let all = Selector::parse("body *").expect("a selector");
    let allowed = ["svg", "marker", "g", "a", "title", "use", "path", "circle", "text", "tspan", "p"];
    for element in page.select(&all) {
        let element = element.value();
        assert!(allowed.contains(&element.name()), "{element:?}");
        assert!(element.attrs().all(|(name, _)| !name.starts_with("on")), "{element:?}");
        assert!(!element.attr("href").is_some_and(|href| href.starts_with("javascript")), "{element:?}");
    }
    let titles = Selector::parse("a > title").expect("a selector");
    assert_eq!(page.select(&titles).count(), TITLES.len());
    assert!(page.select(&Selector::parse("body > #after").expect("a selector")).next().is_some());

    // The drawing is well-formed XML, so it can be saved as a file.
    let mut reader = Reader::from_str(&svg);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => assert!(tag.attributes().all(|one| one.is_ok())),
            _ => {}
        }
    }
    assert!(svg.chars().all(|c| c == '\n' || !c.is_control()), "control characters are removed");
}
