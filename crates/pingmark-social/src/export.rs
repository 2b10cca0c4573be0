//! Export of scheduled shares: bulk uploads for Buffer, Hootsuite and Publer, or one table,
//! calendar or JSON file.

use jiff::Timestamp;
use serde_json::json;

use pingmark_core::network::Network;
use pingmark_core::share_template::tidy;
use pingmark_core::when::When;

use super::ical::{CalendarEvent, calendar};
use super::{Share, csv};

/// Format of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Buffer's bulk upload: files of one network and at most 100 posts.
    Buffer,
    /// Hootsuite's bulk composer: three columns without a header, files of one network and at
    /// most 350 posts.
    Hootsuite,
    /// Publer's CSV: twelve columns, files of one network and at most 500 posts.
    Publer,
    /// All networks in one CSV table.
    Csv,
    /// All networks in one iCalendar file.
    Ics,
    /// All networks in one JSON array.
    Json,
}

/// Columns of Publer's template. Publer refuses a file that lacks one of them.
pub const PUBLER_COLUMNS: [&str; 12] = [
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

/// Columns of Buffer's template.
pub const BUFFER_COLUMNS: [&str; 4] = ["Text", "Image URL", "Tags", "Posting Time"];

/// Share of an article on one network, with its time.
#[derive(Clone, Debug)]
pub struct ScheduledShare {
    /// Slug of the article.
    pub slug: String,
    /// Name of the article's file without its date, which no other article has.
    pub file: String,
    /// Title of the article.
    pub title: String,
    /// Host of the blog; makes the identifiers of calendar events unique.
    pub host: String,
    /// Time of posting.
    pub at: When,
    /// Texts and image.
    pub share: Share,
}

/// Row of a table: one text of a share, with its number in the thread from 0.
struct ExportRow<'a> {
    item: &'a ScheduledShare,
    part: usize,
    text: &'a str,
    at: When,
}

impl ExportFormat {
    /// Maximum rows of a file.
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

/// Writes the files of an export, as names and contents. `blog` is the title of the calendar,
/// `stamp` the time of its creation; other formats ignore them.
pub fn files(
    format: ExportFormat,
    items: &[ScheduledShare],
    blog: &str,
    stamp: Timestamp,
) -> Vec<(String, String)> {
    match format {
        ExportFormat::Csv => vec![("social.csv".to_owned(), format!("{}{}", csv::BOM, table(items)))],
        ExportFormat::Ics => vec![("social.ics".to_owned(), calendar(blog, &events(items), stamp))],
        ExportFormat::Json => vec![("social.json".to_owned(), values(items))],
        ExportFormat::Buffer | ExportFormat::Hootsuite | ExportFormat::Publer => {
            Network::ALL.into_iter().flat_map(|network| channel(format, network, items)).collect()
        }
    }
}

/// Files of one network, each with at most as many rows as the scheduler takes.
fn channel(format: ExportFormat, network: Network, items: &[ScheduledShare]) -> Vec<(String, String)> {
    let own: Vec<&ScheduledShare> = items.iter().filter(|item| item.share.network == network).collect();
    let rows: Vec<ExportRow<'_>> = own.iter().flat_map(|item| rows(item)).collect();
    let chunks: Vec<&[ExportRow<'_>]> = rows.chunks(format.rows()).collect();
    let several = chunks.len() > 1;
    let files = chunks.into_iter().enumerate().map(|(number, rows)| {
        let number = if several { format!("-{}", number + 1) } else { String::new() };
        let mut text = match format {
            ExportFormat::Buffer => csv::row(BUFFER_COLUMNS),
            ExportFormat::Publer => csv::row(PUBLER_COLUMNS),
            _ => String::new(),
        };
        rows.iter().for_each(|row| text.push_str(&row_of(format, row)));
        (format!("{}-{}{number}.csv", format.name(), network.key()), text)
    });
    files.collect()
}

/// Rows of a share. The posts of a thread are a minute apart.
fn rows(item: &ScheduledShare) -> Vec<ExportRow<'_>> {
    let parts = item.share.parts.iter().enumerate();
    parts
        .map(|(part, own)| {
            let at = When { instant: item.at.instant + 60 * part as i64, ..item.at };
            ExportRow { item, part, text: &own.text, at }
        })
        .collect()
}

fn row_of(format: ExportFormat, row: &ExportRow<'_>) -> String {
    let c = row.at.civil();
    let (year, month, day, hour, minute) = (c.year(), c.month(), c.day(), c.hour(), c.minute());
    let image = row.item.share.image.as_ref().filter(|_| row.part == 0);
    let image_url = image.map_or("", |image| image.url.as_str());
    match format {
        ExportFormat::Buffer => {
            let at = format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}");
            csv::plain_row([posted(row.text), image_url.to_owned(), String::new(), at])
        }
        ExportFormat::Hootsuite => {
            // Hootsuite takes multiples of five minutes only.
            let at = When { instant: (row.at.instant + 299).div_euclid(300) * 300, ..row.at }.civil();
            let at = format!(
                "{:04}/{:02}/{:02} {:02}:{:02}",
                at.year(),
                at.month(),
                at.day(),
                at.hour(),
                at.minute()
            );
            // The link has its own column; in the text, it would be posted twice.
            let has_link = row.text.contains(&row.item.share.url);
            let text = if has_link { without(row.text, &row.item.share.url) } else { row.text.to_owned() };
            let link = if has_link { row.item.share.url.clone() } else { String::new() };
            csv::plain_row([at, posted(&text), link])
        }
        _ => {
            let at = format!("{year:04}/{month:02}/{day:02} {hour:02}:{minute:02}");
            let alt = image.map_or("", |image| image.alt.as_str());
            let mut cells = [const { String::new() }; 12];
            cells[0] = at;
            cells[1] = posted(row.text);
            cells[3] = image_url.to_owned();
            cells[6] = posted(alt);
            csv::plain_row(cells)
        }
    }
}

/// Protects a text against formula injection without changing the post: a space before it, which
/// networks drop, instead of the `'` of [`csv::escape_formula`].
fn posted(text: &str) -> String {
    if csv::escape_formula(text) == text { text.to_owned() } else { format!(" {text}") }
}

fn without(text: &str, url: &str) -> String {
    tidy(&text.replace(&format!(" {url} "), " ").replace(url, ""))
}

fn table(items: &[ScheduledShare]) -> String {
    let mut text =
        csv::row(["at", "network", "slug", "part", "text", "count", "limit", "url", "image", "image_alt"]);
    for row in items.iter().flat_map(rows) {
        let share = &row.item.share;
        let measure = &share.parts[row.part].measure;
        let image = share.image.as_ref().filter(|_| row.part == 0);
        text.push_str(&csv::row([
            row.at.rfc3339(),
            share.network.key().to_owned(),
            row.item.slug.clone(),
            (row.part + 1).to_string(),
            row.text.to_owned(),
            measure.count.to_string(),
            measure.limit.to_string(),
            share.url.clone(),
            image.map(|image| image.url.clone()).unwrap_or_default(),
            image.map(|image| image.alt.clone()).unwrap_or_default(),
        ]));
    }
    text
}

/// Shares as calendar events.
pub fn events(items: &[ScheduledShare]) -> Vec<CalendarEvent> {
    let event = |item: &ScheduledShare| CalendarEvent {
        uid: format!("{}-{}@{}", item.slug, item.share.network.key(), item.host),
        key: item.file.clone(),
        start: item.at,
        title: format!("{} : {}", item.share.network.name(), item.title),
        text: item.share.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n\n"),
        url: Some(item.share.url.clone()),
        category: item.share.network.name().to_owned(),
    };
    items.iter().map(event).collect()
}

fn values(items: &[ScheduledShare]) -> String {
    let values: Vec<_> = items
        .iter()
        .map(|item| {
            let image = item.share.image.as_ref();
            json!({
                "at": item.at.rfc3339(),
                "network": item.share.network.key(),
                "slug": item.slug,
                "title": item.title,
                "texts": item.share.parts.iter().map(|part| &part.text).collect::<Vec<_>>(),
                "url": item.share.url,
                "image": image.map(|image| &image.url),
                "image_alt": image.map(|image| &image.alt),
            })
        })
        .collect();
    format!("{}\n", serde_json::to_string_pretty(&values).expect("values are JSON"))
}
