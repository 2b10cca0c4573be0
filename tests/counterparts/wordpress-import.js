// The export of a real WordPress, imported and built, held against what WordPress itself says of its blog.

import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PINGMARK, done, folderFor, remove, run } from "./scripts.js";

const DAY = ["--today", "2026-12-01"];

const tree = async (folder, under = "") => {
  const files = [];
  for (const entry of await readdir(join(folder, under), { withFileTypes: true })) {
    const path = join(under, entry.name);
    if (entry.isDirectory()) files.push(...(await tree(folder, path)));
    else files.push(path);
  }
  return files.sort();
};

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', nbsp: " ", "#39": "'", "#x27": "'" };
/** Letters and digits of an HTML page, in order: typography and markup make no difference. */
const letters = (html) =>
  html.replace(/<(script|style)\b[^]*?<\/\1>|<[^>]*>/g, " ").replace(/&(#?\w+);/g, (all, name) => entities[name] ?? all).normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, " ").trim();

export const importTests = (wordpress, facts) => {
  const isPublic = (post) => post.status === "publish" && !post.password;
  let scratch;
  let site;
  const pageOf = (post) => readFile(join(site, "public", decodeURIComponent(new URL(post.link).pathname), "index.html"), "utf8");
  const remarks = () => facts().posts.filter(isPublic).flatMap((post) =>
    post.comments.filter((comment) => ["0", "1"].includes(comment.approved)).map((comment) => ({ ...comment, post })));

  test("its export is imported and builds at once, without a warning", async () => {
    scratch = await folderFor("import");
    site = join(scratch, "site");
    await mkdir(site);
    await writeFile(join(scratch, "export.xml"), await wordpress().export());
    const command = ["import", "wordpress", join(scratch, "export.xml"), "--root", site, "--media", facts().uploads, ...DAY];
    await done(PINGMARK, command);
    const { code, stderr } = await run(PINGMARK, ["build", "--root", site, "--deny-warnings", ...DAY]);
    assert.equal(code, 0, stderr);
    // Again: nothing changes.
    const before = await tree(site);
    const texts = await Promise.all(before.map((path) => readFile(join(site, path))));
    await done(PINGMARK, command);
    assert.deepEqual(await tree(site), before);
    for (const [n, path] of before.entries()) {
      if (path.startsWith("import-report")) continue;
      assert.ok(texts[n].equals(await readFile(join(site, path))), `${path} changed by a second import`);
    }
  });

  test("every published post and page is at its old address, with its words and its date", async () => {
    const published = facts().posts.filter(isPublic);
    assert.ok(published.length > 10);
    for (const post of published) {
      const page = await pageOf(post);
      assert.ok(letters(page).includes(letters(post.title)), `${post.link}: its title`);
      // Embeds and galleries are shown in other ways; all words of the text are there, in order or not.
      const found = new Set(letters(page).split(" "));
      // An address alone on its line becomes an embed.
      const words = letters(post.text.replace(/https?:\S+/g, "")).split(" ");
      assert.deepEqual(words.filter((word) => !found.has(word)), [], `${post.link}: words that are gone`);
      if (post.type !== "post") continue;
      const [, shown] = /class="dt-published" datetime="([^"]+)"/.exec(page);
      assert.equal(new Date(shown).toISOString(), `${post.gmt.replace(" ", "T")}.000Z`, post.link);
      assert.ok(shown.startsWith(post.local.replace(" ", "T")), `${post.link}: local time ${shown}`);
    }
  });

  test("old addresses of other forms lead there", async () => {
    const redirects = (await readFile(join(site, "public", "_redirects"), "utf8")).split("\n").map((line) => line.split(/\s+/));
    for (const post of facts().posts.filter(isPublic)) {
      const to = decodeURIComponent(new URL(post.link).pathname);
      const query = `${post.type === "page" ? "page_id" : "p"}=${post.id}`;
      assert.ok(redirects.some(([from, ...rest]) => from === "/" && rest.includes(query) && rest.some((word) => decodeURIComponent(word) === to)), `/?${query}`);
      for (const slug of post.old_slugs) {
        const old = to.replace(/[^/]+\/$/, `${slug}/`);
        assert.ok(existsSync(join(site, "public", old, "index.html")) || redirects.some(([from]) => from === old), old);
      }
    }
    for (const path of ["category/metier", "category/metier/moderation/outils", "tag/moderation", "author/ana", "2012/12", "feed"]) {
      assert.ok(existsSync(join(site, "public", path, "index.html")) || redirects.some(([from]) => from.replace(/\/$/, "") === `/${path}`), `/${path}/`);
    }
  });

  test("each ping of the blog to itself is a citation, shown and not stored", async () => {
    const { edges, nodes } = JSON.parse(await readFile(join(site, "public", "citations.json"), "utf8"));
    const address = (end) => decodeURI(typeof end === "number" ? nodes[end].url : end);
    const cited = new Set(edges.map((edge) => `${address(edge.from)} ${address(edge.to)}`));
    const own = remarks().filter((comment) => comment.own);
    assert.ok(own.length >= 4);
    for (const ping of own) {
      assert.ok(cited.has(`${decodeURI(ping.url)} ${decodeURI(ping.post.link)}`), `${ping.url} cites ${ping.post.link}`);
      const page = await pageOf(ping.post);
      const shown = page.match(new RegExp(`<a class="[^"]*u-url[^"]*" href="(?:${new URL(ping.url).origin})?${new URL(ping.url).pathname}"`, "g")) || [];
      assert.ok(shown.length >= 1, `${ping.url} is shown on ${ping.post.link}`);
    }
    const mentions = (await tree(join(site, "mentions"))).length;
    assert.equal(mentions, remarks().length - own.length, "own pings are not stored");
  });

  test("comments and pings of others stand where they stood", async () => {
    const files = await Promise.all((await tree(join(site, "mentions"))).map((path) => readFile(join(site, "mentions", path), "utf8")));
    for (const remark of remarks().filter((comment) => !comment.own)) {
      const instant = `${remark.gmt.replace(" ", "T")}Z`;
      const its = files.filter((text) => text.includes(`published: ${instant}`));
      assert.equal(its.length, 1, `${remark.post.link}, ${instant}`);
      assert.ok(its[0].includes(`type: ${remark.type}`));
      assert.ok(its[0].includes(`status: ${remark.approved === "1" ? "approved" : "pending"}`));
      const page = await pageOf(remark.post);
      if (remark.approved !== "1") {
        assert.ok(!letters(page).includes(letters(remark.text)), "what waits is not shown");
        continue;
      }
      assert.ok(letters(page).includes(letters(remark.text)), `${remark.post.link} shows ${remark.text}`);
      if (remark.type === "comment") assert.ok(page.includes(`id="comment-${remark.id}"`), `#comment-${remark.id}`);
      if (remark.url) assert.ok(page.includes(remark.url.replace(/&/g, "&amp;")), remark.url);
      if (remark.parent) assert.match(its[0], /^parent: /m);
    }
  });

  test("pictures are there, with their alternative texts", async () => {
    const pages = [];
    for (const post of facts().posts.filter(isPublic)) pages.push(await pageOf(post));
    for (const page of pages) {
      for (const [, source] of page.matchAll(/<img[^>]* src="(\/[^"]*)"/g)) {
        assert.ok(existsSync(join(site, "public", decodeURIComponent(source))), source);
      }
    }
    for (const { alt, caption } of facts().media) {
      assert.ok(pages.some((page) => page.includes(`alt="${alt}"`)), alt);
      if (caption) assert.ok(pages.some((page) => letters(page).includes(letters(caption))), caption);
    }
  });

  test("nothing private comes out, and no reader's address comes in", async () => {
    for (const path of await tree(site)) {
      const text = await readFile(join(site, path), "latin1");
      if (path.startsWith("public/")) assert.ok(!text.includes("SECRET-"), path);
      assert.ok(!text.includes("203.0.113.77"), `${path} has an IP address`);
      assert.ok(!text.includes("courriel.example"), `${path} has an e-mail address`);
      assert.ok(!text.includes("SECRET-spam") && !text.includes("SECRET-corbeille") && !text.includes("SECRET-commentaire"), path);
      assert.ok(!text.includes("sésame"), `${path} has a password`);
    }
    await remove(scratch);
  });
};
