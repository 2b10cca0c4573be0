// From the paths that changed to what this page does about them. A reload is the last resort.

const isScript = (node) =>
  node.localName === "script" && (!node.type || node.type === "module" || node.type.includes("javascript"));
const scriptsOf = (sent) => [...sent.scripts].filter(isScript).map((node) => node.outerHTML).join("\n");

// One refresh at a time: each compares with what the one before it has shown.
let refreshes = Promise.resolve();

/** Fetches the page again and patches what differs. Reloads if its scripts are others, or if anything fails. */
const refresh = () => {
  refreshes = refreshes.then(async () => {
    const was = await sentBefore;
    const is = await fetchSent("no-cache");
    if (was && was.tag === is.tag && was.page === is.page) return;
    const canPatch = was && was.tag === tag && was.status === is.status && is.tag;
    if (!canPatch || scriptsOf(was.document) !== scriptsOf(is.document)) return location.reload();
    patchHead(was.document.head, is.document.head);
    patch(document.body, was.document.body, is.document.body);
    ({ page, tag } = is);
    sentBefore = is;
    document.dispatchEvent(new CustomEvent("pingmark:changed"));
  }).catch(() => location.reload());
};

/** Follows a build. `paths` are the addresses that changed; null if they are too many to name. */
const follow = (paths) => {
  if (!paths) {
    reloadSheets(() => true);
    return refresh();
  }
  const changed = new Set(paths);
  const isChanged = (path) => path !== null && changed.has(path);
  const runs = (script) => script !== me && script.src && isChanged(ownPath(script.src));
  if ([...document.scripts].some(runs)) return location.reload();
  // A sheet can import others, or load fonts, that no link names: then all sheets are loaded again.
  const linked = [...document.head.querySelectorAll(SHEETS)].map((node) => ownPath(node.href));
  const isImported = paths.some((path) => /\.(css|woff2?|ttf|otf)$/.test(path) && !linked.includes(path));
  reloadSheets((path) => isImported || isChanged(path));
  reloadImages(isChanged);
  // A "not found" page has another address than the one it is shown at, where a page may exist now.
  const isFound = page !== location.pathname && changed.has(location.pathname);
  if (isChanged(page) || isFound || !page) refresh();
};
