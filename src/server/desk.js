// The desk: what the server says, shown. Texts are set as texts, never as markup.
"use strict";

const lang = document.documentElement.lang;
const t = lang === "fr" ? FR : EN;
const token = document.querySelector("meta[name=pingmark-token]").content;
const main = document.getElementById("main");
const status = document.getElementById("status");
const BASE = "/__pingmark/";

/** An element: `el("a.b", {href}, "text", child)`. */
const el = (name, given = {}, ...children) => {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (value !== null && value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};
const ask = async (path) => {
  const answer = await fetch(BASE + path, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
};
const say = (text) => { status.textContent = text; };
// The day on the blog's own clock, whatever the reader's.
// What was found, in the reader's language where it has words for it.
const problem = ({ code, error, text }) => {
  const named = [...text.matchAll(/`([^`]*)`/g)].map((found) => found[1]);
  const numbers = [...text.matchAll(/\d+/g)].map((found) => found[0]);
  const own = t.told[code]?.(named, numbers, text);
  return el(error ? "li.error" : "li", { lang: own ? null : "en" }, own || text);
};
const day = (text) => new Intl.DateTimeFormat(lang, { dateStyle: "medium", timeZone: "UTC" }).format(new Date(`${text.slice(0, 10)}T00:00Z`));

// ---- posts --------------------------------------------------------------------------------

const postsPage = async () => {
  const posts = await ask("posts.json");
  const body = el("tbody");
  const show = (word) => {
    const wanted = word.trim().toLowerCase();
    const fits = (post) => !wanted || `${post.title} ${post.slug} ${post.tags.join(" ")}`.toLowerCase().includes(wanted);
    body.replaceChildren(...posts.filter(fits).slice(0, 500).map((post) => el("tr", {},
      el("td.when", {}, post.date ? day(post.date) : "—"),
      el("td", {}, el("a", { href: `#post/${encodeURIComponent(post.slug)}`, lang: post.lang }, post.title)),
      el("td", {}, el(`span.state.${post.state}`, {}, t[post.state])),
      el("td.num", {}, post.cited ? `${post.cited} ×` : ""),
      el("td.problems", {}, el("ul", {}, post.problems.map(problem))),
    )));
  };
  const find = el("input.find", { type: "search", "aria-label": t.find, placeholder: t.find, oninput: () => show(find.value) });
  show("");
  return [
    el("h1", {}, t.posts), find,
    el("table", {}, el("thead", {}, el("tr", {}, [t.date, t.title, t.state, t.cited, t.problems].map((name) => el("th", { scope: "col" }, name)))), body),
  ];
};

// ---- one post -----------------------------------------------------------------------------

// A text as it is shown: links cut short, links and hashtags in the network's colour.
const shown = (text, share) => text.split(/(https?:\/\/\S+|#[\p{L}\p{N}_]+)/u).map((piece, at) => {
  if (at % 2 === 0) return piece;
  const bare = piece.replace(/^https?:\/\/(www\.)?/, "");
  const short = bare.length > 34 ? `${bare.slice(0, 33)}…` : bare;
  return el(share.network === "instagram" && !piece.startsWith("#") ? "span" : "span.tint", {}, piece.startsWith("#") ? piece : short);
});

// What stands for the link, or for the picture where links are none.
const card = (share, post) => {
  const image = share.image ? el("img", { src: share.image, alt: share.image_alt || "" }) : null;
  if (share.network === "instagram") return image ? el("div.photo", {}, image) : null;
  const words = el("div.words", {}, el("span.host", {}, post.host), el("strong", { lang: post.lang }, post.og_title), el("span.said", { lang: post.lang }, post.og_description));
  return el("div.link", {}, image, words);
};

// One post as its network shows it.
const preview = (share, part, text, post) => {
  const handle = share.network === "linkedin" || share.network === "facebook" ? post.host : share.handle;
  const who = el("p.who", {}, el("span.face", { "aria-hidden": "true" }, post.blog.slice(0, 1)), el("span", {}, el("strong", {}, post.blog), " ", el("span.handle", {}, handle)));
  const body = el("p.body", { lang: post.lang }, shown(text, share));
  const holds = share.parts.findIndex((one) => one.text.includes(share.url));
  const has = share.network === "instagram" ? part === 0 : part === Math.max(holds, 0);
  const parts = share.network === "instagram" ? [who, has ? card(share, post) : null, body] : [who, body, has ? card(share, post) : null];
  return el("div.shown", { role: "group", "aria-label": `${t.preview} : ${share.name}` }, ...parts);
};

const network = (share, post) => {
  const parts = share.parts.map((part, at) => {
    const name = `${t.text} ${share.name}${share.parts.length > 1 ? `, ${t.part} ${at + 1}` : ""}`;
    const count = el("span.count", {}, "");
    const counted = (found) => {
      count.textContent = `${found.count} / ${found.limit}`;
      count.classList.toggle("over", !found.fits);
    };
    counted(part);
    let picture = preview(share, at, part.text, post);
    const redraw = (text) => {
      const next = preview(share, at, text, post);
      // The picture stays, or it would flicker with each letter.
      picture.querySelector(".body").replaceChildren(...next.querySelector(".body").childNodes);
    };
    let last = 0;
    const text = el("textarea", {
      "aria-label": name, lang: post.lang, spellcheck: true, rows: 4,
      oninput: async () => {
        const own = ++last;
        redraw(text.value);
        const query = new URLSearchParams({ network: share.network, text: text.value });
        const found = await ask(`count.json?${query}`).catch(() => null);
        if (found && own === last) counted(found);
      },
    });
    text.value = part.text;
    const copy = el("button.main", {
      type: "button", "aria-label": `${t.copy} : ${name}`,
      onclick: async () => { await navigator.clipboard.writeText(text.value); say(`${t.copied} : ${name}`); },
    }, t.copy);
    const again = el("button", { type: "button", "aria-label": `${t.again} : ${name}`, onclick: () => { text.value = part.text; counted(part); redraw(part.text); } }, t.again);
    return [el("header", {}, el("h3", {}, share.name + (share.parts.length > 1 ? ` ${at + 1}/${share.parts.length}` : "")), count), picture, text, el("div.tools", {}, copy, again)];
  });
  const troubles = share.troubles.map((trouble) => el("li", {}, t.troubles[trouble.kind]({ ...trouble, parts: share.parts.length })));
  return el(`section.net.${share.network}`, { "aria-label": share.name }, ...parts.flat(), troubles.length ? el("ul.problems", {}, troubles) : null);
};

// A result of a search, with its address as a path of folders.
const result = (post) => el("div.search", {},
  el("div.site", {}, el("span.face", { "aria-hidden": "true" }, post.blog.slice(0, 1)), el("div", {}, el("p", {}, post.blog),
    el("p.url", {}, post.url.replace(/^(https?:\/\/[^/]+)\/(.*?)\/?$/, (_, host, path) => [host, ...path.split("/").filter(Boolean)].join(" › "))))),
  el("p.title", { lang: post.lang }, post.search_title),
  el("p.text", { lang: post.lang }, post.date ? el("span", {}, `${day(post.date)} — `) : null, post.description));

const people = (title, list, none) => el("section", {}, el("h2", {}, title), list.length
  ? el("ul", {}, list.map((one) => el("li", { lang: one.lang }, one.slug ? el("a", { href: `#post/${encodeURIComponent(one.slug)}` }, one.title) : el("a", { href: one.url }, one.title),
      one.text ? el("p.soft", {}, one.text) : null)))
  : el("p.soft", {}, none));

const postPage = async (slug) => {
  const post = await ask(`post.json?slug=${encodeURIComponent(slug)}`);
  return [
    el("p", {}, el("a", { href: "#posts" }, `← ${t.back}`)),
    el("h1", { lang: post.lang }, post.title),
    el("p", {}, el(`span.state.${post.state}`, {}, t[post.state]), " ", el("span.soft", {}, `${post.date ? day(post.date) : ""} · ${post.path} · `), el("a", { href: post.local }, post.url)),
    post.problems.length ? el("ul.problems", {}, post.problems.map(problem)) : el("p.soft", {}, t.none),
    el("h2", {}, t.search),
    result(post),
    el("h2", {}, t.networks),
    el("div.grid", {}, post.shares.map((share) => network(share, post))),
    el("div.two", {}, people(t.citedBy, post.cited_by, t.nobody), people(t.cites, post.cites, t.nothing)),
  ];
};

// ---- mentions -----------------------------------------------------------------------------

const press = async (action, mention) => {
  const answer = await fetch(`${BASE}mention`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-pingmark-token": token },
    body: JSON.stringify({ action, id: mention.path }),
  });
  const told = await answer.json();
  say(told.done ? `${t.done[action]} : ${action === "block" ? mention.domain : mention.name}` : told.error);
  await show();
};

const mentionsPage = async () => {
  const mentions = await ask("mentions.json");
  const one = (mention) => el("article.mention", { "aria-label": mention.name },
    el("p", {}, el("strong", {}, mention.name), " ", el("span.soft", {}, `${t.kinds[mention.kind] || mention.kind}${mention.date ? ` · ${day(mention.date)}` : ""} · ${t.on} `),
      mention.post ? el("a", { href: `#post/${encodeURIComponent(mention.post)}` }, mention.post) : el("span.soft", {}, mention.target || "")),
    mention.text ? el("blockquote", {}, mention.text) : null,
    mention.source ? el("p.soft", {}, el("a", { href: mention.source, rel: "noopener noreferrer", target: "_blank" }, mention.source)) : null,
    el("div.tools", {}, [["approve", true], ["reject"], ["spam"], ["block"]].filter(([action]) => action !== "block" || mention.domain).map(([action, primary]) =>
      el(primary ? "button.main" : "button", { type: "button", "aria-label": `${t[action]}${action === "block" ? ` ${mention.domain}` : ""} : ${mention.name}`, onclick: () => press(action, mention) },
        action === "block" ? `${t.block} ${mention.domain}` : t[action]))));
  return [el("h1", {}, t.waiting), mentions.length ? mentions.map(one) : el("p.soft", {}, t.noMentions)];
};

// ---- calendar -----------------------------------------------------------------------------

const calendarPage = async (month) => {
  const found = await ask(`calendar.json${month ? `?month=${encodeURIComponent(month)}` : ""}`);
  const [year, number] = found.month.split("-").map(Number);
  const first = new Date(Date.UTC(year, number - 1, 1));
  const start = new Date(first);
  start.setUTCDate(1 - ((first.getUTCDay() + 6) % 7));
  const weeks = [];
  for (const at = new Date(start); at.getUTCMonth() === number - 1 || at < first; ) {
    const cells = [];
    for (let column = 0; column < 7; column++) {
      const iso = at.toISOString().slice(0, 10);
      const entries = found.entries.filter((entry) => entry.day === iso);
      cells.push(el(at.getUTCMonth() === number - 1 ? "td" : "td.out", {}, el("span.day", {}, String(at.getUTCDate())),
        entries.length ? el("ul", {}, entries.map((entry) => el(`li.${entry.kind.split(" ")[0]}`, {}, entry.time ? `${entry.time} ` : "",
          entry.slug ? el("a", { href: `#post/${encodeURIComponent(entry.slug)}` }, entry.title) : t.free,
          entry.networks.length ? el("span.soft", {}, ` ${entry.networks.join(", ")}`) : null))) : null));
      at.setUTCDate(at.getUTCDate() + 1);
    }
    weeks.push(el("tr", {}, cells));
  }
  const title = new Intl.DateTimeFormat(lang, { month: "long", year: "numeric", timeZone: "UTC" }).format(first);
  return [
    el("div.turn", {}, el("a", { href: `#calendar/${found.before}`, "aria-label": t.before }, "←"), el("h1", {}, title), el("a", { href: `#calendar/${found.after}`, "aria-label": t.after }, "→")),
    el("table.month", {}, el("thead", {}, el("tr", {}, t.days7.map((name) => el("th", { scope: "col" }, name)))), el("tbody", {}, weeks)),
    found.undated.length ? el("section", {}, el("h2", {}, t.undated), el("ul", {}, found.undated.map((title) => el("li", {}, title)))) : null,
    found.gaps.length ? el("section", {}, el("h2", {}, t.gaps), el("ul", {}, found.gaps.map((gap) => el("li", {}, `${gap.days} ${t.days} ${day(gap.from)} ${t.and} ${day(gap.to)}`)))) : null,
    found.double.length ? el("section", {}, el("h2", {}, t.double), el("ul", {}, found.double.map((titles) => el("li", {}, titles.join(" · "))))) : null,
  ];
};

// ---- which page ---------------------------------------------------------------------------

let asked = 0;
const show = async () => {
  const own = ++asked;
  const [name = "posts", rest = ""] = location.hash.slice(1).split(/\/(.*)/s);
  const page = { post: () => postPage(decodeURIComponent(rest)), mentions: mentionsPage, calendar: () => calendarPage(rest) }[name] || postsPage;
  try {
    const [nodes, waiting] = await Promise.all([page(), ask("mentions.json")]);
    if (own !== asked) return;
    const here = name === "post" || !name ? "posts" : name;
    document.getElementById("tabs").replaceChildren(...["posts", "mentions", "calendar"].map((tab) => el("li", {}, el("a",
      { href: `#${tab}`, "aria-current": tab === here ? "page" : null }, t[tab], tab === "mentions" && waiting.length ? el("b", {}, String(waiting.length)) : null))));
    main.replaceChildren(...nodes.flat().filter(Boolean));
  } catch (error) {
    say(error.message || t.gone);
  }
};

const scheme = document.getElementById("scheme");
scheme.textContent = t.scheme;
scheme.addEventListener("click", () => {
  const root = document.documentElement;
  const dark = root.dataset.scheme ? root.dataset.scheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.scheme = dark ? "light" : "dark";
});
const site = document.getElementById("site");
site.textContent = t.site;
window.addEventListener("hashchange", async () => { say(""); await show(); main.focus(); scrollTo(0, 0); });
show();

// Follows the files, where the server tells of changes. A text somebody is changing is left alone.
const events = new EventSource("/.pingmark/events?page=%2F__pingmark%2F&tag=");
events.addEventListener("changed", () => { if (document.activeElement?.tagName !== "TEXTAREA") show().then(() => say(t.updated)); });
events.addEventListener("problems", (event) => say(JSON.parse(event.data).problems.join(" · ").split("\n")[0]));
events.onerror = () => { if (events.readyState === EventSource.CLOSED) events.close(); };
