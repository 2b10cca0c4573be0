//! HTML of other systems, as Markdown or as clean HTML.
//!
//! Receives a fragment of HTML and the [`Rules`] of where its links and images lead. Gives the
//! [`Block`]s of the text, and from them Markdown that Pingmark shows as the other system showed the
//! HTML. Uses scraper, in [`read`](mod@read). Never lets a text be taken for markup: whatever looks like
//! Markdown, a component, a citation or a wikilink is escaped.

pub mod embed;
pub mod escape;
mod figure;
pub mod inline;
pub mod markdown;
mod node;
pub mod plain;
mod player;
pub mod raw;
pub mod read;
mod table;

pub use node::language;
pub use read::{Read, read};

/// Part of a text that stands on its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// Paragraph.
    Paragraph(Vec<Inline>),
    /// Heading: level, id, words.
    Heading(u8, Option<String>, Vec<Inline>),
    /// Quotation.
    Quote(Vec<Block>),
    /// List: number of the first item if it is numbered, and the items.
    List(Option<u64>, Vec<Vec<Block>>),
    /// Terms and their definitions.
    Definitions(Vec<(Vec<Inline>, Vec<Vec<Inline>>)>),
    /// Code: language and text.
    Code(String, String),
    /// Table: head, rows, alignment of each column.
    Table(Vec<Vec<Inline>>, Vec<Vec<Vec<Inline>>>, Vec<Align>),
    /// Line between parts.
    Rule,
    /// Image with a caption.
    Figure(Image, Vec<Inline>),
    /// Component with its arguments, and what stands between its tags.
    Component(&'static str, Vec<(&'static str, String)>, Option<Vec<Block>>),
    /// Address of a video or a post, alone on its line, which Pingmark embeds.
    Embed(String),
    /// HTML that Markdown has no words for.
    Html(String),
    /// Element whose content is Markdown: its tags and its content.
    Wrapped(String, Vec<Block>, String),
    /// End of the part that lists show.
    More,
}

/// Alignment of a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Not given.
    #[default]
    None,
    /// Left.
    Left,
    /// Centre.
    Centre,
    /// Right.
    Right,
}

/// Part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Text.
    Text(String),
    /// Code.
    Code(String),
    /// End of a line.
    Break,
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// Struck out.
    Struck(Vec<Inline>),
    /// Link: address, title, words.
    Link(String, String, Vec<Inline>),
    /// Image.
    Image(Image),
    /// Element that Markdown lacks: name, attributes as HTML, content.
    Tagged(&'static str, String, Vec<Inline>),
    /// Place that links lead to.
    Anchor(String),
}

/// Image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Image {
    /// Address.
    pub src: String,
    /// Text for those who do not see it.
    pub alt: String,
    /// Address that it links to, unless that is the image itself.
    pub link: Option<String>,
}

/// What the importer knows of the blog.
pub trait Rules {
    /// Address that a link gets; `None` if only its words stay.
    fn link(&self, href: &str) -> Option<String>;

    /// Address that an image or a file gets, and its alternative text if the HTML has none. `id` is the
    /// number of the file in the blog's library, if the HTML tells it. `None` leaves it out.
    fn file(&self, src: &str, id: Option<u64>) -> Option<(String, String)>;

    /// Whether a link is to an image, or to a page that only shows one.
    fn is_of_image(&self, href: &str) -> bool;

    /// Whether some link of the blog leads to this id.
    fn keeps_id(&self, id: &str) -> bool;

    /// HTML of a text that others include, by its number.
    fn included(&self, id: u64) -> Option<String>;
}
