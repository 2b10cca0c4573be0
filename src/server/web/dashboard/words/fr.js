// The words of the dashboard in French.

// The network that an English text begins with, "on X, …", in French.
const onNetwork = (text) => (/^on \w+, /.test(text) ? `Sur ${text.slice(3, text.indexOf(","))}, ` : "");

export const FR = {
  // Frame
  posts: "Articles", mentions: "Mentions", calendar: "Calendrier",
  site: "Voir le site", scheme: "Clair ou sombre",
  gone: "Le serveur ne répond plus.", updated: "À jour.",
  colon: " : ",

  // Posts
  find: "Chercher un article",
  title: "Titre", date: "Date", state: "État", problems: "À revoir", cited: "Cité",
  published: "publié", scheduled: "programmé", draft: "brouillon", expired: "retiré",
  none: "Rien à signaler.",

  // One post
  back: "Tous les articles",
  search: "Dans un moteur de recherche", networks: "Sur les réseaux",
  preview: "Aperçu", text: "Texte pour", part: "partie",
  copy: "Copier", copied: "Copié", again: "Rétablir",
  cites: "Cet article cite", nothing: "Rien pour l’instant.",
  citedBy: "Le citent", nobody: "Personne pour l’instant.",

  // Mentions
  waiting: "Mentions en attente", noMentions: "Aucune mention n’attend.", on: "sur",
  approve: "Approuver", reject: "Refuser", spam: "Indésirable", block: "Bloquer le domaine",
  done: { approve: "Approuvée", reject: "Refusée", spam: "Marquée indésirable", block: "Domaine bloqué" },
  kinds: {
    reply: "réponse", comment: "commentaire", like: "j’aime", repost: "partage", bookmark: "signet",
    webmention: "mention", pingback: "ping", trackback: "rétrolien",
  },

  // Calendar
  days7: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
  before: "Mois précédent", after: "Mois suivant", free: "libre",
  undated: "Brouillons sans date", double: "Le même jour",
  gaps: "Trous", days: "jours entre le", and: "et le",

  // What is wrong with the text of a share
  troubles: {
    long: ({ part, parts, count, most }) =>
      `${parts > 1 ? `La partie ${part}` : "Le texte"} compte ${count} ; le maximum est ${most}.`,
    hashtags: ({ count, most }) => `${count} mots-dièse, c’est trop : ${most} suffisent.`,
    links: ({ count, most }) => `${count} liens, c’est trop : le maximum est ${most}.`,
    "no-picture": () => "Il faut une image, et il n’y en a pas.",
    "no-alt": () => "L’image n’a pas de texte alternatif.",
  },

  // Diagnostics by code. Each gets the names and numbers found in the English text, and that text.
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
