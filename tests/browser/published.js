// A site as it is published: built into a folder, and served with the headers of its `_headers` file.

import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { PROGRAM, ROOT } from "./site.js";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".xml": "application/xml",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".webmanifest": "application/manifest+json",
  ".mp4": "video/mp4",
  ".woff2": "font/woff2",
};

/** The rules of `_headers`: a path, optionally ending in `*`, then its headers. */
const rules = (text) => {
  const found = [];
  for (const line of text.split("\n").filter(Boolean)) {
    if (!/^\s/.test(line)) found.push({ path: line.trim(), headers: [] });
    else found.at(-1).headers.push(/^\s*([^:]+):\s*(.*)$/.exec(line).slice(1));
  }
  return found;
};

/** Builds the example site with a theme and serves it locally until `close`. */
export const publish = async (theme, folder = join(ROOT, "example-site")) => {
  const scratch = await mkdtemp(join(tmpdir(), "pingmark-published-"));
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${server.address().port}`;
  const sources = (path) => !/\/(public|\.pingmark)(\/|$)/.test(path);
  await cp(folder, join(scratch, "site"), { recursive: true, filter: sources });
  const day = ["--today", "2026-11-22", "--base-url", `${url}/`];
  const out = join(scratch, "public");
  await promisify(execFile)(PROGRAM, ["build", "-q", "--root", join(scratch, "site"), "--theme", theme, "--output-dir", out, ...day]);
  const asked = rules(await readFile(join(out, "_headers"), "utf8"));
  const fits = (rule, path) => (rule.endsWith("*") ? path.startsWith(rule.slice(0, -1)) : rule === path);
  server.on("request", async (request, answer) => {
    const path = decodeURIComponent(new URL(request.url, url).pathname);
    for (const { path: rule, headers } of asked.filter((rule) => fits(rule.path, path)))
      for (const [name, value] of headers) answer.setHeader(name, value);
    const file = path.endsWith("/") ? `${path}index.html` : path;
    let body = await readFile(join(out, file)).catch(() => null);
    answer.statusCode = body ? 200 : 404;
    answer.setHeader("Content-Type", body ? TYPES[extname(file)] || "application/octet-stream" : TYPES[".html"]);
    answer.end(body || (await readFile(join(out, "404.html"))));
  });
  const close = async () => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
    await rm(scratch, { recursive: true, force: true });
  };
  return { url, out, close };
};
