//! Text of an article for one network, exactly as it would be posted there.

use pingmark_core::config::{SocialSettings, tagged_url};
use pingmark_core::network::Network;
use pingmark_core::share_template::uses;
use pingmark_core::share_texts::{NetworkTexts, ShareIssue};
use pingmark_core::when::When;

use super::count::{Measure, THREADS_LINKS, measure};
use super::hashtag;
use super::post::{ShareImage, SharedPost};
use super::write::ShareWriter;

/// An article's post on one network: a text with its image, or a thread of several texts.
#[derive(Clone, Debug)]
pub struct Share {
    /// Network it is for.
    pub network: Network,
    /// The text; several are a thread.
    pub parts: Vec<SharePart>,
    /// URL of the article as shared, with campaign parameters if the settings ask for them.
    pub url: String,
    /// Image; belongs to the first part.
    pub image: Option<ShareImage>,
    /// Time of posting, if the front matter gives one.
    pub at: Option<When>,
    /// Violations of the network's rules, in the order of the parts.
    pub issues: Vec<ShareIssue>,
}

/// One post of a thread, or the only post.
#[derive(Clone, Debug)]
pub struct SharePart {
    /// Text as it would be posted.
    pub text: String,
    /// Length by the network's rules.
    pub measure: Measure,
}

/// Composes an article's post for one network. `None` if the front matter leaves the network out.
///
/// A text of the front matter is kept as written, and gets a link and hashtags unless it has
/// them. Without one, the network's template is filled and its values are shortened to fit.
pub fn compose(post: &SharedPost<'_>, network: Network, settings: &SocialSettings) -> Option<Share> {
    let texts = post.texts;
    if texts.skip.contains(&network) {
        return None;
    }
    let empty = NetworkTexts::default();
    let own = texts.for_network(network).unwrap_or(&empty);
    let limit = settings.limits.get(network).copied().unwrap_or(network.limit());
    let url = shared_url(post, network, settings);
    let chosen = own.hashtags.as_ref().or(texts.all.hashtags.as_ref());
    let tags = match chosen {
        Some(chosen) => {
            // Hashtags chosen for all networks are cut to the number that this one takes.
            let most = if own.hashtags.is_some() { usize::MAX } else { network.facts().most_hashtags };
            hashtag::hashtags(chosen.iter().map(String::as_str), most)
        }
        None => {
            let most = settings.hashtags.get(network).copied().unwrap_or(network.facts().usual_hashtags);
            hashtag::hashtags(post.tags.iter().copied(), most)
        }
    };
    let writer = ShareWriter { post, network, limit, url: &url, tags: &tags, keep_tags: chosen.is_some() };
    let written = if own.text.is_empty() { &texts.all.text } else { &own.text };
    let given = settings.templates.get(network).or(settings.templates.default.as_ref());
    let template = given.map_or(network.facts().template, String::as_str);
    let parts = match written.as_slice() {
        [] => vec![writer.fit(template)],
        // A template from the settings may say where the text goes.
        [one] if given.is_some() && uses(template, "text") => vec![writer.with_text(template, one)],
        several => writer.thread(several),
    };
    let parts: Vec<SharePart> = parts
        .into_iter()
        .map(|text| {
            let text = without_controls(&text);
            let measure = measure(network, &text, limit);
            SharePart { text, measure }
        })
        .collect();
    let image = image(post, own);
    let image = image.map(|image| ShareImage { alt: without_controls(&image.alt), ..image });
    let issues = issues(network, &parts, image.as_ref());
    Some(Share { network, parts, url, image, at: own.at.or(texts.all.at), issues })
}

/// A text without control characters but line ends and tabs: networks drop them, and terminals and
/// spreadsheets would obey them.
fn without_controls(text: &str) -> String {
    text.replace(|c: char| c.is_control() && !matches!(c, '\n' | '\t'), "")
}

fn image(post: &SharedPost<'_>, own: &NetworkTexts) -> Option<ShareImage> {
    let all = &post.texts.all;
    let (typed, alt) = match (&own.image, &all.image) {
        (Some(image), _) => (Some(image), own.image_alt.as_ref()),
        (None, Some(image)) => (Some(image), own.image_alt.as_ref().or(all.image_alt.as_ref())),
        (None, None) => (None, None),
    };
    match typed {
        Some(typed) => {
            let (_, url) = post.images.iter().find(|(known, _)| known == typed)?;
            Some(ShareImage { url: url.clone(), alt: alt.cloned().unwrap_or_default() })
        }
        None => post.image.clone(),
    }
}

fn issues(network: Network, parts: &[SharePart], image: Option<&ShareImage>) -> Vec<ShareIssue> {
    let mut found = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        let (measure, number) = (&part.measure, number + 1);
        if measure.over() > 0 {
            let Measure { count, limit: most, .. } = *measure;
            found.push(ShareIssue::TooLong { part: number, count, most });
        }
        if let Some((count, most)) = measure.bytes.filter(|(count, most)| count > most) {
            found.push(ShareIssue::TooManyBytes { part: number, count, most });
        }
        let (count, most) = (hashtag::count(&part.text), network.facts().most_hashtags);
        if count > most {
            found.push(ShareIssue::TooManyHashtags { count, most });
        }
        let (count, most) = (part.measure.links, THREADS_LINKS);
        if network == Network::Threads && count > most {
            found.push(ShareIssue::TooManyLinks { count, most });
        }
    }
    match image {
        None if network == Network::Instagram => found.push(ShareIssue::MissingImage),
        Some(image) if image.alt.trim().is_empty() => found.push(ShareIssue::MissingAltText),
        _ => {}
    }
    found
}

/// URL of the article as shared on a network: with campaign parameters (`utm_…`) if the settings
/// ask for them.
pub fn shared_url(post: &SharedPost<'_>, network: Network, settings: &SocialSettings) -> String {
    tagged_url(post.url, post.slug, network.key(), settings)
}

#[cfg(test)]
mod tests {
    use pingmark_core::config::Utm;
    use pingmark_core::share_template::tidy;
    use pingmark_core::share_texts::ShareTexts;

    use super::*;

    const SUMMARY: &str = "Une règle lisible, une échelle de réponses connue de tous et un droit de recours : \
                           comment tenir une conversation sans la mettre sous cloche.";

    fn post(texts: &ShareTexts) -> SharedPost<'_> {
        SharedPost {
            title: "Modérer sans censurer",
            summary: SUMMARY,
            url: "https://essai.example/posts/moderer/",
            slug: "moderer",
            author: "Malik",
            site: "Essai",
            date: "11 février 2016",
            tags: vec!["modération", "réseaux sociaux", "e-réputation"],
            texts,
            image: None,
            images: Vec::new(),
        }
    }

    fn texts(network: Network, texts: &ShareTexts, settings: &SocialSettings) -> Vec<String> {
        let share = compose(&post(texts), network, settings).expect("it is not left out");
        share.parts.into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn what_is_said_nowhere_is_made_of_the_article() {
        let settings = SocialSettings::default();
        let none = ShareTexts::default();
        assert_eq!(
            texts(Network::X, &none, &settings),
            [format!(
                "Modérer sans censurer — {SUMMARY} https://essai.example/posts/moderer/ #modération #RéseauxSociaux"
            )]
        );
        assert_eq!(
            texts(Network::Instagram, &none, &settings),
            [format!("Modérer sans censurer\n\n{SUMMARY}\n\n#modération #RéseauxSociaux #ERéputation")]
        );
    }

    #[test]
    fn a_long_summary_is_cut_between_words() {
        let none = ShareTexts::default();
        let mut settings = SocialSettings::default();
        settings.limits.set(Network::X, 150);
        let [text] = &texts(Network::X, &none, &settings)[..] else { panic!("one text") };
        assert_eq!(
            text,
            "Modérer sans censurer — Une règle lisible, une échelle de réponses connue de tous et un droit… \
             https://essai.example/posts/moderer/ #modération #RéseauxSociaux"
        );
        settings.limits.set(Network::X, 80);
        let [text] = &texts(Network::X, &none, &settings)[..] else { panic!("one text") };
        assert_eq!(
            text,
            "Modérer sans censurer https://essai.example/posts/moderer/ #modération #RéseauxSociaux"
        );
        settings.limits.set(Network::X, 60);
        assert!(!texts(Network::X, &none, &settings)[0].contains("#RéseauxSociaux"));
    }

    #[test]
    fn every_beginning_is_whole_words_and_fits() {
        let summary =
            "L’été, c’est-à-dire « l’après-midi », finit 👩🏽‍💻 demain et e\u{301}galement après-demain.";
        let none = ShareTexts::default();
        for limit in 60..200 {
            let mut settings = SocialSettings::default();
            settings.limits.set(Network::Mastodon, limit);
            let post = SharedPost { summary, ..post(&none) };
            let share = compose(&post, Network::Mastodon, &settings).unwrap();
            let part = &share.parts[0];
            assert!(part.measure.fits(), "{limit}: {part:?}");
            let beginning = part.text.split("\n\n").find_map(|line| line.strip_suffix('…'));
            if let Some(beginning) = beginning {
                let whole = tidy(summary);
                let rest = whole.strip_prefix(beginning).unwrap_or_else(|| panic!("{limit}: {beginning}"));
                let next = rest.chars().next().unwrap();
                assert!(!next.is_alphanumeric() && next != '’' && next != '-', "{limit}: {beginning}");
            }
        }
    }

    #[test]
    fn a_written_text_gets_its_link_and_hashtags_once() {
        let settings = SocialSettings::default();
        let own = |text: &[&str]| NetworkTexts {
            text: text.iter().map(|t| (*t).to_owned()).collect(),
            ..NetworkTexts::default()
        };
        let mut said = ShareTexts { all: own(&["Nous avons une règle."]), ..ShareTexts::default() };
        said.all.hashtags = Some(vec!["modération lente".into()]);
        let url = "https://essai.example/posts/moderer/";
        assert_eq!(
            texts(Network::Bluesky, &said, &settings),
            [format!("Nous avons une règle.\n\n{url}\n\n#ModérationLente")]
        );
        said.networks.insert(Network::X, own(&["Un : {{ url }} #fin", "Deux"]));
        assert_eq!(texts(Network::X, &said, &settings), [format!("Un : {url} #fin"), "Deux".to_owned()]);
        said.networks.insert(Network::Linkedin, own(&["Un", "Deux"]));
        let linkedin = format!("Un\n\nDeux\n\n{url}\n\n#ModérationLente");
        assert_eq!(texts(Network::Linkedin, &said, &settings), [linkedin]);
        said.skip.push(Network::X);
        assert!(compose(&post(&said), Network::X, &settings).is_none());
    }

    #[test]
    fn shared_links_say_where_they_were_shared() {
        let utm = Utm::default();
        let settings = SocialSettings { utm: Some(utm), ..SocialSettings::default() };
        assert_eq!(
            tagged_url("https://a.example/p/?x=1#y", "p", "bluesky", &settings),
            "https://a.example/p/?x=1&utm_source=bluesky&utm_medium=social&utm_campaign=p#y"
        );
        let text = &texts(Network::Mastodon, &ShareTexts::default(), &settings)[0];
        assert!(text.contains("?utm_source=mastodon&utm_medium=social&utm_campaign=moderer"), "{text}");
    }

    #[test]
    fn what_is_too_much_is_told() {
        let settings = SocialSettings::default();
        let mut said = ShareTexts::default();
        said.all.text = vec!["a".repeat(290)];
        said.all.hashtags = Some(["a", "b", "c", "d"].map(str::to_owned).to_vec());
        let own = NetworkTexts { hashtags: said.all.hashtags.clone(), ..NetworkTexts::default() };
        said.networks.insert(Network::X, own);
        let share = compose(&post(&said), Network::X, &settings).unwrap();
        // 290, a line end, 23 for the link, another line end and four hashtags.
        assert_eq!(
            share.issues,
            [
                ShareIssue::TooLong { part: 1, count: 290 + 1 + 23 + 1 + 11, most: 280 },
                ShareIssue::TooManyHashtags { count: 4, most: 3 },
            ]
        );
        let share = compose(&post(&said), Network::Instagram, &settings).unwrap();
        assert_eq!(share.issues, [ShareIssue::MissingImage]);
    }
}
