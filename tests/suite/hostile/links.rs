//! Symbolic links, pipes and sockets among the files of a site.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::process::Command;

use super::{assert_refused, build, config, every, post};
use crate::support::Site;

/// A symlink out of the site is an error that names it, and nothing behind it is published or
/// quoted.
#[test]
fn links_out_of_the_site_are_errors() {
    let outside = Site::empty().file("dossier/secret.md", "SECRET").file("dossier/post.html", "SECRET");
    let cases = [
        ("content/posts/x.md", "dossier/secret.md"),
        ("content/posts/x.png", "dossier/secret.md"),
        ("content/dehors", "dossier"),
        ("content", ""),
        ("static/x.txt", "dossier/secret.md"),
        ("static/dehors", "dossier"),
        ("static/.well-known", "dossier"),
        ("static", "dossier"),
        ("templates/post.html", "dossier/post.html"),
        ("templates/partials", "dossier"),
        ("templates", "dossier"),
        ("themes/mien/templates/post.html", "dossier/post.html"),
        ("themes/mien/templates/partials", "dossier"),
        ("themes/mien/static", "dossier"),
        ("themes/mien", "dossier"),
        ("themes", "dossier"),
        ("data/x.yaml", "dossier/secret.md"),
        ("data", "dossier"),
    ];
    every(cases, |(link, target)| {
        let site = Site::new().file("pingmark.yaml", config("theme: mien"));
        let site = site.file("themes/mien/templates/404.html", "<!doctype html>\n");
        let place = site.path(link);
        let _ = fs::remove_dir_all(&place);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        symlink(outside.path(target), &place).expect("a link");
        assert_refused(&site, link, &["[link-leaves-site]", link]);
        let run = build(&site, link);
        assert!(!run.err.contains("SECRET"), "{link}: {}", run.err);
    });
}

/// Symlinks inside the site work; broken ones and cycles are errors.
#[test]
fn links_inside_the_site_work_and_circles_end() {
    let site = Site::new().file("data/vrai.md", post("")).file("data/photo.txt", "photo");
    fs::create_dir_all(site.path("content/posts")).expect("a folder");
    fs::create_dir_all(site.path("static")).expect("a folder");
    symlink("../../data/vrai.md", site.path("content/posts/lien.md")).expect("a link");
    symlink("../data", site.path("static/photos")).expect("a link");
    assert_eq!(build(&site, "links inside").code, 0);
    assert!(site.public("posts/lien/index.html").contains("Titre"));
    assert_eq!(site.public("photos/photo.txt"), "photo");
    let circles = [
        ("content/boucle", "."),
        ("content/boucle", ".."),
        ("content/a/b/boucle", "../../a"),
        ("static/boucle", "../static"),
        ("static/soi", "soi"),
        ("content/rien.md", "nulle-part.md"),
        ("templates/boucle", ".."),
        ("themes/t/boucle", "../../themes"),
    ];
    every(circles, |(link, target)| {
        let site = Site::new().post("un", "Texte.");
        let place = site.path(link);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        symlink(target, &place).expect("a link");
        let name = link.rsplit('/').next().unwrap_or(link);
        assert_refused(&site, &format!("{link} -> {target}"), &["error[", name]);
    });
}

/// A symlink to the output folder does not make the site grow with each build.
#[test]
fn the_output_is_no_source() {
    every([("static/tout", "../public"), ("content/tout", "../public/posts")], |(link, target)| {
        let site = Site::new().post("un", "Texte.").built();
        fs::create_dir_all(site.path("static")).expect("a folder");
        symlink(target, site.path(link)).expect("a link");
        let sizes: Vec<usize> = (0..3)
            .map(|_| {
                build(&site, link);
                site.tree("public").len()
            })
            .collect();
        assert_eq!(sizes[1], sizes[2], "{link}: the output grows with each build: {sizes:?}");
    });
}

/// Pipes and sockets are skipped with a warning and never opened.
#[test]
fn pipes_and_sockets_are_left_out() {
    for path in
        ["content/posts/tube.md", "content/tube.png", "static/tube", "templates/post.html", "data/x.yaml"]
    {
        let site = Site::new().post("un", "Texte.");
        let place = site.path(path);
        fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
        let made = Command::new("mkfifo").arg(&place).status().expect("mkfifo");
        assert!(made.success());
        let run = build(&site, path);
        assert_eq!(run.code, 0, "{path}: {}", run.err);
        assert!(run.err.contains("[file-special]") && run.err.contains(path), "{path}: {}", run.err);
        assert!(run.err.contains("1 warning"), "{path}: {}", run.err);
    }
    let site = Site::new().post("un", "Texte.");
    let _socket = UnixListener::bind(site.path("content/prise.md")).expect("a socket");
    let run = build(&site, "a socket");
    assert_eq!((run.code, run.err.contains("[file-special]")), (0, true), "{}", run.err);
}
