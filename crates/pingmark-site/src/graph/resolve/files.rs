//! Files that a link finds only in another case, and files that are not published.

use std::collections::HashMap;

use pingmark_core::diag::{Spot, catalogue};
use pingmark_core::path::folded;

use super::{PageResolver, ReferenceIndex, Resolved, relative_path};
use crate::graph::PageKind;

/// Names of files and addresses by their [folded](folded) form.
pub(super) struct FoldedNames<'a> {
    files: HashMap<String, &'a str>,
    addresses: HashMap<String, &'a str>,
}

impl<'a> ReferenceIndex<'a> {
    fn folded(&self) -> &FoldedNames<'a> {
        self.folded.get_or_init(|| {
            let pages = || self.pages.iter().filter(|page| page.kind != PageKind::Section);
            let assets = || self.assets.iter().filter(|(_, asset)| asset.source.below("themes").is_none());
            let texts = self.pages.iter().map(|page| page.summary().path.as_str());
            let files = texts.chain(assets().map(|(_, asset)| asset.source.as_str()));
            let routes = pages().map(|page| page.route.as_str());
            let addresses = routes.chain(assets().map(|(address, _)| address.as_str()));
            FoldedNames {
                files: files.map(|file| (folded(file), file)).collect(),
                addresses: addresses.map(|address| (folded(address), address)).collect(),
            }
        })
    }
}

impl PageResolver<'_, '_> {
    /// Resolves a file whose name differs in upper and lower case, and reports it.
    pub(super) fn file_in_other_case(
        &mut self,
        file: &str,
        address: &str,
        rest: &str,
        spot: &Spot,
    ) -> Option<Resolved> {
        let actual = *self.index.folded().files.get(&folded(file))?;
        let found = self.file(actual, rest, spot)?;
        let near = relative_path(self.path.parent(), actual);
        self.diagnostics.push(catalogue::other_case(self.path, spot, address, &near));
        Some(found)
    }

    /// Resolves an address of a page or file that differs in upper and lower case, and reports it.
    pub(super) fn address_in_other_case(
        &mut self,
        address: &str,
        rest: &str,
        spot: &Spot,
    ) -> Option<Resolved> {
        let index = self.index;
        let actual = *index.folded().addresses.get(&folded(address))?;
        self.diagnostics.push(catalogue::other_case(
            self.path,
            spot,
            &format!("/{address}"),
            &format!("/{actual}"),
        ));
        Some(match index.routes.get(actual) {
            Some(page) => {
                self.check_anchor(index.page(*page), rest, spot);
                Resolved::Page(*page, rest.strip_prefix('#').map(str::to_owned))
            }
            None => Resolved::Asset(actual.to_owned(), rest.to_owned()),
        })
    }

    /// Reports a file that belongs to an unpublished text, if it is one.
    pub(super) fn held_file(&mut self, file: &str, spot: &Spot) -> Option<Resolved> {
        let (file, reason) = self.index.held.files.get_key_value(file)?;
        self.diagnostics.push(catalogue::file_held(self.path, spot, file, *reason));
        Some(Resolved::Unpublished)
    }

    /// Like [`Self::held_file`], by the address that the file would have.
    pub(super) fn held_at(&mut self, address: &str, spot: &Spot) -> Option<Resolved> {
        let file = self.index.held.addresses.get(address)?;
        self.held_file(file.as_str(), spot)
    }
}
