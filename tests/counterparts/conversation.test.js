// Two blogs of Pingmark on loopback: one cites the other and says so, the other receives, approves and shows it,
// by `receive` and by the letterbox of a PHP host.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { Blog, hostOf, seen } from "./blog.js";
import { PhpServer, freePort, listening } from "./php-server.js";
import { PINGMARK, Running, done, run } from "./scripts.js";

/** The mention files of a post, once there are some. */
const mentionsOf = async (blog, slug, seconds = 20) => {
  const folder = join(blog.folder, "mentions", slug);
  for (const end = Date.now() + seconds * 1000; ;) {
    const names = await readdir(folder).catch(() => []);
    if (names.length) return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
    if (Date.now() > end) return [];
    await new Promise((later) => setTimeout(later, 100));
  }
};

/** From the mention that waits to the page that shows it. */
const approved = async (blog, target, source) => {
  const [mention, ...more] = await mentionsOf(blog, "cite");
  assert.deepEqual(more, []);
  assert.match(mention, /^status: pending$/m);
  assert.match(mention, /^type: webmention$/m);
  assert.ok(mention.includes(source) && mention.includes("Une réponse"), mention);
  await done(PINGMARK, ["build", "--root", blog.folder]);
  assert.doesNotMatch(await seen(target), /Une réponse/, "what waits is not shown");
  await done(PINGMARK, ["mentions", "approve", "--root", blog.folder, "--all"]);
  await done(PINGMARK, ["build", "--root", blog.folder]);
  const page = await seen(target);
  assert.match(page, /Ping[\s\u00a0\u202f]*:[\s\u00a0]*\[[^\]]*\][\s\u00a0]*Une réponse/);
  assert.ok(page.includes(source));
  assert.match(page, /J’ai lu ce billet avec plaisir/);
};
const answer = (target) => `Des mots avant. J’ai lu [ce billet](${target}) avec plaisir. Des mots après.`;

test("by `receive`: one cites, the other is told, approves and shows it; then the link goes", async () => {
  const port = await freePort();
  const cited = await Blog.make(() => `mentions:\n  endpoint: http://127.0.0.1:${port}/webmention\n`);
  const citing = await Blog.make();
  let receiver;
  try {
    const target = await cited.post("cite", "Un billet cité", "Un texte.");
    const source = await citing.post("reponse", "Une réponse", answer(target));
    receiver = new Running(PINGMARK, ["receive", "--root", cited.folder, "--listen", `127.0.0.1:${port}`, "--allow-private", hostOf(citing.base)]);
    await listening(port);
    const ping = ["ping", "--root", citing.folder, "--yes", ...[citing.base, cited.base, `http://127.0.0.1:${port}`].flatMap((url) => ["--allow-private", hostOf(url)])];
    await done(PINGMARK, ping);
    assert.match(await citing.ledger("reponse"), /channel: webmention/);
    await approved(cited, target, source);
    // The link is removed: the other blog is told, and shows it no longer.
    await citing.post("reponse", "Une réponse", "J’ai changé d’avis.");
    await done(PINGMARK, ping);
    assert.match(await citing.ledger("reponse"), /state: withdrawn/);
    let mention = "";
    for (const end = Date.now() + 20_000; !/^status: gone$/m.test(mention) && Date.now() < end; await new Promise((later) => setTimeout(later, 100))) {
      [mention] = await mentionsOf(cited, "cite");
    }
    assert.match(mention, /^status: gone$/m);
    await done(PINGMARK, ["build", "--root", cited.folder]);
    assert.doesNotMatch(await seen(target), /Une réponse/);
  } finally {
    await receiver?.end();
    await citing.close();
    await cited.close();
  }
});

test("by the letterbox: it is told while nobody is there, and fetched later", async () => {
  const serve = async (folder) => {
    const server = new PhpServer(folder);
    await server.start();
    return server;
  };
  const cited = await Blog.make((blog) => `mentions:\n  endpoint: ${blog.base}/letterbox.php\n`, serve);
  const citing = await Blog.make();
  try {
    const { stdout, stderr } = await run(PINGMARK, ["receive", "--letterbox", "php", "--root", cited.folder]);
    const [, key] = /PINGMARK_LETTERBOX_KEY=(\S+)/.exec(stdout + stderr);
    const target = await cited.post("cite", "Un billet cité", "Un texte.");
    assert.ok(!(await readFile(join(cited.folder, "public", "letterbox.php"), "utf8")).includes(key), "the file has no secret");
    const source = await citing.post("reponse", "Une réponse", answer(target));
    await done(PINGMARK, ["ping", "--root", citing.folder, "--yes", ...[citing.base, cited.base].flatMap((url) => ["--allow-private", hostOf(url)])]);
    assert.match(await citing.ledger("reponse"), /state: sent/);
    const store = join(cited.folder, "public", "letterbox-data");
    assert.ok((await readdir(store)).includes("letters.php"));
    // A build leaves the store of a folder that is served and built into at once.
    await done(PINGMARK, ["build", "--root", cited.folder]);
    const fetch = (its = key) =>
      run(PINGMARK, ["mentions", "fetch", "--root", cited.folder, "--letterbox", `${cited.base}/letterbox.php`, "--allow-private", hostOf(cited.base), "--allow-private", hostOf(citing.base)], { env: { PINGMARK_LETTERBOX_KEY: its } });
    const wrong = await fetch("wrong");
    assert.notEqual(wrong.code, 0);
    assert.ok(!(wrong.stdout + wrong.stderr).includes(key));
    const fetched = await fetch();
    assert.equal(fetched.code, 0, fetched.stderr);
    assert.deepEqual((await readdir(store)).filter((name) => /^(letters|batch-.*)\.php$/.test(name)), [], "taken and acknowledged");
    await approved(cited, target, source);
    const again = await fetch();
    assert.deepEqual([again.code, again.stdout.trim()], [0, ""]);
  } finally {
    await citing.close();
    await cited.close();
  }
});
