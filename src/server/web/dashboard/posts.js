// The list of posts, with their states and problems.

import { get } from "./api.js";
import { el } from "./dom.js";
import { problem } from "./problems.js";
import { day, t } from "./words.js";

/** Rows shown at once; a search finds the others. */
const MOST = 500;

export const postsPage = async () => {
  const posts = await get("posts.json");
  const body = el("tbody");
  const show = (wanted) => body.replaceChildren(...posts.filter(matches(wanted)).slice(0, MOST).map(row));
  const find = el("input.find", {
    type: "search", "aria-label": t.find, placeholder: t.find, oninput: () => show(find.value),
  });
  show("");
  const columns = [t.date, t.title, t.state, t.cited, t.problems].map((name) => el("th", { scope: "col" }, name));
  return [el("h1", {}, t.posts), find, el("table", {}, el("thead", {}, el("tr", {}, columns)), body)];
};

/** Whether a post has the text in its title, slug or tags. */
const matches = (text) => {
  const wanted = text.trim().toLowerCase();
  return (post) => `${post.title} ${post.slug} ${post.tags.join(" ")}`.toLowerCase().includes(wanted);
};

const row = (post) =>
  el("tr", {},
    el("td.when", {}, post.date ? day(post.date) : "—"),
    el("td", {}, el("a", { href: postHref(post.slug), lang: post.lang }, post.title)),
    el("td", {}, state(post)),
    el("td.num", {}, post.cited ? `${post.cited} ×` : ""),
    el("td.problems", {}, el("ul", {}, post.problems.map(problem))));

/** Draft, scheduled, published or expired, as a badge. */
export const state = (post) => el(`span.state.${post.state}`, {}, t[post.state]);

/** The address of a post's page in the dashboard. */
export const postHref = (slug) => `#post/${encodeURIComponent(slug)}`;
