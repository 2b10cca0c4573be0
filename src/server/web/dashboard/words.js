// The language of the dashboard: that of the blog if it is French, else English.

import { EN } from "./words/en.js";
import { FR } from "./words/fr.js";

export const lang = document.documentElement.lang;
export const t = lang === "fr" ? FR : EN;

/** Two texts with a colon between them, as the language sets it. */
export const pair = (label, text) => `${label}${t.colon}${text}`;

/** The day of a timestamp as the blog's own clock shows it, whatever the reader's time zone. */
export const day = (timestamp) => {
  const date = new Date(`${timestamp.slice(0, 10)}T00:00Z`);
  return new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: "UTC" }).format(date);
};
