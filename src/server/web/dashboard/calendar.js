// A month: posts, shares and free slots by day; below it what has no day, gaps, and days with two posts.

import { get } from "./api.js";
import { el } from "./dom.js";
import { postHref } from "./posts.js";
import { day, lang, t } from "./words.js";

/** `month` is such as `2026-12`; the present month if empty. */
export const calendarPage = async (month) => {
  const found = await get(`calendar.json${month ? `?month=${encodeURIComponent(month)}` : ""}`);
  const [year, number] = found.month.split("-").map(Number);
  const first = new Date(Date.UTC(year, number - 1, 1));
  const title = new Intl.DateTimeFormat(lang, { month: "long", year: "numeric", timeZone: "UTC" }).format(first);
  const gap = ({ days, from, to }) => `${days} ${t.days} ${day(from)} ${t.and} ${day(to)}`;
  return [
    el("div.turn", {},
      el("a", { href: `#calendar/${found.before}`, "aria-label": t.before }, "←"),
      el("h1", {}, title),
      el("a", { href: `#calendar/${found.after}`, "aria-label": t.after }, "→")),
    el("table.month", {},
      el("thead", {}, el("tr", {}, t.days7.map((name) => el("th", { scope: "col" }, name)))),
      el("tbody", {}, weeks(first, found.entries))),
    section(t.undated, found.undated),
    section(t.gaps, found.gaps.map(gap)),
    section(t.double, found.double.map((titles) => titles.join(" · "))),
  ];
};

/** The weeks of a month as rows, from Monday on, with the days of its neighbours that complete them. */
const weeks = (first, entries) => {
  const isInMonth = (date) => date.getUTCMonth() === first.getUTCMonth();
  const at = new Date(first);
  at.setUTCDate(1 - ((first.getUTCDay() + 6) % 7));
  const rows = [];
  while (isInMonth(at) || at < first) {
    const cells = [];
    for (let column = 0; column < 7; column++) {
      cells.push(cell(at, isInMonth(at), entries));
      at.setUTCDate(at.getUTCDate() + 1);
    }
    rows.push(el("tr", {}, cells));
  }
  return rows;
};

const cell = (date, isInMonth, entries) => {
  const iso = date.toISOString().slice(0, 10);
  const own = entries.filter((one) => one.day === iso);
  return el(isInMonth ? "td" : "td.out", {},
    el("span.day", {}, String(date.getUTCDate())),
    own.length ? el("ul", {}, own.map(entry)) : null);
};

const entry = (entry) =>
  el(`li.${entry.kind.split(" ")[0]}`, {},
    entry.time ? `${entry.time} ` : "",
    entry.slug ? el("a", { href: postHref(entry.slug) }, entry.title) : t.free,
    entry.networks.length ? el("span.soft", {}, ` ${entry.networks.join(", ")}`) : null);

/** Lines under a heading; nothing without lines. */
const section = (title, lines) =>
  lines.length ? el("section", {}, el("h2", {}, title), el("ul", {}, lines.map((line) => el("li", {}, line)))) : null;
