// A real WordPress on loopback: what it exports, and how it and Pingmark answer each other.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { WordPress } from "./scripts.js";

const wordpress = new WordPress();
let named;
let facts;

before(async () => {
  await wordpress.start();
  named = JSON.parse(await wordpress.php("fixture.php"));
  facts = JSON.parse(await wordpress.php("facts.php"));
}, { timeout: 180_000 });
after(() => wordpress.close());

const ownPings = () => facts.posts.flatMap((post) => post.comments.filter((comment) => comment.own).map((comment) => [comment.url, post.link]));

test("the fixture holds what a blog holds", () => {
  const published = facts.posts.filter((post) => post.type === "post" && post.status === "publish" && !post.password);
  assert.equal(published.length, 13);
  assert.deepEqual(new Set(facts.posts.map((post) => post.status)), new Set(["publish", "draft", "pending", "private", "future", "trash"]));
  assert.deepEqual(ownPings(), [
    [named.classic, named.first], [named.pinned, named.moderate], [named.classic, named.moderate], [named.january, named.year],
  ], "WordPress pinged its own posts");
  const kinds = facts.posts.flatMap((post) => post.comments.map((comment) => comment.type));
  assert.deepEqual(new Set(kinds), new Set(["comment", "pingback", "trackback"]));
});

test("the export is one RSS document with every post and comment", async () => {
  const wxr = await wordpress.export();
  assert.match(wxr, /^<\?xml version="1\.0" encoding="UTF-8" \?>/);
  assert.match(wxr, /<wp:wxr_version>1\.2</);
  assert.equal(wxr.match(/<wp:post_type><!\[CDATA\[post\]\]>/g).length, facts.posts.filter((post) => post.type === "post").length);
  assert.ok(wxr.includes("203.0.113.77"), "the export has what must not be imported");
});
