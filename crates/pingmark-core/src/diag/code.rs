//! The stable names of all kinds of problems.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Makes [`Code`] from a list of variants with their names, so that no list can lack one.
macro_rules! codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal,)*) => {
        /// A kind of problem. Several diagnostics may share one.
        ///
        /// The variants stand in alphabetical order, which is also the order of diagnostics at one
        /// place.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Code { $($(#[doc = $doc])* $variant,)* }

        impl Code {
            /// All codes, in alphabetical order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in kebab-case, such as `link-not-found`.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What problems of this kind are, as a noun: `a link that leads nowhere`.
            pub fn meaning(self) -> String {
                let doc = match self { $(Self::$variant => concat!($($doc),*).trim(),)* };
                let first = doc.chars().next().map(|first| first.to_lowercase().to_string());
                let rest = doc.get(first.as_ref().map_or(0, String::len)..).unwrap_or_default();
                format!("{}{}", first.unwrap_or_default(), rest.trim_end_matches('.'))
            }
        }
    };
}

codes! {
    /// An address that was published and is gone.
    AddressGone = "address-gone",
    /// Two things want one address.
    AddressTaken = "address-taken",
    /// An address that leaves the site, or that some system cannot hold.
    AddressUnsafe = "address-unsafe",
    /// An alias of which only a part can lead to its page.
    AliasPartial = "alias-partial",
    /// An image without alt text.
    AltMissing = "alt-missing",
    /// A link to a heading that does not exist.
    AnchorNotFound = "anchor-not-found",
    /// An author who is not among those of the settings.
    AuthorUnknown = "author-unknown",
    /// A date that cannot be read.
    BadDate = "bad-date",
    /// Emoji that social images leave out.
    CardEmoji = "card-emoji",
    /// A social image that cannot be drawn.
    CardFailed = "card-failed",
    /// A character that the fonts of social images lack.
    CardGlyph = "card-glyph",
    /// A name that social images leave out.
    CardName = "card-name",
    /// A citation inside a link.
    CiteInLink = "cite-in-link",
    /// A citation of nothing.
    CiteNotFound = "cite-not-found",
    /// A closing tag without its opening tag.
    ComponentClose = "component-close",
    /// A component used wrongly.
    ComponentFailed = "component-failed",
    /// A component where none can stand.
    ComponentMisplaced = "component-misplaced",
    /// A component that is never closed.
    ComponentOpen = "component-open",
    /// A component's tag that cannot be read.
    ComponentSyntax = "component-syntax",
    /// A component that no template defines.
    ComponentUnknown = "component-unknown",
    /// An author who is not in the list of authors.
    ConfigAuthor = "config-author",
    /// A `base_url` that is no address of a site.
    ConfigBaseUrl = "config-base-url",
    /// A colour that is none.
    ConfigColour = "config-colour",
    /// A domain that is none.
    ConfigDomain = "config-domain",
    /// A place of `elsewhere` that is neither a path nor a host.
    ConfigElsewhere = "config-elsewhere",
    /// A language that is no tag.
    ConfigLanguage = "config-language",
    /// A setting that every site needs.
    ConfigMissing = "config-missing",
    /// An output folder that cannot be one.
    ConfigOutputDir = "config-output-dir",
    /// A permalink pattern that cannot make addresses.
    ConfigPermalink = "config-permalink",
    /// A time of the week that cannot be read.
    ConfigSlot = "config-slot",
    /// An unknown name in a template of share texts.
    ConfigTemplate = "config-template",
    /// An unknown time zone.
    ConfigTimezone = "config-timezone",
    /// Control characters in a text.
    ControlCharacter = "control-character",
    /// A date that could be another one.
    DateAmbiguous = "date-ambiguous",
    /// A change older than the publication.
    DateOrder = "date-order",
    /// A page without a description.
    DescriptionMissing = "description-missing",
    /// A published file that was changed by hand.
    EditedByHand = "edited-by-hand",
    /// A link that differs from a name in upper and lower case only.
    FileCase = "file-case",
    /// A file name that cannot be published, or not everywhere.
    FileName = "file-name",
    /// A link to a file that does not exist.
    FileNotFound = "file-not-found",
    /// A pipe, a socket or a device.
    FileSpecial = "file-special",
    /// A file that cannot be read.
    FileUnreadable = "file-unreadable",
    /// A footnote mark without its footnote.
    FootnoteMissing = "footnote-missing",
    /// A footnote without a mark in the text.
    FootnoteUnused = "footnote-unused",
    /// A shortcode of another generator.
    ForeignShortcode = "foreign-shortcode",
    /// A front matter whose delimiters are not those it should have.
    FrontMatterFence = "front-matter-fence",
    /// A key of a front matter that is no text.
    FrontMatterKey = "front-matter-key",
    /// A front matter that is too long to be one.
    FrontMatterLong = "front-matter-long",
    /// A front matter that is never closed.
    FrontMatterOpen = "front-matter-open",
    /// A front matter that is not YAML.
    FrontMatterSyntax = "front-matter-syntax",
    /// A drawing that icons cannot be made of.
    IconFailed = "icon-failed",
    /// An image that cannot be used.
    ImageBroken = "image-broken",
    /// An image in a format that browsers do not show.
    ImageFormat = "image-format",
    /// An image that is published unread, metadata included.
    ImageUnread = "image-unread",
    /// `style` attributes, which browsers ignore.
    InlineStyle = "inline-style",
    /// A language that the site does not have.
    LanguageUnknown = "language-unknown",
    /// A wikilink that fits several posts.
    LinkAmbiguous = "link-ambiguous",
    /// A link that is shown as typed.
    LinkAsText = "link-as-text",
    /// A link without an address.
    LinkEmpty = "link-empty",
    /// A link to a page that is not published.
    LinkHeld = "link-held",
    /// A symbolic link out of the site.
    LinkLeavesSite = "link-leaves-site",
    /// A link to a place on the author's own machine.
    LinkLocal = "link-local",
    /// A link that leads nowhere.
    LinkNotFound = "link-not-found",
    /// A page whose image networks do not show.
    LinkPreview = "link-preview",
    /// A link that could run a script.
    LinkUnsafe = "link-unsafe",
    /// A symbolic link back to a folder it is in.
    LinkWithoutEnd = "link-without-end",
    /// A mark of Markdown that is shown as typed.
    MarkWithoutEffect = "mark-without-effect",
    /// Texts in a markup that is not read.
    MarkupUnread = "markup-unread",
    /// A mention without the address of a page on the web.
    MentionSource = "mention-source",
    /// A mention that cannot be read.
    MentionUnreadable = "mention-unreadable",
    /// A value that fits no mention.
    MentionValue = "mention-value",
    /// A mention of a page that does not exist.
    MentionWithoutPost = "mention-without-post",
    /// A post that no other post links to.
    Orphan = "orphan",
    /// A value that a new blog begins with and that was never replaced.
    Placeholder = "placeholder",
    /// A heading of level 1 beside the title.
    SecondTitle = "second-title",
    /// An image for networks that does not exist.
    ShareImage = "share-image",
    /// Two posts that are shared with the same text.
    ShareSame = "share-same",
    /// A text that does not suit its network.
    ShareText = "share-text",
    /// A site without a published page.
    SiteEmpty = "site-empty",
    /// A slug that cannot be part of an address.
    SlugBad = "slug-bad",
    /// An address of a source that is not one of a web page.
    SourceAddress = "source-address",
    /// A source without a title.
    SourceIncomplete = "source-incomplete",
    /// A source whose key cannot be cited.
    SourceKey = "source-key",
    /// An unknown type of source.
    SourceType = "source-type",
    /// A template that fails while a page is rendered.
    TemplateFailed = "template-failed",
    /// A front matter that names a template that does not exist.
    TemplateMissing = "template-missing",
    /// A template that cannot be read.
    TemplateSyntax = "template-syntax",
    /// A template that nothing uses.
    TemplateUnused = "template-unused",
    /// A name whose address no file can have.
    TermUnsafe = "term-unsafe",
    /// A name that no address can be made of.
    TermWithoutSlug = "term-without-slug",
    /// Two names with one address.
    TermsCollide = "terms-collide",
    /// A theme that does not exist.
    ThemeMissing = "theme-missing",
    /// A title that search results cut off.
    TitleLong = "title-long",
    /// A page without a title.
    TitleMissing = "title-missing",
    /// A file without a date among posts.
    UndatedPost = "undated-post",
    /// An unknown key.
    UnknownKey = "unknown-key",
    /// An unknown network.
    UnknownNetwork = "unknown-network",
    /// Strings of the interface that are not translated.
    WordsMissing = "words-missing",
    /// A value of the wrong kind.
    WrongValue = "wrong-value",
    /// A `#` with which YAML begins a comment inside a text.
    YamlComment = "yaml-comment",
    /// A file that is not YAML.
    YamlSyntax = "yaml-syntax",
}

impl Code {
    /// Whether it is about a link, an anchor, an image or a file that does not exist: what
    /// `links: warn` lets pass.
    pub fn is_of_dead_link(self) -> bool {
        matches!(
            self,
            Self::LinkNotFound
                | Self::FileNotFound
                | Self::AnchorNotFound
                | Self::CiteNotFound
                | Self::LinkAmbiguous
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Error of a name that is no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownCode;

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(name: &str) -> Result<Self, UnknownCode> {
        Self::ALL.iter().copied().find(|code| code.as_str() == name).ok_or(UnknownCode)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_in_order_and_read_back() {
        assert!(Code::ALL.is_sorted_by_key(|code| code.as_str()));
        for code in Code::ALL {
            assert_eq!(code.as_str().parse(), Ok(*code));
        }
        assert_eq!("link".parse::<Code>(), Err(UnknownCode));
        assert_eq!(Code::LinkNotFound.meaning(), "a link that leads nowhere");
    }
}
