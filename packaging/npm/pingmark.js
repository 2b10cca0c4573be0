#!/usr/bin/env node
// Starts the program that npm installed for this system, and ends as it ends.
"use strict";

const { spawn } = require("node:child_process");

const SCOPE = "@pingmark";

/** Names of the packages that may hold the program, the best one first. */
function candidates() {
  const system = `${process.platform}-${process.arch}`;
  if (process.platform !== "linux") return [system];
  const { glibcVersionRuntime } = process.report.getReport().header;
  // The static program runs on a system with glibc too.
  return glibcVersionRuntime ? [`${system}-gnu`, `${system}-musl`] : [`${system}-musl`];
}

function program() {
  const file = process.platform === "win32" ? "pingmark.exe" : "pingmark";
  for (const name of candidates()) {
    try {
      return require.resolve(`${SCOPE}/${name}/${file}`);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  console.error(
    `pingmark: npm has not installed the program for ${process.platform} ${process.arch} ` +
      `(${candidates().join(" or ")}).\n` +
      "Install again without --omit=optional and --no-optional; if that does not help, there is no program " +
      "for this system yet.",
  );
  process.exit(1);
}

const child = spawn(program(), process.argv.slice(2), { stdio: "inherit" });
// A terminal sends Ctrl-C to both of us: the program decides how to end, and is not told twice.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => {
  console.error(`pingmark: ${error.message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
