// Diagnostics of a post, in the language of the dashboard where it has words for them.

import { el } from "./dom.js";
import { t } from "./words.js";

/** A diagnostic as a list item. */
export const problem = ({ code, args, error, text }) => {
  const own = t.diagnostics[code]?.(args);
  return el(error ? "li.error" : "li", { lang: own ? null : "en" }, own || text);
};
