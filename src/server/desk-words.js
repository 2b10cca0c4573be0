// The words of the desk, in French and in English.
"use strict";

// The network that a message begins with: "on X, …".
const onNetwork = (text) => (/^on \w+, /.test(text) ? `Sur ${text.slice(3, text.indexOf(","))}, ` : "");

const FR = {
  posts: "Articles", mentions: "Mentions", calendar: "Calendrier", site: "Voir le site", scheme: "Clair ou sombre",
  find: "Chercher un article", title: "Titre", date: "Date", state: "État", problems: "À revoir", cited: "Cité",
  published: "publié", scheduled: "programmé", draft: "brouillon", expired: "retiré", none: "Rien à signaler.",
  noMentions: "Aucune mention n’attend.", waiting: "Mentions en attente", approve: "Approuver", reject: "Refuser",
  spam: "Indésirable", block: "Bloquer le domaine", on: "sur", networks: "Sur les réseaux", search: "Dans un moteur de recherche",
  copy: "Copier", copied: "Copié", again: "Rétablir", cites: "Cet article cite", citedBy: "Le citent", nobody: "Personne pour l’instant.",
  nothing: "Rien pour l’instant.", part: "partie", back: "Tous les articles", before: "Mois précédent", after: "Mois suivant",
  share: "partage", free: "libre", undated: "Brouillons sans date", gaps: "Trous", gone: "Le serveur ne répond plus.",
  days: "jours entre le", and: "et le", text: "Texte pour", image: "Image", days7: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
  updated: "À jour.", alt: "Sans texte alternatif", double: "Le même jour", preview: "Aperçu", more: "… plus",
  done: { approve: "Approuvée", reject: "Refusée", spam: "Marquée indésirable", block: "Domaine bloqué" },
  kinds: { reply: "réponse", comment: "commentaire", like: "j’aime", repost: "partage", bookmark: "signet", webmention: "mention", pingback: "ping", trackback: "rétrolien" },
  troubles: {
    long: ({ part, parts, count, most }) => `${parts > 1 ? `La partie ${part}` : "Le texte"} compte ${count} ; le maximum est ${most}.`,
    hashtags: ({ count, most }) => `${count} mots-dièse, c’est trop : ${most} suffisent.`,
    links: ({ count, most }) => `${count} liens, c’est trop : le maximum est ${most}.`,
    "no-picture": () => "Il faut une image, et il n’y en a pas.",
    "no-alt": () => "L’image n’a pas de texte pour qui ne la voit pas.",
  },
  // What is told most, by its code; what it names stands in backquotes or as numbers.
  told: {
    "description-missing": () => "Pas de description : les moteurs de recherche en choisiront une.",
    orphan: () => "Aucun autre article ne cite celui-ci.",
    "alt-missing": ([name]) => (name ? `L’image « ${name} » n’a pas de texte pour qui ne la voit pas.` : "L’image de l’article n’a pas de texte pour qui ne la voit pas."),
    "title-long": (_, [count, most]) => `Le titre a ${count} signes ; les moteurs de recherche en montrent ${most} environ.`,
    "title-missing": () => "Pas de titre.",
    "share-image": ([name]) => `L’image à partager « ${name} » n’existe pas.`,
    "share-same": (_, __, text) => `${onNetwork(text)}l’article est partagé avec les mêmes mots qu’un autre.`,
    "share-text": (_, __, text) => `${onNetwork(text)}le texte est à revoir.`,
    "link-held": ([name]) => `« ${name} » n’est pas publié : ses mots paraissent sans lien.`,
    "link-not-found": ([name]) => `Le lien « ${name} » ne mène nulle part.`,
    "anchor-not-found": ([name]) => `L’ancre « ${name} » n’existe pas.`,
    "card-emoji": () => "La carte pour les réseaux laisse les émojis de côté.",
    "card-glyph": ([sign]) => `Pas de carte pour les réseaux : ses polices n’ont pas « ${sign} ».`,
    "footnote-unused": ([name]) => `La note « ${name} » n’est appelée nulle part.`,
    "footnote-missing": ([name]) => `La note « ${name} » n’a pas de texte.`,
    "unknown-key": ([name]) => `La clé « ${name} » est inconnue.`,
  },
};

const EN = {
  posts: "Posts", mentions: "Mentions", calendar: "Calendar", site: "See the site", scheme: "Light or dark",
  find: "Find a post", title: "Title", date: "Date", state: "State", problems: "To look at", cited: "Cited",
  published: "published", scheduled: "scheduled", draft: "draft", expired: "expired", none: "Nothing to look at.",
  noMentions: "No mention is waiting.", waiting: "Mentions waiting", approve: "Approve", reject: "Reject",
  spam: "Spam", block: "Block the domain", on: "on", networks: "On the networks", search: "In a search engine",
  copy: "Copy", copied: "Copied", again: "Reset", cites: "This post cites", citedBy: "Cited by", nobody: "Nobody yet.",
  nothing: "Nothing yet.", part: "part", back: "All posts", before: "Previous month", after: "Next month",
  share: "share", free: "free", undated: "Drafts without a date", gaps: "Gaps", gone: "The server does not answer.",
  days: "days between", and: "and", text: "Text for", image: "Picture", days7: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
  updated: "Up to date.", alt: "No alternative text", double: "On the same day", preview: "Preview", more: "… more",
  done: { approve: "Approved", reject: "Rejected", spam: "Marked as spam", block: "Domain blocked" },
  kinds: {},
  troubles: {
    long: ({ part, parts, count, most }) => `${parts > 1 ? `Part ${part}` : "The text"} counts ${count}; the most is ${most}.`,
    hashtags: ({ count, most }) => `${count} hashtags are too many; keep to ${most}.`,
    links: ({ count, most }) => `${count} links are too many; the most is ${most}.`,
    "no-picture": () => "A picture is needed, and there is none.",
    "no-alt": () => "The picture has no text for those who cannot see it.",
  },
  told: {},
};
