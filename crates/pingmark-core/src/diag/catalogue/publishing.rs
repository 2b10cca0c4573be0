//! Addresses of the published site, and its files.

use serde::{Deserialize, Serialize};

use super::{Text, says};
use crate::diag::args::{Gone, Occupant, UnpublishedReason, WayOut};
use crate::diag::{Code, Diagnostic, Spot};
use crate::path::SitePath;

/// Problems of publishing.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Publishing {
    AddressTaken { address: String, by: Occupant, other: Option<String>, way_out: WayOut },
    AddressBlocked { address: String, by: Occupant },
    AddressGone { address: String, state: Gone },
    EditedByHand { path: SitePath },
}

impl Publishing {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::AddressTaken { address, by, other, way_out } => {
                let at = other.as_ref().map(|other| {
                    format!(" at `/{other}`, which is the same on file systems that ignore case")
                });
                says(format!(
                    "the URL `/{address}` is already used by {}{}",
                    occupant(by),
                    at.unwrap_or_default()
                ))
                .hint(match way_out {
                    WayOut::Move => "give one of them another `slug:` or `permalink:`",
                    WayOut::RemoveAlias => "remove the alias",
                    WayOut::RenameTerm => "rename it, or give the other page another `slug:` or `permalink:`",
                    WayOut::RenameFile => "rename this file, or move the other page",
                    WayOut::RenameEither => "rename one of the two files",
                })
            }
            Self::AddressBlocked { address, by } => {
                let by = occupant(by);
                says(format!("`/{address}` is a file, but {by} needs a folder of that name"))
                    .hint("rename one of them")
            }
            Self::AddressGone { address, state } => {
                let alias = format!("`aliases: [{address}]`");
                match state {
                    Gone::Moved => says(format!(
                        "`{address}` was published and is gone: this file has another address now"
                    ))
                    .hint(format!("keep the old one for readers and links: add {alias} to its front matter")),
                    Gone::Alike => {
                        says(format!("`{address}` was published and is gone; this file looks like it"))
                            .hint(format!("if it is the same page, add {alias} to its front matter"))
                    }
                    Gone::Unpublished(reason) => {
                        let state = match reason {
                            UnpublishedReason::Draft => "a draft",
                            UnpublishedReason::Scheduled => "scheduled for later",
                            UnpublishedReason::Expired => "expired",
                        };
                        says(format!("`{address}` was published and is gone: this file is {state} now")).hint(
                            format!(
                                "if another page takes its place, add {alias} to the front matter of that one"
                            ),
                        )
                    }
                    Gone::Removed => {
                        says(format!("`{address}` was published and is gone; no file looks like it"))
                            .hint(format!("if another page takes its place, add {alias} to its front matter"))
                    }
                }
            }
            Self::EditedByHand { path } => {
                says(format!("`{path}` in the output folder was edited by hand and is kept"))
                    .hint("make the change in the site's sources, or build with --force to overwrite it")
            }
        }
    }
}

/// An occupant of an address in words.
fn occupant(occupant: &Occupant) -> String {
    match occupant {
        Occupant::File(path) => path.to_string(),
        Occupant::SmallerImage(path) => format!("a smaller version of {path}"),
        Occupant::SocialImage(path) => format!("the social image of {path}"),
        Occupant::Alias(path) => format!("an alias of {path}"),
        Occupant::Home(lang) => format!("the home page ({lang})"),
        Occupant::Term { taxonomy, name } => format!("`{name}` in `{taxonomy}`"),
        Occupant::TermList(taxonomy) => format!("the list of `{taxonomy}`"),
        Occupant::CitedWebsite(name) => format!("the page about `{name}` in the list of sources"),
        Occupant::Generated(name) => format!("the generated {name}"),
    }
}

/// Two things at one address. Told at the file that comes later. `other` is the address that is
/// taken, when only its case differs.
pub fn address_taken(
    path: Option<&SitePath>,
    spot: &Spot,
    address: &str,
    by: Occupant,
    other: Option<&str>,
    way_out: WayOut,
) -> Diagnostic {
    let (address, other) = (address.to_owned(), other.map(str::to_owned));
    let cause = Publishing::AddressTaken { address, by, other, way_out };
    told_at(path, spot, Diagnostic::error(Code::AddressTaken, cause))
}

/// A file where something else needs a folder.
pub fn address_blocked(path: Option<&SitePath>, spot: &Spot, address: &str, by: Occupant) -> Diagnostic {
    let cause = Publishing::AddressBlocked { address: address.to_owned(), by };
    told_at(path, spot, Diagnostic::error(Code::AddressTaken, cause))
}

fn told_at(path: Option<&SitePath>, spot: &Spot, diagnostic: Diagnostic) -> Diagnostic {
    match path {
        Some(path) => diagnostic.at(path, spot.clone()),
        None => diagnostic,
    }
}

/// A published file that somebody changed.
pub fn edited_by_hand(path: &SitePath) -> Diagnostic {
    Diagnostic::warning(Code::EditedByHand, Publishing::EditedByHand { path: path.clone() })
}

/// An address of the last published site that is gone, told at the file that looks like its page.
pub fn address_gone(path: Option<&SitePath>, address: &str, state: Gone) -> Diagnostic {
    let cause = Publishing::AddressGone { address: address.to_owned(), state };
    told_at(path, &Spot::LineColumn(1, 1), Diagnostic::warning(Code::AddressGone, cause))
}
