// A share as its network shows it. What differs in colour and proportion is in `previews.css`.

import { el } from "./dom.js";
import { pair, t } from "./words.js";

/** Most characters that a link shows of its address. */
const LINK_LENGTH = 34;

/** One part of a share with the given text. */
export const preview = (share, part, text, post) => {
  const isNamedByHost = share.network === "linkedin" || share.network === "facebook";
  const face = el("span.face", { "aria-hidden": "true" }, post.blog.slice(0, 1));
  const handle = el("span.handle", {}, isNamedByHost ? post.host : share.handle);
  const who = el("p.who", {}, face, el("span", {}, el("strong", {}, post.blog), " ", handle));
  const body = el("p.body", { lang: post.lang }, formatted(text, share));
  const isInstagram = share.network === "instagram";
  // The preview of the link belongs to the part that has the link, a photo to the first.
  const withLink = share.parts.findIndex((one) => one.text.includes(share.url));
  const attached = part === (isInstagram ? 0 : Math.max(withLink, 0)) ? attachment(share, post) : null;
  const inOrder = isInstagram ? [who, attached, body] : [who, body, attached];
  return el("div.shown", { role: "group", "aria-label": pair(t.preview, share.name) }, ...inOrder);
};

/** A text with its links shortened, and links and hashtags in the network's colour. Instagram links nothing. */
const formatted = (text, share) =>
  text.split(/(https?:\/\/\S+|#[\p{L}\p{N}_]+)/u).map((piece, at) => {
    const isPlain = at % 2 === 0;
    if (isPlain) return piece;
    if (piece.startsWith("#")) return el("span.tint", {}, piece);
    const bare = piece.replace(/^https?:\/\/(www\.)?/, "");
    const short = bare.length > LINK_LENGTH ? `${bare.slice(0, LINK_LENGTH - 1)}…` : bare;
    return el(share.network === "instagram" ? "span" : "span.tint", {}, short);
  });

/** The card of the link, or the photo on Instagram, where texts have no links. */
const attachment = (share, post) => {
  const image = share.image ? el("img", { src: share.image, alt: share.image_alt || "" }) : null;
  if (share.network === "instagram") return image ? el("div.photo", {}, image) : null;
  const words = el("div.words", {},
    el("span.host", {}, post.host),
    el("strong", { lang: post.lang }, post.og_title),
    el("span.said", { lang: post.lang }, post.og_description));
  return el("div.link", {}, image, words);
};
