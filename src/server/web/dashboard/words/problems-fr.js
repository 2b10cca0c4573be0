// Diagnostics in French, made of the arguments that JSON output has too. A diagnostic that lacks an
// argument gets its default; arguments without one are always there.

import { variant } from "../variant.js";

const networkName = (key) => (key === "linkedin" ? "LinkedIn" : key[0].toUpperCase() + key.slice(1));

/** What is wrong with the text of a share. `parts` is the number of its posts. */
export const TROUBLES_FR = {
  "too-long": ({ part, parts, count, most }) =>
    `${parts > 1 ? `La partie ${part}` : "Le texte"} compte ${count} ; le maximum est ${most}.`,
  "too-many-bytes": ({ part, parts, count, most }) =>
    `${parts > 1 ? `La partie ${part}` : "Le texte"} pèse ${count} octets ; le maximum est ${most}.`,
  "too-many-hashtags": ({ count, most }) => `${count} mots-dièse, c’est trop : ${most} suffisent.`,
  "too-many-links": ({ count, most }) => `${count} liens, c’est trop : le maximum est ${most}.`,
  "missing-image": () => "Il faut une image, et il n’y en a pas.",
  "missing-alt-text": () => "L’image n’a pas de texte alternatif.",
};

const GENERATORS = { hugo: "Hugo", jekyll: "Jekyll", zola: "Zola", wordpress: "WordPress", kramdown: "kramdown" };

/** A sentence for each code of a diagnostic. */
export const PROBLEMS_FR = {
  "address-gone": ({ address }) => `L’adresse « ${address} » a été publiée et n’existe plus.`,
  "address-taken": ({ address }) => `L’adresse « /${address} » est déjà prise.`,
  "address-unsafe": ({ value = "" }) =>
    value
      ? `« ${value} » ne peut pas être une adresse du site.`
      : "Aucune page ne peut avoir cette adresse.",
  "alias-partial": ({ value }) => `L’ancienne adresse « ${value} » ne peut pas être reprise entièrement.`,
  "alt-missing": ({ target = "" }) =>
    target
      ? `L’image « ${target} » n’a pas de texte alternatif.`
      : "L’image de l’article n’a pas de texte alternatif.",
  "anchor-not-found": ({ target, path }) => `${path} n’a pas de titre « ${target} ».`,
  "author-unknown": ({ name }) => `« ${name} » n’est pas dans la liste des auteurs.`,
  "bad-date": ({ value }) => `« ${value} » n’est pas une date.`,
  "card-emoji": ({ emoji }) => `L’image pour les réseaux laisse de côté ${emoji} : elle ne montre pas d’émojis.`,
  "card-failed": () => "L’image pour les réseaux ne peut pas être dessinée.",
  "card-glyph": ({ character }) => `Pas d’image pour les réseaux : ses polices n’ont pas « ${character} ».`,
  "card-name": ({ name, character }) =>
    `Les images pour les réseaux laissent de côté « ${name} » : leurs polices n’ont pas « ${character} ».`,
  "cite-in-link": ({ target }) => `« [@${target}] » est à l’intérieur d’un lien, où rien ne peut être cité.`,
  "cite-not-found": ({ target }) => `« ${target} » n’est ni une source ni un article.`,
  "component-close": ({ name }) => `Aucun composant « ${name} » n’est ouvert ici.`,
  "component-failed": ({ name }) => `Le composant « ${name} » ne peut pas être montré.`,
  "component-misplaced": () => "Un composant ne peut pas être placé ici.",
  "component-open": ({ name }) => `Le composant « ${name} » n’est pas fermé.`,
  "component-syntax": () => "La balise d’un composant est mal écrite.",
  "component-unknown": ({ name }) => `Il n’y a pas de composant « ${name} ».`,
  "config-author": ({ name }) => `« ${name} » n’est pas dans la liste des auteurs.`,
  "config-base-url": ({ value }) => `« ${value} » n’est pas l’adresse d’un site.`,
  "config-colour": ({ value }) => `« ${value} » n’est pas une couleur.`,
  "config-domain": ({ value }) => `« ${value} » n’est pas un domaine.`,
  "config-elsewhere": ({ value }) => `« ${value} » n’est ni un chemin ni un hôte.`,
  "config-language": ({ value }) => `« ${value} » n’est pas le code d’une langue.`,
  "config-missing": ({ key }) => `Le réglage « ${key} » manque.`,
  "config-output-dir": ({ value }) => `« ${value} » ne peut pas être le dossier de sortie.`,
  "config-permalink": ({ value }) => `« ${value} » ne peut pas former d’adresses.`,
  "config-slot": ({ value }) => `« ${value} » n’est pas un moment de la semaine.`,
  "config-template": ({ name }) => `Les textes pour les réseaux ne connaissent pas « ${name} ».`,
  "config-timezone": ({ value }) => `« ${value} » n’est pas un fuseau horaire.`,
  "control-character": ({ count }) =>
    count > 1
      ? `${count} caractères de commande, invisibles, ont été retirés.`
      : "Un caractère de commande, invisible, a été retiré.",
  "date-ambiguous": ({ value, expected }) =>
    `« ${value} » peut se lire de deux façons ; la date retenue est le ${expected}.`,
  "date-order": ({ value, other }) =>
    `Mise à jour le ${value}, avant la publication, le ${other} : une des deux dates est fausse.`,
  "description-missing": () => "Pas de description : les moteurs de recherche en choisiront une.",
  "edited-by-hand": ({ path }) => `« ${path} » a été modifié à la main et n’est pas remplacé.`,
  "file-case": ({ target, near }) => `« ${target} » s’écrit « ${near} » : les serveurs distinguent les majuscules.`,
  "file-name": ({ place = "" }) =>
    place
      ? `« ${place} » ne peut pas être publié sous ce nom.`
      : "Certains systèmes refusent le nom de ce fichier.",
  "file-not-found": ({ target }) => `Le fichier « ${target} » n’existe pas.`,
  "file-special": ({ place }) => `« ${place} » n’est pas un fichier ordinaire et n’est pas publié.`,
  "file-unreadable": ({ place = "" }) =>
    place
      ? `« ${place} » ne peut pas être lu.`
      : "Le fichier ne peut pas être lu.",
  "footnote-missing": ({ name }) => `La note « ${name} » n’a pas de texte.`,
  "footnote-unused": ({ name }) => `La note « ${name} » n’est appelée nulle part.`,
  "foreign-shortcode": ({ name, count }) =>
    count > 1
      ? `${count} codes de ${GENERATORS[name]} sont montrés comme du texte.`
      : `Un code de ${GENERATORS[name]} est montré comme du texte.`,
  "front-matter-fence": ({ found = "" }) =>
    found
      ? `L’en-tête doit être entre deux lignes « --- », et non « ${found} ».`
      : "L’en-tête doit commencer à la première ligne du fichier.",
  "front-matter-key": ({ key }) => `La clé « ${key} » doit être entre guillemets.`,
  "front-matter-long": ({ size, max }) =>
    `L’en-tête fait ${Math.floor(size / 1024)} Ko ; le maximum est ${Math.floor(max / 1024)} Ko.`,
  "front-matter-open": () => "L’en-tête n’est pas fermé par une ligne « --- ».",
  "front-matter-syntax": () => "L’en-tête est mal écrit et ne peut pas être lu.",
  "icon-failed": ({ path }) => `Aucune icône ne peut être faite de « ${path} ».`,
  "image-broken": ({ path }) => `L’image « ${path} » ne peut pas être utilisée.`,
  "image-format": ({ target, format }) => `Les navigateurs ne montrent pas « ${target} » (${format}).`,
  "image-unread": ({ path }) => `« ${path} » est publié tel quel, métadonnées comprises.`,
  "inline-style": ({ count }) =>
    count > 1
      ? `Les navigateurs laisseront de côté ${count} attributs « style ».`
      : "Les navigateurs laisseront de côté cet attribut « style ».",
  "language-unknown": ({ name }) => `Le site n’a pas de langue « ${name} ».`,
  "link-ambiguous": ({ target }) => `Plusieurs articles s’appellent « ${target} ».`,
  "link-as-text": () => "Un lien est montré tel qu’il a été tapé.",
  "link-empty": () => "Un lien n’a pas d’adresse.",
  "link-held": ({ target = "", path = "" }) =>
    target
      ? `« ${target} » n’est pas publié : ses mots paraissent sans lien.`
      : `« ${path} » appartient à un texte non publié, et ne l’est pas non plus.`,
  "link-leaves-site": ({ place }) => `« ${place} » est un lien vers un fichier hors du site.`,
  "link-local": ({ target = "", value = "" }) =>
    `« ${target || value} » n’existe que sur votre ordinateur : vos lecteurs n’y ont pas accès.`,
  "link-not-found": ({ target }) => `Le lien « ${target} » ne mène nulle part.`,
  "link-preview": ({ path }) => `Les réseaux ne montrent pas l’image « ${path} » : ce n’est ni un JPEG ni un PNG.`,
  "link-unsafe": ({ target = "", value = "" }) =>
    `« ${target || value} » pourrait lancer un script dans la page du lecteur.`,
  "link-without-end": ({ place }) => `« ${place} » est un lien vers un dossier qui le contient.`,
  "mark-without-effect": ({ name }) => `« ${name} » est montré comme du texte.`,
  "markup-unread": ({ count }) =>
    count === 1
      ? "Un texte n’est ni lu ni publié : seuls Markdown et HTML deviennent des pages."
      : `${count} textes ne sont ni lus ni publiés : seuls Markdown et HTML deviennent des pages.`,
  "mention-source": ({ value = "" }) =>
    value
      ? `« ${value} » n’est pas une adresse du web ; la mention n’est pas montrée.`
      : "La mention ne dit pas d’où elle vient ; elle n’est pas montrée.",
  "mention-unreadable": () => "La mention ne peut pas être lue.",
  "mention-value": ({ key }) => `La valeur de « ${key} » n’est pas reconnue.`,
  "mention-without-post": ({ target = "", folder }) =>
    `Aucun article ne correspond à « ${target || folder} » ; la mention n’est pas montrée.`,
  "orphan": () => "Aucun autre article ne cite celui-ci.",
  "placeholder": ({ value }) => `« ${value} » n’est que l’exemple des nouveaux blogs.`,
  "second-title": ({ count }) =>
    count > 1
      ? `Le texte a ${count} titres de premier niveau ; la page montre déjà le sien.`
      : "Le texte a un second titre de premier niveau ; la page montre déjà le sien.",
  "share-image": ({ target }) => `L’image à partager « ${target} » n’existe pas.`,
  "share-same": ({ network, path }) =>
    `Sur ${networkName(network)}, l’article est partagé avec le même texte que ${path}.`,
  "share-text": ({ network, issue }) => {
    const [kind, fields] = variant(issue);
    return `${networkName(network)} : ${TROUBLES_FR[kind]({ ...fields, parts: fields.part })}`;
  },
  "site-empty": () => "Aucun article ni aucune page n’est publié.",
  "slug-bad": ({ value }) => `« ${value} » ne peut pas faire partie d’une adresse.`,
  "source-address": ({ value }) => `« ${value} » n’est pas l’adresse d’une page.`,
  "source-incomplete": ({ name }) => `La source « ${name} » n’a pas de titre.`,
  "source-key": ({ name }) => `La source « ${name} » ne peut pas être citée sous ce nom.`,
  "source-type": ({ value }) => `« ${value} » n’est pas un type de source.`,
  "template-failed": ({ page = null }) =>
    page === null ? "Les modèles ne peuvent pas être lus." : `Un modèle échoue sur la page /${page}.`,
  "template-missing": ({ name }) => `Il n’y a pas de modèle « ${name} » ; le modèle habituel sert à sa place.`,
  "template-syntax": () => "Un modèle est mal écrit.",
  "template-unused": ({ name }) => `Rien n’utilise le modèle « ${name} ».`,
  "term-unsafe": ({ name }) => `« ${name} » ne peut pas former une adresse sur tous les systèmes.`,
  "term-without-slug": ({ name }) => `« ${name} » n’a ni lettre ni chiffre pour former une adresse.`,
  "terms-collide": ({ name, other }) => `« ${name} » a la même adresse que « ${other} ».`,
  "theme-missing": ({ name }) => `Il n’y a pas de thème « ${name} ».`,
  "title-long": ({ count, most }) =>
    `Le titre a ${count} signes ; les moteurs de recherche en montrent ${most} environ.`,
  "title-missing": () => "Pas de titre.",
  "undated-post": () => "Sans date, ce fichier est une page : aucune liste et aucun flux ne le montrent.",
  "unknown-key": ({ key }) => `La clé « ${key} » est inconnue.`,
  "unknown-network": ({ name }) => `« ${name} » n’est pas un réseau connu.`,
  "words-missing": ({ name = "" }) =>
    name
      ? `Le thème n’a pas de textes en « ${name} ».`
      : "Des textes de l’interface ne sont pas traduits.",
  "wrong-value": ({ key }) => `La valeur de « ${key} » n’est pas du bon genre.`,
  "yaml-comment": ({ key }) => `Ce qui suit « # » est pris pour un commentaire et manque dans « ${key} ».`,
  "yaml-syntax": () => "Le fichier n’est pas du YAML valable.",
};
