// The page as the server sent it, before the site's own scripts changed it.

// `page` is the page's address and `tag` the fingerprint of its file; both are empty on the page that only
// shows errors. `build` names the build that this page shows, and is null until the server has said it.
const me = document.currentScript;
let { page, tag } = me.dataset;
let build = null;

/** The page as the server sends it now, without what live reload adds. Rejects if the answer is no HTML. */
const fetchSent = async (cache) => {
  const answer = await fetch(location.pathname + location.search, { cache, headers: { Accept: "text/html" } });
  if (!(answer.headers.get("Content-Type") || "").startsWith("text/html")) throw new Error("no page");
  const sent = new DOMParser().parseFromString(await answer.text(), "text/html");
  const mark = sent.querySelector("script[data-pingmark]");
  const found = { status: answer.status, page: mark?.dataset.page, tag: mark?.dataset.tag, document: sent };
  for (const node of sent.querySelectorAll("[data-pingmark]")) node.remove();
  return found;
};

// What the visible page was made from: changes are the difference between this and what is sent next.
let sentBefore = fetchSent("force-cache").catch(() => null);

// Added nodes leave the body, so that patching the body never meets them.
for (const node of document.querySelectorAll("[data-pingmark]")) document.documentElement.append(node);
