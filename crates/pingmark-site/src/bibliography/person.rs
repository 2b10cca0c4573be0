//! Names of authors: which part of `Damien Van Achter` a citation shows.

/// Words that begin a family name. Some are written with a capital: `Le Clézio`.
#[rustfmt::skip]
const PARTICLES: [&str; 37] = [
    "al", "am", "ap", "ben", "bin", "da", "dal", "das", "de", "degli", "dei", "del", "della", "den", "der",
    "des", "di", "do", "dos", "du", "el", "ibn", "la", "las", "le", "les", "lo", "los", "san", "st.", "te",
    "ten", "ter", "van", "von", "zu", "zur",
];

/// Words that stand after a family name.
const SUFFIXES: [&str; 7] = ["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV"];

/// First words of what is a group of people and no person.
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

/// An author: a person, or a group under one name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    /// The name as readers see it: `Damien Van Achter`.
    pub name: String,
    /// The part that stands for it in a citation: `Van Achter`.
    pub family: String,
    /// Whether it is a group, or was written as one name between braces.
    pub is_group: bool,
}

impl Person {
    /// Reads `Prénom Nom` or `Nom, Prénom`. What stands between braces is one name, as in
    /// BibTeX: `{Maison des jeunes}`.
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

/// A group: its first word says so, or one of its words is neither a name nor a particle, as in
/// `Association pour l’emploi des cadres`.
fn is_group(words: &[&str]) -> bool {
    let first = words[0].trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let is_small = |word: &&str| {
        word.chars().next().is_some_and(char::is_lowercase)
            && !is_particle(word)
            && !word.contains(['\'', '’'])
    };
    words.len() > 1 && (GROUPS.contains(&first.as_str()) || words.iter().any(is_small))
}

/// From the first particle on, else the last word; `Jr.` left out.
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
            let person = Person::read(text).unwrap();
            assert_eq!((person.name.as_str(), person.family.as_str()), (name, family));
        }
        for text in ["", "  ", ",", "{}"] {
            assert_eq!(Person::read(text), None, "{text:?}");
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
            assert_eq!(Person::read(text).unwrap().family, text);
        }
        assert_eq!(Person::read("{Maison Des Jeunes}").unwrap().family, "Maison Des Jeunes");
    }

    #[test]
    fn particles_are_sorted_to_be_found() {
        assert!(PARTICLES.is_sorted());
    }
}
