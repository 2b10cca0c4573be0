//! Images: narrower versions, rotated upright, without metadata.

use std::collections::BTreeSet;
use std::fs;

use img_parts::{Bytes, ImageEXIF, ImageICC};
use scraper::{Html, Selector};

use super::served::Served;
use super::support::{Run, Site, TODAY, jpeg, png, taken_in_paris, tree};

/// Width, height and pixels of an image.
fn decoded(bytes: &[u8]) -> image::RgbaImage {
    image::load_from_memory(bytes).expect("an image").into_rgba8()
}

/// A post that shows an image from its folder in Markdown.
fn with_photo(bytes: Vec<u8>) -> Site {
    Site::new()
        .file("content/posts/2026-01-01-un/photo.jpg", bytes)
        .file("content/posts/2026-01-01-un/index.md", text("![Une photo](photo.jpg)"))
}

fn text(body: &str) -> String {
    format!("---\ntitle: Un\ndescription: Un essai.\n---\n\n{body}\n")
}

/// The URLs of a `srcset` with their widths.
fn candidates(srcset: &str) -> Vec<(String, u32)> {
    let one = |part: &str| {
        let (address, width) = part.trim().split_once(' ').expect("a width");
        (address.to_owned(), width.trim_end_matches('w').parse().expect("a number"))
    };
    srcset.split(',').map(one).collect()
}

/// Each `srcset` of a page, WebP first.
fn offers(html: &str) -> Vec<(bool, Vec<(String, u32)>)> {
    let html = Html::parse_document(html);
    let selector = Selector::parse("picture source, img").expect("a selector");
    let all = html.select(&selector).filter_map(|element| {
        let is_webp = element.value().attr("type") == Some("image/webp");
        assert!(element.value().attr("srcset").is_none() || element.value().attr("sizes").is_some());
        Some((is_webp, candidates(element.value().attr("srcset")?)))
    });
    all.collect()
}

#[test]
fn an_image_is_offered_in_widths_and_formats_that_are_there() {
    let site = with_photo(jpeg(2000, 1000)).built();
    let page = site.public("posts/un/index.html");
    let offers = offers(&page);
    let widths: Vec<(bool, Vec<u32>)> =
        offers.iter().map(|(webp, all)| (*webp, all.iter().map(|(_, width)| *width).collect())).collect();
    assert_eq!(widths, [(true, vec![480, 960, 1440]), (false, vec![480, 960, 1440])]);
    let mut named = BTreeSet::new();
    let mut sizes = Vec::new();
    for (is_webp, all) in &offers {
        for (address, width) in all {
            let file = address.trim_start_matches('/');
            let bytes = fs::read(site.path("public").join(file)).expect("the offered file exists");
            let format = image::guess_format(&bytes).expect("an image");
            assert_eq!(format == image::ImageFormat::WebP, *is_webp, "{address}");
            let image = decoded(&bytes);
            assert_eq!((image.width(), image.height()), (*width, width / 2), "{address}");
            named.insert(file.to_owned());
            sizes.push(bytes.len());
        }
    }
    // Only versions that a page offers are written, and WebP is smaller.
    let made: BTreeSet<String> =
        tree(&site.path("public/sized")).into_keys().map(|name| format!("sized/{name}")).collect();
    assert_eq!(made, named);
    assert!(sizes[..3].iter().zip(&sizes[3..]).all(|(webp, jpeg)| webp < jpeg), "{sizes:?}");
    assert!(
        page.contains("src=\"/posts/un/photo.jpg\" srcset=")
            && page.contains("width=\"2000\" height=\"1000\"")
    );
    // Versions are cached as immutable; feeds and previews get the image itself.
    assert!(
        site.public("_headers").contains("/sized/*\n  Cache-Control: public, max-age=31536000, immutable")
    );
    let feed = site.public("feed.xml");
    assert!(feed.contains("https://essai.example/posts/un/photo.jpg") && !feed.contains("sized/"));
}

#[test]
fn covers_and_figures_are_offered_like_images() {
    let site = Site::new()
        .file("static/img/a.jpg", jpeg(1000, 500))
        .file("static/img/b.png", png(700, 350))
        .file(
            "content/posts/2026-01-01-un.md",
            "---\ntitle: Un\ndescription: Un essai.\nimage: /img/a.jpg\nimage_alt: A\n---\n\n\
             {{ <figure src=\"/img/b.png\" alt=\"B\" /> }}\n\n{{ <figure src=\"/img/b.png\" alt=\"B\" width={300} /> }}\n",
        )
        .built();
    let page = site.public("posts/un/index.html");
    let widths: Vec<Vec<u32>> =
        offers(&page).into_iter().map(|(_, all)| all.into_iter().map(|(_, width)| width).collect()).collect();
    let b = [vec![480, 700], vec![480, 700]];
    let a = [vec![480, 960, 1000], vec![480, 960, 1000]];
    assert_eq!(widths, [&a[..], &b[..], &b[..]].concat());
    assert!(page.contains("sizes=\"(max-width: 300px) 100vw, 300px\""), "{page}");
    assert!(
        page.contains("content=\"https://essai.example/img/a.jpg\"")
            && page.contains("og:image:width\" content=\"1000\"")
    );
    // Lists show it in another width.
    let home = site.public("index.html");
    assert_eq!(offers(&home).len(), 2);
    for (_, all) in offers(&home) {
        for (address, _) in all {
            assert!(site.path("public").join(address.trim_start_matches('/')).is_file(), "{address}");
        }
    }
}

#[test]
fn an_image_is_set_upright() {
    // Stored as 900 × 600 with its white corner at the top left; rotated right, the corner is at the
    // top right of 600 × 900.
    let site = with_photo(taken_in_paris(jpeg(900, 600), 6)).built();
    let page = site.public("posts/un/index.html");
    assert!(page.contains("width=\"600\" height=\"900\""), "{page}");
    let whole = fs::read(site.path("public/posts/un/photo.jpg")).expect("it is there");
    let files = tree(&site.path("public/sized"));
    assert_eq!(files.len(), 3, "480 wide in two formats, 600 wide as WebP");
    for bytes in files.values().chain([&whole]) {
        let image = decoded(bytes);
        assert_eq!(image.height() * 2, image.width() * 3);
        let (right, left) = (image.get_pixel(image.width() - 10, 10), image.get_pixel(10, 10));
        assert!(right.0[..3].iter().all(|part| *part > 240) && left.0[..3].iter().any(|part| *part < 100));
    }
}

#[test]
fn what_an_image_tells_is_published_nowhere() {
    let tells = |bytes: &[u8]| bytes.windows(5).any(|part| part == b"Paris");
    let jpeg = taken_in_paris(jpeg(600, 400), 1);
    let mut noted = img_parts::png::Png::from_bytes(png(600, 400).into()).expect("a PNG");
    let note = img_parts::png::PngChunk::new(*b"tEXt", Bytes::from_static(b"Comment\0Paris"));
    noted.chunks_mut().insert(1, note);
    let noted = noted.encoder().bytes();
    let mut webp = Vec::new();
    let encoder = image::codecs::webp::WebPEncoder::new_lossless(&mut webp);
    image::RgbImage::from_pixel(120, 90, image::Rgb([9, 9, 9])).write_with_encoder(encoder).expect("a WebP");
    let mut webp = img_parts::webp::WebP::from_bytes(webp.into()).expect("a WebP");
    webp.set_exif(Some(Bytes::from_static(b"II*\0\x08\0\0\0\0\0Paris")));
    let webp = webp.encoder().bytes();
    // Appended after the end of the image, as phones do.
    let film = [&jpeg[..], b"Paris, a film"].concat();
    assert!([&jpeg[..], &noted, &webp].into_iter().all(tells));

    let site = Site::new()
        .file("content/posts/2026-01-01-un/photo.jpg", &film)
        .file("content/posts/2026-01-01-un/index.md", text("![Une photo](photo.jpg)"))
        .file("content/posts/2026-01-01-un/unseen.jpg", &jpeg)
        .file("static/a.png", &noted)
        .file("static/a.webp", &webp)
        .built();
    let public = site.tree("public");
    for (name, bytes) in &public {
        assert!(!tells(bytes), "{name}");
    }
    // No pixel changes, and a file without metadata is copied unchanged.
    assert_eq!(decoded(&public["a.png"]), decoded(&noted));
    assert_eq!(decoded(&public["a.webp"]), decoded(&webp));
    assert_eq!(decoded(&public["posts/un/photo.jpg"]), decoded(&jpeg));
    let clean =
        img_parts::jpeg::Jpeg::from_bytes(public["posts/un/photo.jpg"].clone().into()).expect("a JPEG");
    assert!(clean.segments().iter().all(|segment| !(0xe1..=0xef).contains(&segment.marker())));

    let keeping = "title: Essai\nbase_url: https://essai.example\nimages: { keep_metadata: true }\n";
    let site = site.file("pingmark.yaml", keeping).built();
    assert_eq!(fs::read(site.path("public/posts/un/photo.jpg")).expect("it is there"), film);
    assert!(site.tree("public/sized").values().all(|bytes| !tells(bytes)));
}

#[test]
fn a_profile_of_colours_stays() {
    let profile = [vec![7; 16], b"RGB ".to_vec(), vec![7; 200]].concat();
    let mut photo =
        img_parts::jpeg::Jpeg::from_bytes(taken_in_paris(jpeg(600, 400), 1).into()).expect("a JPEG");
    photo.set_icc_profile(Some(profile.clone().into()));
    let site = with_photo(photo.encoder().bytes().to_vec()).built();
    let whole = fs::read(site.path("public/posts/un/photo.jpg")).expect("it is there");
    let of_jpeg =
        |bytes: Vec<u8>| img_parts::jpeg::Jpeg::from_bytes(bytes.into()).expect("a JPEG").icc_profile();
    assert_eq!(of_jpeg(whole).as_deref(), Some(&profile[..]));
    for (name, bytes) in site.tree("public/sized") {
        decoded(&bytes);
        let found = match name.ends_with(".jpg") {
            true => of_jpeg(bytes),
            false => img_parts::webp::WebP::from_bytes(bytes.into()).expect("a WebP").icc_profile(),
        };
        assert_eq!(found.as_deref(), Some(&profile[..]), "{name}");
    }
}

#[test]
fn no_image_is_made_larger() {
    let site = with_photo(jpeg(300, 200)).built();
    let page = site.public("posts/un/index.html");
    let widths: Vec<u32> =
        offers(&page).into_iter().flat_map(|(_, all)| all).map(|(_, width)| width).collect();
    assert_eq!(widths, [300], "WebP only");
    // A small file would gain nothing.
    let site = with_photo(jpeg(40, 40)).built();
    assert!(
        !site.public("posts/un/index.html").contains("<picture>") && site.tree("public/sized").is_empty()
    );
}

#[test]
fn a_drawing_of_few_colours_stays_small() {
    // Stripes, each in its own grey, are small as PNG; narrower versions with greys in between would
    // be larger.
    let stripes =
        image::RgbImage::from_fn(1300, 700, |x, y| image::Rgb([(((x / 3) ^ (y / 40)) * 37 % 200) as u8; 3]));
    let mut drawing = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut drawing);
    stripes.write_with_encoder(encoder).expect("a PNG");
    assert!(drawing.len() > 16 * 1024 && drawing.len() < 1300 * 700 / 2, "{}", drawing.len());
    let site = Site::new().file("static/a.png", &drawing).post("un", "![a](/a.png)").built();
    let offers = offers(&site.public("posts/un/index.html"));
    let widths: Vec<u32> = offers[0].1.iter().map(|(_, width)| *width).collect();
    assert_eq!((offers.len(), offers[0].0, widths), (1, true, vec![480, 960, 1300]));
    for (name, bytes) in site.tree("public/sized") {
        if name.contains("-1300.") {
            assert!(bytes.len() <= drawing.len(), "{name}: {} of {}", bytes.len(), drawing.len());
            assert_eq!(decoded(&bytes), decoded(&drawing), "lossless, because that is smaller");
        }
    }
}

#[test]
fn the_settings_say_what_is_made() {
    let config =
        |images: &str| format!("title: Essai\nbase_url: https://essai.example/blog\nimages: {images}\n");
    let site = with_photo(taken_in_paris(jpeg(900, 600), 6));
    let site = site.file("pingmark.yaml", config("{ widths: [500, 200], webp: false, quality: 30 }")).built();
    let page = site.public("posts/un/index.html");
    let offers = offers(&page);
    assert!(!page.contains("<picture>") && offers.len() == 1);
    let addresses: Vec<&str> = offers[0].1.iter().map(|(address, _)| address.as_str()).collect();
    // The original is wider than the widest version: it is for readers who open it by itself.
    assert!(addresses.len() == 2 && addresses[0].starts_with("/blog/sized/photo-200."), "{addresses:?}");
    let coarse: usize = site.tree("public/sized").values().map(Vec::len).sum();
    let site = site.file("pingmark.yaml", config("{ widths: [200, 500], webp: false, quality: 95 }")).built();
    assert!(site.tree("public/sized").values().map(Vec::len).sum::<usize>() > coarse);
    assert_eq!(site.tree("public/sized").len(), 2, "versions of another quality are removed");
    let site = site.file("pingmark.yaml", config("false")).built();
    let page = site.public("posts/un/index.html");
    assert!(!page.contains("srcset") && page.contains("width=\"600\" height=\"900\""), "{page}");
    assert_eq!(site.public_bytes("posts/un/photo.jpg"), taken_in_paris(jpeg(900, 600), 6));
    for (wrong, message) in [
        ("{ width: [300] }", "did you mean `widths`?"),
        ("{ widths: [0] }", "each from 1 to 8192 pixels"),
        ("{ quality: 200 }", "a quality from 1 to 100"),
        ("soon", "a mapping"),
    ] {
        site.write("pingmark.yaml", config(wrong));
        let run = site.build();
        assert_eq!(run.code, 1);
        assert!(run.err.contains(message) && run.err.contains("pingmark.yaml:3:"), "{wrong}: {}", run.err);
    }
}

#[test]
fn drawings_and_what_moves_are_left_alone() {
    let mut moving = Vec::new();
    let mut encoder = png::Encoder::new(&mut moving, 200, 100);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_animated(2, 0).expect("two pictures");
    let mut writer = encoder.write_header().expect("a PNG");
    for grey in [10, 200] {
        writer.write_image_data(&vec![grey; 200 * 100]).expect("a picture");
    }
    writer.finish().expect("a PNG");
    let gif = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff!\xf9\x04\x01\0\0\0\0,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;";
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"500\" height=\"300\"/>";
    let site = Site::new()
        .file("static/a.gif", gif)
        .file("static/a.svg", svg)
        .file("static/moving.png", &moving)
        .post("un", "![a](/a.gif) ![a](/a.svg) ![a](/moving.png)")
        .built();
    assert!(!site.public("posts/un/index.html").contains("srcset"));
    assert_eq!((site.public_bytes("a.gif"), site.public("a.svg")), (gif.to_vec(), svg.to_owned()));
    assert_eq!(site.public_bytes("moving.png"), moving);
}

/// A broken image is reported where it is used, by `check` and by `build`, which publishes nothing.
fn assert_reported(site: &Site, place: &str, words: &str) {
    for run in [site.build(), site.run(&["check", "--today", TODAY])] {
        let Run { code, err, .. } = run;
        assert_eq!(code, 1, "{err}");
        assert!(err.contains("error[image-broken]") && err.contains(place) && err.contains(words), "{err}");
        assert_eq!(err.matches("error[").count(), 1, "{err}");
    }
    assert!(!site.path("public").exists());
}

#[test]
fn a_broken_image_is_told_where_it_is_shown() {
    let place = "content/posts/2026-01-01-un/index.md:6:14";
    let whole = jpeg(600, 400);
    assert_reported(&with_photo(b"no image".to_vec()), place, "it is not a JPEG, PNG or WebP");
    assert_reported(&with_photo(Vec::new()), place, "it is empty");
    assert_reported(&with_photo(whole[..whole.len() / 2].to_vec()), place, "it is truncated");
    let mut png = png(600, 400);
    let middle = png.len() / 2;
    png[middle] ^= 0xff;
    assert_reported(&with_photo(png), place, "photo.jpg");
    // A broken image that no page uses is a warning.
    let site = Site::new().file("static/a.jpg", "no image").post("un", "Texte.");
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("warning[image-unread]") && run.err.contains("static/a.jpg"), "{}", run.err);
    assert_eq!(site.public("a.jpg"), "no image");
}

#[test]
fn an_image_too_large_for_memory_is_refused() {
    // A few bytes that declare 60 000 × 60 000 pixels.
    let mut bomb = img_parts::png::Png::from_bytes(png(1, 1).into()).expect("a PNG");
    let side = 60_000_u32.to_be_bytes();
    let head = [&side[..], &side, &[8, 2, 0, 0, 0]].concat();
    bomb.chunks_mut()[0] = img_parts::png::PngChunk::new(*b"IHDR", head.into());
    let site = with_photo(bomb.encoder().bytes().to_vec());
    assert_reported(
        &site,
        "content/posts/2026-01-01-un/index.md:6:14",
        "60000 × 60000 pixels; the limit is 120 million",
    );
}

#[test]
fn versions_are_made_once() {
    let site = with_photo(taken_in_paris(jpeg(1600, 800), 6)).built();
    let kept = || -> Vec<_> {
        let names = site.tree(".pingmark/images").into_keys();
        let modified = |name: String| {
            let data = fs::metadata(site.path(".pingmark/images").join(&name)).expect("it is there");
            (name, data.modified().expect("a time"))
        };
        names.map(modified).collect()
    };
    let (first, public) = (kept(), site.tree("public"));
    // 480 wide in two formats, 800 wide as WebP and rotated, and five icons.
    assert_eq!(first.len(), 2 + 2 + 5, "{first:?}");
    fs::remove_dir_all(site.path("public")).expect("a folder");
    assert_eq!(site.build().code, 0);
    assert_eq!((kept(), site.tree("public")), (first, public.clone()));
    // A second build with all output in place writes nothing, with or without a cache.
    assert_eq!(site.run(&["clean"]).code, 0);
    assert!(site.tree(".pingmark/images").is_empty());
    assert_eq!(site.run(&["build", "--today", TODAY, "--no-cache"]).code, 0);
    assert!(site.tree(".pingmark/images").is_empty());
    assert_eq!(site.tree("public"), public, "the same bytes each time");
    assert!(site.build().err.contains(" 0 written"));
}

#[test]
fn another_image_has_other_addresses() {
    let site = with_photo(jpeg(1000, 500)).built();
    let names = |site: &Site| site.tree("public/sized").into_keys().collect::<BTreeSet<_>>();
    let before = names(&site);
    let site = site.file("content/posts/2026-01-01-un/photo.jpg", jpeg(1002, 501)).built();
    let after = names(&site);
    assert!(before.len() == 5 && after.len() == 5 && before.is_disjoint(&after), "{before:?} {after:?}");
    for (_, all) in offers(&site.public("posts/un/index.html")) {
        assert!(all.iter().all(|(address, _)| site.path("public").join(&address[1..]).is_file()));
    }
}

#[test]
fn the_same_image_in_two_places_has_the_same_versions() {
    let site = with_photo(jpeg(600, 300))
        .file("content/posts/2026-01-02-deux/photo.jpg", jpeg(600, 300))
        .file("content/posts/2026-01-02-deux/index.md", text("![La même](photo.jpg)"))
        .built();
    assert_eq!(site.tree("public/sized").len(), 3);
    let offered = |slug: &str| offers(&site.public(&format!("posts/{slug}/index.html")));
    assert_eq!(offered("un")[0], offered("deux")[0]);
}

#[test]
fn translations_share_versions() {
    let english = "---\ntitle: One\ndescription: A try.\n---\n\n![A photo](photo.jpg)\n";
    let config = "title: Essai\nbase_url: https://essai.example\nlanguages: { en: { title: Try } }\n";
    let site = with_photo(taken_in_paris(jpeg(600, 300), 6))
        .file("pingmark.yaml", config)
        .file("content/posts/2026-01-01-un/index.en.md", english)
        .built();
    assert_eq!(site.tree("public/sized").len(), 1, "300 wide when upright: WebP only");
    assert_eq!(site.public_bytes("posts/un/photo.jpg"), site.public_bytes("en/posts/un/photo.jpg"));
    assert!(site.public("en/posts/un/index.html").contains("/sized/photo-300."));
}

#[test]
fn as_many_threads_as_there_are_make_the_same_bytes() {
    let of = |threads: &str| {
        let mut site = Site::new();
        for number in 0..4_u32 {
            let bytes = taken_in_paris(jpeg(700 + number * 300, 400), number as u8 + 1);
            site = site.file(&format!("static/{number}.jpg"), bytes);
            site = site.post(&format!("article-{number}"), &format!("![Une photo](/{number}.jpg)"));
        }
        let mut build = site.command(&["build", "--today", TODAY]);
        let run = Run::of(build.env("RAYON_NUM_THREADS", threads).output().expect("it starts"));
        assert_eq!(run.code, 0, "{}", run.err);
        site.tree("public")
    };
    assert_eq!(of("1"), of("5"));
}

#[test]
fn served_images_are_made_when_they_are_asked_for() {
    let site = with_photo(taken_in_paris(jpeg(2000, 1000), 6));
    let served = Served::start(&site, &[]);
    let page = served.get("/posts/un/").text();
    assert!(site.tree(".pingmark/images").is_empty());
    let offers = offers(&page);
    let (address, width) = &offers[0].1[0];
    let reply = served.get(address);
    assert_eq!((reply.status, reply.header("content-type")), (200, "image/webp"));
    assert_eq!(decoded(&reply.body).width(), *width);
    assert_eq!(reply.header("content-length"), reply.body.len().to_string());
    assert_eq!(site.tree(".pingmark/images").len(), 1, "cached for the next build");
    let whole = decoded(&served.get("/posts/un/photo.jpg").body);
    assert_eq!((whole.width(), whole.height()), (1000, 2000));
    assert_eq!(served.get("/favicon.ico").status, 200);
}

/// The properties `og:image…` of a page.
fn previews(page: &str) -> Vec<(String, String)> {
    let html = Html::parse_document(page);
    let selector = Selector::parse("meta[property^='og:image']").expect("a selector");
    let of = |element: scraper::ElementRef<'_>| {
        let attribute = |name| element.value().attr(name).unwrap_or_default().to_owned();
        (attribute("property"), attribute("content"))
    };
    html.select(&selector).map(of).collect()
}

/// The file that a page's link preview names, and its properties.
fn preview(site: &Site, slug: &str) -> (String, Vec<u8>) {
    let found = previews(&site.public(&format!("posts/{slug}/index.html")));
    let of =
        |name: &str| found.iter().find(|(property, _)| property == name).map(|(_, value)| value.as_str());
    let address = of("og:image").unwrap_or_else(|| panic!("{slug}: {found:?}"));
    let path = address.strip_prefix("https://essai.example/").expect("an address of the site");
    let bytes = site.public_bytes(path);
    let image = image::load_from_memory(&bytes).expect("an image");
    let size = (image.width().to_string(), image.height().to_string());
    assert_eq!(of("og:image:width"), Some(size.0.as_str()), "{slug}");
    assert_eq!(of("og:image:height"), Some(size.1.as_str()), "{slug}");
    let expected = match image::guess_format(&bytes).expect("a format") {
        image::ImageFormat::Jpeg => "image/jpeg",
        image::ImageFormat::Png => "image/png",
        other => panic!("{slug}: networks do not show {other:?}"),
    };
    assert_eq!(of("og:image:type"), Some(expected), "{slug}");
    assert!(image.width().max(image.height()) <= 1200 && bytes.len() <= 1_000_000, "{slug}: {}", bytes.len());
    (path.to_owned(), bytes)
}

fn with_cover(site: Site, slug: &str, name: &str, bytes: impl AsRef<[u8]>) -> Site {
    let text = format!(
        "---\ntitle: {slug}\ndate: 2026-01-01\ndescription: Un essai.\nimage: {name}\nimage_alt: Une image\n---\n\nTexte.\n"
    );
    site.file(&format!("content/posts/{slug}/{name}"), bytes)
        .file(&format!("content/posts/{slug}/index.md"), text)
}

fn webp(width: u32, height: u32, alpha: u8) -> Vec<u8> {
    let image = image::RgbaImage::from_pixel(width, height, image::Rgba([200, 40, 40, alpha]));
    let mut bytes = Vec::new();
    image.write_with_encoder(image::codecs::webp::WebPEncoder::new_lossless(&mut bytes)).expect("a WebP");
    bytes
}

const HEIC: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic and no more";
const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\"><circle r=\"4\"/></svg>";

/// Networks show JPEG and PNG, and Bluesky one megabyte at most.
#[test]
fn a_link_preview_shows_an_image_that_networks_show() {
    let mut site = Site::new();
    site = with_cover(site, "petit", "cover.jpg", jpeg(900, 600));
    site = with_cover(site, "grand", "cover.jpg", jpeg(3000, 2000));
    site = with_cover(site, "haut", "cover.png", png(1000, 2000));
    site = with_cover(site, "lourd", "cover.png", png(1200, 1200));
    site = with_cover(site, "moderne", "cover.webp", webp(800, 400, 255));
    site = with_cover(site, "transparent", "cover.webp", webp(800, 400, 0));
    site = with_cover(site, "dessin", "cover.svg", SVG);
    site = with_cover(site, "telephone", "cover.heic", HEIC);
    site = with_cover(site, "couche", "cover.jpg", taken_in_paris(jpeg(3000, 2000), 6));
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(!run.err.contains("link-preview"), "{}", run.err);
    for (slug, name, size) in [
        ("petit", "posts/petit/cover.jpg", (900, 600)),
        ("grand", "sized/cover-preview.", (1200, 800)),
        ("haut", "sized/cover-preview.", (600, 1200)),
        ("lourd", "sized/cover-preview.", (1200, 1200)),
        ("moderne", "sized/cover-preview.", (800, 400)),
        ("transparent", "sized/cover-preview.", (800, 400)),
        ("dessin", "posts/dessin/card.png", (1200, 630)),
        ("telephone", "posts/telephone/card.png", (1200, 630)),
        ("couche", "sized/cover-preview.", (800, 1200)),
    ] {
        let (path, bytes) = preview(&site, slug);
        assert!(path.starts_with(name), "{slug}: {path}");
        let image = decoded(&bytes);
        assert_eq!(image.dimensions(), size, "{slug}");
        if slug == "transparent" {
            assert_eq!(image.get_pixel(9, 9).0, [255; 4], "transparent is white");
        }
    }
    // A page keeps its own image in lists, and share texts name what networks show.
    assert!(site.public("index.html").contains("posts/dessin/cover.svg"));
    let shared = site.run(&["social", "--today", TODAY, "--network", "bluesky", "--format", "json"]).out;
    assert!(!shared.contains("cover.svg") && !shared.contains(".webp") && shared.contains("cover-preview."));
}

#[test]
fn a_page_without_an_image_for_networks_is_told() {
    let site = with_cover(
        Site::empty()
            .file("pingmark.yaml", "title: Essai\nbase_url: https://essai.example\nsocial: {cards: false}\n"),
        "dessin",
        "cover.svg",
        SVG,
    );
    let site = site
        .file(
            "content/a-propos.md",
            "---\ntitle: A\ndescription: Un essai.\nimage: /a.heic\nimage_alt: A\n---\n\nTexte.\n",
        )
        .file("static/a.heic", HEIC);
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(run.err.matches("warning[link-preview]").count(), 2, "{}", run.err);
    assert!(
        run.err.contains("posts/dessin/index.md:5:8") && run.err.contains("a-propos.md:4:8"),
        "{}",
        run.err
    );
    assert!(previews(&site.public("posts/dessin/index.html")).is_empty());
    // An image under `social:` takes its place; so does another host's.
    for image in ["/carte.png", "https://images.example/carte.jpg?x=1"] {
        let text = format!(
            "---\ntitle: A\ndate: 2026-01-01\ndescription: Un essai.\nimage: /a.svg\nimage_alt: A\n\
             social: {{image: {image}, image_alt: Une carte}}\n---\n\nTexte.\n"
        );
        let site = Site::new()
            .file("content/posts/un.md", text)
            .file("static/a.svg", SVG)
            .file("static/carte.png", png(600, 315))
            .built();
        let found = previews(&site.public("posts/un/index.html"));
        let has = |name: &str, value: &str| found.contains(&(name.to_owned(), value.to_owned()));
        assert!(found.iter().any(|(name, value)| name == "og:image" && value.ends_with(image)), "{found:?}");
        assert!(has("og:image:alt", "Une carte"), "{found:?}");
        assert!(
            has("og:image:type", if image.ends_with("png") { "image/png" } else { "image/jpeg" }),
            "{found:?}"
        );
    }
}
