//! The icons made from one SVG.

use std::fs;

use super::support::Site;

/// Width, height and RGBA pixels.
fn pixels(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let image = image::load_from_memory_with_format(bytes, image::ImageFormat::Png).expect("a PNG");
    let image = image.into_rgba8();
    (image.width(), image.height(), image.into_raw())
}

#[test]
fn one_drawing_makes_the_icons_that_browsers_and_phones_look_for() {
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 10 10\"><circle cx=\"5\" cy=\"5\" r=\"5\" \
                   fill=\"#ff0000\"/></svg>";
    let site = Site::new().file("static/favicon.svg", drawing).post("un", "Texte.").built();
    let icon = |name: &str| fs::read(site.path("public").join(name)).expect("an icon");
    for (name, side, corner) in [
        ("apple-touch-icon.png", 180, [255; 4]),
        ("icon-192.png", 192, [0; 4]),
        ("icon-512.png", 512, [0; 4]),
        ("icon-maskable-512.png", 512, [255; 4]),
    ] {
        let (width, height, pixels) = pixels(&icon(name));
        assert_eq!((width, height), (side, side), "{name}");
        assert_eq!(pixels[..4], corner, "{name}: the transparent corner");
        let middle = ((side / 2 * side + side / 2) * 4) as usize;
        assert_eq!(pixels[middle..middle + 4], [255, 0, 0, 255], "{name}");
    }
    // Nothing that matters is outside the safe zone of a maskable icon.
    let (_, _, cut) = pixels(&icon("icon-maskable-512.png"));
    let at = |x: usize, y: usize| cut[(y * 512 + x) * 4..][..4].to_vec();
    assert_eq!((at(256, 40), at(256, 100)), (vec![255; 4], vec![255, 0, 0, 255]));
    let ico = icon("favicon.ico");
    assert_eq!(ico[..8], [0, 0, 1, 0, 1, 0, 32, 32]);
    let (width, _, _) = pixels(&ico[22..]);
    assert_eq!((width, ico.len()), (32, 22 + u32::from_le_bytes(ico[14..18].try_into().unwrap()) as usize));

    let page = site.public("posts/un/index.html");
    for link in [
        "<link rel=\"icon\" href=\"/favicon.ico\" sizes=\"32x32\">",
        "<link rel=\"apple-touch-icon\" href=\"/apple-touch-icon.png\">",
        "<link rel=\"manifest\" href=\"/site.webmanifest\">",
    ] {
        assert!(page.contains(link), "{link}");
    }
    let manifest: serde_json::Value = serde_json::from_str(&site.public("site.webmanifest")).expect("JSON");
    let icons = manifest["icons"].as_array().expect("a list");
    assert_eq!(icons.len(), 4);
    for icon in icons {
        let file = icon["src"].as_str().expect("an address").trim_start_matches('/');
        assert!(site.path("public").join(file).is_file(), "{file}");
    }
    let maskable = icons.iter().find(|icon| icon["purpose"] == "maskable").expect("one");
    assert_eq!((&maskable["sizes"], &maskable["type"]), (&"512x512".into(), &"image/png".into()));
}

#[test]
fn an_icon_of_the_sites_own_is_the_icon() {
    let site = Site::new().file("static/favicon.ico", "own").post("un", "Texte.").built();
    assert_eq!(site.public("favicon.ico"), "own");
    assert!(site.path("public/apple-touch-icon.png").is_file());
}

#[test]
fn icons_are_drawn_once() {
    let site = Site::new().post("un", "Texte.").built();
    let kept = site.tree(".pingmark/images");
    assert_eq!(kept.len(), 5);
    let before = site.tree("public");
    fs::remove_dir_all(site.path("public")).expect("a folder");
    assert_eq!(site.build().code, 0);
    assert_eq!(site.tree("public"), before);
    assert_eq!(site.tree(".pingmark/images"), kept);
}
