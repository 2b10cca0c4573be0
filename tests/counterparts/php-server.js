// PHP's own web server on loopback, in a folder.

import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createConnection, createServer } from "node:net";
import { join } from "node:path";

/** A port that nothing listens on. */
export const freePort = () => new Promise((resolve, reject) => {
  const server = createServer();
  server.on("error", reject);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

/** Waits until a port of this machine accepts connections. */
export const listening = async (port, seconds = 10) => {
  for (const end = Date.now() + seconds * 1000; ;) {
    const isOpen = await new Promise((resolve) => {
      const socket = createConnection(port, "127.0.0.1", () => { socket.destroy(); resolve(true); });
      socket.on("error", () => resolve(false));
    });
    if (isOpen) return;
    if (Date.now() > end) throw new Error(`nothing listens on port ${port} after ${seconds} seconds`);
    await new Promise((later) => setTimeout(later, 20));
  }
};

export class PhpServer {
  #lines = "";
  #child = null;

  /** `workers`: how many requests are answered at the same time; `wrap`: a command that runs PHP. */
  constructor(folder, args = [], workers = 4, wrap = []) {
    this.folder = folder;
    this.args = args;
    this.workers = workers;
    this.wrap = wrap;
  }

  async start() {
    this.port = await freePort();
    this.base = `http://127.0.0.1:${this.port}`;
    const [program, ...args] = [...this.wrap, process.env.PHP || "php", ...this.args, "-S", `127.0.0.1:${this.port}`, "-t", this.folder];
    // A group of its own: the workers are children of the first process, and do not end with it.
    this.#child = spawn(program, args, {
      stdio: ["ignore", "ignore", "pipe"],
      env: { ...process.env, PHP_CLI_SERVER_WORKERS: String(this.workers) },
      detached: true,
    });
    // run.sh ends what a killed test leaves behind.
    const { COUNTERPARTS_SCRATCH: scratch } = process.env;
    if (scratch && this.#child.pid) appendFileSync(join(scratch, "pids"), `${this.#child.pid}\n`);
    this.#child.stderr.on("data", (data) => { this.#lines += data; });
    this.#child.on("error", (error) => { this.#lines += error; });
    await listening(this.port);
  }

  /** What PHP wrote to its log, without the lines of requests. */
  log() {
    return this.#lines.split("\n").filter((line) => !/ (Accepted|Closing|Closed without sending a request.*|\[\d+\]:.*)$/.test(line)).join("\n");
  }

  async forgetLog() {
    this.#lines = "";
  }

  async stop(signal = "SIGTERM") {
    if (!this.#child || this.#child.pid === undefined) return;
    const child = this.#child;
    this.#child = null;
    const ended = new Promise((resolve) => (child.exitCode !== null || child.signalCode !== null ? resolve() : child.on("exit", resolve)));
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if (error.code !== "ESRCH") throw error;
    }
    await ended;
  }

  async kill() {
    await this.stop("SIGKILL");
  }
}
