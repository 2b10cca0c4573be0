// Many sites at once: 1 000 new links to 300 hosts, told once each, within bounds, and an end by Ctrl-C that
// loses nothing; and a receiver that is flooded. The hosts are addresses of the loopback network 127.0.0.0/8.

import { after, before, test } from "node:test";
import assert from "node:assert/strict";
import { Agent, createServer, request } from "node:http";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort, listening } from "./php-server.js";
import { PINGMARK, Running, done, folderFor, remove } from "./scripts.js";
import { StaticServer } from "./static-server.js";

const HOSTS = 300;
const POSTS = 100;
const LINKS = 10;

/** Receivers of webmentions on 300 addresses: what was told, and how many connections there were at once. */
class Crowd {
  told = new Map();
  open = 0;
  most = 0;
  busy = 0;
  busiest = 0;
  slow = 0;

  async start() {
    const answer = (asked, response) => {
      const chunks = [];
      this.busiest = Math.max(this.busiest, ++this.busy);
      response.on("close", () => this.busy--);
      asked.on("data", (chunk) => chunks.push(chunk));
      asked.on("end", () => {
        if (asked.method !== "POST") return response.writeHead(200, { "content-type": "text/html" }).end('<link rel="webmention" href="/endpoint"><p>page');
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

test("1 000 links to 300 hosts are told once each, with few connections and little memory", { timeout: 180_000 }, async () => {
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
  assert.ok(most > 0 && most < 100, `${most} MB`);
  console.log(`# ${POSTS * LINKS} links in ${((Date.now() - started) / 1000).toFixed(1)} s, at most ${crowd.busiest} requests, ${crowd.most} connections and ${most.toFixed(0)} MB`);
});

test("Ctrl-C ends within a second, and the next run tells the rest", { timeout: 180_000 }, async () => {
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

// ---- receiving --------------------------------------------------------------------------------------

const VALID = 2800;
const HOSTILE = 7200;

/** One POST, and how long its answer took. */
const post = (agent, port, body, headers) => new Promise((resolve, reject) => {
  const started = performance.now();
  const message = request({ agent, host: "127.0.0.1", port, path: "/", method: "POST", headers: { "content-length": Buffer.byteLength(body), ...headers } }, (response) => {
    let text = "";
    response.on("data", (data) => { text += data; });
    response.on("end", () => resolve({ status: response.statusCode, time: performance.now() - started, isFault: text.includes("<fault>") }));
  });
  message.on("error", reject);
  message.end(body);
});

test("10 000 posts, most of them hostile: quick answers, flat memory, and nothing lost by SIGKILL", { timeout: 180_000 }, async () => {
  const folder = await folderFor("flood");
  const port = await freePort();
  const target = "https://blog.example/posts/un/";
  await mkdir(join(folder, "content", "posts"), { recursive: true });
  await writeFile(join(folder, "pingmark.yaml"), "title: Un blog\nbase_url: https://blog.example/\n");
  await writeFile(join(folder, "content", "posts", "un.md"), "---\ntitle: Un\ndate: 2026-11-20\n---\n\nTexte.\n");
  // Hosts where nothing listens: what is accepted stays in the queue, to be tried again.
  const hosts = Array.from({ length: 100 }, (_, n) => `127.2.0.${n + 1}:9`);
  const receiver = new Running(PINGMARK, ["receive", "--root", folder, "--listen", `127.0.0.1:${port}`, "--behind-proxy", ...hosts.flatMap((host) => ["--allow-private", host])]);
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const xml = { "content-type": "text/xml" };
  const pair = (source, its = target) => new URLSearchParams({ source, target: its }).toString();
  const call = (source) => `<?xml version="1.0"?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>${source}</string></value></param><param><value><string>${target}</string></value></param></params></methodCall>`;
  const hostile = [
    () => [pair("words"), form], () => [pair(target), form], () => [pair("https://a.example/", "https://elsewhere.example/"), form], () => ["", form],
    () => [pair("file:///etc/passwd"), form], () => [pair("https://a.example/", `${target}missing/`), form], () => ["x".repeat(20_000), form], () => ["{}", { "content-type": "application/json" }],
    () => ["source[]=a&target[]=b", form], () => [`<!DOCTYPE x [<!ENTITY a "${"b".repeat(99)}">]>${call("&a;")}`, xml], () => [`${"<a>".repeat(4000)}`, xml], () => ["%ff%00".repeat(100), form],
  ];
  try {
    await listening(port);
    const jobs = [
      ...Array.from({ length: VALID }, (_, n) => {
        const source = `http://${hosts[n % hosts.length]}/page-${n}`;
        return { source, body: n % 2 ? pair(source) : call(source), headers: n % 2 ? form : xml };
      }),
      ...Array.from({ length: HOSTILE }, (_, n) => ({ body: hostile[n % hostile.length]()[0], headers: hostile[n % hostile.length]()[1] })),
    ].map((job, n) => ({ ...job, order: (n * 7919) % (VALID + HOSTILE), headers: { ...job.headers, "x-forwarded-for": `198.51.${(n >> 8) & 255}.${n & 255}` } })).sort((a, b) => a.order - b.order);
    const times = [];
    const accepted = [];
    const early = [];
    const work = async () => {
      for (let job = jobs.pop(); job; job = jobs.pop()) {
        const { status, time, isFault } = await post(agent, port, job.body, job.headers).catch((error) => {
          // A body that is too long may be cut off before it was sent.
          if (job.body.length > 16_384 && ["ECONNRESET", "EPIPE"].includes(error.code)) return { status: 413, time: 0 };
          throw error;
        });
        times.push(time);
        if (times.length === 2000) early.push(await memory(receiver.child.pid));
        if (job.source) {
          // The receiver takes so many a minute from all together.
          assert.ok([200, 202, 429].includes(status), `${status} for ${job.body}`);
          if (status < 400 && !isFault) accepted.push(job.source);
        } else if (job.headers["content-type"] === "text/xml") {
          assert.ok((status === 200 && isFault) || status === 429, `${status} for ${job.body.slice(0, 80)}`);
        } else {
          assert.ok(status >= 400 && status < 500, `${status} for ${job.body.slice(0, 80)}`);
        }
      }
    };
    const started = Date.now();
    await Promise.all(Array.from({ length: 20 }, work));
    const seconds = (Date.now() - started) / 1000;
    const late = await memory(receiver.child.pid);
    assert.equal(await receiver.end("SIGKILL"), null);
    times.sort((a, b) => a - b);
    const median = times[times.length >> 1];
    assert.ok(accepted.length >= 1000, `${accepted.length} were accepted`);
    const queue = join(folder, ".pingmark", "received");
    const kept = new Set();
    for (const name of await readdir(queue)) {
      if (name.endsWith(".json")) kept.add(JSON.parse(await readFile(join(queue, name), "utf8")).source);
    }
    assert.deepEqual(accepted.filter((source) => !kept.has(source)), [], "accepted, and lost");
    assert.equal(kept.size, accepted.length, "nothing hostile was kept");
    assert.ok(median < 50, `median ${median} ms`);
    assert.ok(seconds < 60, `${seconds} s`);
    assert.ok(late - early[0] < 30, `memory grew from ${early[0]} to ${late} MB`);
    console.log(`# ${times.length} posts, ${accepted.length} accepted, in ${seconds.toFixed(1)} s, median ${median.toFixed(1)} ms, 99 % within ${times[Math.floor(times.length * 0.99)].toFixed(0)} ms, ${late.toFixed(0)} MB`);
  } finally {
    agent.destroy();
    await receiver.end("SIGKILL");
    await remove(folder);
  }
});
