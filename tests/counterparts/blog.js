// A blog of Pingmark in a folder of its own, served as its host would.

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PINGMARK, done, folderFor, remove } from "./scripts.js";
import { StaticServer } from "./static-server.js";

export class Blog {
  /** `settings` may need the blog's address; `serve` starts a server, such as PHP's, in the folder given. */
  static async make(settings = () => "", serve = (folder) => new StaticServer(folder).start()) {
    const blog = new Blog();
    blog.folder = await folderFor("blog");
    await mkdir(join(blog.folder, "public"));
    blog.server = await serve(join(blog.folder, "public"));
    blog.base = blog.server.base;
    await blog.write("pingmark.yaml", `title: Un blog ami\nbase_url: ${blog.base}/\nsocial: { cards: false }\n${settings(blog)}`);
    return blog;
  }

  async write(path, text) {
    await mkdir(join(this.folder, path, ".."), { recursive: true });
    await writeFile(join(this.folder, path), text);
  }

  async post(slug, title, text) {
    await this.write(`content/posts/${slug}.md`, `---\ntitle: ${title}\ndate: 2026-11-20\n---\n\n${text}\n`);
    await done(PINGMARK, ["build", "--root", this.folder]);
    return `${this.base}/posts/${slug}/`;
  }

  async ledger(slug) {
    return readFile(join(this.folder, "outbox", `${slug}.yaml`), "utf8");
  }

  async close() {
    await this.server.stop();
    await remove(this.folder);
  }
}

export const hostOf = (url) => new URL(url).host;
/** What a reader sees of a page, with the addresses of its links. */
export const seen = async (url) =>
  (await (await fetch(url)).text())
    .replace(/<(script|style|head)\b[^]*?<\/\1>/g, "")
    .replace(/<a\b[^>]*?href=["']([^"']*)["'][^>]*>/g, " [$1] ").replace(/<[^>]*>/g, "")
    .replace(/&#8217;/g, "’").replace(/&nbsp;|&#160;/g, "\u00a0").replace(/&#8230;|&hellip;/g, "…").replace(/\s+/g, " ");
