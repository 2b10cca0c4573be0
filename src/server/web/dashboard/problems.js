// Diagnostics of a post, in the language of the dashboard where there are words for them.

import { el } from "./dom.js";
import { t } from "./words.js";

/** A diagnostic as a list item. Its names stand in backquotes in the English text, its numbers as digits. */
export const problem = ({ code, error, text }) => {
  const named = [...text.matchAll(/`([^`]*)`/g)].map((found) => found[1]);
  const numbers = [...text.matchAll(/\d+/g)].map((found) => found[0]);
  const own = t.told[code]?.(named, numbers, text);
  return el(error ? "li.error" : "li", { lang: own ? null : "en" }, own || text);
};
