// Elements made by calls. Text is set as text and never parsed as markup: much of it was written by strangers.

/**
 * An element: `el("a.name", { href }, "text", child)`. Attributes and children that are null, undefined or false
 * are left out; `onclick` and the like are listeners.
 */
export const el = (name, attributes = {}, ...children) => {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (isThere(value)) node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter(isThere));
  return node;
};

const isThere = (value) => value !== null && value !== undefined && value !== false;

/** Shows a sentence in the status line, which screen readers read out. */
export const say = (text) => {
  document.getElementById("status").textContent = text;
};
