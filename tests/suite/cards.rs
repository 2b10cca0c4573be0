//! Social images: the images that networks show for posts.

use std::collections::HashSet;
use std::fs;

use super::support::{Site, TODAY, png};

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
        .file("static/img/a.png", png(40, 21))
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
    let image = "\"image\":{\"@type\":\"ImageObject\",\"height\":630,\"url\":\"https://essai.example/posts/un/card.png\",\"width\":1200}";
    assert!(page.contains(image), "JSON-LD names the image\n{page}");
    assert!(!page.contains("class=\"cover\""), "the page itself does not show the image");
    let made: Vec<String> = site.tree("public").into_keys().filter(|name| name.contains("card")).collect();
    assert_eq!(made, ["posts/un/card.png"]);
    let bytes = fs::read(site.path("public/posts/un/card.png")).expect("a card");
    let (width, height, colours) = picture(&bytes);
    assert_eq!((width, height), (1200, 630));
    assert!(bytes.len() < 100_000, "{}", bytes.len());
    // Background and text: the image is not empty.
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
        // Dark text on a light background.
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
    // With the output gone, the image comes from the cache; a mark in the cached file shows it.
    let (name, mut bytes) = kept().pop_first().expect("a card");
    let place = site.path(".pingmark/cards").join(&name);
    let modified = fs::metadata(&place).and_then(|data| data.modified()).expect("a time");
    fs::remove_dir_all(site.path("public")).expect("a folder");
    assert_eq!(site.build().code, 0);
    assert_eq!(card(), first);
    assert_eq!(fs::metadata(&place).and_then(|data| data.modified()).expect("a time"), modified);
    // A damaged cached image is drawn again.
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&place, &bytes).expect("written");
    fs::remove_dir_all(site.path("public")).expect("a folder");
    assert_eq!(site.build().code, 0);
    assert_eq!(card(), first);
    // `clean` removes cached images; `--no-cache` writes none.
    assert_eq!(site.run(&["clean"]).code, 0);
    assert!(kept().is_empty());
    assert_eq!(site.run(&["build", "--today", TODAY, "--no-cache"]).code, 0);
    assert!(kept().is_empty());
    assert_eq!(card(), first, "the same bytes each time");
}

#[test]
fn cards_that_nothing_shows_any_more_go_after_a_while() {
    let site = Site::new().post("un", "Texte.").post("deux", "Texte.").built();
    let kept = || site.tree(".pingmark/cards").into_keys().collect::<Vec<_>>();
    let first = kept();
    site.write("content/posts/un.md", "---\ntitle: Autre\ndate: 2026-01-01\ndescription: x\n---\n\nTexte.\n");
    assert_eq!(site.build().code, 0);
    assert_eq!(kept().len(), 3);
    let age = |name: &str| {
        let file =
            fs::File::options().write(true).open(site.path(".pingmark/cards").join(name)).expect("a card");
        let modified = file.metadata().and_then(|data| data.modified()).expect("a time");
        file.set_modified(modified - std::time::Duration::from_secs(60 * 24 * 60 * 60)).expect("set");
    };
    first.iter().for_each(|name| age(name));
    // A build that draws one image does not know which others are in use.
    site.write(
        "content/posts/un.md",
        "---\ntitle: Encore\ndate: 2026-01-01\ndescription: x\n---\n\nTexte.\n",
    );
    assert_eq!(site.build().code, 0);
    assert_eq!(kept().len(), 4);
    fs::remove_dir_all(site.path("public")).expect("a folder");
    assert_eq!(site.build().code, 0);
    // Images in use are kept whatever their age, others for a month.
    assert_eq!((kept().len(), kept().iter().filter(|name| first.contains(name)).count()), (3, 1));
}

#[test]
fn cards_can_be_switched_off_or_brought_along() {
    let off = "title: Essai\nbase_url: https://essai.example\nsocial: {cards: false}\n";
    let site = Site::empty().file("pingmark.yaml", off).post("un", "Texte.").built();
    assert!(site.tree("public").keys().all(|name| !name.contains("card")));
    assert!(!site.public("posts/un/index.html").contains("og:image"));
    // A file with the image's name replaces it.
    let text = "---\ntitle: Un\ndescription: Un essai.\n---\n\nTexte.\n";
    let site = Site::new()
        .file("content/posts/2026-01-01-un/index.md", text)
        .file("content/posts/2026-01-01-un/card.png", png(40, 21))
        .built();
    assert_eq!(site.public_bytes("posts/un/card.png"), png(40, 21));
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

#[test]
fn a_title_that_the_fonts_cannot_show_gets_no_card_and_stops_nothing() {
    let text = |title: &str| format!("---\ntitle: {title}\ndescription: Un essai.\n---\n\nTexte.\n");
    let path = "content/posts/2026-01-02-billet/index.md";
    let site = Site::new().post("un", "Texte.").file(path, text("静かな庭"));
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("warning[card-glyph]") && run.err.contains("`静` (U+9759)"), "{}", run.err);
    assert!(run.err.contains("2026-01-02-billet/index.md:2:8"), "{}", run.err);
    let cards = |site: &Site| -> Vec<String> {
        site.tree("public").into_keys().filter(|name| name.contains("card")).collect()
    };
    assert_eq!(cards(&site), ["posts/un/card.png"]);
    let page = site.public("posts/billet/index.html");
    assert!(!page.contains("og:image") && page.contains("content=\"summary\""), "{page}");
    assert!(!site.path("public/posts/billet/card.png").exists());
    // Asking for the image by name is an error.
    let run = site.run(&["social", "card", "billet", "-o", "carte.png"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("error[card-glyph]") && !site.path("carte.png").exists(), "{}", run.err);
    let texts = site.run(&["social", "--post", "billet", "--format", "json"]);
    assert!(texts.code == 0 && !texts.out.contains("card.png"), "{}", texts.out);

    // An incremental build gives what a clean build gives, whatever the title becomes.
    for (title, count) in [("Un jardin", 2), ("庭", 1), ("Un autre jardin", 2)] {
        site.write(path, text(title));
        assert_eq!(site.build().code, 0);
        assert_eq!(cards(&site).len(), count);
        let anew = Site::new().post("un", "Texte.").file(path, text(title));
        assert_eq!(anew.build().code, 0);
        assert!(site.tree("public") == anew.tree("public"), "{title}");
    }

    // An image that the author provides is still used.
    site.write(path, text("静かな庭"));
    site.write("content/posts/2026-01-02-billet/card.png", png(40, 21));
    let run = site.build();
    assert!(run.code == 0 && run.err.contains("0 warnings"), "{}", run.err);
    assert!(site.public("posts/billet/index.html").contains("posts/billet/card.png"));
}

#[test]
fn a_blog_in_another_script_is_told_once() {
    let mut site = Site::new();
    for number in 1..9 {
        let text = format!("---\ntitle: 庭 {number}\ndescription: Un essai.\n---\n\nTexte.\n");
        site = site.file(&format!("content/posts/2026-01-0{number}-t{number}.md"), text);
    }
    let run = site.build();
    assert_eq!((run.code, run.err.matches("card-glyph").count()), (0, 1), "{}", run.err);
    assert!(run.err.contains("this post and 7 others have no social image"), "{}", run.err);
}

#[test]
fn a_name_that_the_fonts_cannot_show_is_left_out() {
    let config = "title: Essai\nbase_url: https://essai.example\nauthor: 好 Li\n";
    let site = Site::empty().file("pingmark.yaml", config).post("un", "Texte.").built();
    assert!(site.path("public/posts/un/card.png").exists());
    let run = site.run(&["check", "--today", TODAY]);
    assert_eq!(run.err.matches("warning[card-name]").count(), 1, "{}", run.err);
}
