// Many sites at once: 1 000 new links to 300 hosts, told once each, within bounds, and an end by Ctrl-C that
// loses nothing. The hosts are addresses of the loopback network 127.0.0.0/8.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PINGMARK, Running, done, folderFor, hasVerb, remove } from "./scripts.js";
import { StaticServer } from "./static-server.js";

const HOSTS = 300;
const POSTS = 100;
const LINKS = 10;
const skip = (await hasVerb("ping")) ? false : "the program has no command `ping`";

/** Receivers of webmentions on 300 addresses: what was told, and how many connections there were at once. */
class Crowd {
  told = new Map();
  open = 0;
  most = 0;
  busy = 0;
  busiest = 0;
  slow = 0;

  async start() {
    const answer = (request, response) => {
      const chunks = [];
      this.busiest = Math.max(this.busiest, ++this.busy);
      response.on("close", () => this.busy--);
      request.on("data", (chunk) => chunks.push(chunk));
      request.on("end", () => {
        if (request.method !== "POST") return response.writeHead(200, { "content-type": "text/html" }).end('<link rel="webmention" href="/endpoint"><p>page');
        const pair = Buffer.concat(chunks).toString();
        return setTimeout(() => {
          this.told.set(pair, (this.told.get(pair) || 0) + 1);
          response.writeHead(202).end();
        }, this.slow);
      });
    };
    this.servers = [];
    for (let n = 0; n < HOSTS; n++) {
      const server = createServer(answer);
      server.on("connection", (socket) => {
        this.open++;
        this.most = Math.max(this.most, this.open);
        socket.on("close", () => this.open--);
      });
      const address = `127.1.${Math.floor(n / 200)}.${(n % 200) + 1}`;
      await new Promise((resolve, reject) => server.on("error", reject).listen(0, address, resolve));
      server.host = `${address}:${server.address().port}`;
      this.servers.push(server);
    }
    return this;
  }

  get hosts() {
    return this.servers.map((server) => server.host);
  }

  stop() {
    for (const server of this.servers) {
      server.closeAllConnections();
      server.close();
    }
  }
}

let crowd;
let blog;
let server;

before(async () => {
  if (skip) return;
  crowd = await new Crowd().start();
  blog = await folderFor("crowd");
  server = await new StaticServer(join(blog, "public")).start();
  await mkdir(join(blog, "content", "posts"), { recursive: true });
  await writeFile(join(blog, "pingmark.yaml"), `title: Beaucoup de liens\nbase_url: ${server.base}/\nsearch: false\nsocial: { cards: false }\n`);
  for (let post = 0; post < POSTS; post++) {
    const links = Array.from({ length: LINKS }, (_, n) => `[lien ${n}](http://${crowd.hosts[(post * LINKS + n) % HOSTS]}/page-${post}-${n})`);
    await writeFile(join(blog, "content", "posts", `billet-${post}.md`), `---\ntitle: Billet ${post}\ndate: 2026-11-20\n---\n\n${links.join("\n\n")}\n`);
  }
  await done(PINGMARK, ["build", "--root", blog]);
});
after(async () => {
  crowd?.stop();
  await server?.stop();
  if (blog) await remove(blog);
});

const ping = () =>
  new Running(PINGMARK, ["ping", "--root", blog, "--yes", "--allow-private", new URL(server.base).host, ...crowd.hosts.flatMap((host) => ["--allow-private", host])],
    // Two pings to one host are 16 seconds apart, but in tests of debug builds.
    { env: { ...process.env, PINGMARK_PING_SPACING: "50" } });

/** The highest memory of a process so far, in MB. */
const memory = async (pid) => Number(/VmHWM:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, "utf8").catch(() => ""))?.[1] || 0) / 1000;
const states = async () => {
  const counts = {};
  for (const name of (await readdir(join(blog, "outbox"))).filter((name) => /^billet-\d+\.yaml$/.test(name))) {
    for (const [, state] of (await readFile(join(blog, "outbox", name), "utf8")).matchAll(/^    state: (\w+)$/gm)) counts[state] = (counts[state] || 0) + 1;
  }
  return counts;
};

test("1 000 links to 300 hosts are told once each, with few connections and little memory", { skip, timeout: 180_000 }, async () => {
  const started = Date.now();
  const running = ping();
  let most = 0;
  const watch = setInterval(async () => { most = Math.max(most, await memory(running.child.pid)); }, 50);
  const code = await running.ended;
  clearInterval(watch);
  assert.equal(code, 0, running.log);
  assert.deepEqual(await states(), { sent: POSTS * LINKS });
  assert.equal(crowd.told.size, POSTS * LINKS);
  assert.deepEqual(new Set(crowd.told.values()), new Set([1]));
  assert.ok(crowd.busiest <= 20, `${crowd.busiest} requests at once`);
  // With those that wait for another request to the same host, and those that are being closed.
  assert.ok(crowd.most <= 50, `${crowd.most} connections at once`);
  assert.ok(most > 0 && most < 200, `${most} MB`);
  console.log(`# ${POSTS * LINKS} links in ${((Date.now() - started) / 1000).toFixed(1)} s, at most ${crowd.busiest} requests, ${crowd.most} connections and ${most.toFixed(0)} MB`);
});

test("Ctrl-C ends within a second, and the next run tells the rest", { skip, timeout: 180_000 }, async () => {
  await rm(join(blog, "outbox"), { recursive: true, force: true });
  crowd.told.clear();
  crowd.slow = 20;
  let interrupted = 0;
  for (let round = 0; round < 4; round++) {
    const running = ping();
    const wanted = Math.min(crowd.told.size + 120, POSTS * LINKS - 1);
    while (crowd.told.size < wanted && running.child.exitCode === null) await new Promise((later) => setTimeout(later, 5));
    if (running.child.exitCode !== null) break;
    const asked = Date.now();
    running.child.kill("SIGINT");
    const code = await running.ended;
    assert.ok(Date.now() - asked < 1000, `${Date.now() - asked} ms`);
    assert.equal(code, 130, running.log);
    interrupted++;
  }
  assert.ok(interrupted >= 2, "it was faster than its interruption");
  const last = ping();
  assert.equal(await last.ended, 0, last.log);
  const counts = await states();
  // An attempt that was interrupted is repeated once. If that one is interrupted too, nobody knows what became of it.
  assert.equal(counts.sent + (counts.unsure || 0), POSTS * LINKS, JSON.stringify(counts));
  assert.ok((counts.unsure || 0) <= 20, JSON.stringify(counts));
  assert.equal(crowd.told.size, POSTS * LINKS);
  // What was under way when it was interrupted may be told once more, and nothing else.
  const twice = [...crowd.told.values()].filter((times) => times > 1);
  assert.ok(twice.every((times) => times === 2) && twice.length <= interrupted * 20, `${twice.length} were told twice`);
});
