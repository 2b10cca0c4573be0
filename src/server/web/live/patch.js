// The difference between two versions of a page, applied to the page that is open.
//
// `live` is what the reader sees, `was` and `is` are the same node as sent before and now. Only what differs
// between `was` and `is` is touched, so that the scroll position, open details and playing videos stay.

const sameNames = (a, b) => a.length === b.length && a.every((node, at) => node.nodeName === b[at].nodeName);

const patch = (live, was, is) => {
  if (was.isEqualNode(is)) return;
  if (live.nodeType !== Node.ELEMENT_NODE || was.nodeName !== is.nodeName || live.nodeName !== is.nodeName) {
    live.replaceWith(document.importNode(is, true));
    return;
  }
  patchAttributes(live, was, is);
  patchChildren(live, was, is);
};

const patchAttributes = (live, was, is) => {
  for (const { name, value } of is.attributes) {
    if (was.getAttribute(name) !== value) live.setAttribute(name, value);
  }
  for (const { name } of [...was.attributes]) if (!is.hasAttribute(name)) live.removeAttribute(name);
};

const patchChildren = (live, was, is) => {
  const [before, after, shown] = [[...was.childNodes], [...is.childNodes], [...live.childNodes]];
  // A script of the site changed these children: there is no telling which is which.
  if (!sameNames(shown, before)) {
    live.replaceChildren(...after.map((node) => document.importNode(node, true)));
    return;
  }
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start].isEqualNode(after[start])) start += 1;
  let end = 0;
  while (end < most - start && before.at(-1 - end).isEqualNode(after.at(-1 - end))) end += 1;
  const changed = (nodes) => nodes.slice(start, nodes.length - end);
  const [old, fresh, seen] = [changed(before), changed(after), changed(shown)];
  if (sameNames(old, fresh)) {
    fresh.forEach((node, at) => patch(seen[at], old[at], node));
    return;
  }
  const next = shown[shown.length - end] || null;
  for (const node of fresh) live.insertBefore(document.importNode(node, true), next);
  for (const node of seen) node.remove();
};

// The order of the head does not matter: nodes that are new are added at its end, those that are gone removed.
const patchHead = (was, is) => {
  const texts = (head) => new Set([...head.children].map((node) => node.outerHTML));
  const [before, after] = [texts(was), texts(is)];
  const gone = [...document.head.children].filter((node) => {
    const text = node.pingmark || node.outerHTML;
    return before.has(text) && !after.has(text);
  });
  for (const node of [...is.children].filter((node) => !before.has(node.outerHTML))) {
    const fresh = document.importNode(node, true);
    const old = isSheet(fresh) ? gone.findIndex(isSheet) : -1;
    if (old >= 0) replaceSheet(gone.splice(old, 1)[0], fresh);
    else document.head.append(fresh);
  }
  for (const node of gone) node.remove();
};
