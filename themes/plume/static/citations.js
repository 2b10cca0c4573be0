// On phones there is no room for names: the signs of the picture are numbered, from the top left, and listed below it.
// Without this file some of the names stand in the picture.
(() => {
  "use strict";
  const graph = document.querySelector(".graph");
  const make = (parent, name, properties = {}, text) => {
    const element = parent.namespaceURI.endsWith("svg") ? document.createElementNS(parent.namespaceURI, name) : document.createElement(name);
    for (const [key, value] of Object.entries(properties)) element.setAttribute(key, value);
    if (text) element.textContent = text;
    return parent.appendChild(element);
  };
  const number = () => {
    if (graph.matches(".numbered")) return;
    graph.classList.add("numbered");
    const signs = [...graph.querySelectorAll("a")].map((link) => {
      const { x, y, width, height } = link.querySelector("circle, path").getBBox();
      return { link, x: x + width / 2, y: y + height / 2, row: Math.round(y / 90) };
    });
    signs.sort((one, other) => one.row - other.row || one.x - other.x);
    const list = document.createElement("ol");
    list.className = "signs";
    for (const [at, { link, x, y }] of signs.entries()) {
      make(link, "text", { class: "sign-number", x, y: y - 26, "aria-hidden": "true" }, String(at + 1));
      const title = link.querySelector("title").textContent.split(" — ")[0];
      make(make(list, "li"), "a", { href: link.getAttribute("href"), lang: link.getAttribute("lang") || document.documentElement.lang }, title);
    }
    graph.after(list);
  };
  const narrow = matchMedia("(max-width: 30rem)");
  const check = () => narrow.matches && graph && number();
  narrow.addEventListener("change", check);
  check();
})();
