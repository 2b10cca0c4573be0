// Search without a server; the files are described in themes/README.md.
const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/œ/g, "oe").replace(/æ/g, "ae").replace(/ß/g, "ss");
const stem = (word) =>
  word.length > 4 ? word.replace(word.length > 6 ? /(aux|al|eux|es|s|x|e)$/ : /(es|s|x|e)$/, "") : word;
const begins = (start) => (word) => (start.length > 2 ? word.startsWith(start) : word === start);
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
    let drawer = 0;
    for (const sign of start.slice(0, 3)) drawer = drawer * 31 + sign.charCodeAt();
    const found = new Map();
    for (const line of (await get(`words-${(drawer % 256) % drawers}.txt`, "text")).split("\n")) {
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
  const find = async (wanted, index) => {
    const tables = await Promise.all(wanted.map((word) => lookUp(word, index)));
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
    const from = best[0]?.index > 80 ? text.indexOf(" ", best[0].index - 70) : 0;
    const cut = text.slice(from, from + 200);
    return (from ? "…" : "") + (from + 200 < text.length ? cut.replace(/\s\S*$/, "…") : cut);
  };

  const input = make("input", { type: "search", placeholder: words.placeholder, ariaLabel: words.placeholder });
  const list = make("ol", {});
  const status = make("p", { role: "status" });
  const close = make("button", { textContent: words.close });
  const form = make("form", { method: "dialog" }, input, close);
  const dialog = make("dialog", { className: "search-dialog", ariaLabel: words.placeholder }, form, status, list);
  box.append(dialog);

  let turn = 0;
  const run = async () => {
    const now = ++turn;
    const wanted = fold(input.value).split(/[^a-z0-9]+/).filter((word) => word.length > 1);
    const hit = isHit(wanted);
    try {
      const index = await get("index.json");
      const found = await find(wanted, index);
      const rows = found.slice(0, 10).map(async ([number]) => {
        const pages = await get(`pages-${Math.floor(number / index.together)}.json`);
        const [href, title, date, summary] = pages[number % index.together];
        const told = make("p", {}, ...marked(summary, hit));
        const link = make("a", { href }, make("b", {}, ...marked(title, hit)), make("small", { textContent: date }));
        return make("li", { told }, link, told);
      });
      const items = await Promise.all(rows);
      if (now !== turn) return;
      list.replaceChildren(...items);
      const count = found.length > 1 ? words.many.replace("{n}", found.length) : found.length ? words.one : words.none;
      status.textContent = input.value.trim() ? count : "";
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
  };
  dialog.onkeydown = (event) => {
    const stops = [input, ...list.querySelectorAll("a")];
    const at = stops.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 }[event.key];
    const isEnter = event.key === "Enter" && at === 0;
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
