//! Length of a text by the counting rules of each network.
//!
//! | Network | Unit |
//! |:--|:--|
//! | X | weighted characters, version 3 of the configuration of its published library: a link is 23, an emoji of any number of code points 2, most alphabetic characters 1, all others 2 |
//! | Mastodon | grapheme clusters; a link is 23 |
//! | Bluesky | grapheme clusters, and at most 3000 bytes |
//! | Threads | Unicode scalar values; an emoji counts as its bytes |
//! | the others | Unicode scalar values |

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use pingmark_core::emoji::is_emoji;
use pingmark_core::network::Network;

use super::link::links;

/// Length of every link on X and Mastodon.
pub const LINK_WEIGHT: usize = 23;
/// Maximum bytes of a text on Bluesky, beside its limit of grapheme clusters.
pub const BLUESKY_BYTES: usize = 3000;
/// Maximum links in a text on Threads.
pub const THREADS_LINKS: usize = 5;

/// Length of a text on one network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// Length in the network's units; see the [module](self).
    pub count: usize,
    /// Maximum length, in the same units.
    pub limit: usize,
    /// Number of links; always 0 on networks other than X, Mastodon and Threads, which do not
    /// count them.
    pub links: usize,
    /// Length and maximum in bytes, on Bluesky alone.
    pub bytes: Option<(usize, usize)>,
    /// Byte offset at which the text becomes too long; `None` if it fits.
    pub over_at: Option<usize>,
}

impl Measure {
    /// Units beyond the limit; 0 if the text fits, or if only Bluesky's byte limit is exceeded (see
    /// [`Measure::bytes_over`]).
    pub fn over(&self) -> usize {
        self.count.saturating_sub(self.limit)
    }

    /// Bytes beyond the limit in bytes; 0 on networks without one.
    pub fn bytes_over(&self) -> usize {
        self.bytes.map_or(0, |(count, most)| count.saturating_sub(most))
    }

    /// Whether the network accepts the text's length.
    pub fn fits(&self) -> bool {
        self.over_at.is_none()
    }
}

/// Indivisible part of a text: a link with a fixed weight, or a grapheme cluster.
struct Unit {
    range: Range<usize>,
    weight: usize,
}

/// Measures a text. `limit` is [`Network::limit`], or the longer one of a particular server.
pub fn measure(network: Network, text: &str, limit: usize) -> Measure {
    let (units, links) = units(network, text);
    let bytes = (network == Network::Bluesky).then_some((text.len(), BLUESKY_BYTES));
    let mut measure = Measure { count: 0, limit, links, bytes, over_at: None };
    for unit in units {
        measure.count += unit.weight;
        let too_many_bytes = bytes.is_some_and(|(_, most)| unit.range.end > most);
        if measure.over_at.is_none() && (measure.count > limit || too_many_bytes) {
            measure.over_at = Some(unit.range.start);
        }
    }
    measure
}

fn units(network: Network, text: &str) -> (Vec<Unit>, usize) {
    let found = match network {
        Network::X => links(text, true),
        Network::Mastodon | Network::Threads => links(text, false),
        _ => Vec::new(),
    };
    let shortened = matches!(network, Network::X | Network::Mastodon);
    let mut units = Vec::with_capacity(text.len());
    let mut at = 0;
    for link in found.iter().filter(|_| shortened) {
        characters(network, &text[at..link.start], at, &mut units);
        units.push(Unit { range: link.clone(), weight: LINK_WEIGHT });
        at = link.end;
    }
    characters(network, &text[at..], at, &mut units);
    (units, found.len())
}

fn characters(network: Network, text: &str, start: usize, units: &mut Vec<Unit>) {
    for (at, cluster) in text.grapheme_indices(true) {
        let at = start + at;
        let weight = match network {
            Network::X if is_emoji(cluster) => 2,
            Network::X => cluster.nfc().map(weight_on_x).sum(),
            Network::Threads if is_emoji(cluster) => cluster.len(),
            Network::Mastodon | Network::Bluesky => 1,
            _ => cluster.chars().count(),
        };
        units.push(Unit { range: at..at + cluster.len(), weight });
    }
}

fn weight_on_x(c: char) -> usize {
    match u32::from(c) {
        0..=0x10FF | 0x2000..=0x200D | 0x2010..=0x201F | 0x2032..=0x2037 => 1,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(network: Network, text: &str) -> usize {
        measure(network, text, network.limit()).count
    }

    /// Cases of X's published conformance tests, with texts of our own.
    #[test]
    fn x_weighs_characters_links_and_emoji() {
        for (text, weight) in [
            ("", 0),
            ("Un mot.", 7),
            ("déjà vu", 7),
            // A letter and its accent apart are one character once composed.
            ("de\u{301}ja\u{300} vu", 7),
            ("saut\nde ligne", 13),
            // Links, with and without `https://`, are 23; so are short ones.
            ("http://essai.com", 23),
            ("https://essai.com/un/chemin/tres/long?avec=une&requete=longue#et-une-ancre", 23),
            ("essai.com", 23),
            ("t.co", 23),
            ("a https://essai.com b https://essai.com essai.com c", 2 + 23 + 3 + 23 + 1 + 23 + 2),
            ("essai.photography", 23),
            ("essai.fr", 8),
            ("essai.fr/a", 23),
            ("essai.inconnu", 13),
            ("http://machine/x", 16),
            ("https://essai.みんな/", 23),
            ("(https://essai.com/a_(b))", 25),
            ("nom@essai.com", 13),
            // The planes above the first, and its scripts beyond U+10FF.
            ("\u{10000}\u{10FFFF}", 4),
            ("한국어", 6),
            ("日本語のテキスト", 16),
            ("ашок", 4),
            // French: the wide no-break space and guillemets are 1, the narrow one 2.
            ("«\u{a0}été\u{a0}»", 7),
            ("quoi\u{202f}?", 7),
            ("l’œuvre — 12\u{2032}", 13),
            ("…", 2),
            ("12\u{a0}€", 5),
            // Emoji: 2, however many characters they are made of.
            ("🐱", 2),
            ("☺️", 2),
            ("👩🏽‍💻", 2),
            ("👨‍👩‍👧‍👦", 2),
            ("🏳️‍🌈", 2),
            ("🇫🇷", 2),
            ("#️⃣", 2),
            ("a🐱☺👨‍👩‍👧‍👦", 7),
            ("12", 2),
            ("©", 1),
            ("©️", 2),
        ] {
            assert_eq!(count(Network::X, text), weight, "{text:?}");
        }
        // At the limit, and one past it.
        let text = |letters: usize| format!("{} https://essai.com/page", "é".repeat(letters));
        assert!(measure(Network::X, &text(256), 280).fits());
        let over = measure(Network::X, &text(257), 280);
        assert_eq!((over.count, over.over()), (281, 1));
        assert!(measure(Network::X, &"の".repeat(140), 280).fits());
        assert!(!measure(Network::X, &"の".repeat(141), 280).fits());
        assert!(measure(Network::X, &"🐱".repeat(140), 280).fits());
        assert!(!measure(Network::X, &"👨‍👩‍👧‍👦".repeat(141), 280).fits());
    }

    #[test]
    fn other_networks_count_as_they_do() {
        let family = "👨‍👩‍👧‍👦";
        assert_eq!(count(Network::Mastodon, family), 1);
        assert_eq!(count(Network::Mastodon, "voir https://essai.example/un/tres/long/chemin/bien/long"), 28);
        assert_eq!(count(Network::Mastodon, "essai.com"), 9);
        assert_eq!(count(Network::Bluesky, &format!("a{family}é")), 3);
        assert_eq!(count(Network::Bluesky, "https://essai.example"), 21);
        assert_eq!(count(Network::Threads, "🐱"), 4);
        assert_eq!(count(Network::Threads, family), family.len());
        assert_eq!(count(Network::Threads, "été"), 3);
        assert_eq!(count(Network::Linkedin, "été 🐱"), 5);
        // 300 characters on Bluesky can be too many bytes.
        let families = family.repeat(130);
        let measured = measure(Network::Bluesky, &families, 300);
        assert_eq!(measured.count, 130);
        assert_eq!(measured.over_at, Some(3000), "{measured:?}");
        assert_eq!((measured.over(), measured.bytes_over()), (0, families.len() - 3000));
        assert_eq!(measure(Network::Threads, "http://a.fr http://b.fr", 500).links, 2);
        // A server that takes more.
        assert!(measure(Network::Mastodon, &"a".repeat(900), 1000).fits());
    }

    #[test]
    fn the_place_where_it_overflows_is_between_characters() {
        let text = format!("{}👩🏽‍💻 fin", "a".repeat(279));
        let measured = measure(Network::X, &text, 280);
        assert_eq!(measured.over_at, Some(279));
        // A link is cut as a whole.
        let text = format!("{} https://essai.com/x", "a".repeat(270));
        assert_eq!(measure(Network::X, &text, 280).over_at, Some(271));
    }
}
