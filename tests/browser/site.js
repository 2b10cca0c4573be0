// A site in a temporary folder, the program that serves it, and a browser that opens it.

import { spawn } from "node:child_process";
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
export const PROGRAM = process.env.PINGMARK || join(ROOT, "target", "debug", "pingmark");

/** The system's Chromium: $CHROMIUM, or the first usual name on the path. */
const chromiumPath = () => {
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
  const folders = (process.env.PATH || "").split(delimiter);
  const places = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = [process.env.CHROMIUM, ...places].find((place) => place && existsSync(place));
  if (!found) throw new Error("no Chromium on the path: install it, or set CHROMIUM to the path of the program");
  return found;
};

/** A browser that makes no requests of its own. */
export const launch = () =>
  chromium.launch({
    executablePath: chromiumPath(),
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });

/** A site in a temporary folder. */
export class Site {
  static async make(files) {
    const site = new Site();
    site.folder = await mkdtemp(join(tmpdir(), "pingmark-"));
    await site.write("pingmark.yaml", "title: Essai\nbase_url: https://essai.example\n");
    for (const [path, text] of Object.entries(files)) await site.write(path, text);
    return site;
  }

  path(path) {
    return join(this.folder, path);
  }

  async write(path, text) {
    await mkdir(dirname(this.path(path)), { recursive: true });
    await writeFile(this.path(path), text);
  }

  /** Replaces a text in a file. */
  async edit(path, from, to) {
    const before = await readFile(this.path(path), "utf8");
    if (!before.includes(from)) throw new Error(`${path} does not contain ${from}`);
    await writeFile(this.path(path), before.replace(from, to));
  }

  /** Serves the site until `stop`. */
  async serve(...more) {
    const day = ["--today", "2026-11-22"];
    const child = spawn(PROGRAM, ["serve", "--watch", "--port", String(this.port || 0), ...day, ...more], {
      cwd: this.folder,
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    this.child = child;
    let said = "";
    this.url = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", () => reject(new Error(`the server ended: ${said}`)));
      child.stderr.setEncoding("utf8").on("data", (text) => {
        said += text;
        const found = said.match(/Serving (http:\S+)\//);
        if (found) resolve(found[1]);
      });
    });
    this.port = Number(new URL(this.url).port);
    return this.url;
  }

  async stop() {
    const { child } = this;
    this.child = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
  }

  async remove() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A post dated in the past. */
export const post = (title, body) => `---\ntitle: ${title}\ndate: 2026-01-01\ndescription: Un essai.\n---\n\n${body}\n`;
