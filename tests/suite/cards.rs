//! Cards: the pictures that stand for posts on networks.

use std::collections::HashSet;
use std::fs;

use super::support::{Site, TODAY};

/// Width, height and colours of a PNG.
fn picture(bytes: &[u8]) -> (u32, u32, HashSet<Vec<u8>>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    let pixels = pixels[..info.buffer_size()].chunks(3).map(<[u8]>::to_vec);
    (info.width, info.height, pixels.collect())
}

#[test]
fn a_post_without_a_picture_gets_one() {
    let site = Site::new()
        .file("static/img/a.png", "x")
        .post("un", "Texte.")
        .file(
            "content/posts/2026-01-02-deux.md",
            "---\ntitle: Deux\ndescription: Un essai.\nimage: /img/a.png\nimage_alt: A\n---\n\nTexte.\n",
        )
        .file("content/page.md", "---\ntitle: Page\ndescription: Un essai.\n---\n\nTexte.\n")
        .built();
    let page = site.public("posts/un/index.html");
    for meta in [
        "property=\"og:image\" content=\"https://essai.example/posts/un/card.png\"",
        "property=\"og:image:width\" content=\"1200\"",
        "property=\"og:image:height\" content=\"630\"",
        "property=\"og:image:alt\" content=\"un — Essai\"",
        "name=\"twitter:card\" content=\"summary_large_image\"",
    ] {
        assert!(page.contains(meta), "{meta}\n{page}");
    }
    assert!(!page.contains("class=\"cover\""), "a card is for networks alone");
    let made: Vec<String> = site.tree("public").into_keys().filter(|name| name.contains("card")).collect();
    assert_eq!(made, ["posts/un/card.png"]);
    let bytes = fs::read(site.path("public/posts/un/card.png")).expect("a card");
    let (width, height, colours) = picture(&bytes);
    assert_eq!((width, height), (1200, 630));
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    // The ground and the letters: it is not an empty box.
    assert!(colours.contains(&vec![0x1d, 0x3f, 0xb8]) && colours.contains(&vec![255; 3]));
}

#[test]
fn shapes_and_colours_are_as_asked_for() {
    let config = "title: Essai\nbase_url: https://essai.example\nsocial:\n  cards: {formats: [story, portrait], \
                  accent: \"#fc0\"}\n";
    let site = Site::empty().file("pingmark.yaml", config).post("un", "Texte.").built();
    for (name, size) in
        [("card", (1200, 630)), ("card-1080x1350", (1080, 1350)), ("card-1080x1920", (1080, 1920))]
    {
        let bytes = fs::read(site.path(&format!("public/posts/un/{name}.png"))).expect("a card");
        let (width, height, colours) = picture(&bytes);
        assert_eq!((width, height), size);
        // Dark letters on a light ground.
        assert!(colours.contains(&vec![0xff, 0xcc, 0]) && colours.contains(&vec![0x14, 0x15, 0x1a]));
    }
}

#[test]
fn cards_are_drawn_once() {
    let site = Site::new().post("un", "Texte.").built();
    let kept = || site.tree(".pingmark/cards");
    assert_eq!(kept().len(), 1);
    let card = || fs::read(site.path("public/posts/un/card.png")).expect("a card");
    let first = card();
    // What was published is gone: the card is taken from what was kept. A mark in it shows.
    let (name, mut bytes) = kept().pop_first().expect("a card");
    let place = site.path(".pingmark/cards").join(&name);
    let modified = fs::metadata(&place).and_then(|data| data.modified()).expect("a time");
    fs::remove_dir_all(site.path("public")).expect("a folder");
    assert_eq!(site.build().code, 0);
    assert_eq!(card(), first);
    assert_eq!(fs::metadata(&place).and_then(|data| data.modified()).expect("a time"), modified);
    // A damaged one is drawn again.
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&place, &bytes).expect("written");
    fs::remove_dir_all(site.path("public")).expect("a folder");
    assert_eq!(site.build().code, 0);
    assert_eq!(card(), first);
    // `clean` takes them away; --no-cache keeps none.
    assert_eq!(site.run(&["clean"]).code, 0);
    assert!(kept().is_empty());
    assert_eq!(site.run(&["build", "--today", TODAY, "--no-cache"]).code, 0);
    assert!(kept().is_empty());
    assert_eq!(card(), first, "the same bytes each time");
}

#[test]
fn cards_can_be_switched_off_or_brought_along() {
    let off = "title: Essai\nbase_url: https://essai.example\nsocial: {cards: false}\n";
    let site = Site::empty().file("pingmark.yaml", off).post("un", "Texte.").built();
    assert!(site.tree("public").keys().all(|name| !name.ends_with(".png")));
    assert!(!site.public("posts/un/index.html").contains("og:image"));
    // A file under the card's name is the card.
    let text = "---\ntitle: Un\ndescription: Un essai.\n---\n\nTexte.\n";
    let site = Site::new()
        .file("content/posts/2026-01-01-un/index.md", text)
        .file("content/posts/2026-01-01-un/card.png", "own")
        .built();
    assert_eq!(site.public("posts/un/card.png"), "own");
    assert!(
        site.public("posts/un/index.html").contains("content=\"https://essai.example/posts/un/card.png\"")
    );
}

#[test]
fn one_card_is_drawn_when_asked_for() {
    let site = Site::new().post("un", "Texte.");
    let run = site.run(&["social", "card", "un", "-o", "carte.png", "--shape", "portrait"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let bytes = fs::read(site.path("carte.png")).expect("a card");
    assert_eq!((picture(&bytes).0, picture(&bytes).1), (1080, 1350));
    assert!(run.err.contains("carte.png written, 1080 × 1350"), "{}", run.err);
    assert!(!site.path("public").exists());
    let run = site.run(&["social", "card", "uns", "-o", "x.png"]);
    assert!(run.code == 2 && run.err.contains("did you mean `un`?"), "{}", run.err);
}

#[test]
fn titles_of_all_kinds_are_drawn() {
    let titles = [
        "X",
        "Où l’on apprend que « modérer » n’est pas « censurer », et pourquoi l’écrire dix fois",
        "<b>&amp; \"guillemets\"</b> ' {{ x }}",
        "Anticonstitutionnellementhippopotomonstrosesquippedaliophobieanticonstitutionnellement",
        "L’œuvre, Ÿ, Ĳ, ẞ, Ελληνικά, Русский, 12 % — 30 €…",
        "e\u{301}te\u{301}\u{200d}\u{ad} caché",
    ];
    let mut site = Site::new();
    for (number, title) in titles.iter().enumerate() {
        let title = serde_json::to_string(title).expect("a text");
        let text = format!("---\ntitle: {title}\ndescription: Un essai.\n---\n\nTexte.\n");
        site = site.file(&format!("content/posts/2026-01-01-t{number}.md"), text);
    }
    let site = site.built();
    let cards: Vec<_> =
        site.tree("public").into_iter().filter(|(name, _)| name.ends_with("card.png")).collect();
    assert_eq!(cards.len(), titles.len());
    for (name, bytes) in cards {
        assert!(bytes.len() < 100_000, "{name}: {}", bytes.len());
    }
}
