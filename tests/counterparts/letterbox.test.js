// src/cli/letterbox/letterbox.php on PHP's own server: what it takes, what it refuses, what it hands out,
// and that nothing is lost. Run by tests/counterparts/run.sh; needs php with xmlreader.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PhpServer } from "./php-server.js";

const SOURCE = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "src", "cli", "letterbox", "letterbox.php");
const KEY = "k".repeat(43);
const BLOG = "https://example.org";
const TARGETS = `# addresses of the blog
${BLOG}/
${BLOG}/posts/moderating/
${BLOG}/posts/caf%C3%A9-du-port/
${BLOG}/posts/mod%C3%A9ration/
${BLOG}/?p=12
https://autre.example:8443/fr/
`;
const POST = `${BLOG}/posts/moderating/`;
const URLENCODED = "application/x-www-form-urlencoded";

/** The letterbox in a folder of its own, with some of its constants replaced. */
class Letterbox extends PhpServer {
  static async open({ constants = {}, targets = TARGETS, php = [], workers = 4, wrap = [] } = {}) {
    const folder = await mkdtemp(join(tmpdir(), "letterbox-"));
    let text = await readFile(SOURCE, "utf8");
    const values = { KEY_SHA256: `'${createHash("sha256").update(KEY).digest("hex")}'`, ...constants };
    for (const [name, value] of Object.entries(values)) {
      const line = new RegExp(`^const ${name} = .*;$`, "m");
      assert.match(text, line, `the letterbox has no constant ${name}`);
      text = text.replace(line, () => `const ${name} = ${value};`);
    }
    await writeFile(join(folder, "letterbox.php"), text);
    if (targets !== null) await writeFile(join(folder, "letterbox-targets.txt"), targets);
    // As strict as PHP can be: every notice would be seen in the answer.
    const strict = ["-d", "display_errors=1", "-d", "error_reporting=-1", "-d", "output_buffering=0"];
    const box = new Letterbox(folder, [...strict, ...php], workers, wrap);
    await box.start();
    return box;
  }

  url(query = "") {
    return `${this.base}/letterbox.php${query}`;
  }

  /** A webmention, as a program or a browser sends it. */
  async mention(source, target, headers = {}) {
    return this.post(new URLSearchParams({ source, target }).toString(), { "content-type": URLENCODED, ...headers });
  }

  async pingback(source, target) {
    return this.call(`<methodCall><methodName>pingback.ping</methodName><params><param><value><string>${source}</string></value></param><param><value><string>${target}</string></value></param></params></methodCall>`);
  }

  async call(xml, type = "text/xml") {
    return this.post(`<?xml version="1.0"?>\n${xml}`, { "content-type": type });
  }

  async post(body, headers = {}) {
    const response = await fetch(this.url(), { method: "POST", body, headers, redirect: "manual" });
    return this.read(response);
  }

  async read(response) {
    const text = await response.text();
    assert.doesNotMatch(text, /(Warning|Notice|Deprecated|Fatal error|Parse error)<?\/?b?>?:/, "PHP complained in the answer");
    return { status: response.status, text, headers: response.headers };
  }

  /** The lines on the disk, of all files. */
  async stored() {
    const lines = [];
    for (const name of await this.files()) {
      if (!/^(letters|batch-[0-9a-f]{16})\.php$/.test(name)) continue;
      const [guard, ...rest] = (await readFile(join(this.folder, "letterbox-data", name), "utf8")).trimEnd().split("\n");
      assert.equal(guard, "<?php http_response_code(404); exit; __halt_compiler();");
      lines.push(...rest.map((line) => JSON.parse(line)));
    }
    return lines;
  }

  async files() {
    return readdir(join(this.folder, "letterbox-data")).catch(() => []);
  }

  /** One batch, as the owner gets it. */
  async fetchLetters(key = KEY) {
    const response = await fetch(this.url("?letters"), { headers: { "x-letterbox-key": key } });
    const { status, text, headers } = await this.read(response);
    if (status !== 200) return { status, text };
    const [first, ...lines] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
    assert.equal(first.letters, lines.length);
    return { status, ...first, lines, headers };
  }

  async acknowledge(batch, key = KEY) {
    const response = await fetch(this.url(`?taken=${encodeURIComponent(batch)}`), { method: "POST", headers: { "x-letterbox-key": key } });
    return (await this.read(response)).status;
  }

  async close() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Runs a test with a letterbox that is closed whatever happens. */
const withBox = (options, work) => async () => {
  const box = await Letterbox.open(options);
  try {
    await work(box);
    assert.doesNotMatch(box.log(), /PHP (Warning|Notice|Deprecated|Fatal|Parse)|letterbox\.php: (?!cannot)/, box.log());
  } finally {
    await box.close();
  }
};
const GENEROUS = { PER_CLIENT: "100000", OVERALL: "100000" };

test("a webmention is stored once, as it was sent, without the sender's address", withBox({}, async (box) => {
  const source = "https://blog.example.net/une-réponse?a=1&b=<2>".replace("<2>", "2#passage");
  const first = await box.mention(source, `${POST}#rules`);
  assert.equal(first.status, 202);
  assert.equal(first.headers.get("location"), null);
  assert.match(first.headers.get("content-type"), /^text\/plain/);
  assert.equal((await box.mention(source, `${POST}#rules`)).status, 202);
  const [letter, ...more] = await box.stored();
  assert.deepEqual(more, []);
  assert.equal(letter.source, source);
  assert.equal(letter.target, `${POST}#rules`);
  assert.equal(letter.protocol, "webmention");
  assert.match(letter.id, /^[0-9a-f]{16}$/);
  assert.match(letter.received, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  assert.deepEqual(Object.keys(letter).sort(), ["id", "protocol", "received", "source", "target"]);
  for (const name of await box.files()) {
    assert.doesNotMatch(await readFile(join(box.folder, "letterbox-data", name), "utf8"), /127\.0\.0\.1/);
  }
}));

test("every spelling of a published address is accepted, and nothing else", withBox({ constants: GENEROUS }, async (box) => {
  const published = [
    POST, POST.replace("https", "http"), POST.replace("://", "://www."), POST.slice(0, -1), `${POST}index.html`,
    POST.replace("example.org", "EXAMPLE.org"), POST.replace("org/", "org:443/"), `${POST}?utm_source=x`, `${POST}#top`,
    `${BLOG}/posts/café-du-port/`, `${BLOG}/posts/caf%c3%a9-du-port/`, `${BLOG}/posts/mod%C3%A9ration`, BLOG, `${BLOG}/`,
    `${BLOG}/?p=12`, "https://autre.example:8443/fr/", ` ${POST}\n`,
  ];
  const foreign = [
    `${BLOG}/posts/draft/`, `${BLOG}/posts/`, `${BLOG}/posts/moderating/x`, `${BLOG}/posts/Moderating/`, "https://example.org.evil.example/",
    "https://evil.example/https://example.org/posts/moderating/", `${BLOG}:8443/posts/moderating/`, "https://autre.example/fr/",
    `${BLOG}/../posts/moderating/`, `${BLOG}/posts/moderating/..%2f..%2fetc/passwd`, `${BLOG}/#`.replace("/#", "/# addresses"),
    `${BLOG}/%23%20addresses`, "https://evil.example/?https://example.org/", `${BLOG}//posts/moderating/`,
  ];
  for (const target of published) assert.equal((await box.mention("https://a.example/x", target)).status, 202, target);
  for (const target of foreign) assert.equal((await box.mention("https://a.example/x", target)).status, 400, target);
}));

test("what is no address is refused with 400 and words, and leaves no file", withBox({}, async (box) => {
  const bad = [
    "", "words", "ftp://a.example/", "file:///etc/passwd", "gopher://a.example/", "javascript:alert(1)", "https://", "https:///x", "//a.example/",
    "https://a.example/\r\nX-Evil: 1", "https://a.example/\0", "https://a.example/ b", "https://user:secret@a.example/", "https://user@a.example/",
    "https://a.example\\@example.org/", "https://a.example/<script>", 'https://a.example/"x', `https://a.example/${"a".repeat(2000)}`,
    "https://a.example:port/", "https://a.example:123456/", "https://?x", "https://#x", "php://input", "https://a.example/\x7f",
  ];
  for (const url of bad) {
    const asSource = await box.mention(url, POST);
    assert.equal(asSource.status, 400, `source ${JSON.stringify(url)}`);
    assert.match(asSource.text, /source/);
    assert.equal(asSource.headers.get("x-evil"), null);
    const asTarget = await box.mention("https://a.example/", url);
    assert.equal(asTarget.status, 400, `target ${JSON.stringify(url)}`);
  }
  assert.equal((await box.mention(POST, POST)).status, 400);
  assert.equal((await box.mention(POST.replace("https://", "http://www."), `${POST}#x`)).status, 400);
  assert.deepEqual(await box.files(), []);
}));

test("forms of other shapes are refused", withBox({}, async (box) => {
  const s = "source=https%3A%2F%2Fa.example%2F";
  const t = `target=${encodeURIComponent(POST)}`;
  const bodies = [
    "", "&&&", "=", s, t, `${s}&${s}&${t}`, `${s}&${t}&${t}`, `source[]=https://a.example/&${t}`, `source[a][b]=1&${t}`, `${s}&target[]=${POST}`,
    `source=%ff%fe&${t}`, `source=%&${t}`, `${s}&target=%00`, "source&target", "a=1&".repeat(900) + s,
    `source=https://a.example/%C3%28&${t}`, `source=https://a.example/%ED%A0%80&${t}`,
  ];
  for (const body of bodies) assert.equal((await box.post(body, { "content-type": URLENCODED })).status, 400, body.slice(0, 80));
  // Other fields are allowed, and so are a charset and any case of the type.
  assert.equal((await box.post(`vouch=x&${s}&${t}&x[]=1`, { "content-type": "Application/X-WWW-Form-URLencoded; charset=utf-8" })).status, 202);
  for (const type of ["text/plain", "application/json", "multipart/form-data; boundary=x", "text/html", "x", ""]) {
    assert.equal((await box.post(`${s}&${t}`, { "content-type": type })).status, 415, type);
  }
  assert.equal((await box.stored()).length, 1);
}));

test("a body is limited, whether or not it says its length", withBox({}, async (box) => {
  const big = `source=https://a.example/&target=${encodeURIComponent(POST)}&x=${"y".repeat(20000)}`;
  assert.equal((await box.post(big, { "content-type": URLENCODED })).status, 413);
  assert.equal((await box.post(big, { "content-type": "text/xml" })).status, 413);
  // A length that is wrong, negative or no number; the server may close the connection instead of answering.
  for (const length of ["-1", "99999999999999999999", "x", "1e3", "20000"]) {
    const answer = await raw(box, `POST /letterbox.php HTTP/1.1\r\nHost: x\r\nContent-Type: ${URLENCODED}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\nsource=a`);
    assert.doesNotMatch(answer, /^HTTP\/1.1 2/, length);
    assert.doesNotMatch(answer, /Warning/);
  }
  assert.equal((await box.mention("https://a.example/", POST)).status, 202, "the server still answers");
}));

test("a body beyond PHP's own limit gets no 2xx", withBox({ php: ["-d", "post_max_size=100K", "-d", "display_errors=0"] }, async (box) => {
  const answer = await box.post(`source=https://a.example/&target=${POST}&x=${"y".repeat(5_000_000)}`, { "content-type": URLENCODED });
  assert.equal(answer.status, 413);
  await box.forgetLog();
}));

test("pingbacks are stored", withBox({}, async (box) => {
  const ok = await box.pingback("https://a.example/x?a=1&amp;b=2", POST);
  assert.equal(ok.status, 200);
  assert.match(ok.headers.get("content-type"), /^text\/xml/);
  assert.match(ok.text, /<methodResponse><params><param><value><string>[^<]+<\/string>/);
  // Without <string>, with CDATA, spaces, an encoding, another type.
  const spelt = `<methodCall>\n <methodName> pingback.ping </methodName>\n<params>\n<param>\n<value>https://b.example/</value></param><param><value>\n<string><![CDATA[${POST}]]></string>\n</value></param></params></methodCall>\n`;
  assert.match((await box.call(spelt, "application/xml; charset=utf-8")).text, /<params>/);
  const declared = await box.post(`<?xml version="1.0" encoding="iso-8859-1" ?>${spelt.replace("b.example", "c.example")}`, { "content-type": "text/xml" });
  assert.match(declared.text, /<params>/);
  assert.deepEqual((await box.stored()).map((letter) => [letter.protocol, letter.source]), [
    ["pingback", "https://a.example/x?a=1&b=2"], ["pingback", "https://b.example/"], ["pingback", "https://c.example/"],
  ]);
}));

const fault = (answer) => {
  assert.equal(answer.status, 200);
  const [, code, words] = answer.text.match(/<name>faultCode<\/name><value><int>(-?\d+)<\/int>.*<string>([^<]+)<\/string>/s) || [];
  assert.ok(code, answer.text);
  assert.ok(words.length > 10);
  return Number(code);
};

test("pingbacks get the faults of the specification", withBox({ constants: { PER_CLIENT: "1" } }, async (box) => {
  assert.equal(fault(await box.pingback("words", POST)), 16);
  assert.equal(fault(await box.pingback("https://a.example/", `${BLOG}/nothing/`)), 32);
  assert.equal(fault(await box.pingback("https://a.example/", "words")), 33);
  assert.equal(fault(await box.pingback(POST, POST)), 0);
  assert.equal(fault(await box.call("<methodCall><methodName>system.multicall</methodName></methodCall>")), -32601);
  assert.equal(fault(await box.call("<methodCall><methodName>pingback.ping</methodName></methodCall>")), -32602);
  assert.match((await box.pingback("https://a.example/1", POST)).text, /<params>/);
  assert.equal(fault(await box.pingback("https://a.example/2", POST)), 429);
}));

test("hostile XML is refused at once", withBox({ constants: GENEROUS }, async (box) => {
  const call = (inside) => `<methodCall><methodName>pingback.ping</methodName><params>${inside}</params></methodCall>`;
  const param = (text) => `<param><value><string>${text}</string></value></param>`;
  const good = param("https://a.example/") + param(POST);
  const lol = Array.from({ length: 9 }, (_, n) => `<!ENTITY l${n + 1} "${`&l${n};`.repeat(10)}">`).join("");
  const hostile = {
    "billion laughs": `<!DOCTYPE x [<!ENTITY l0 "lol">${lol}]>${call(param("&l9;") + param(POST))}`,
    "external entity": `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>${call(param("&e;") + param(POST))}`,
    "external DTD": `<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">${call(good)}`,
    "parameter entity": `<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/"> %p;]>${call(good)}`,
    "unknown entity": call(param("https://a.example/&nope;") + param(POST)),
    "php entity": `<!DOCTYPE x [<!ENTITY e SYSTEM "php://filter/convert.base64-encode/resource=letterbox.php">]>${call(param("&e;"))}`,
    comment: `<!-- x -->${call(good)}`,
    "processing instruction": `<?php echo 1 ?>${call(good)}`,
    XInclude: call(`<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd"/>${good}`),
    attribute: `<methodCall a="1">${call(good).slice(12)}`,
    "another element": call(`<param><value><array><data>${"<value/>".repeat(10)}</data></array></value></param>`),
    depth: `${"<a>".repeat(4000)}`,
    breadth: call("<param/>".repeat(1500)),
    unclosed: call(good).slice(0, -14),
    "two roots": call(good) + call(good),
    "text after": `${call(good)}words`,
    nothing: "",
    html: "<html><body>hello</body></html>",
    json: "{}",
  };
  for (const [name, xml] of Object.entries(hostile)) {
    const started = Date.now();
    assert.equal(fault(await box.call(xml)), -32700, name);
    assert.ok(Date.now() - started < 1000, `${name} took too long`);
  }
  const bytes = {
    "UTF-16": Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY e "y">]>${call(param("&e;"))}`, "utf16le"),
    "UTF-7": '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE x+AD4-' + call(good),
    NUL: `${call(good)}\0`,
    "invalid UTF-8": Buffer.from([0x3c, 0xff, 0x3e]),
    "a byte order mark alone": Buffer.from([0xef, 0xbb, 0xbf]),
    empty: "",
  };
  for (const [name, body] of Object.entries(bytes)) assert.equal(fault(await box.post(body, { "content-type": "text/xml" })), -32700, name);
  assert.deepEqual(await box.files(), []);
}));

test("without xmlreader pingbacks get a fault, and webmentions work", withBox({ php: ["-n"] }, async (box) => {
  assert.equal(fault(await box.pingback("https://a.example/", POST)), 0);
  assert.equal((await box.mention("https://a.example/", POST)).status, 202);
}));

test("a GET explains itself in the visitor's language, with a form that a link can fill in", withBox({}, async (box) => {
  const get = async (headers, query = "") => box.read(await fetch(box.url(query), { headers }));
  const french = await get({ "accept-language": "fr-CA,fr;q=0.9,en;q=0.8" });
  assert.equal(french.status, 200);
  assert.match(french.text, /<html lang="fr">.*Répondre à un billet.*<form method="post" action="\?">.*name="source".*name="target"/s);
  assert.match(french.headers.get("content-security-policy"), /default-src 'none'/);
  assert.equal(french.headers.get("x-content-type-options"), "nosniff");
  const english = await get({ "accept-language": "de, en-GB;q=0.7, fr;q=0.3" });
  assert.match(english.text, /<html lang="en">.*Answer a post/s);
  for (const odd of ["de", "*", "fr;q=0", ";;;,,,", "en;q=9", "x".repeat(5000)]) {
    assert.match((await get({ "accept-language": odd })).text, /<html lang="fr">/, odd);
  }
  assert.match((await get({}, `?target=${encodeURIComponent(POST)}`)).text, new RegExp(`value="${POST}"`));
  for (const odd of ['"><script>alert(1)</script>', "javascript:alert(1)", "https://a.example/'onfocus=x"]) {
    assert.doesNotMatch((await get({}, `?target=${encodeURIComponent(odd)}`)).text, /<script|javascript:|'onfocus/);
  }
  assert.equal((await get({}, "?target[]=x")).status, 200);
  const head = await fetch(box.url(), { method: "HEAD" });
  assert.equal(head.status, 200);
  for (const method of ["PUT", "DELETE", "OPTIONS", "PATCH"]) {
    const other = await fetch(box.url(), { method });
    assert.equal(other.status, 405);
    assert.equal(other.headers.get("allow"), "GET, HEAD, POST");
  }
}));

test("a browser gets a page, in words, for what it sent", withBox({}, async (box) => {
  const browser = { accept: "text/html,application/xhtml+xml;q=0.9", "accept-language": "fr" };
  const thanks = await box.mention("https://a.example/", POST, browser);
  assert.equal(thanks.status, 202);
  assert.match(thanks.text, /<!doctype html>.*role="status">Merci\./s);
  const mistake = await box.mention("a.example", POST, browser);
  assert.equal(mistake.status, 400);
  assert.match(mistake.text, /role="status">Le champ source/);
}));

test("the owner fetches batches, and only acknowledged ones go away", withBox({ constants: GENEROUS }, async (box) => {
  assert.deepEqual((await box.fetchLetters()).lines, []);
  for (const n of [1, 2, 3]) await box.mention(`https://a.example/${n}`, POST);
  const first = await box.fetchLetters();
  assert.equal(first.letterbox, 1);
  assert.equal(first.store, "letterbox-data");
  assert.match(first.headers.get("cache-control"), /no-store/);
  assert.deepEqual(first.lines.map((letter) => letter.source), ["https://a.example/1", "https://a.example/2", "https://a.example/3"]);
  assert.equal(first.more, false);
  // A connection that broke: the same again, though more has come in. What was handed out may come again.
  await box.mention("https://a.example/1", POST);
  const again = await box.fetchLetters();
  assert.equal(again.batch, first.batch);
  assert.deepEqual(again.lines, first.lines);
  assert.equal(again.more, true);
  assert.equal(await box.acknowledge(first.batch), 204);
  assert.equal(await box.acknowledge(first.batch), 204, "twice is no mistake");
  const second = await box.fetchLetters();
  assert.deepEqual(second.lines.map((letter) => letter.source), ["https://a.example/1"]);
  assert.equal(await box.acknowledge(second.batch), 204);
  const none = await box.fetchLetters();
  assert.equal(none.batch, null);
  assert.deepEqual(await box.stored(), []);
}));

test("nobody else fetches or deletes anything", withBox({}, async (box) => {
  await box.mention("https://a.example/", POST);
  for (const key of ["", "wrong", KEY.slice(1), `${KEY}k`, createHash("sha256").update(KEY).digest("hex")]) {
    assert.equal((await box.fetchLetters(key)).status, 403);
    assert.equal(await box.acknowledge("0".repeat(16), key), 403);
  }
  assert.equal((await fetch(box.url(`?letters&key=${KEY}`))).status, 403);
  for (const id of ["", "..", "../letters", "x".repeat(16), `${"0".repeat(16)}\n`, "../../../../etc/passwd"]) {
    assert.equal(await box.acknowledge(id), 400, id);
  }
  const owner = { headers: { "x-letterbox-key": KEY } };
  assert.equal((await fetch(box.url("?taken[]=x"), { ...owner, method: "POST" })).status, 400);
  assert.equal((await fetch(box.url(`?taken=${"0".repeat(16)}`), owner)).status, 400, "a GET deletes nothing");
  assert.equal((await box.stored()).length, 1);
}));

test("without a key nothing can be fetched", withBox({ constants: { KEY_SHA256: "''" } }, async (box) => {
  await box.mention("https://a.example/", POST);
  for (const key of ["", KEY, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"]) {
    assert.equal((await box.fetchLetters(key)).status, 403);
  }
}));

test("what is stored is not served, even by a server that ignores .htaccess", withBox({}, async (box) => {
  await box.mention("https://secret.example/", POST);
  for (const name of await box.files()) {
    const response = await fetch(`${box.base}/letterbox-data/${name}`);
    assert.doesNotMatch(await response.text(), /secret|__halt|since/, name);
    if (name.endsWith(".php")) assert.equal(response.status, 404, name);
  }
  assert.equal((await stat(join(box.folder, "letterbox-data"))).mode & 0o777, 0o700);
  assert.match(await readFile(join(box.folder, "letterbox-data", ".htaccess"), "utf8"), /Require all denied/);
}));

test("texts in the store cannot end the guard", withBox({ constants: GENEROUS }, async (box) => {
  await box.mention("https://a.example/?x=?%3E%3C?php+echo+1;", POST);
  await box.mention("https://a.example/?&#x3e;&#60;?php", POST);
  const text = await readFile(join(box.folder, "letterbox-data", "letters.php"), "utf8");
  assert.doesNotMatch(text.split("\n").slice(1).join("\n"), /[<>]|[^\x20-\x7e\n]/);
}));

test("requests are limited per client and overall", withBox({ constants: { PER_CLIENT: "3", OVERALL: "5", CLIENT_VARIABLE: "'HTTP_X_FORWARDED_FOR'" } }, async (box) => {
  const from = (address, n) => box.mention(`https://a.example/${n}`, POST, { "x-forwarded-for": address });
  const statuses = [];
  for (const n of [1, 2, 3, 4]) statuses.push((await from("192.0.2.1, 198.51.100.7", n)).status);
  assert.deepEqual(statuses, [202, 202, 202, 429]);
  const refused = await from("203.0.113.9, 198.51.100.7", 5);
  assert.equal(refused.status, 429, "only what the nearest proxy says counts");
  const wait = Number(refused.headers.get("retry-after"));
  assert.ok(wait > 500 && wait <= 600, `${wait}`);
  assert.equal((await from("2001:db8:1:2::1", 6)).status, 202);
  assert.equal((await from("2001:db8:1:2::ffff", 7)).status, 202);
  assert.equal((await from("2001:db8:1:3::1", 8)).status, 429, "overall");
  const rate = await readFile(join(box.folder, "letterbox-data", "rate.php"), "utf8");
  assert.doesNotMatch(rate, /198\.51|2001:db8/);
}));

test("mistakes do not use up the limits", withBox({ constants: { PER_CLIENT: "2" } }, async (box) => {
  for (let n = 0; n < 5; n++) assert.equal((await box.mention("https://a.example/", `${BLOG}/nothing/`)).status, 400);
  assert.equal((await box.mention("https://a.example/", POST)).status, 202);
}));

test("a damaged count starts again", withBox({}, async (box) => {
  await box.mention("https://a.example/1", POST);
  for (const [n, damage] of ["", "x", "<?php", `${"x".repeat(60)}[1,2`, `${"x".repeat(55)}null`, `${"x".repeat(55)}{"since":[],"salt":[],"all":"x","clients":1}`].entries()) {
    await writeFile(join(box.folder, "letterbox-data", "rate.php"), damage);
    assert.equal((await box.mention(`https://a.example/${n}`, POST)).status, 202, damage);
  }
}));

test("a line that was cut is left out, and the next one is whole", withBox({}, async (box) => {
  await box.mention("https://a.example/1", POST);
  const file = join(box.folder, "letterbox-data", "letters.php");
  const text = await readFile(file, "utf8");
  await writeFile(file, text + text.split("\n")[1].slice(0, 40));
  await box.mention("https://a.example/2", POST);
  assert.deepEqual((await box.fetchLetters()).lines.map((letter) => letter.source), ["https://a.example/1", "https://a.example/2"]);
}));

test("a full store refuses with 503 and keeps what it has", withBox({ constants: { MAX_STORED: "600" } }, async (box) => {
  let kept = 0;
  for (let n = 0; n < 9; n++) {
    const answer = await box.mention(`https://a.example/${n}`, POST);
    if (answer.status === 202) kept++;
    else assert.equal(answer.status, 503);
  }
  assert.ok(kept >= 2 && kept < 9);
  assert.equal((await box.stored()).length, kept);
}));

test("a letterbox without its list takes nothing, and says what is missing in the log", withBox({ targets: null }, async (box) => {
  const answer = await box.mention("https://a.example/", POST);
  assert.equal(answer.status, 503);
  assert.match(box.log(), /letterbox\.php: cannot read .*letterbox-targets\.txt/);
  assert.deepEqual(await box.files(), []);
}));

test("a store that cannot be written gets 503, never 202", withBox({ constants: { STORE: "'/proc/letterbox'" } }, async (box) => {
  assert.equal((await box.mention("https://a.example/", POST)).status, 503);
  assert.match(box.log(), /cannot create the folder/);
  await box.forgetLog();
}));

test("many first requests make one store, without a word in the log", { timeout: 60_000 }, async () => {
  for (let round = 0; round < 10; round++) {
    await withBox({ constants: GENEROUS, workers: 8 }, async (box) => {
      await Promise.all(Array.from({ length: 8 }, (_, n) => box.mention(`https://a.example/${n}`, POST)));
      assert.equal((await box.stored()).length, 8);
    })();
  }
});

test("a full disk loses nothing that was acknowledged", async () => {
  // Files of at most 4 KiB, the signal of the limit ignored: a write ends early, as on a full disk.
  const box = await Letterbox.open({ constants: GENEROUS, wrap: ["bash", "-c", 'trap "" XFSZ; ulimit -f 4; exec "$@"', "-"] });
  try {
    const statuses = [];
    for (let n = 0; n < 40; n++) statuses.push((await box.mention(`https://a.example/${n}`, POST)).status);
    const kept = statuses.indexOf(503);
    assert.ok(kept > 10, statuses.join());
    assert.deepEqual(new Set(statuses.slice(kept)), new Set([503]));
    assert.match(box.log(), /is the disk full\?/);
    assert.equal((await box.stored()).length, kept);
    const { batch, lines } = await box.fetchLetters();
    assert.equal(lines.length, kept);
    assert.equal(await box.acknowledge(batch), 204);
    assert.equal((await box.mention("https://a.example/later", POST)).status, 202);
  } finally {
    await box.close();
  }
});

test("an absolute store is not told to the owner as a path of the web", async () => {
  const folder = await mkdtemp(join(tmpdir(), "letterbox-store-"));
  const box = await Letterbox.open({ constants: { STORE: `'${folder}/a/b'` } });
  try {
    assert.equal((await box.mention("https://a.example/", POST)).status, 202);
    assert.deepEqual(await box.files(), []);
    assert.equal((await box.fetchLetters()).store, null);
  } finally {
    await box.close();
    await rm(folder, { recursive: true });
  }
});

test("1 000 posts at once, while the owner fetches, lose nothing", { timeout: 120_000 }, withBox({ constants: GENEROUS, workers: 8 }, async (box) => {
  const sources = Array.from({ length: 1000 }, (_, n) => `https://a.example/${n}`);
  const waiting = [...sources];
  const send = async () => {
    for (let source = waiting.pop(); source; source = waiting.pop()) {
      const answer = Math.random() < 0.5 ? await box.mention(source, POST) : await box.pingback(source, POST);
      assert.match(String(answer.status), /^20[02]$/);
      assert.doesNotMatch(answer.text, /fault/);
    }
  };
  const fetched = [];
  let done = false;
  const collect = async () => {
    for (;;) {
      const isLast = done;
      const { batch, lines, more } = await box.fetchLetters();
      fetched.push(...lines.map((letter) => letter.source));
      if (batch) assert.equal(await box.acknowledge(batch), 204);
      if (isLast && !batch && !more) return;
    }
  };
  const sending = Promise.all(Array.from({ length: 50 }, send)).finally(() => { done = true; });
  await Promise.all([sending, collect()]);
  assert.deepEqual(fetched.sort(), sources.sort());
}));

test("a killed server loses nothing that was acknowledged", { timeout: 60_000 }, async () => {
  const box = await Letterbox.open({ constants: GENEROUS });
  try {
    const acknowledged = [];
    for (let round = 0; round < 5; round++) {
      const sending = Array.from({ length: 40 }, async (_, n) => {
        const source = `https://a.example/${round}-${n}`;
        const answer = await box.mention(source, POST).catch(() => null);
        if (answer && answer.status === 202) acknowledged.push(source);
      });
      const wanted = acknowledged.length + 5 + round;
      while (acknowledged.length < wanted) await new Promise((later) => setTimeout(later, 1));
      await box.kill();
      await Promise.all(sending);
      await box.start();
    }
    const { lines } = await box.fetchLetters();
    const stored = new Set(lines.map((letter) => letter.source));
    for (const source of acknowledged) assert.ok(stored.has(source), `${source} was acknowledged and is gone`);
    assert.ok(acknowledged.length > 20, `only ${acknowledged.length} were acknowledged`);
  } finally {
    await box.close();
  }
});

/** Sends bytes as they are, and gives what comes back until the server closes or says nothing for a second. */
const raw = (box, bytes) => new Promise((resolve, reject) => {
  const socket = createConnection(box.port, "127.0.0.1", () => socket.write(bytes));
  let answer = "";
  socket.setTimeout(1000, () => socket.destroy());
  socket.on("data", (data) => { answer += data; });
  socket.on("close", () => resolve(answer));
  socket.on("error", (error) => (answer ? resolve(answer) : error.code === "ECONNRESET" ? resolve("") : reject(error)));
});

