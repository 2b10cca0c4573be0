// The frame of the dashboard: which page is shown, the tabs, light and dark, and following the files.

import { follow, get } from "./api.js";
import { calendarPage } from "./calendar.js";
import { el, say } from "./dom.js";
import { mentionsPage } from "./mentions.js";
import { postPage } from "./post.js";
import { postsPage } from "./posts.js";
import { t } from "./words.js";

const TABS = ["posts", "mentions", "calendar"];

/** The page of the address's fragment: `#posts`, `#post/SLUG`, `#mentions`, `#calendar/2026-12`. */
const pageAt = (name, rest) => {
  if (name === "post") return postPage(decodeURIComponent(rest));
  if (name === "mentions") return mentionsPage(show);
  if (name === "calendar") return calendarPage(rest);
  return postsPage();
};

// Counts the pages asked for, so that one that arrives late does not replace a newer one.
let shown = 0;

const show = async () => {
  const own = ++shown;
  const [name = "posts", rest = ""] = location.hash.slice(1).split(/\/(.*)/s);
  try {
    const [nodes, waiting] = await Promise.all([pageAt(name, rest), get("mentions.json")]);
    if (own !== shown) return;
    const current = name === "post" || !name ? "posts" : name;
    document.getElementById("tabs").replaceChildren(...TABS.map((tab) => tabOf(tab, current, waiting.length)));
    document.getElementById("main").replaceChildren(...nodes.flat().filter(Boolean));
  } catch (error) {
    say(error.message || t.gone);
  }
};

const tabOf = (tab, current, waiting) => {
  const count = tab === "mentions" && waiting ? el("b", {}, String(waiting)) : null;
  return el("li", {}, el("a", { href: `#${tab}`, "aria-current": tab === current ? "page" : null }, t[tab], count));
};

window.addEventListener("hashchange", async () => {
  say("");
  await show();
  document.getElementById("main").focus();
  scrollTo(0, 0);
});

const scheme = document.getElementById("scheme");
scheme.textContent = t.scheme;
scheme.addEventListener("click", () => {
  const { dataset } = document.documentElement;
  const isDark = dataset.scheme ? dataset.scheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  dataset.scheme = isDark ? "light" : "dark";
});
document.getElementById("site").textContent = t.site;

follow({
  // Not while a text is being edited: the edit would be lost.
  onBuild: () => {
    if (document.activeElement?.tagName !== "TEXTAREA") show().then(() => say(t.updated));
  },
  onProblems: (problems) => say(problems.join(" · ").split("\n")[0]),
});
show();
