//! Images that declare more than they hold, and drawings that never end: each is refused or made
//! within the memory that one image may take.

use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::ZlibEncoder;
use img_parts::png::{Png, PngChunk};

use super::build;
use crate::support::{Run, Site, TODAY, jpeg, png};

/// Most memory of a whole build with one image, in MiB.
const MAX_MEMORY: u64 = 512;

/// A PNG of zeros: size, colour type and bit depth as in the header, and its bytes in a row.
fn zeros((width, height): (u32, u32), colour: u8, depth: u8, row: usize) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    let line = vec![0; row + 1];
    for _ in 0..height {
        packed.write_all(&line).expect("memory takes it");
    }
    let mut file = Png::from_bytes(png(1, 1).into()).expect("a PNG");
    let head = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[depth, colour, 0, 0, 0]].concat();
    let data = packed.finish().expect("memory takes it");
    let chunks = file.chunks_mut();
    chunks.retain(|chunk| matches!(&chunk.kind(), b"IHDR" | b"IDAT" | b"IEND"));
    chunks[0] = PngChunk::new(*b"IHDR", head.into());
    chunks[1] = PngChunk::new(*b"IDAT", data.into());
    file.encoder().bytes().to_vec()
}

/// Adds a chunk after the header of a PNG.
fn with_chunk(file: Vec<u8>, kind: [u8; 4], contents: Vec<u8>) -> Vec<u8> {
    let mut file = Png::from_bytes(file.into()).expect("a PNG");
    file.chunks_mut().insert(1, PngChunk::new(kind, contents.into()));
    file.encoder().bytes().to_vec()
}

/// Zeros, compressed, in mebibytes.
fn packed_zeros(mebibytes: usize) -> Vec<u8> {
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::default());
    let block = vec![0; 1 << 20];
    (0..mebibytes).for_each(|_| packed.write_all(&block).expect("memory takes it"));
    packed.finish().expect("memory takes it")
}

/// Builds a site and measures its peak memory in MiB: 0 where the system does not tell.
fn measured(site: &Site) -> (Run, u64) {
    let mut command = site.command(&["build", "--today", TODAY, "--format", "short"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("a state").is_none() {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        peak = peak.max(kibibytes.unwrap_or(0) / 1024);
        std::thread::sleep(Duration::from_millis(2));
    }
    (Run::of(child.wait_with_output().expect("it has ended")), peak)
}

fn shown(name: &str, bytes: Vec<u8>) -> Site {
    Site::new().file(&format!("content/posts/2026-01-01-un/{name}"), bytes).file(
        "content/posts/2026-01-01-un/index.md",
        format!("---\ntitle: Un\ndescription: Un essai.\n---\n\n![Une photo]({name})\n"),
    )
}

#[track_caller]
fn assert_built(site: &Site, code: i32, words: &str, most: u64) {
    let (run, peak) = measured(site);
    assert_eq!(run.code, code, "{}", run.err);
    assert!(run.err.contains(words), "{}", run.err);
    assert!(peak <= most, "{peak} MiB, the most is {most}: {}", run.err);
}

#[test]
fn an_image_of_one_long_row_is_refused_by_its_side() {
    for size in [(120_000_000, 1), (70_000, 100), (100, 70_000)] {
        let words = format!("{} × {} pixels; the limit is 65535 on a side", size.0, size.1);
        assert_built(&shown("long.png", zeros(size, 0, 8, size.0 as usize)), 1, &words, 256);
    }
}

#[test]
fn a_colour_profile_expands_only_so_far() {
    let bomb = [b"bombe\0\0".to_vec(), packed_zeros(700)].concat();
    let text = [b"bombe\0\0".to_vec(), packed_zeros(300)].concat();
    let image = with_chunk(with_chunk(png(600, 400), *b"iCCP", bomb), *b"zTXt", text);
    assert!(image.len() < 8 << 20);
    assert_built(&shown("photo.png", image.clone()).file("static/unused.png", image), 0, "", 256);
}

#[test]
fn sixteen_bits_take_no_more_memory_than_eight() {
    let image = zeros((9000, 9000), 2, 16, 9000 * 6);
    assert!(image.len() < 4 << 20);
    assert_built(&shown("deep.png", image), 0, "", MAX_MEMORY);
    // Transparent, so that shrinking it takes a second copy.
    let image = zeros((9500, 9500), 6, 16, 9500 * 8);
    let (run, peak) = measured(&shown("deep.png", image));
    assert!(run.code == 0 || run.err.contains("image-broken"), "{}", run.err);
    assert!(peak <= MAX_MEMORY, "{peak} MiB: {}", run.err);
}

#[test]
fn the_largest_images_stay_within_the_memory_of_one() {
    for (colour, channels) in [(0, 1), (2, 3), (6, 4)] {
        let side = 10_900;
        let (run, peak) =
            measured(&shown("large.png", zeros((side, side), colour, 8, side as usize * channels)));
        assert!(run.code == 0 || run.err.contains("image-broken"), "{}", run.err);
        assert!(peak <= MAX_MEMORY, "{channels} channels: {peak} MiB: {}", run.err);
    }
    // A long screenshot, of which WebP versions are made without loss.
    let (run, peak) = measured(&shown("flat.png", zeros((1440, 16_000), 2, 8, 1440 * 3)));
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(peak <= MAX_MEMORY, "{peak} MiB");
}

/// The header of a small JPEG, changed to declare a large one.
fn declared(marker: u8, width: u16, height: u16) -> Vec<u8> {
    let mut file = jpeg(64, 64);
    let at = file.windows(2).position(|bytes| bytes == [0xff, 0xc0]).expect("a frame header");
    file[at + 1] = marker;
    file[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    file[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    file
}

#[test]
fn a_jpeg_that_declares_too_much_is_not_decoded() {
    let progressive = shown("photo.jpg", declared(0xc2, 10_000, 12_000));
    assert_built(&progressive, 1, "MiB of memory; the limit is 448 MiB", 256);
    assert_built(&shown("photo.jpg", declared(0xc0, 65_000, 65_000)), 1, "the limit is 120 million", 256);
    let (run, peak) = measured(&shown("photo.jpg", declared(0xc0, 11_000, 10_900)));
    assert!(run.code == 0 || run.err.contains("image-broken"), "{}", run.err);
    assert!(peak <= MAX_MEMORY, "{peak} MiB");
}

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"64\" height=\"64\"";

#[test]
fn drawings_with_entities_filters_or_patterns_without_end_are_refused() {
    let entities: String = (1..9)
        .map(|level| format!("<!ENTITY e{level} \"{}\">", format!("&e{};", level - 1).repeat(20)))
        .collect();
    let quadratic = format!(
        "<!DOCTYPE svg [<!ENTITY a \"{}\">]>{SVG}><text>{}</text></svg>",
        "x".repeat(100_000),
        "&a;".repeat(100_000)
    );
    for (what, drawing, words) in [
        (
            "entities of entities",
            format!("<!DOCTYPE svg [<!ENTITY e0 \"x\">{entities}]>{SVG}><text>&e8;</text></svg>"),
            "document type",
        ),
        ("one entity many times", quadratic, "document type"),
        (
            "a file of the machine",
            format!("<!DOCTYPE svg [<!ENTITY f SYSTEM \"/etc/passwd\">]>{SVG}><text>&f;</text></svg>"),
            "document type",
        ),
        (
            "octaves",
            format!(
                "{SVG}><filter id=\"f\"><feTurbulence baseFrequency=\"9\" numOctaves=\"2000000000\"/></filter>\
                 <rect width=\"64\" height=\"64\" filter=\"url(#f)\"/></svg>"
            ),
            "`feTurbulence` of the filter `f`",
        ),
        (
            "a huge pattern",
            format!(
                "{SVG}><pattern id=\"p\" width=\"90000\" height=\"90000\" patternUnits=\"userSpaceOnUse\">\
                 <rect width=\"9\" height=\"9\"/></pattern><rect width=\"64\" height=\"64\" fill=\"url(#p)\"/></svg>"
            ),
            "of memory",
        ),
    ] {
        let site = Site::new().post("un", "Texte.").file("static/favicon.svg", &drawing);
        let run = build(&site, what);
        assert_eq!(run.code, 1, "{what}: {}", run.err);
        assert!(run.err.contains("static/favicon.svg") && run.err.contains(words), "{what}: {}", run.err);
        let site = Site::new().post("un", "Texte.").file("templates/card.svg", &drawing);
        let run = build(&site, what);
        assert_eq!(run.code, 1, "{what}: {}", run.err);
        assert!(run.err.contains("card-failed"), "{what}: {}", run.err);
    }
}

/// Illustrator and Inkscape write such lines, which declare nothing.
#[test]
fn a_document_type_without_declarations_is_no_obstacle() {
    let public = "<?xml version=\"1.0\"?>\n<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \
                  \"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd\">\n";
    let drawing = format!("{public}{SVG}><rect width=\"64\" height=\"64\"/></svg>");
    Site::new().post("un", "Texte.").file("static/favicon.svg", drawing).built();
}

/// Ctrl-C ends a build within a second, whatever it is doing, and leaves nothing behind.
#[cfg(unix)]
#[test]
fn a_build_that_makes_images_is_stopped_within_a_second() {
    let endless = "{% for a in range(end=100000) %}{% for b in range(end=100000) %}{% endfor %}{% endfor %}";
    let images = (0..6).fold(Site::new(), |site, number| {
        let image = zeros((9000, 9000 + number), 2, 8, 27_000);
        site.file(&format!("content/posts/2026-01-01-un/{number}.png"), image)
    });
    let text: String = (0..6).map(|number| format!("![Une photo]({number}.png)\n\n")).collect();
    let images = images.file(
        "content/posts/2026-01-01-un/index.md",
        format!("---\ntitle: Un\ndescription: Un essai.\n---\n\n{text}"),
    );
    let template = Site::new().post("un", "Texte.").file("templates/post.html", endless);
    for site in [images, template] {
        let mut command = site.command(&["build", "--today", TODAY]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it starts");
        let staged = || {
            let names = std::fs::read_dir(site.root()).expect("a folder").flatten();
            names.map(|entry| entry.file_name()).any(|name| name.to_string_lossy().contains("pingmark-"))
        };
        let started = Instant::now();
        while !staged() && started.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(5));
        }
        std::thread::sleep(Duration::from_millis(300));
        let signal = Instant::now();
        let id = child.id().to_string();
        assert!(
            std::process::Command::new("kill").args(["-s", "INT", &id]).status().expect("kill").success()
        );
        let status = child.wait().expect("it ends");
        assert!(signal.elapsed() < Duration::from_millis(1500), "{:?}", signal.elapsed());
        assert_eq!(status.code(), Some(130));
        assert!(!staged() && !site.path("public").exists());
    }
}
