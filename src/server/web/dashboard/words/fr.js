// The words of the dashboard in French.

import { PROBLEMS_FR, TROUBLES_FR } from "./problems-fr.js";

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
  told: "Ce que vos articles ont annoncé", nextTry: "nouvel essai",
  states: {
    sent: "annoncé", none: "ne demande pas à être prévenu", refused: "refusé", retry: "à réessayer", unsure: "incertain",
    withdrawn: "retiré",
  },
  kinds: {
    reply: "réponse", comment: "commentaire", like: "j’aime", repost: "partage", bookmark: "signet",
    webmention: "mention", pingback: "ping", trackback: "rétrolien",
  },

  // Calendar
  days7: ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
  before: "Mois précédent", after: "Mois suivant", free: "libre",
  undated: "Brouillons sans date", double: "Le même jour",
  gaps: "Trous", days: "jours entre le", and: "et le",

  // What is wrong with the text of a share, and diagnostics by code
  troubles: TROUBLES_FR,
  diagnostics: PROBLEMS_FR,
};
