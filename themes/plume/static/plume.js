// Light or dark, copy buttons, embeds and search. Without this file a page is complete, and all of
// it is text and links.
(() => {
  "use strict";
  const root = document.documentElement;
  const words = document.currentScript.dataset;
  const all = (query) => [...document.querySelectorAll(query)];

  // ---- light or dark: the system's setting, until the reader chooses
  const KEY = "pingmark-theme";
  const night = matchMedia("(prefers-color-scheme: dark)");
  const frames = all('meta[name="theme-color"]');
  const papers = frames.map((frame) => frame.content);
  const ofSystem = () => (night.matches ? "dark" : "light");
  const show = () => {
    const chosen = root.dataset.theme;
    frames.forEach((frame, at) => (frame.content = papers[chosen ? Number(chosen === "dark") : at]));
    for (const button of all(".theme-switch")) button.ariaPressed = String((chosen || ofSystem()) === "dark");
  };
  const choose = () => {
    const next = (root.dataset.theme || ofSystem()) === "dark" ? "light" : "dark";
    const same = next === ofSystem();
    if (same) delete root.dataset.theme;
    else root.dataset.theme = next;
    try {
      if (same) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, next);
    } catch {}
    show();
  };
  night.addEventListener("change", show);
  addEventListener("storage", ({ key, newValue }) => {
    if (key !== KEY) return;
    if (newValue) root.dataset.theme = newValue;
    else delete root.dataset.theme;
    show();
  });

  // ---- buttons that need this script
  const make = (name, words) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = name;
    button.textContent = words;
    return button;
  };
  const add = (place, name, words) => place.append(make(name, words));
  // ---- updates of a post: in the order of the text, until the reader turns it round
  const timeOf = (update) => update.querySelector("time").dateTime;
  const isNewestFirst = (updates) => timeOf(updates[0]) > timeOf(updates.at(-1));
  const turnRound = (button) => {
    const updates = all(".prose > .update");
    const places = updates.map((update) => update.parentNode.insertBefore(new Comment(), update));
    updates.reverse().forEach((update, at) => places[at].replaceWith(update));
    button.textContent = isNewestFirst(updates) ? updates[0].dataset.oldest : updates[0].dataset.newest;
  };
  const dress = () => {
    show();
    for (const figure of all(".embed[data-src]:not(:has(button, iframe))"))
      add(figure.querySelector(".embed-box"), "embed-load", figure.dataset.load);
    const updates = all(".prose > .update");
    if (updates.length > 1 && !document.querySelector(".updates-order")) {
      const newestFirst = isNewestFirst(updates);
      updates[0].before(make("updates-order", newestFirst ? updates[0].dataset.oldest : updates[0].dataset.newest));
    }
    // Phones and tablets have a better list of places to share with.
    if (navigator.share && matchMedia("(pointer: coarse)").matches)
      for (const button of all(".share-native")) button.hidden = false;
    if (!navigator.clipboard) return;
    for (const button of all("button[data-copy]")) button.hidden = false;
    for (const block of all(".code:not(:has(button))")) add(block, "copy", words.copy);
  };
  const copy = async (button, text, done) => {
    const label = button.querySelector("span") || button;
    const words = label.textContent;
    if (words === done) return;
    await navigator.clipboard.writeText(text);
    label.textContent = done;
    setTimeout(() => (label.textContent = words), 2000);
  };

  // ---- embeds: loaded from elsewhere when the reader clicks, not before
  const load = (button) => {
    const figure = button.closest(".embed");
    const frame = document.createElement("iframe");
    frame.src = figure.dataset.src;
    frame.title = figure.dataset.title;
    frame.allow = "autoplay; fullscreen; picture-in-picture";
    frame.allowFullscreen = true;
    frame.referrerPolicy = "strict-origin-when-cross-origin";
    figure.classList.add("loaded");
    button.closest(".embed-box").replaceChildren(frame);
    frame.focus();
  };

  // ---- search: loaded when it is opened
  let search;
  const openSearch = async () => {
    const box = document.querySelector(".search");
    if (!box) return;
    if (!search) {
      const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: box.dataset.style });
      document.head.append(sheet);
      search = import(box.dataset.script).then((script) => script.default(box));
    }
    (await search)();
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], dialog")) return;
    event.preventDefault();
    openSearch();
  });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("button");
    if (!button) return;
    if (button.matches(".theme-switch")) choose();
    else if (button.matches(".search-open")) openSearch();
    else if (button.matches(".copy")) copy(button, button.parentNode.querySelector("code").textContent, words.copied);
    else if (button.dataset.copy) copy(button, button.dataset.copy, button.dataset.copied);
    else if (button.matches(".share-native")) navigator.share({ title: document.querySelector("h1").textContent, url: document.querySelector("link[rel=canonical]")?.href || location.href }).catch(() => {});
    else if (button.matches(".updates-order")) turnRound(button);
    else if (button.matches(".embed-load")) load(button);
  });
  document.addEventListener("pingmark:changed", () => {
    search = undefined;
    dress();
  });
  dress();
})();
