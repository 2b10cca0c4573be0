// The shell scripts of this folder, from tests.

import { execFile, spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const HERE = dirname(fileURLToPath(import.meta.url));
export const ROOT = join(HERE, "..", "..");
/** The program: $PINGMARK, or what `cargo build` made. */
export const PINGMARK = process.env.PINGMARK || join(ROOT, "target", "debug", "pingmark");

/** Runs a program to its end, whatever its exit code. */
export const run = (program, args = [], { cwd, env = {}, input, seconds = 120 } = {}) =>
  new Promise((resolve, reject) => {
    const options = { cwd, env: { ...process.env, NO_COLOR: "1", ...env }, timeout: seconds * 1000, maxBuffer: 64 << 20 };
    const child = execFile(program, args, options, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(new Error(`${program}: ${error.message}\n${stderr}`));
      else resolve({ code: error ? error.code : 0, stdout, stderr });
    });
    child.stdin.end(input);
  });

/** Runs a program that must succeed, and gives what it printed. */
export const done = async (program, args, options) => {
  const { code, stdout, stderr } = await run(program, args, options);
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}\n${stdout}${stderr}`);
  return stdout;
};

/** A folder for a test, below the one that run.sh tidies up. */
export const folderFor = (name) => mkdtemp(join(process.env.COUNTERPARTS_SCRATCH || tmpdir(), `${name}-`));
export const remove = (folder) => rm(folder, { recursive: true, force: true });

/** One of servers/*.sh, in a folder of its own. */
export class Server {
  constructor(kind) {
    this.script = join(HERE, "servers", `${kind}.sh`);
    this.kind = kind;
  }

  async start(...args) {
    this.folder ||= await folderFor(this.kind);
    await done("bash", [this.script, "start", this.folder, ...args]);
    this.address = await this.read("address");
    this.port = Number(await this.read("port"));
    return this;
  }

  path(name) {
    return join(this.folder, name);
  }

  async read(name) {
    return (await readFile(this.path(name), "utf8")).trimEnd();
  }

  async stop() {
    if (this.folder) await done("bash", [this.script, "stop", this.folder]);
  }

  async close() {
    await this.stop();
    if (this.folder) await remove(this.folder);
  }
}

/** A WordPress of its own. */
export class WordPress {
  #script = join(HERE, "wordpress.sh");

  async start() {
    this.folder ||= await folderFor("wp");
    await done("bash", [this.#script, "start", this.folder]);
    this.address = (await readFile(join(this.folder, "address"), "utf8")).trimEnd();
    return this;
  }

  /** Runs one of wordpress/*.php inside it. */
  async php(name, ...args) {
    return done("bash", [this.#script, "php", this.folder, join(HERE, "wordpress", name), ...args]);
  }

  async export() {
    return done("bash", [this.#script, "export", this.folder]);
  }

  async close() {
    if (!this.folder) return;
    await done("bash", [this.#script, "stop", this.folder]);
    await remove(this.folder);
  }
}

/** A program that goes on until `end`. */
export class Running {
  log = "";

  constructor(program, args, options = {}) {
    // A group of its own, which run.sh ends if the test is killed.
    this.child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, ...options });
    const { COUNTERPARTS_SCRATCH: scratch } = process.env;
    if (scratch && this.child.pid) appendFileSync(join(scratch, "pids"), `${this.child.pid}\n`);
    this.ended = new Promise((resolve) => this.child.on("exit", resolve));
    this.child.stderr.on("data", (data) => { this.log += data; });
    /** The first line that it prints. */
    this.line = new Promise((resolve, reject) => {
      let text = "";
      this.child.stdout.on("data", (data) => { this.log += data; text += data; if (text.includes("\n")) resolve(text.split("\n")[0]); });
      this.child.on("exit", (code) => reject(new Error(`${program} ended with ${code}\n${this.log}`)));
      this.child.on("error", reject);
    });
    this.line.catch(() => {});
  }

  async end(signal = "SIGTERM") {
    this.child.kill(signal);
    return this.ended;
  }
}
