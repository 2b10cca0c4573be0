// A real WordPress on loopback: what it exports, and how it and Pingmark answer each other.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { WordPress, folderFor, remove } from "./scripts.js";
import { StaticServer } from "./static-server.js";
import { pingTests } from "./wordpress-pings.js";
import { importTests } from "./wordpress-import.js";

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

// First: the tests after it change the blog.
importTests(() => wordpress, () => facts);

const call = (source, target) =>
  fetch(`${wordpress.address}/xmlrpc.php`, {
    method: "POST", headers: { "content-type": "text/xml" },
    body: `<?xml version="1.0"?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>${source}</string></value></param><param><value><string>${target}</string></value></param></params></methodCall>`,
  }).then((response) => response.text());
const faultOf = (answer) => Number(/<name>faultCode<\/name>\s*<value><int>(\d+)</.exec(answer)?.[1]);

test("it takes a pingback, knows it the second time, and wants 15 seconds between two", async () => {
  const folder = await folderFor("pages");
  const server = await new StaticServer(folder).start();
  try {
    for (const name of ["a", "b", "c"]) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, "index.html"), `<html><head><title>Une réponse ${name}</title></head><body><p>Comme le dit <a href="${named.first}">ce premier billet</a>, bonjour.</p></body></html>`);
    }
    const page = (name) => `${server.base}/${name}/`;
    assert.match(await call(page("a"), named.first), /<params>/);
    const shown = await (await fetch(named.first)).text();
    assert.match(shown, /Pingback:.*Une réponse a/s);
    assert.equal(faultOf(await call(page("a"), named.first)), 48);
    assert.equal(faultOf(await call(page("b"), `${wordpress.address}/nothing/`)), 0, "masked");
    assert.equal(faultOf(await call(page("b").slice(0, -1), named.first)), 0, "it follows no redirect");
    await wordpress.php("switch.php", "throttle", "on");
    assert.equal(faultOf(await call(page("b"), named.first)), 429);
    await wordpress.php("switch.php", "throttle", "off");
    await wordpress.php("switch.php", "faults", "plain");
    assert.equal(faultOf(await call(page("c"), named.moderate)), 17, "no link to it");
    await wordpress.php("switch.php", "faults", "masked");
    assert.match(await call(page("b"), named.first), /<params>/);
  } finally {
    await server.stop();
    await remove(folder);
  }
});

test("it pings what a new post links to", async () => {
  let received = "";
  const receiver = createServer((request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", () => {
      if (request.method === "POST") received = Buffer.concat(chunks).toString();
      response.writeHead(200, { "content-type": "text/html", "x-pingback": `${base}/xmlrpc` }).end("<p>page");
    });
  });
  await new Promise((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${receiver.address().port}`;
  try {
    const post = (await wordpress.php("post.php", "Je cite", `<p>Lire <a href="${base}/post/">cette page</a>.</p>`)).trim();
    assert.match(received, /<methodName>pingback\.ping<\/methodName>/);
    assert.ok(received.includes(`<string>${post}</string>`) && received.includes(`<string>${base}/post/</string>`), received);
  } finally {
    receiver.closeAllConnections();
    receiver.close();
  }
});

pingTests(() => wordpress, () => named);
