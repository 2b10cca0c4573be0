// The text of a post for one network, part by part: previewed and measured while it is edited, copied, never sent.

import { get } from "./api.js";
import { el, say } from "./dom.js";
import { preview } from "./preview.js";
import { variant } from "./variant.js";
import { pair, t } from "./words.js";

/** A section with the parts of a share, and what is wrong with them. */
export const share = (share, post) => {
  const parts = share.parts.map((_, at) => part(share, at, post));
  const troubles = share.troubles.map(variant).map(([kind, fields]) =>
    el("li", {}, t.troubles[kind]({ ...fields, parts: share.parts.length })));
  return el(`section.net.${share.network}`, { "aria-label": share.name },
    ...parts.flat(),
    troubles.length ? el("ul.problems", {}, troubles) : null);
};

/** One part of a share: heading and count, preview, text, buttons. */
const part = (share, at, post) => {
  const { text } = share.parts[at];
  const isThread = share.parts.length > 1;
  const name = `${t.text} ${share.name}${isThread ? `, ${t.part} ${at + 1}` : ""}`;

  const count = el("span.count", {}, "");
  const showCount = (found) => {
    count.textContent = `${found.count} / ${found.limit}`;
    count.classList.toggle("over", !found.fits);
  };
  showCount(share.parts[at]);

  const picture = preview(share, at, text, post);
  // Only the text is drawn again: the image would flicker with each letter.
  const redraw = (text) => {
    const next = preview(share, at, text, post);
    picture.querySelector(".body").replaceChildren(...next.querySelector(".body").childNodes);
  };

  let edits = 0;
  const field = el("textarea", {
    "aria-label": name, lang: post.lang, spellcheck: true, rows: 4,
    oninput: async () => {
      const own = ++edits;
      redraw(field.value);
      // How long a text is depends on the network; answers can arrive late and out of order.
      const query = new URLSearchParams({ network: share.network, text: field.value });
      const found = await get(`count.json?${query}`).catch(() => null);
      if (found && own === edits) showCount(found);
    },
  });
  field.value = text;

  const copy = async () => {
    await navigator.clipboard.writeText(field.value);
    say(pair(t.copied, name));
  };
  const reset = () => {
    field.value = text;
    showCount(share.parts[at]);
    redraw(text);
  };
  return [
    el("header", {}, el("h3", {}, share.name + (isThread ? ` ${at + 1}/${share.parts.length}` : "")), count),
    picture,
    field,
    el("div.tools", {},
      el("button.main", { type: "button", "aria-label": pair(t.copy, name), onclick: copy }, t.copy),
      el("button", { type: "button", "aria-label": pair(t.again, name), onclick: reset }, t.again)),
  ];
};
