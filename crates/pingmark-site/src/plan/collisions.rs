//! Addresses that two files of the site want.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use pingmark_core::diag::args::WayOut;
use pingmark_core::diag::{Diagnostic, Spot, catalogue};
use pingmark_core::fingerprint::FastHash;
use pingmark_core::path::{SitePath, folded};
use pingmark_core::raster::ImageVersion;

use super::{Feed, ListPage, Recipe, Target};
use crate::graph::Graph;

/// Removes targets whose address another one has, and reports them; also reports a file where
/// another target needs a folder. Addresses that differ only in case or Unicode composition
/// collide, because common file systems do not tell them apart.
pub(super) fn remove_collisions(targets: &mut Vec<Target>, graph: &Graph, diagnostics: &mut Vec<Diagnostic>) {
    let files: Vec<String> = targets.par_iter().map(|target| folded(&target.route.file_name())).collect();
    let mut taken: HashMap<&str, usize, FastHash> =
        HashMap::with_capacity_and_hasher(targets.len(), FastHash::default());
    let mut drop = HashSet::new();
    for (number, target) in targets.iter().enumerate() {
        if let Some(&other) = taken.get(files[number].as_str()) {
            if is_own_static(&target.recipe) && is_replaceable(&targets[other].recipe) {
                drop.insert(other);
                taken.insert(&files[number], number);
                continue;
            }
            // Its article collides too, and is reported.
            if matches!(target.recipe, Recipe::SocialImage(..)) {
                drop.insert(number);
                continue;
            }
            let mut by = targets[other].recipe.occupant(graph);
            let mut differs = targets[other].route.file_name() != target.route.file_name();
            let (mut path, mut spot, mut way_out) = collision_spot(&target.recipe, graph);
            if path.is_none() {
                // Report it in the target that has a source file.
                (path, spot, way_out) = collision_spot(&targets[other].recipe, graph);
                by = target.recipe.occupant(graph);
                differs = false;
            }
            let (address, other) = (target.route.as_str(), targets[other].route.as_str());
            let other = differs.then_some(other);
            diagnostics.push(catalogue::address_taken(path, &spot, address, by, other, way_out));
            drop.insert(number);
        } else {
            taken.insert(&files[number], number);
        }
    }
    let kept = targets.iter().enumerate().filter(|(number, _)| !drop.contains(number));
    let mut blocked = Vec::new();
    for (number, target) in kept.filter(|(_, target)| !matches!(target.recipe, Recipe::SocialImage(..))) {
        let file = &files[number];
        for (at, _) in file.match_indices('/') {
            if let Some(&other) = taken.get(&file[..at]) {
                // `static/atom.xml/index.html` stands where the feed would.
                if is_own_static(&target.recipe) && is_replaceable(&targets[other].recipe) {
                    blocked.push(other);
                    continue;
                }
                let by = target.recipe.occupant(graph);
                let (path, spot, _) = collision_spot(&targets[other].recipe, graph);
                diagnostics.push(catalogue::address_blocked(path, &spot, targets[other].route.as_str(), by));
                break;
            }
        }
    }
    drop.extend(blocked);
    let mut number = 0;
    targets.retain(|_| {
        number += 1;
        !drop.contains(&(number - 1))
    });
}

/// Whether a target is a file of `static/`.
fn is_own_static(recipe: &Recipe) -> bool {
    match recipe {
        Recipe::Asset(path) | Recipe::Image(path, ImageVersion::Original) => path.below("static").is_some(),
        _ => false,
    }
}

/// Whether a target is made of no file of its own, so that a file of the author's may stand in its
/// place: a feed, the sitemap, the 404 page, a list.
fn is_replaceable(recipe: &Recipe) -> bool {
    match recipe {
        Recipe::NotFound(_)
        | Recipe::Feed(Feed { term: None, .. })
        | Recipe::Sitemap
        | Recipe::Robots
        | Recipe::Manifest
        | Recipe::CitationGraph
        | Recipe::Citations(_)
        | Recipe::Sources(_)
        | Recipe::Icon(_) => true,
        Recipe::List(ListPage::Home(_, slice)) => slice.number == 1,
        Recipe::List(ListPage::Terms(..) | ListPage::Archive(_)) => true,
        _ => false,
    }
}

/// Source file to report a collision in, the place in it, and the way out.
fn collision_spot<'a>(recipe: &'a Recipe, graph: &'a Graph) -> (Option<&'a SitePath>, Spot, WayOut) {
    let key = |name: &str| Spot::Key(vec![name.to_owned()]);
    match recipe {
        Recipe::Page(id) => {
            let summary = graph.page(*id).summary();
            let spot = match (&summary.meta.permalink, &summary.meta.slug) {
                (Some(_), _) => key("permalink"),
                (None, Some(_)) => key("slug"),
                (None, None) => Spot::LineColumn(1, 1),
            };
            (Some(&summary.path), spot, WayOut::Move)
        }
        Recipe::List(ListPage::Section(id, _)) => {
            (Some(&graph.page(*id).summary().path), Spot::LineColumn(1, 1), WayOut::Move)
        }
        Recipe::Redirect(id, alias) => {
            let spot = Spot::Value(vec!["aliases".to_owned()], alias.clone());
            (Some(&graph.page(*id).summary().path), spot, WayOut::RemoveAlias)
        }
        Recipe::List(ListPage::Term(id, _)) | Recipe::Feed(Feed { term: Some(id), .. }) => {
            let term = graph.taxonomies.term(*id);
            let first = term.posts.first().map(|id| &graph.page(*id).summary().path);
            let spot = Spot::Value(vec![term.taxonomy.name.clone()], term.name.clone());
            (first, spot, WayOut::RenameTerm)
        }
        Recipe::Image(path, ImageVersion::Original) | Recipe::Asset(path) => {
            (Some(path), Spot::File, WayOut::RenameFile)
        }
        _ => (None, Spot::File, WayOut::Move),
    }
}
