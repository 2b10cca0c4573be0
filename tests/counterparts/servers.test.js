// The servers that deployment is tested against, each with a client that is not ours: they work as hosts do,
// and refuse what hosts refuse.

import { test } from "node:test";
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { copyFile, mkdir, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { HERE, ROOT, Running, Server, done, folderFor, remove, run } from "./scripts.js";

/** Runs a test with a server that is stopped whatever happens. */
const withServer = (kind, args, work) => async () => {
  const server = new Server(kind);
  try {
    await server.start(...args);
    await work(server);
  } finally {
    await server.close();
  }
};

/** A file to upload, beside a server. */
const fileFor = async (server, bytes = "hello\n") => {
  const file = server.path("upload");
  await writeFile(file, bytes);
  return file;
};

const sftp = (server, batch) =>
  run("sftp", ["-b", "-", "-i", server.path("id_ed25519"), "-o", "IdentitiesOnly=yes", "-o", `UserKnownHostsFile=${server.path("known_hosts")}`,
    "-P", String(server.port), "blog@127.0.0.1"], { input: batch });

test("sftp: upload, rename, and a home that nobody leaves", withServer("sftp", [], async (server) => {
  const file = await fileFor(server);
  const { code, stdout } = await sftp(server, `put ${file} www/index.part\nrename www/index.part www/index.html\npwd\nls www\n`);
  assert.equal(code, 0);
  assert.match(stdout, /Remote working directory: \/\n/);
  assert.equal(await server.read("www/index.html"), "hello");
  assert.notEqual((await sftp(server, "get /etc/passwd /dev/null\n")).code, 0);
  assert.notEqual((await sftp(server, `put ${file} /outside\n`)).code, 0, "only www is the user's");
  assert.equal(await readFile("/etc/passwd", "utf8").then((text) => /^blog:/m.test(text)), false, "the system knows of no user");
}));

test("sftp: by password, with the host's fingerprint; another host key is refused", withServer("sftp", [], async (server) => {
  await writeFile(server.path("www/a.txt"), "a\n");
  const fingerprint = async () => /SHA256:(\S+)/.exec(await done("ssh-keygen", ["-lf", server.path("host_ed25519.pub")]))[1];
  const curl = (password, print) => run("curl", ["-sS", "--hostpubsha256", print, "-u", `blog:${password}`, `sftp://127.0.0.1:${server.port}/www/a.txt`]);
  const password = await server.read("password");
  const print = await fingerprint();
  assert.equal((await curl(password, print)).stdout, "a\n");
  assert.equal((await curl("wrong", print)).code, 67);
  const known = await server.read("known_hosts");
  await server.stop();
  await server.start("new-host-key");
  assert.notEqual(await fingerprint(), print);
  assert.equal((await curl(password, print)).code, 60);
  await writeFile(server.path("known_hosts"), `${known}\n`);
  const refused = await sftp(server, "pwd\n");
  assert.notEqual(refused.code, 0);
  assert.match(refused.stderr, /HOST IDENTIFICATION HAS CHANGED/);
}));

const ftp = async (server, scheme, ...args) =>
  run("curl", ["-sS", "--cacert", server.path("cert.pem"), "-u", `blog:${await server.read("password")}`, ...args.slice(0, -1), `${scheme}://127.0.0.1:${server.port}${args.at(-1)}`]);

test("ftps: explicit TLS on both connections, and nothing without it", withServer("ftps", [], async (server) => {
  const file = await fileFor(server);
  assert.equal((await ftp(server, "ftp", "--ssl-reqd", "-T", file, "/www/index.part")).code, 0);
  assert.equal((await ftp(server, "ftp", "--ssl-reqd", "-Q", "RNFR www/index.part", "-Q", "RNTO www/index.html", "/www/")).code, 0);
  assert.equal(await server.read("www/index.html"), "hello");
  const plain = await ftp(server, "ftp", "/www/");
  assert.equal(plain.code, 67);
  const unknown = await run("curl", ["-sS", "--ssl-reqd", "-u", `blog:${await server.read("password")}`, `ftp://127.0.0.1:${server.port}/`]);
  assert.equal(unknown.code, 60, "nobody but us knows the certificate");
  const lftp = `set ftp:ssl-force true; set ssl:ca-file ${server.path("cert.pem")}; set net:max-retries 1; ls www; quit`;
  assert.match(await done("lftp", ["-u", `blog,${await server.read("password")}`, "-e", lftp, `ftp://127.0.0.1:${server.port}`]), /index\.html/);
}));

test("ftps: implicit TLS", withServer("ftps", ["implicit"], async (server) => {
  await writeFile(server.path("www/a.txt"), "a\n");
  assert.equal((await ftp(server, "ftps", "/www/a.txt")).stdout, "a\n");
}));

test("ftp: without TLS, as some hosts still have it", withServer("ftps", ["plain"], async (server) => {
  await writeFile(server.path("www/a.txt"), "a\n");
  assert.match(server.address, /^ftp:/);
  assert.equal((await ftp(server, "ftp", "/www/a.txt")).stdout, "a\n");
}));

test("ftps that is cut: what had arrived stays, and the next try works", async () => {
  const folder = await folderFor("cut");
  const python = process.env.COUNTERPARTS_PYTHON || join(HERE, ".venv", "bin", "python");
  const server = new Running(python, [join(HERE, "servers", "ftps_cut.py"), folder, "100000"]);
  try {
    const port = await server.line;
    const bytes = randomBytes(1_000_000);
    const file = join(folder, "..", "big-upload");
    await writeFile(file, bytes);
    const upload = () => run("curl", ["-sSk", "--ssl-reqd", "-u", "blog:secret", "-T", file, `ftp://127.0.0.1:${port}/big`]);
    assert.notEqual((await upload()).code, 0);
    const size = (await stat(join(folder, "big"))).size;
    assert.ok(size >= 65_536 && size < 1_000_000, `${size} bytes`);
    assert.equal((await upload()).code, 0);
    assert.ok(bytes.equals(await readFile(join(folder, "big"))));
  } finally {
    await server.end();
    await remove(folder);
  }
});

test("s3: a signed upload is stored, a wrong or missing signature is refused", withServer("s3", [], async (server) => {
  const file = await fileFor(server);
  const key = await server.read("access_key");
  const secret = await server.read("secret_key");
  const sha = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
  const signed = async (its, ...args) =>
    (await run("curl", ["-sS", "-w", "\n%{http_code}", "--aws-sigv4", "aws:amz:us-east-1:s3", "-u", `${key}:${its}`, ...args])).stdout.split("\n");
  const url = `${server.address}/posts/index.html`;
  const put = ["-H", `x-amz-content-sha256: ${sha}`, "-H", "content-type: text/html", "-T", file, url];
  assert.equal((await signed(secret, ...put)).at(-1), "200");
  const wrong = await signed("wrong", ...put);
  assert.equal(wrong.at(-1), "403");
  assert.match(wrong.join(), /SignatureDoesNotMatch/);
  const empty = ["-H", "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"];
  assert.equal((await signed(secret, ...empty, url))[0], "hello");
  assert.match((await signed(secret, ...empty, `${server.address}?list-type=2`)).join(""), /<Key>posts\/index\.html<\/Key>/);
  assert.equal((await fetch(url)).status, 403);
}));

const get = (server, path, options = {}) => fetch(server.address + path, { redirect: "manual", ...options });

test("apache: .htaccess decides, unless the host ignores it", withServer("apache", [], async (server) => {
  await writeFile(server.path("www/index.html"), "<p>home");
  await writeFile(server.path("www/.htaccess"), 'Redirect 301 /old /new\nRedirect gone /gone\nErrorDocument 404 /404.html\nHeader set X-Ours yes\nExpiresActive On\n');
  await writeFile(server.path("www/404.html"), "<p>not here");
  const home = await get(server, "/");
  assert.equal(home.headers.get("x-ours"), "yes");
  assert.equal(home.headers.get("content-type"), "text/html");
  const moved = await get(server, "/old");
  assert.equal(moved.status, 301);
  assert.match(moved.headers.get("location"), /\/new$/);
  assert.equal((await get(server, "/gone")).status, 410);
  const missing = await get(server, "/nothing");
  assert.equal(missing.status, 404);
  assert.equal(await missing.text(), "<p>not here");
  assert.equal((await get(server, "/.htaccess")).status, 403);
  await server.stop();
  await server.start("no-htaccess");
  assert.equal((await get(server, "/old")).status, 404);
}));

for (const mode of ["htaccess", "no-htaccess"]) {
  test(`apache: the letterbox works, and what it stores is not served (${mode})`, withServer("apache", mode === "htaccess" ? [] : [mode], async (server) => {
    await copyFile(join(ROOT, "src", "cli", "letterbox", "letterbox.php"), server.path("www/letterbox.php"));
    await writeFile(server.path("www/letterbox-targets.txt"), "https://example.org/post/\n");
    const body = new URLSearchParams({ source: "https://secret.example/", target: "https://example.org/post/" });
    assert.equal((await get(server, "/letterbox.php", { method: "POST", body })).status, 202);
    const call = `<?xml version="1.0"?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>https://secret.example/2</string></value></param><param><value><string>https://example.org/post/</string></value></param></params></methodCall>`;
    assert.match(await (await get(server, "/letterbox.php", { method: "POST", body: call, headers: { "content-type": "text/xml" } })).text(), /<params>/);
    assert.equal((await readFile(server.path("www/letterbox-data/letters.php"), "utf8")).split("\n").length, 4);
    for (const name of ["", ...(await readdir(server.path("www/letterbox-data")))]) {
      const answer = await get(server, `/letterbox-data/${name}`);
      assert.ok(name === "lock" || [403, 404].includes(answer.status), `${name}: ${answer.status}`);
      assert.doesNotMatch(await answer.text(), /secret|since/);
    }
    // Over http the key is refused before it is looked at.
    const refused = await get(server, "/letterbox.php?letters", { headers: { "x-letterbox-key": "x", "accept-language": "en" } });
    assert.equal(refused.status, 403);
    assert.match(await refused.text(), /over https only/);
    assert.equal((await get(server, "/letterbox.php", { method: "POST", body: "x".repeat(20_000_000), headers: { "content-type": "application/x-www-form-urlencoded" } })).status, 413);
  }));
}

test("apache: the owner fetches letters by https", withServer("apache", ["tls"], async (server) => {
  const key = "0123456789abcdef0123456789abcdef";
  const letterbox = await readFile(join(ROOT, "src", "cli", "letterbox", "letterbox.php"), "utf8");
  const sha = createHash("sha256").update(key).digest("hex");
  await writeFile(server.path("www/letterbox.php"), letterbox.replace("const KEY_SHA256 = '';", `const KEY_SHA256 = '${sha}';`));
  await writeFile(server.path("www/letterbox-targets.txt"), "https://example.org/post/\n");
  const curl = (...args) => done("curl", ["-sS", "--cacert", server.path("cert.pem"), "-w", "\n%{http_code}", ...args.slice(0, -1), `${server.address}/letterbox.php${args.at(-1)}`]);
  assert.match(await curl("--data-urlencode", "source=https://a.example/", "--data-urlencode", "target=https://example.org/post/", ""), /\n202$/);
  assert.match(await curl("-H", "X-Letterbox-Key: wrong", "?letters"), /\n403$/);
  const [first, letter, , status] = (await curl("-H", `X-Letterbox-Key: ${key}`, "?letters")).split("\n");
  assert.equal(status, "200");
  assert.equal(JSON.parse(letter).source, "https://a.example/");
  assert.match(await curl("-X", "POST", "-H", `X-Letterbox-Key: ${key}`, `?taken=${JSON.parse(first).batch}`), /^\n204$/);
  assert.match(await curl("-H", `X-Letterbox-Key: ${key}`, "?letters"), /"letters":0/);
}));

test("nginx: a snippet decides", async () => {
  const folder = await folderFor("snippet");
  await writeFile(join(folder, "blog.conf"), "error_page 404 /404.html;\nlocation = /old { return 301 /new; }\nlocation = /gone { return 410; }\nadd_header X-Ours yes;\n");
  await withServer("nginx", [join(folder, "blog.conf")], async (server) => {
    await mkdir(server.path("www/post"));
    await writeFile(server.path("www/post/index.html"), "<p>post");
    await writeFile(server.path("www/404.html"), "<p>not here");
    const post = await get(server, "/post/");
    assert.equal(post.headers.get("x-ours"), "yes");
    assert.equal(await post.text(), "<p>post");
    assert.equal((await get(server, "/old")).status, 301);
    assert.equal((await get(server, "/gone")).status, 410);
    const missing = await get(server, "/nothing");
    assert.equal(missing.status, 404);
    assert.equal(await missing.text(), "<p>not here");
    assert.ok(!existsSync(server.path("www/old")));
  })();
  await remove(folder);
});
