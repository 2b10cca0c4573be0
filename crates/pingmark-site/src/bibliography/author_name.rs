//! Author names, split so that a citation can show the family name: `Van Achter` of
//! `Damien Van Achter`.

/// Particles that begin a family name, in lower case and sorted. Some are written with a capital
/// in names: `Le Clézio`.
#[rustfmt::skip]
const PARTICLES: [&str; 37] = [
    "al", "am", "ap", "ben", "bin", "da", "dal", "das", "de", "degli", "dei", "del", "della", "den", "der",
    "des", "di", "do", "dos", "du", "el", "ibn", "la", "las", "le", "les", "lo", "los", "san", "st.", "te",
    "ten", "ter", "van", "von", "zu", "zur",
];

/// Suffixes after a family name.
const SUFFIXES: [&str; 7] = ["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"];

/// First words that mark a name as an organisation's.
#[rustfmt::skip]
const GROUPS: [&str; 64] = [
    "academia", "académie", "academy", "agence", "agency", "amis", "asociación", "assemblée", "association",
    "associazione", "ayuntamiento", "bureau", "cabinet", "cellule", "centre", "centro", "club", "collectif",
    "collective", "comité", "commission", "commune", "communauté", "confédération", "conseil", "council",
    "département", "direction", "école", "editorial", "équipe", "équipes", "fédération", "federation",
    "fondation", "foundation", "groupe", "group", "institut", "institute", "les", "the", "ligue", "mairie",
    "ministère", "ministry", "observatoire", "office", "organisation", "organization", "redacción", "redaktion",
    "rédaction", "redazione", "réseau", "service", "société", "syndicat", "team", "union", "université",
    "universität", "university", "ville",
];

/// Name of an author: a person, or an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AuthorName {
    /// Full name in reading order: `Damien Van Achter`.
    pub name: String,
    /// Part shown in citations: `Van Achter`. An organisation's whole name.
    pub family: String,
    /// Whether the name is an organisation's, or was written between braces.
    pub is_group: bool,
}

impl AuthorName {
    /// Parses the names in one text: `Ann Lee and Bo Kim`, `Lee, Ann; Kim, Bo`. Only where each of
    /// them is a person's full name: `Johnson and Johnson` is one.
    pub fn read_all(text: &str) -> Vec<Self> {
        let braced = text.trim().starts_with('{');
        let divided = |separator: &str| -> Option<Vec<&str>> {
            let names: Vec<&str> = text.split(separator).map(str::trim).collect();
            let is_person = |name: &&str| {
                let words: Vec<&str> = name.split_whitespace().collect();
                words.len() > 1 && words.len() < 6 && !is_group(&words) && !name.starts_with('{')
            };
            (!braced && names.len() > 1 && names.iter().all(is_person)).then_some(names)
        };
        let names =
            [";", " and ", " & ", " et ", " und ", " y ", " e "].iter().find_map(|sign| divided(sign));
        names.unwrap_or_else(|| vec![text]).into_iter().filter_map(Self::read).collect()
    }

    /// Parses `Prénom Nom` or `Nom, Prénom`. Braces keep a name whole, as in BibTeX:
    /// `{Maison des jeunes}`. `None` if there is no name.
    pub fn read(text: &str) -> Option<Self> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let one = |name: &str, is_group| Self { name: name.to_owned(), family: name.to_owned(), is_group };
        if let Some(inner) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            return Some(one(inner.trim(), true)).filter(|person| !person.name.is_empty());
        }
        if text.is_empty() {
            return None;
        }
        if let Some((family, given)) = text.split_once(',') {
            let (family, given) = (family.trim(), given.trim());
            // `King, Martin Luther, Jr.`, and BibTeX's `King, Jr., Martin Luther`.
            let parts = given.split_once(',').map(|(one, other)| (one.trim(), other.trim()));
            let with_suffix = match parts {
                Some((given, suffix)) if SUFFIXES.contains(&suffix) => Some((given, suffix)),
                Some((suffix, given)) if SUFFIXES.contains(&suffix) => Some((given, suffix)),
                _ => None,
            };
            if let Some((given, suffix)) = with_suffix {
                let (name, family) = (format!("{given} {family} {suffix}"), family.to_owned());
                return Some(Self { name: name.trim().to_owned(), family, is_group: false });
            }
            // `Martin Luther King, Jr.`
            if SUFFIXES.contains(&given) {
                return Self::read(&format!("{family} {given}"));
            }
            return match (family.is_empty(), given.is_empty()) {
                (true, true) => None,
                (true, false) => Some(one(given, false)),
                (false, true) => Some(one(family, false)),
                (false, false) => Some(Self {
                    name: format!("{given} {family}"),
                    family: family.to_owned(),
                    is_group: false,
                }),
            };
        }
        let words: Vec<&str> = text.split(' ').collect();
        if is_group(&words) {
            return Some(one(&text, true));
        }
        let family = family(&words);
        Some(Self { name: text, family, is_group: false })
    }
}

fn is_particle(word: &str) -> bool {
    PARTICLES.binary_search(&word.to_lowercase().as_str()).is_ok()
}

/// Whether a name is an organisation's: by its first word, or by a lower-case word that is no
/// particle, as in `Association pour l’emploi des cadres`.
fn is_group(words: &[&str]) -> bool {
    let first = words[0].trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_small = |word: &&str| {
        word.chars().next().is_some_and(char::is_lowercase)
            && !is_particle(word)
            && !word.contains(['\'', '’'])
    };
    words.len() > 1 && (GROUPS.contains(&first.as_str()) || words.iter().any(is_small))
}

/// Family name: from the first particle on, else the last word. Suffixes are left out.
fn family(words: &[&str]) -> String {
    let kept = match words {
        [.., last] if words.len() > 2 && SUFFIXES.contains(last) => &words[..words.len() - 1],
        all => all,
    };
    let last = kept.len() - 1;
    let start = (1..last).find(|at| is_particle(kept[*at])).unwrap_or(last);
    kept[start..].join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_keep_their_particles() {
        for (text, name, family) in [
            ("Tim O'Reilly", "Tim O'Reilly", "O'Reilly"),
            ("Damien Van Achter", "Damien Van Achter", "Van Achter"),
            ("Van Achter, Damien", "Damien Van Achter", "Van Achter"),
            ("Jean Marie Gustave Le Clézio", "Jean Marie Gustave Le Clézio", "Le Clézio"),
            ("Simone  de Beauvoir", "Simone de Beauvoir", "de Beauvoir"),
            ("Leonardo da Vinci", "Leonardo da Vinci", "da Vinci"),
            ("Van Morrison", "Van Morrison", "Morrison"),
            ("Martin Luther King Jr.", "Martin Luther King Jr.", "King"),
            ("Jean d'Ormesson", "Jean d'Ormesson", "d'Ormesson"),
            ("Voltaire", "Voltaire", "Voltaire"),
            ("宮崎駿", "宮崎駿", "宮崎駿"),
            (", Claire", "Claire", "Claire"),
        ] {
            let person = AuthorName::read(text).unwrap();
            assert_eq!((person.name.as_str(), person.family.as_str()), (name, family));
        }
        for text in ["", "  ", ",", "{}"] {
            assert_eq!(AuthorName::read(text), None, "{text:?}");
        }
    }

    #[test]
    fn suffixes_and_several_names_are_understood() {
        for text in ["King, Martin Luther, Jr.", "King, Jr., Martin Luther", "Martin Luther King, Jr."] {
            let person = AuthorName::read(text).unwrap();
            assert_eq!(
                (person.name.as_str(), person.family.as_str()),
                ("Martin Luther King Jr.", "King"),
                "{text}"
            );
        }
        for (text, expected) in [
            ("Ann Lee and Bo Kim", &["Lee", "Kim"][..]),
            ("Lee, Ann and Kim, Bo", &["Lee", "Kim"]),
            ("Lee, Ann; Kim, Bo; Doe, Cy", &["Lee", "Kim", "Doe"]),
            ("Ann Lee et Bo Kim", &["Lee", "Kim"]),
            ("Johnson and Johnson", &["Johnson and Johnson"]),
            ("Ministère de l’Éducation et de la Recherche", &["Ministère de l’Éducation et de la Recherche"]),
            ("{Smith Brothers and Green Sons}", &["Smith Brothers and Green Sons"]),
        ] {
            let families: Vec<String> =
                AuthorName::read_all(text).into_iter().map(|name| name.family).collect();
            assert_eq!(families, expected, "{text}");
        }
    }

    #[test]
    fn groups_have_one_name() {
        for text in [
            "Association pour l'emploi des cadres",
            "Rédaction de FrenchWeb",
            "trinity-advise",
            "Équipe Pingmark",
            "Ville de Lyon",
        ] {
            assert_eq!(AuthorName::read(text).unwrap().family, text);
        }
        assert_eq!(AuthorName::read("{Maison Des Jeunes}").unwrap().family, "Maison Des Jeunes");
    }

    #[test]
    fn particles_are_sorted_to_be_found() {
        assert!(PARTICLES.is_sorted());
    }
}
