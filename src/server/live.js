// Keeps an open page equal to what was saved. `pingmark serve --watch` adds it to pages;
// nothing of it is published.
//
// A change of the text is put into the page where it is, so that the reader's place, open
// details and playing films stay. Style sheets and images are exchanged without a reload. What
// the page's scripts could not follow, a script that changed among it, reloads the page.
(() => {
  "use strict";
  const me = document.currentScript;
  let { page, tag } = me.dataset;
  let build = null;
  let events = null;
  let waiting = null;

  // ---- the page as it was sent, before its scripts did their work

  const asSent = async (cache) => {
    const answer = await fetch(location.pathname + location.search, { cache, headers: { Accept: "text/html" } });
    if (!(answer.headers.get("Content-Type") || "").startsWith("text/html")) throw new Error("no page");
    const sent = new DOMParser().parseFromString(await answer.text(), "text/html");
    const mark = sent.querySelector("script[data-pingmark]");
    const found = { status: answer.status, page: mark?.dataset.page, tag: mark?.dataset.tag, document: sent };
    for (const node of sent.querySelectorAll("[data-pingmark]")) node.remove();
    return found;
  };
  let base = asSent("force-cache").catch(() => null);
  // What was added stands outside of the body, where no change of the page touches it.
  for (const node of document.querySelectorAll("[data-pingmark]")) document.documentElement.append(node);

  // ---- changes of the page

  const isScript = (node) =>
    node.localName === "script" && (!node.type || node.type === "module" || node.type.includes("javascript"));
  const scripts = (sent) => [...sent.scripts].filter(isScript).map((node) => node.outerHTML).join("\n");

  const sameNames = (a, b) => a.length === b.length && a.every((node, at) => node.nodeName === b[at].nodeName);

  // `live` is what the reader sees, `was` and `is` the page as sent before and now.
  const patch = (live, was, is) => {
    if (was.isEqualNode(is)) return;
    if (live.nodeType !== Node.ELEMENT_NODE || was.nodeName !== is.nodeName || live.nodeName !== is.nodeName) {
      live.replaceWith(document.importNode(is, true));
      return;
    }
    for (const { name, value } of is.attributes) {
      if (was.getAttribute(name) !== value) live.setAttribute(name, value);
    }
    for (const { name } of [...was.attributes]) if (!is.hasAttribute(name)) live.removeAttribute(name);
    const [before, after, shown] = [[...was.childNodes], [...is.childNodes], [...live.childNodes]];
    if (!sameNames(shown, before)) {
      live.replaceChildren(...after.map((node) => document.importNode(node, true)));
      return;
    }
    const most = Math.min(before.length, after.length);
    let start = 0;
    while (start < most && before[start].isEqualNode(after[start])) start += 1;
    let end = 0;
    while (end < most - start && before.at(-1 - end).isEqualNode(after.at(-1 - end))) end += 1;
    const cut = (nodes) => nodes.slice(start, nodes.length - end);
    const [old, fresh, seen] = [cut(before), cut(after), cut(shown)];
    if (sameNames(old, fresh)) {
      fresh.forEach((node, at) => patch(seen[at], old[at], node));
      return;
    }
    const next = shown[shown.length - end] || null;
    for (const node of fresh) live.insertBefore(document.importNode(node, true), next);
    for (const node of seen) node.remove();
  };

  const isSheet = (node) => node.localName === "link" && node.rel === "stylesheet";
  const patchHead = (was, is) => {
    const texts = (head) => new Set([...head.children].map((node) => node.outerHTML));
    const [before, after] = [texts(was), texts(is)];
    const gone = [...document.head.children].filter((node) => {
      const text = node.pingmark || node.outerHTML;
      return before.has(text) && !after.has(text);
    });
    for (const node of [...is.children].filter((node) => !before.has(node.outerHTML))) {
      const fresh = document.importNode(node, true);
      const old = isSheet(fresh) && gone.findIndex(isSheet);
      if (isSheet(fresh) && old >= 0) exchange(gone.splice(old, 1)[0], fresh);
      else document.head.append(fresh);
    }
    for (const node of gone) node.remove();
  };

  // The old sheet stays until the new one is there: no moment without style.
  const exchange = (old, fresh) => {
    const done = () => old.remove();
    fresh.addEventListener("load", done, { once: true });
    fresh.addEventListener("error", done, { once: true });
    old.after(fresh);
  };

  let turn = Promise.resolve();
  const refresh = () => {
    turn = turn.then(async () => {
      const was = await base;
      const is = await asSent("no-cache");
      if (was && was.tag === is.tag && was.page === is.page) return;
      const follows = was && was.tag === tag && was.status === is.status && is.tag;
      if (!follows || scripts(was.document) !== scripts(is.document)) return location.reload();
      patchHead(was.document.head, is.document.head);
      patch(document.body, was.document.body, is.document.body);
      ({ page, tag } = is);
      base = is;
      document.dispatchEvent(new CustomEvent("pingmark:changed"));
    }).catch(() => location.reload());
  };

  // ---- changes of what the page shows

  const again = (address) => {
    const url = new URL(address, location.href);
    url.searchParams.set("pingmark", build);
    return url.href;
  };
  const path = (address) => {
    const url = new URL(address, location.href);
    return url.origin === location.origin ? url.pathname : null;
  };
  const exchangeSheets = (isChanged) => {
    for (const old of document.head.querySelectorAll('link[rel="stylesheet"]')) {
      if (!isChanged(path(old.href))) continue;
      const fresh = old.cloneNode();
      fresh.pingmark = old.pingmark || old.outerHTML;
      fresh.href = again(old.href);
      exchange(old, fresh);
    }
  };
  const exchangeImages = (isChanged) => {
    for (const image of document.images) {
      if (!isChanged(path(image.currentSrc || image.src))) continue;
      image.removeAttribute("srcset");
      image.src = again(image.currentSrc || image.src);
    }
  };

  const changed = (paths) => {
    // Too many to be named: everything of this page may be another.
    if (!paths) {
      exchangeSheets(() => true);
      return refresh();
    }
    const named = new Set(paths);
    const has = (path) => path !== null && named.has(path);
    if ([...document.scripts].some((node) => node !== me && node.src && has(path(node.src)))) return location.reload();
    // A style sheet may take others in, or fonts, that no link names.
    const linked = [...document.head.querySelectorAll('link[rel="stylesheet"]')].map((node) => path(node.href));
    const isHidden = paths.some((path) => /\.(css|woff2?|ttf|otf)$/.test(path) && !linked.includes(path));
    exchangeSheets((path) => isHidden || has(path));
    exchangeImages(has);
    // An address where there was nothing may have something now.
    const elsewhere = page !== location.pathname && named.has(location.pathname);
    if (has(page) || elsewhere || !page) refresh();
  };

  // ---- problems

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    section {
      position: fixed; inset: auto 0 0 0; z-index: 2147483647; max-height: 70vh; overflow: auto;
      box-sizing: border-box; padding: 1rem 1.25rem 1.25rem; border-top: 4px solid #ff9b8f;
      background: #1b1b1f; color: #ececf1; font: 1rem/1.5 system-ui, sans-serif;
    }
    header { display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; }
    h2 { margin: 0; color: #ff9b8f; font-size: 1.1rem; }
    p { margin: 0.25rem 0 0.75rem; }
    pre {
      overflow: auto; margin: 0 0 0.75rem; padding: 0.75rem 1rem; border-left: 3px solid #ff9b8f;
      background: #26262c; font: 0.875rem/1.45 ui-monospace, monospace; white-space: pre; tab-size: 4;
    }
    button {
      font: inherit; padding: 0.15rem 0.75rem; border: 1px solid #8a8a94; border-radius: 0.3rem;
      background: none; color: inherit; cursor: pointer;
    }
    @media print { section { display: none; } }`);

  let overlay = null;
  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text || "" });
  const hide = () => {
    overlay?.remove();
    overlay = null;
  };
  const show = (problems) => {
    hide();
    if (!problems || problems.length === 0) return;
    overlay = document.createElement("pingmark-problems");
    const root = overlay.attachShadow({ mode: "open" });
    root.adoptedStyleSheets = [sheet];
    const section = root.appendChild(element("section"));
    section.lang = "en";
    section.setAttribute("role", "alert");
    const header = section.appendChild(element("header"));
    header.append(element("h2", "The site cannot be built as it is now"));
    const button = header.appendChild(element("button", "Hide"));
    button.addEventListener("click", hide);
    section.append(element("p", "This is the page as it was last built. This note goes away once the site is mended."));
    for (const problem of problems) {
      const text = section.appendChild(element("pre", problem));
      text.tabIndex = 0;
    }
    document.documentElement.append(overlay);
  };
  addEventListener("keydown", (event) => event.key === "Escape" && hide());

  // ---- the events

  const connect = () => {
    clearTimeout(waiting);
    events?.close();
    events = new EventSource(`/.pingmark/events?${new URLSearchParams({ page, tag })}`);
    const on = (name, act) => events.addEventListener(name, (event) => act(JSON.parse(event.data)));
    on("hello", (told) => {
      const missed = build !== null && told.build !== build;
      build = told.build;
      if (page) show(told.problems);
      if (missed) changed(null);
      else if (told.stale) refresh();
    });
    on("changed", (told) => {
      build = told.build;
      hide();
      changed(told.paths);
    });
    on("problems", (told) => {
      // Without a page to show, the problems are the page.
      if (page) show(told.problems);
      else location.reload();
    });
    // The server was stopped: look for it until it is back.
    events.addEventListener("error", () => {
      events.close();
      waiting = setTimeout(connect, 500);
    });
  };
  // A browser keeps at most six connections to a server: pages that nobody looks at give theirs
  // back, and catch up when they are looked at again.
  const look = () => {
    if (document.visibilityState === "visible") return connect();
    clearTimeout(waiting);
    events?.close();
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", () => events?.close());
  addEventListener("pageshow", (event) => event.persisted && look());
  look();
})();
