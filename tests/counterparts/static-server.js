// A folder served as hosts serve a blog: `/post/` is `/post/index.html`, anything else is 404 or a redirect to
// the address with a slash. Counts what was asked for.

import { createServer } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { join, normalize } from "node:path";

export class StaticServer {
  requests = [];

  constructor(folder) {
    this.folder = folder;
  }

  async start() {
    this.server = createServer((request, response) => this.answer(request, response).catch(() => response.writeHead(500).end()));
    await new Promise((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    this.port = this.server.address().port;
    this.base = `http://127.0.0.1:${this.port}`;
    return this;
  }

  async answer(request, response) {
    const path = normalize(decodeURIComponent(request.url.split("?")[0]));
    this.requests.push(`${request.method} ${path}`);
    let file = join(this.folder, path);
    const found = await stat(file).catch(() => null);
    if (found?.isDirectory() && !path.endsWith("/")) return response.writeHead(301, { location: `${path}/` }).end();
    if (found?.isDirectory()) file = join(file, "index.html");
    const bytes = await readFile(file).catch(() => null);
    if (!bytes) return response.writeHead(404, { "content-type": "text/html" }).end("<p>404");
    const type = file.endsWith(".html") ? "text/html; charset=utf-8" : "application/octet-stream";
    return response.writeHead(200, { "content-type": type, "content-length": bytes.length }).end(request.method === "HEAD" ? undefined : bytes);
  }

  async stop() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
