//! What a document refers to: links, wikilinks, images, addresses in its own HTML.

/// One reference, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reference {
    /// How it is written.
    pub kind: ReferenceKind,
    /// The target as written, entities and escapes resolved.
    pub target: String,
    /// The words around it.
    pub passage: Passage,
}

/// The ways of writing a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReferenceKind {
    /// `[text](target)` and its variants.
    Link,
    /// `<https://…>` or `<mail@…>`.
    Auto,
    /// `[[slug]]`
    Wiki,
    /// `![alt](target)`
    Image,
    /// An attribute of the author's own HTML, or an argument of a component.
    Raw,
}

/// The sentence a reference stands in, as the reader sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Passage {
    /// About a hundred characters before it, cut at a word.
    pub before: String,
    /// The words of the link itself.
    pub text: String,
    /// About a hundred characters after it, cut at a word.
    pub after: String,
    /// Whether the block had more before.
    pub cut_before: bool,
    /// Whether the block had more after.
    pub cut_after: bool,
}
