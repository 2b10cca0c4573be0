// Mentions that wait for a decision. Their texts come from strangers.

import { act, get } from "./api.js";
import { el, say } from "./dom.js";
import { postHref } from "./posts.js";
import { day, pair, t } from "./words.js";

/** `refresh` shows the page again, after a decision. */
export const mentionsPage = async (refresh) => {
  const mentions = await get("mentions.json");
  const list = mentions.map((one) => mention(one, refresh));
  const told = await get("told.json");
  return [
    el("h1", {}, t.waiting), list.length ? list : el("p.soft", {}, t.noMentions),
    ...(told.length ? [el("h2", {}, t.told), ...told.map(entry)] : []),
  ];
};

/** What a post told to another site, and what waits. */
const entry = ({ state, target, path, at, answer, next }) => {
  const slug = path.split("/").pop().replace(/\.yaml$/, "");
  const facts = [t.states[state] || state, day(at), next && `${t.nextTry} ${day(next)}`];
  return el("article.mention", { "aria-label": target },
    el("p", {}, el("strong", {}, slug), " → ", el("a", { href: target, rel: "noopener noreferrer", target: "_blank" }, target)),
    el("p.soft", {}, facts.filter(Boolean).join(" · "), answer && state !== "sent" ? ` (${answer})` : null));
};

const mention = (mention, refresh) => {
  const facts = [t.kinds[mention.kind] || mention.kind, mention.date && day(mention.date), `${t.on} `];
  const { source } = mention;
  return el("article.mention", { "aria-label": mention.name },
    el("p", {},
      el("strong", {}, mention.name), " ", el("span.soft", {}, facts.filter(Boolean).join(" · ")),
      mention.post
        ? el("a", { href: postHref(mention.post) }, mention.post)
        : el("span.soft", {}, mention.target || "")),
    mention.text ? el("blockquote", {}, mention.text) : null,
    source ? el("p.soft", {}, el("a", { href: source, rel: "noopener noreferrer", target: "_blank" }, source)) : null,
    el("div.tools", {}, buttons(mention, refresh)));
};

const buttons = (mention, refresh) => {
  const actions = ["approve", "reject", "spam", ...(mention.domain ? ["block"] : [])];
  return actions.map((action) => {
    const name = action === "block" ? `${t.block} ${mention.domain}` : t[action];
    return el(action === "approve" ? "button.main" : "button", {
      type: "button",
      "aria-label": pair(name, mention.name),
      onclick: () => decide(action, mention, refresh),
    }, name);
  });
};

const decide = async (action, mention, refresh) => {
  const { done, error } = await act(action, mention.path);
  say(done ? pair(t.done[action], action === "block" ? mention.domain : mention.name) : error);
  await refresh();
};
