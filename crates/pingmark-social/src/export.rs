//! Files that schedulers take in: Buffer, Hootsuite, Publer; and a table, a calendar or JSON of
//! one's own.

use jiff::Timestamp;
use serde_json::json;

use pingmark_core::network::Network;
use pingmark_core::share_template::tidy;
use pingmark_core::when::When;

use super::calendar::{Event, calendar};
use super::{Share, csv};

/// What the files are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// Buffer's bulk upload: a channel a file, 100 posts each.
    Buffer,
    /// Hootsuite's bulk composer: three columns without a header, 350 posts a file.
    Hootsuite,
    /// Publer's CSV: twelve columns, 500 posts a file.
    Publer,
    /// One table of everything.
    Csv,
    /// One calendar of everything.
    Ics,
    /// Everything, for programs.
    Json,
}

/// The columns of Publer's template, which must all be there.
pub const PUBLER: [&str; 12] = [
    "Date - Intl. format or prompt",
    "Text",
    "Link(s) - Separated by comma for FB carousels",
    "Media URL(s) - Separated by comma",
    "Title - For the video, pin, PDF ..",
    "Label(s) - Separated by comma",
    "Alt text(s) - Separated by ||",
    "Comment(s) - Separated by ||",
    "Pin board, FB album, or Google category",
    "Post subtype - I.e. story, reel, PDF ..",
    "CTA - For Facebook links or Google",
    "Reminder - For stories, reels, shorts, and TikToks",
];

/// The columns of Buffer's template.
pub const BUFFER: [&str; 4] = ["Text", "Image URL", "Tags", "Posting Time"];

/// One post on one network.
#[derive(Clone, Debug)]
pub struct Item {
    /// The article's slug.
    pub slug: String,
    /// The article's title.
    pub title: String,
    /// The blog's host, for names that are nobody else's.
    pub host: String,
    /// When it is posted.
    pub at: When,
    /// What is posted.
    pub share: Share,
}

/// A row: a post, or one of a thread.
struct Row<'a> {
    item: &'a Item,
    part: usize,
    text: &'a str,
    at: When,
}

impl Tool {
    /// The most rows of a file.
    fn rows(self) -> usize {
        match self {
            Self::Buffer => 100,
            Self::Hootsuite => 350,
            Self::Publer => 500,
            Self::Csv | Self::Ics | Self::Json => usize::MAX,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Buffer => "buffer",
            Self::Hootsuite => "hootsuite",
            Self::Publer => "publer",
            Self::Csv | Self::Ics | Self::Json => "social",
        }
    }
}

/// The files: name and content. `stamp` is the moment taken for now.
pub fn files(tool: Tool, items: &[Item], blog: &str, stamp: Timestamp) -> Vec<(String, String)> {
    match tool {
        Tool::Csv => vec![("social.csv".to_owned(), table(items))],
        Tool::Ics => vec![("social.ics".to_owned(), calendar(blog, &events(items), stamp))],
        Tool::Json => vec![("social.json".to_owned(), values(items))],
        Tool::Buffer | Tool::Hootsuite | Tool::Publer => {
            Network::ALL.into_iter().flat_map(|network| channel(tool, network, items)).collect()
        }
    }
}

/// The files of one network.
fn channel(tool: Tool, network: Network, items: &[Item]) -> Vec<(String, String)> {
    let own: Vec<&Item> = items.iter().filter(|item| item.share.network == network).collect();
    let rows: Vec<Row<'_>> = own.iter().flat_map(|item| rows(item)).collect();
    let chunks: Vec<&[Row<'_>]> = rows.chunks(tool.rows()).collect();
    let several = chunks.len() > 1;
    let files = chunks.into_iter().enumerate().map(|(number, rows)| {
        let number = if several { format!("-{}", number + 1) } else { String::new() };
        let mut text = match tool {
            Tool::Buffer => csv::row(BUFFER),
            Tool::Publer => csv::row(PUBLER),
            _ => String::new(),
        };
        rows.iter().for_each(|row| text.push_str(&row_of(tool, row)));
        (format!("{}-{}{number}.csv", tool.name(), network.key()), text)
    });
    files.collect()
}

/// The rows of an item. The posts of a thread stand a minute apart.
fn rows(item: &Item) -> Vec<Row<'_>> {
    let parts = item.share.parts.iter().enumerate();
    parts
        .map(|(part, own)| {
            let at = When { instant: item.at.instant + 60 * part as i64, ..item.at };
            Row { item, part, text: &own.text, at }
        })
        .collect()
}

fn row_of(tool: Tool, row: &Row<'_>) -> String {
    let c = row.at.civil();
    let (year, month, day, hour, minute) = (c.year(), c.month(), c.day(), c.hour(), c.minute());
    let picture = row.item.share.picture.as_ref().filter(|_| row.part == 0);
    let image = picture.map_or("", |picture| picture.url.as_str());
    match tool {
        Tool::Buffer => {
            let at = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}");
            csv::plain_row([posted(row.text), image.to_owned(), String::new(), at])
        }
        Tool::Hootsuite => {
            // Its clock knows steps of five minutes alone.
            let at = When { instant: (row.at.instant + 299).div_euclid(300) * 300, ..row.at }.civil();
            let at = format!(
                "{:04}/{:02}/{:02} {:02}:{:02}",
                at.year(),
                at.month(),
                at.day(),
                at.hour(),
                at.minute()
            );
            // The link stands in its own column, and would else be there twice.
            let has_link = row.text.contains(&row.item.share.url);
            let text = if has_link { without(row.text, &row.item.share.url) } else { row.text.to_owned() };
            let link = if has_link { row.item.share.url.clone() } else { String::new() };
            csv::plain_row([at, posted(&text), link])
        }
        _ => {
            let at = format!("{year:04}/{month:02}/{day:02} {hour:02}:{minute:02}");
            let alt = picture.map_or("", |picture| picture.alt.as_str());
            let mut cells = [const { String::new() }; 12];
            cells[0] = at;
            cells[1] = posted(row.text);
            cells[3] = image.to_owned();
            cells[6] = posted(alt);
            csv::plain_row(cells)
        }
    }
}

/// A text that a spreadsheet does not take for a formula, and that is posted as it is: a space
/// before it, which networks drop.
fn posted(text: &str) -> String {
    if csv::inert(text) == text { text.to_owned() } else { format!(" {text}") }
}

fn without(text: &str, url: &str) -> String {
    tidy(&text.replace(&format!(" {url} "), " ").replace(url, ""))
}

fn table(items: &[Item]) -> String {
    let mut text =
        csv::row(["at", "network", "slug", "part", "text", "count", "limit", "url", "image", "image_alt"]);
    for row in items.iter().flat_map(rows) {
        let share = &row.item.share;
        let measure = &share.parts[row.part].measure;
        let picture = share.picture.as_ref().filter(|_| row.part == 0);
        text.push_str(&csv::row([
            row.at.rfc3339(),
            share.network.key().to_owned(),
            row.item.slug.clone(),
            (row.part + 1).to_string(),
            row.text.to_owned(),
            measure.count.to_string(),
            measure.limit.to_string(),
            share.url.clone(),
            picture.map(|picture| picture.url.clone()).unwrap_or_default(),
            picture.map(|picture| picture.alt.clone()).unwrap_or_default(),
        ]));
    }
    text
}

/// The posts as events of a calendar.
pub fn events(items: &[Item]) -> Vec<Event> {
    let event = |item: &Item| Event {
        uid: format!("{}-{}@{}", item.slug, item.share.network.key(), item.host),
        start: item.at,
        title: format!("{} : {}", item.share.network.name(), item.title),
        text: item.share.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n\n"),
        url: Some(item.share.url.clone()),
        category: item.share.network.name().to_owned(),
    };
    items.iter().map(event).collect()
}

fn values(items: &[Item]) -> String {
    let values: Vec<_> = items
        .iter()
        .map(|item| {
            let picture = item.share.picture.as_ref();
            json!({
                "at": item.at.rfc3339(),
                "network": item.share.network.key(),
                "slug": item.slug,
                "title": item.title,
                "texts": item.share.parts.iter().map(|part| &part.text).collect::<Vec<_>>(),
                "url": item.share.url,
                "image": picture.map(|picture| &picture.url),
                "image_alt": picture.map(|picture| &picture.alt),
            })
        })
        .collect();
    format!("{}\n", serde_json::to_string_pretty(&values).expect("values are JSON"))
}
