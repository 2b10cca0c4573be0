// Pingmark and a real WordPress cite each other: `ping` to its XML-RPC, its pings to `receive`.

import { test } from "node:test";
import assert from "node:assert/strict";
import { readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Blog, hostOf, seen } from "./blog.js";
import { freePort, listening } from "./php-server.js";
import { PINGMARK, Running, done, run } from "./scripts.js";


export const pingTests = (wordpress, named) => {
  test("`ping` tells WordPress of a link, which it shows; once", async () => {
    const blog = await Blog.make();
    try {
      const ping = (...more) =>
        run(PINGMARK, ["ping", "--root", blog.folder, "--yes", "--allow-private", hostOf(blog.server.base), "--allow-private", hostOf(wordpress().address), ...more]);
      const source = await blog.post("une-reponse", "Une réponse de Pingmark", `Avant le lien, des mots. Comme le dit [ce billet sur la modération](${named().moderate}), rien ne presse. Après le lien, d’autres.`);
      const first = await ping();
      assert.equal(first.code, 0, first.stderr);
      const ledger = await blog.ledger("une-reponse");
      assert.match(ledger, /state: sent/);
      assert.match(ledger, /channel: pingback/);
      const page = await seen(named().moderate);
      assert.ok(page.includes(source), "WordPress links to the post");
      assert.match(page, /Pingback: \[[^\]]*\] Une réponse de Pingmark/);
      // The theme shows no passage; WordPress has it.
      const { posts } = JSON.parse(await wordpress().php("facts.php"));
      const [stored] = posts.flatMap((post) => post.comments).filter((comment) => comment.url === source);
      assert.match(stored.text, /Comme le dit ce billet sur la modération\s?, rien ne presse/);
      // Nothing changed: nothing is told, and nothing is written.
      const asked = blog.server.requests.length;
      const second = await ping();
      assert.equal(second.code, 0, second.stderr);
      assert.equal(await blog.ledger("une-reponse"), ledger);
      assert.equal(blog.server.requests.filter((request) => request.includes("une-reponse")).length, blog.server.requests.slice(0, asked).filter((request) => request.includes("une-reponse")).length);
      // A computer without the ledger tells it again; WordPress says 48, which is a success.
      await rm(join(blog.folder, "outbox"), { recursive: true });
      const again = await ping();
      assert.equal(again.code, 0, again.stderr);
      assert.match(await blog.ledger("une-reponse"), /state: sent/);
      assert.equal((await seen(named().moderate)).split("Une réponse de Pingmark").length, page.split("Une réponse de Pingmark").length);
    } finally {
      await blog.close();
    }
  });

  test("`ping` waits when WordPress wants 15 seconds between two pings", async () => {
    const blog = await Blog.make();
    try {
      await blog.post("avant", "Juste avant", `Je lis [le premier](${named().first}).`);
      await blog.post("apres", "Juste après", `Je lis [la règle](${named().pinned}).`);
      const call = `<?xml version="1.0"?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>${blog.server.base}/posts/avant/</string></value></param><param><value><string>${named().first}</string></value></param></params></methodCall>`;
      const answer = await fetch(`${wordpress().address}/xmlrpc.php`, { method: "POST", headers: { "content-type": "text/xml" }, body: call });
      assert.match(await answer.text(), /<params>/);
      await wordpress().php("switch.php", "throttle", "on");
      await run(PINGMARK, ["ping", "--root", blog.folder, "--yes", "--allow-private", hostOf(blog.server.base), "--allow-private", hostOf(wordpress().address), "apres"]);
      const ledger = await blog.ledger("apres");
      assert.match(ledger, /state: retry/, "a flood is no refusal");
      assert.match(ledger, /next: /);
      assert.doesNotMatch(await seen(named().pinned), /Juste après/);
    } finally {
      await wordpress().php("switch.php", "throttle", "off");
      await blog.close();
    }
  });

  test("two pings to one WordPress are far enough apart for its throttle", async () => {
    const blog = await Blog.make();
    try {
      await blog.post("un", "Un espace", `Je lis [le premier](${named().first}).`);
      await blog.post("deux", "Deux espaces", `Je lis [la veille](${named().year}).`);
      await wordpress().php("age.php");
      await wordpress().php("switch.php", "throttle", "on");
      const started = Date.now();
      const { code, stderr } = await run(PINGMARK, ["ping", "--root", blog.folder, "--yes", "--allow-private", hostOf(blog.server.base), "--allow-private", hostOf(wordpress().address)]);
      assert.equal(code, 0, stderr);
      assert.ok(Date.now() - started > 15_000);
      for (const slug of ["un", "deux"]) assert.match(await blog.ledger(slug), /state: sent/);
      assert.match(await seen(named().first), /Un espace/);
      assert.match(await seen(named().year), /Deux espaces/);
    } finally {
      await wordpress().php("switch.php", "throttle", "off");
      await blog.close();
    }
  });

  test("a ping of WordPress becomes a mention with title, passage and date", async () => {
    const port = await freePort();
    const blog = await Blog.make(() => `mentions:\n  pingback: http://127.0.0.1:${port}/xmlrpc\n`);
    let receiver;
    try {
      const target = await blog.post("cite", "Un billet cité", "Un texte.");
      const allow = ["--allow-private", hostOf(wordpress().address), "--allow-private", hostOf(blog.server.base)];
      receiver = new Running(PINGMARK, ["receive", "--root", blog.folder, "--listen", `127.0.0.1:${port}`, ...allow]);
      await listening(port);
      const source = (await wordpress().php("post.php", "Claire répond", `<p>Des mots avant. J’ai lu <a href="${target}">ce billet de Pingmark</a> avec plaisir. Des mots après.</p>`)).trim();
      let file;
      for (const end = Date.now() + 30_000; !file && Date.now() < end;) {
        const files = await readdir(join(blog.folder, "mentions", "cite")).catch(() => []);
        if (files.length) file = await readFile(join(blog.folder, "mentions", "cite", files[0]), "utf8");
        else await new Promise((later) => setTimeout(later, 100));
      }
      assert.ok(file, `no mention arrived\n${receiver.log}`);
      assert.match(file, /^type: pingback$/m);
      assert.match(file, /^status: pending$/m);
      assert.ok(file.includes(source) && file.includes(target), file);
      assert.match(file, /Claire répond/);
      assert.match(file, /J’ai lu ce billet de Pingmark avec plaisir/);
      assert.match(file, /^(published|received): ["']?20\d\d-/m);
      // Approved, it is shown by the next build.
      const text = file.replace(/^status: pending$/m, "status: approved");
      const [name] = await readdir(join(blog.folder, "mentions", "cite"));
      await writeFile(join(blog.folder, "mentions", "cite", name), text);
      await done(PINGMARK, ["build", "--root", blog.folder]);
      assert.match(await seen(target), /Claire répond/);
    } finally {
      await receiver?.end();
      await blog.close();
    }
  });
};
