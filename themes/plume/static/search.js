// Search without a server; the files are described in themes/README.md.
const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss");
const stem = (word) =>
  word.length > 4 ? word.replace(word.length > 6 ? /(aux|al|eux|es|s|x|e)$/ : /(es|s|x|e)$/, "") : word;
const begins = (start) => (word) => (start.length > 2 ? word.startsWith(start) : word === start);
const drawerOf = (start, drawers) => {
  let drawer = 0;
  for (const sign of start.slice(0, 3)) drawer = drawer * 31 + sign.charCodeAt();
  return (drawer % 256) % drawers;
};
/** Number of letters to change, add, leave out or swap. */
const distance = (one, other) => {
  let before;
  let last = [...Array(other.length + 1).keys()];
  for (let i = 1; i <= one.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= other.length; j += 1) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (one[i - 1] !== other[j - 1]));
      if (i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1])
        row[j] = Math.min(row[j], before[j - 2] + 1);
    }
    [before, last] = [last, row];
  }
  return last[other.length];
};
const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
};

export default function search(box) {
  const words = box.dataset;
  const asked = {};
  const get = (name, read = "json") =>
    (asked[name] ||= fetch(words.index + name).then((reply) => {
      if (reply.ok) return reply[read]();
      delete asked[name];
      throw reply.status;
    }));

  const lookUp = async (word, { pages, drawers }) => {
    const start = stem(word);
    const found = new Map();
    for (const line of (await get(`words-${drawerOf(start, drawers)}.txt`, "text")).split("\n")) {
      const [whole, places] = line.split("\t");
      if (!begins(start)(whole)) continue;
      let number = 0;
      for (const place of places.split(" ")) {
        const [step, weight = "1"] = place.split(".");
        number += parseInt(step, 36);
        const value = (whole === word ? 1 : (0.7 * start.length) / whole.length) * parseInt(weight, 36);
        found.set(number, Math.max(value, found.get(number) || 0));
      }
    }
    for (const [number, value] of found) found.set(number, value * Math.log(1 + pages / found.size));
    return found;
  };
  // Of a large blog only the words are compared that begin about alike.
  const nearest = async (word, { drawers }) => {
    const [a, b, c] = word;
    const starts = [a + b + c, b + a + c, a + c + b, word.slice(1), a + word.slice(2), ..."aeiourlnst"].map((start) =>
      drawerOf(start.length > 1 ? start : a + start + b, drawers),
    );
    const files = drawers > 16 ? new Set(starts) : Array(drawers).keys();
    let [best, least] = [undefined, word.length > 5 ? 2.5 : 1.5];
    for (const lines of await Promise.all([...files].map((file) => get(`words-${file}.txt`, "text"))))
      for (const line of lines.split("\n")) {
        const [known, places] = line.split("\t");
        if (known.length < 3 || Math.abs(known.length - word.length) > 2) continue;
        const far = distance(word, known) - Math.min(0.9, places.length / 1e3);
        if (far < least) [best, least] = [known, far];
      }
    return best;
  };
  const find = async (wanted, index) => {
    const tables = await Promise.all(wanted.map((word) => lookUp(word, index)));
    for (const [at, word] of wanted.entries()) {
      const near = tables[at].size || word.length < 4 || index.ignored.includes(word) ? undefined : await nearest(word, index);
      if (near) [wanted[at], tables[at]] = [near, await lookUp(near, index)];
    }
    const must = tables.filter((table, at) => table.size || (wanted[at].length > 3 && !index.ignored.includes(wanted[at])));
    const sum = (number) => must.reduce((sum, table) => sum + (table.get(number) ?? NaN), 0);
    const found = [...(must[0]?.keys() || [])].map((number) => [number, sum(number)]);
    return found.filter(([, sum]) => sum).sort((a, b) => b[1] - a[1] || b[0] - a[0]);
  };

  const isHit = (wanted) => {
    const starts = wanted.map(stem);
    return ({ 0: word }) => starts.some((start) => begins(start)(fold(word)));
  };
  const marked = (text, hit) => {
    const parts = [];
    let done = 0;
    for (const match of [...text.matchAll(WORD)].filter(hit)) {
      parts.push(text.slice(done, match.index), make("mark", { textContent: match[0] }));
      done = match.index + match[0].length;
    }
    return [...parts, text.slice(done)];
  };
  const passage = async (address, hit) => {
    const html = await (await fetch(address)).text();
    const blocks = new DOMParser().parseFromString(html, "text/html").querySelectorAll(".e-content :is(p, li, td, dd)");
    let best = [];
    let text = "";
    for (const { textContent } of blocks) {
      const hits = [...textContent.matchAll(WORD)].filter(hit);
      if (hits.length > best.length) [best, text] = [hits, textContent];
    }
    const from = best[0]?.index > 60 ? text.indexOf(" ", best[0].index - 40) : 0;
    const cut = text.slice(from, from + 200);
    return (from ? "…" : "") + (from + 200 < text.length ? cut.replace(/\s\S*$/, "…") : cut);
  };

  const input = make("input", { type: "search", placeholder: words.placeholder, ariaLabel: words.placeholder, autocomplete: "off" });
  const list = make("ol", {});
  const start = make("div", { className: "search-start" });
  const status = make("p", { role: "status" });
  const close = make("button", { ariaLabel: words.close, title: words.close, textContent: "✕" });
  const form = make("form", { method: "dialog" }, box.querySelector("svg").cloneNode(true), input, close);
  const dialog = make("dialog", { className: "search-dialog", ariaLabel: words.placeholder }, form, status, list, start);
  box.append(dialog);

  // Before anything is typed: the latest posts and the main tags, as the page "not found" lists them.
  fetch(words.start)
    .then((reply) => reply.text())
    .then((html) => {
      const page = new DOMParser().parseFromString(html, "text/html");
      for (const part of page.querySelectorAll("#recent, #recent + ul, .chips")) {
        part.removeAttribute("id");
        start.append(part);
      }
    })
    .catch(() => {});

  let turn = 0;
  const run = async () => {
    const now = ++turn;
    const asked = fold(input.value).split(/[^a-z0-9]+/).filter((word) => word.length > 1);
    const wanted = [...asked];
    try {
      const index = await get("index.json");
      const found = await find(wanted, index);
      const hit = isHit(wanted);
      const rows = found.slice(0, 10).map(async ([number]) => {
        const pages = await get(`pages-${Math.floor(number / index.together)}.json`);
        const [href, title, date, summary] = pages[number % index.together];
        const told = make("p", {}, ...marked(summary, hit));
        const link = make("a", { href }, make("b", {}, ...marked(title, hit)), make("small", { textContent: date.replace(/^1er/, "1ᵉʳ") }), told);
        return make("li", { told }, link);
      });
      const items = await Promise.all(rows);
      if (now !== turn) return;
      list.replaceChildren(...items);
      const count = found.length > 1 ? words.many.replace("{n}", found.length) : found.length ? words.one : words.none;
      const other = found.length ? wanted.findIndex((word, at) => word !== asked[at]) : -1;
      const instead = () => {
        // As it is written in the text, with its accents.
        const marks = [...list.querySelectorAll("mark")].map((mark) => mark.textContent.toLowerCase());
        const near = marks.find((mark) => fold(mark).startsWith(stem(wanted[other]))) || wanted[other];
        return words.nearest.replace("{word}", asked[other]).replace("{nearest}", near);
      };
      status.textContent = other >= 0 ? instead() : input.value.trim() ? count : "";
      for (const { told, firstChild } of items.slice(0, 6)) {
        const text = await passage(firstChild.href, hit).catch(() => "");
        if (now !== turn) return;
        if (text) told.replaceChildren(...marked(text, hit));
      }
    } catch {
      status.textContent = words.failed;
    }
  };

  let pause;
  input.oninput = () => {
    clearTimeout(pause);
    pause = setTimeout(run, 120);
    if (input.value.trim()) start.remove();
    else dialog.append(start);
  };
  dialog.onkeydown = (event) => {
    if (event.key === "Escape") dialog.close();
    const stops = [input, ...(start.isConnected ? start : list).querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    const isEnter = event.key === "Enter" && at === 0;
    if (isEnter && start.isConnected) return event.preventDefault();
    if (to === undefined && !isEnter) return;
    event.preventDefault();
    if (isEnter) stops[1]?.click();
    else stops[to]?.focus();
  };
  dialog.onclick = ({ target }) => void (target === dialog && dialog.close());
  return () => {
    dialog.showModal();
    input.select();
  };
}
