// One post: its problems, how search engines and networks will show it, and its citations.

import { get } from "./api.js";
import { el } from "./dom.js";
import { postHref, state } from "./posts.js";
import { problem } from "./problems.js";
import { share } from "./share.js";
import { day, t } from "./words.js";

export const postPage = async (slug) => {
  const post = await get(`post.json?slug=${encodeURIComponent(slug)}`);
  const where = `${post.date ? day(post.date) : ""} · ${post.path} · `;
  return [
    el("p", {}, el("a", { href: "#posts" }, `← ${t.back}`)),
    el("h1", { lang: post.lang }, post.title),
    el("p", {}, state(post), " ", el("span.soft", {}, where), el("a", { href: post.local }, post.url)),
    post.problems.length ? el("ul.problems", {}, post.problems.map(problem)) : el("p.soft", {}, t.none),
    el("h2", {}, t.search),
    searchResult(post),
    el("h2", {}, t.networks),
    el("div.grid", {}, post.shares.map((one) => share(one, post))),
    el("div.two", {}, pages(t.citedBy, post.cited_by, t.nobody), pages(t.cites, post.cites, t.nothing)),
  ];
};

/** The post as a search engine lists it, with its address as a path of folders. */
const searchResult = (post) => {
  const [, host, path] = post.url.match(/^(https?:\/\/[^/]+)\/(.*?)\/?$/) || [null, post.url, ""];
  const address = [host, ...path.split("/").filter(Boolean)].join(" › ");
  const date = post.date ? el("span", {}, `${day(post.date)} — `) : null;
  return el("div.search", {},
    el("div.site", {},
      el("span.face", { "aria-hidden": "true" }, post.blog.slice(0, 1)),
      el("div", {}, el("p", {}, post.blog), el("p.url", {}, address))),
    el("p.title", { lang: post.lang }, post.search_title),
    el("p.text", { lang: post.lang }, date, post.description));
};

/** Pages under a heading: those of the blog lead to their page here. */
const pages = (title, list, none) => {
  const item = (page) =>
    el("li", { lang: page.lang },
      el("a", { href: page.slug ? postHref(page.slug) : page.url }, page.title),
      page.text ? el("p.soft", {}, page.text) : null);
  return el("section", {}, el("h2", {}, title), list.length ? el("ul", {}, list.map(item)) : el("p.soft", {}, none));
};
