// Style sheets and images, exchanged for their new versions without a reload.

const SHEETS = 'link[rel="stylesheet"]';
const isSheet = (node) => node.localName === "link" && node.rel === "stylesheet";

/** An address with the name of the build in its query, which no cache has seen yet. */
const uncached = (address) => {
  const url = new URL(address, location.href);
  url.searchParams.set("pingmark", build);
  return url.href;
};

/** The path of an address of this site; null for one of another. */
const ownPath = (address) => {
  const url = new URL(address, location.href);
  return url.origin === location.origin ? url.pathname : null;
};

// The old sheet stays until the new one has loaded: the page is never without style.
const replaceSheet = (old, fresh) => {
  const done = () => old.remove();
  fresh.addEventListener("load", done, { once: true });
  fresh.addEventListener("error", done, { once: true });
  old.after(fresh);
};

const reloadSheets = (isChanged) => {
  for (const old of document.head.querySelectorAll(SHEETS)) {
    if (!isChanged(ownPath(old.href))) continue;
    const fresh = old.cloneNode();
    // The markup as sent, by which `patchHead` still finds the sheet.
    fresh.pingmark = old.pingmark || old.outerHTML;
    fresh.href = uncached(old.href);
    replaceSheet(old, fresh);
  }
};

const reloadImages = (isChanged) => {
  for (const image of document.images) {
    if (!isChanged(ownPath(image.currentSrc || image.src))) continue;
    image.removeAttribute("srcset");
    image.src = uncached(image.currentSrc || image.src);
  }
};
