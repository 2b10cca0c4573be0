//! The text of an article for one network, exactly as it would be posted there.

use pingmark_core::config::{SocialSettings, tagged_url};
use pingmark_core::network::Network;
use pingmark_core::share_template::{holds, usual};
use pingmark_core::share_texts::{Own, Texts};
use pingmark_core::when::When;

use super::count::{Measure, THREADS_LINKS, measure};
use super::hashtag;
use super::write::Writer;

/// What is known of an article that is shared.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// Its title.
    pub title: &'a str,
    /// Its description, else the beginning of its text.
    pub summary: &'a str,
    /// Its whole address.
    pub url: &'a str,
    /// Its slug.
    pub slug: &'a str,
    /// The first of those who wrote it.
    pub author: &'a str,
    /// The blog's name.
    pub site: &'a str,
    /// Its date, in words.
    pub date: &'a str,
    /// Its tags.
    pub tags: Vec<&'a str>,
    /// What its front matter says for networks.
    pub texts: &'a Texts,
    /// The picture that stands for it.
    pub picture: Option<ShareImage>,
    /// Pictures chosen for networks, by the words of the front matter.
    pub pictures: Vec<(String, String)>,
}

/// A picture, at its whole address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShareImage {
    /// Where it is.
    pub url: String,
    /// What it shows.
    pub alt: String,
}

/// What is posted on one network.
#[derive(Clone, Debug)]
pub struct Share {
    /// The network.
    pub network: Network,
    /// The text; several are a thread.
    pub parts: Vec<Part>,
    /// The address in it, with what tells where readers came from.
    pub url: String,
    /// The picture.
    pub picture: Option<ShareImage>,
    /// When it is to be posted, if the article says so.
    pub at: Option<When>,
    /// What is wrong with it.
    pub troubles: Vec<ShareIssue>,
}

/// One post of a thread, or all there is.
#[derive(Clone, Debug)]
pub struct Part {
    /// The text.
    pub text: String,
    /// How long it is.
    pub measure: Measure,
}

/// What is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShareIssue {
    /// The part of this number, from 1, is too long: its length and the limit.
    Long(usize, usize, usize),
    /// It has so many hashtags, and so many are enough.
    Hashtags(usize, usize),
    /// It has so many links, and the network takes so many.
    Links(usize, usize),
    /// The network wants a picture, and there is none.
    NoPicture,
    /// The picture has no words.
    NoAlt,
}

impl ShareIssue {
    /// In words, as in "on X, …".
    pub fn words(&self) -> String {
        match self {
            Self::Long(1, count, limit) => format!("the text counts {count}; the most is {limit}"),
            Self::Long(part, count, limit) => {
                format!("part {part} of the thread counts {count}; the most is {limit}")
            }
            Self::Hashtags(count, most) => format!("{count} hashtags are too many; keep to {most}"),
            Self::Links(count, most) => format!("{count} links are too many; the most is {most}"),
            Self::NoPicture => "a picture is needed, and there is none".to_owned(),
            Self::NoAlt => "the picture has no text for those who cannot see it".to_owned(),
        }
    }
}

/// The text for a network; none when the article says to leave it out.
pub fn compose(subject: &Subject<'_>, network: Network, settings: &SocialSettings) -> Option<Share> {
    let texts = subject.texts;
    if texts.skip.contains(&network) {
        return None;
    }
    let empty = Own::default();
    let own = texts.own(network).unwrap_or(&empty);
    let limit = settings.limits.get(network).copied().unwrap_or(network.limit());
    let url = shared_url(subject, network, settings);
    let chosen = own.hashtags.as_ref().or(texts.all.hashtags.as_ref());
    let tags = match chosen {
        Some(chosen) => {
            // Chosen for all networks, they are as many as each takes.
            let most = if own.hashtags.is_some() { usize::MAX } else { network.most_hashtags() };
            hashtag::hashtags(chosen.iter().map(String::as_str), most)
        }
        None => {
            let most = settings.hashtags.get(network).copied().unwrap_or(network.usual_hashtags());
            hashtag::hashtags(subject.tags.iter().copied(), most)
        }
    };
    let writer = Writer { subject, network, limit, url: &url, tags: &tags, keeps_tags: chosen.is_some() };
    let written = if own.text.is_empty() { &texts.all.text } else { &own.text };
    let given = settings.templates.get(network).or(settings.templates.default.as_ref());
    let template = given.map_or(usual(network), String::as_str);
    let parts = match written.as_slice() {
        [] => vec![writer.fitted(template)],
        // The site's own template may say where the text goes.
        [one] if given.is_some() && holds(template, "text") => vec![writer.with_text(template, one)],
        several => writer.thread(several),
    };
    let parts: Vec<Part> = parts
        .into_iter()
        .map(|text| {
            let measure = measure(network, &text, limit);
            Part { text, measure }
        })
        .collect();
    let picture = picture(subject, own);
    let troubles = troubles(network, &parts, picture.as_ref());
    Some(Share { network, parts, url, picture, at: own.at.or(texts.all.at), troubles })
}

fn picture(subject: &Subject<'_>, own: &Own) -> Option<ShareImage> {
    let all = &subject.texts.all;
    let (typed, alt) = match (&own.image, &all.image) {
        (Some(image), _) => (Some(image), own.image_alt.as_ref()),
        (None, Some(image)) => (Some(image), own.image_alt.as_ref().or(all.image_alt.as_ref())),
        (None, None) => (None, None),
    };
    match typed {
        Some(typed) => {
            let (_, url) = subject.pictures.iter().find(|(known, _)| known == typed)?;
            Some(ShareImage { url: url.clone(), alt: alt.cloned().unwrap_or_default() })
        }
        None => subject.picture.clone(),
    }
}

fn troubles(network: Network, parts: &[Part], picture: Option<&ShareImage>) -> Vec<ShareIssue> {
    let mut found = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        if !part.measure.fits() {
            found.push(ShareIssue::Long(number + 1, part.measure.count, part.measure.limit));
        }
        let hashtags = hashtag::count(&part.text);
        if hashtags > network.most_hashtags() {
            found.push(ShareIssue::Hashtags(hashtags, network.most_hashtags()));
        }
        if network == Network::Threads && part.measure.links > THREADS_LINKS {
            found.push(ShareIssue::Links(part.measure.links, THREADS_LINKS));
        }
    }
    match picture {
        None if network == Network::Instagram => found.push(ShareIssue::NoPicture),
        Some(picture) if picture.alt.trim().is_empty() => found.push(ShareIssue::NoAlt),
        _ => {}
    }
    found
}

/// The address as it is shared: with what tells where readers came from, if the site wants so.
pub fn shared_url(subject: &Subject<'_>, network: Network, settings: &SocialSettings) -> String {
    tagged_url(subject.url, subject.slug, network.key(), settings)
}

#[cfg(test)]
mod tests {
    use pingmark_core::config::Utm;
    use pingmark_core::share_template::tidy;

    use super::*;

    const SUMMARY: &str = "Une règle lisible, une échelle de réponses connue de tous et un droit de recours : \
                           comment tenir une conversation sans la mettre sous cloche.";

    fn subject(texts: &Texts) -> Subject<'_> {
        Subject {
            title: "Modérer sans censurer",
            summary: SUMMARY,
            url: "https://essai.example/posts/moderer/",
            slug: "moderer",
            author: "Malik",
            site: "Essai",
            date: "11 février 2016",
            tags: vec!["modération", "réseaux sociaux", "e-réputation"],
            texts,
            picture: None,
            pictures: Vec::new(),
        }
    }

    fn texts(network: Network, texts: &Texts, settings: &SocialSettings) -> Vec<String> {
        let share = compose(&subject(texts), network, settings).expect("it is not left out");
        share.parts.into_iter().map(|part| part.text).collect()
    }

    #[test]
    fn what_is_said_nowhere_is_made_of_the_article() {
        let settings = SocialSettings::default();
        let none = Texts::default();
        assert_eq!(
            texts(Network::X, &none, &settings),
            [format!(
                "Modérer sans censurer — {SUMMARY} https://essai.example/posts/moderer/ #Modération #RéseauxSociaux"
            )]
        );
        assert_eq!(
            texts(Network::Instagram, &none, &settings),
            [format!("Modérer sans censurer\n\n{SUMMARY}\n\n#Modération #RéseauxSociaux #ERéputation")]
        );
    }

    #[test]
    fn a_long_summary_is_cut_between_words() {
        let none = Texts::default();
        let mut settings = SocialSettings::default();
        settings.limits.x = Some(150);
        let [text] = &texts(Network::X, &none, &settings)[..] else { panic!("one text") };
        assert_eq!(
            text,
            "Modérer sans censurer — Une règle lisible, une échelle de réponses connue de tous et un droit… \
             https://essai.example/posts/moderer/ #Modération #RéseauxSociaux"
        );
        settings.limits.x = Some(80);
        let [text] = &texts(Network::X, &none, &settings)[..] else { panic!("one text") };
        assert_eq!(
            text,
            "Modérer sans censurer https://essai.example/posts/moderer/ #Modération #RéseauxSociaux"
        );
        settings.limits.x = Some(60);
        assert!(!texts(Network::X, &none, &settings)[0].contains("#RéseauxSociaux"));
    }

    #[test]
    fn every_beginning_is_whole_words_and_fits() {
        let summary =
            "L’été, c’est-à-dire « l’après-midi », finit 👩🏽‍💻 demain et e\u{301}galement après-demain.";
        let none = Texts::default();
        for limit in 60..200 {
            let mut settings = SocialSettings::default();
            settings.limits.mastodon = Some(limit);
            let subject = Subject { summary, ..subject(&none) };
            let share = compose(&subject, Network::Mastodon, &settings).unwrap();
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
        let own =
            |text: &[&str]| Own { text: text.iter().map(|t| (*t).to_owned()).collect(), ..Own::default() };
        let mut said = Texts { all: own(&["Nous avons une règle."]), ..Texts::default() };
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
        assert!(compose(&subject(&said), Network::X, &settings).is_none());
    }

    #[test]
    fn shared_links_say_where_they_were_shared() {
        let utm = Utm::default();
        let settings = SocialSettings { utm: Some(utm), ..SocialSettings::default() };
        assert_eq!(
            tagged_url("https://a.example/p/?x=1#y", "p", "bluesky", &settings),
            "https://a.example/p/?x=1&utm_source=bluesky&utm_medium=social&utm_campaign=p#y"
        );
        let text = &texts(Network::Mastodon, &Texts::default(), &settings)[0];
        assert!(text.contains("?utm_source=mastodon&utm_medium=social&utm_campaign=moderer"), "{text}");
    }

    #[test]
    fn what_is_too_much_is_told() {
        let settings = SocialSettings::default();
        let mut said = Texts::default();
        said.all.text = vec!["a".repeat(290)];
        said.all.hashtags = Some(["a", "b", "c", "d"].map(str::to_owned).to_vec());
        let own = Own { hashtags: said.all.hashtags.clone(), ..Own::default() };
        said.networks.insert(Network::X, own);
        let share = compose(&subject(&said), Network::X, &settings).unwrap();
        // 290, a line end, 23 for the link, another line end and four hashtags.
        assert_eq!(
            share.troubles,
            [ShareIssue::Long(1, 290 + 1 + 23 + 1 + 11, 280), ShareIssue::Hashtags(4, 3)]
        );
        let share = compose(&subject(&said), Network::Instagram, &settings).unwrap();
        assert_eq!(share.troubles, [ShareIssue::NoPicture]);
    }
}
