//! Texts of each language, as typed and as set.

use super::*;

/// Input => output. In the input, `|` separates fragments, and a backquote is inline code. In
/// the output, `~` is a no-break space, `_` a narrow one, `^` a word joiner.
const FRENCH: &str = r#"
    Un mot simple. => Un mot simple.
    "mot" => «~mot~»
    dit " mot ". => dit «~mot~».
    « mot », «mot» => «~mot~», «~mot~»
    "un "deux" trois" => «~un “deux” trois~»
    l'"idée" => l’«~idée~»
    ("mot") => («~mot~»)
    "fin => «~fin
    fin" => fin~»
    » suite => » suite
    "" => «~»
    “mot” ‘mot’ l’an => “mot” ‘mot’ l’an
    aujourd'hui l'été => aujourd’hui l’été
    le 'mot' dit => le ‘mot’ dit
    mai '68 => mai ’68
    Quoi ? Non! => Quoi_? Non_!
    "Oui!" => «~Oui_!~»
    Quoi?! Ah!!! => Quoi_?! Ah_!!!
    (vrai?) => (vrai_?)
    un;deux ; trois; => un;deux_; trois_;
    ! alerte => ! alerte
    x?y=1 a != b !important => x?y=1 a != b !important
    ah ;-) oh :-) hi :) eh:] => ah ;-) oh :-) hi :) eh:]
    snif :'( => snif :’(
    Note: voir : => Note~: voir~:
    :rocket: parti, un :+1: ! :a:b: => :rocket: parti, un :+1:_! :a:b~:
    à 10:30 en 16:9 => à 10:30 en 16:9
    C:\x std::fmt a :: => C:\x std::fmt a ::
    Il dit:"oui" => Il dit~:«~oui~»
    Fin... => Fin…
    [...] .... .. => […] .... ..
    Quoi!... => Quoi_!…
    un--deux --- trois => un–deux — trois
    a --> b ---- ls --all => a --> b ---- ls --all
    semi-libre => semi-libre
    l'e-réputation, a-t-il, là-bas => l’e-^réputation, a-^t-^il, là-^bas
    vis-à-vis, est-ce, e-, 1-a => vis-à-^vis, est-ce, e-, 1-a
    e|-mail, cou|-tard, d'e-|*mail => e-mail, cou-tard, d’e-^*mail
    le '|*mot|' et l'|*été => le ‘*mot’ et l’*été
    10 000 et 1 234 567 => 10_000 et 1_234_567
    10 0000, 2024 300 => 10 0000, 2024 300
    06 12 34 56 78 => 06 12 34 56 78
    5 %, 3 € et 20 °C => 5_%, 3_€ et 20_°C
    3 M€, 10 km/h, 2 m² => 3~M€, 10~km/h, 2~m²
    7 milliards, 3 ans => 7~milliards, 3~ans
    en 1984 s'ouvre => en 1984 s’ouvre
    3 kilos => 3 kilos
    20 h 30 => 20~h~30
    n° 5, p. 3, art. 4 => n°~5, p.~3, art.~4
    M. Dupont, Mme Durand => M.~Dupont, Mme~Durand
    le Dr Élan, un stop. 3 => le Dr~Élan, un stop. 3
    10-20 et 10--20 => 10-20 et 10–^20
    voir https://a.fr/?b--c! => voir https://a.fr/?b--c_!
    "http://a.fr/l'x" => «~http://a.fr/l'x~»
    www.a.fr/b...c... => www.a.fr/b...c…
    d'ada--b@c.org. => d’ada--b@c.org.
    d'@ada #idée! => d’@ada #idée_!
    5'10" de haut => 5'10" de haut
    "|mot|"|! => «~mot~»_!
    un |`|! et |`| : |` => un `_! et `~: `
    mot |! => mot !
    l'|"idée" => l’«~idée~»
    10| km => 10~km
"#;
const ENGLISH: &str = r#"
    "He said 'yes'" => “He said ‘yes’”
    I don't, the dogs' toys => I don’t, the dogs’ toys
    the '90s and 'so on' => the ’90s and ‘so on’
    rock 'n' roll, Rock 'N' Roll => rock ’n’ roll, Rock ’N’ Roll
    'cause, 'em, 'til, "'Twas so", '5 things' => ’cause, ’em, ’til, “’Twas so”, ‘5 things’
    'cause' and 'em', '1984' in '84 => ‘cause’ and ‘em’, ‘1984’ in ’84
    '|*word|'| '|*a| b' '|c *d|' => ‘*word’ ‘*a b’ ‘c *d’
    '|`|' '|`| and so on' or 'so |`|' => ‘`’ ‘` and so on’ or ‘so `’
    a '|*b| c '|*d| don't => a ’*b c ’*d don’t
    "a "|*b|" c" => “a “*b” c”
    the dogs|' toys, a man|'s, the '|90s => the dogs’ toys, a man’s, the ’90s
    an X-ray, a re-do, non-stop => an X-^ray, a re-^do, non-stop
    Wait... what? 10 000 km! => Wait… what? 10 000 km!
    a -- b---c => a – b—c
    6'2" but "in 1990" => 6'2" but “in 1990”
    semi-"pro" => semi-“pro”
    a "|`|" b => a “`” b
"#;
const GERMAN: &str = r#"
    "Das "Wort" da" => „Das ‚Wort‘ da“
    'Wort', geht's? => ‚Wort‘, geht’s?
    '|*Wort|' und '|`|', geht's => ‚*Wort‘ und ‚`‘, geht’s
    „Wort“ »Wort« => „Wort“ »Wort«
"#;
const SPANISH: &str = r#"
    "uno "dos"" => «uno “dos”»
    ¿"Qué"? ¡No! => ¿«Qué»? ¡No!
"#;
const STYLES: [(&str, &str); 6] = [
    ("fr", FRENCH),
    ("en", ENGLISH),
    ("de", GERMAN),
    ("es", SPANISH),
    ("it", r#"l'"idea" è: sì! => l’«idea» è: sì!"#),
    ("pl", r#""a" -- l'b... => "a" -- l'b..."#),
];

fn set_fragments(style: Style, text: &str) -> String {
    let (mut typographer, mut out) = (Typographer::new(style), String::new());
    let mut rest = text;
    loop {
        let (fragment, ahead) = rest.split_once('|').unwrap_or((rest, ""));
        match fragment {
            "`" => {
                typographer.opaque();
                out.push('`');
            }
            _ => {
                // An asterisk is markup, and no part of the text.
                let (markup, words) = fragment.split_at(fragment.find(|c| c != '*').unwrap_or(0));
                out.push_str(markup);
                typographer.push(words, &ahead.replace('|', "").replace('`', "`x`"), &mut out);
            }
        }
        if ahead.is_empty() {
            return out.replace(NO_BREAK, "~").replace(NARROW, "_").replace(WORD_JOINER, "^");
        }
        rest = ahead;
    }
}

fn check_stable(style: Style, text: &str) {
    let once = set(style, text);
    assert_eq!(set(style, &once), once, "{style:?} {text:?}");
}

#[test]
fn sets_each_case_and_stays_stable() {
    for (lang, cases) in STYLES {
        let style = Style::of(lang);
        for case in cases.trim().lines() {
            let (typed, expected) = case.trim().split_once(" => ").unwrap();
            assert_eq!(set_fragments(style, typed), expected, "{lang} {typed:?}");
            check_stable(style, typed);
        }
    }
}

#[test]
fn sets_any_text_and_stays_stable() {
    let signs = "\" ' ‘ ’ “ ” « » „ ‚ ( ) - -- --- . ... … ! ? : ; , @ :// www. a M. É n° h km s €";
    let spaces = [" ", " ", " ", "\n", "\u{a0}", "\u{202f}", "\u{2009}", "5", "10", "e\u{301}"];
    let pieces: Vec<&str> = signs.split(' ').chain(spaces).collect();
    let mut seed = 1_u32;
    for _ in 0..5_000 {
        let mut text = String::new();
        for _ in 0..12 {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            text.push_str(pieces[(seed >> 16) as usize % pieces.len()]);
        }
        for (lang, _) in STYLES {
            check_stable(Style::of(lang), &text);
        }
    }
}

#[test]
fn blocks_are_independent_and_languages_known() {
    let (mut typographer, mut out) = (Typographer::new(Style::of("fr-CA")), String::new());
    typographer.push("\"mot", "", &mut out);
    typographer.start_block();
    typographer.push("! \"«\nmot", "", &mut out);
    assert_eq!(out, "«\u{a0}mot! «\u{a0}«\nmot");
    assert_eq!(Style::of("EN_us"), Style::of("en"));
    assert_eq!(Style::of("pl"), Style::PLAIN);
}
