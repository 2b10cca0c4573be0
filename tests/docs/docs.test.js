// The documentation does what it says: every command is run, every YAML block is read by the program, every page
// exists in both languages, and the pages that are made are up to date.
//
//   PINGMARK=PROGRAM node --test tests/docs/*.test.js
//
// Blocks marked `sh` run in a new blog, one page after the other, each page in its own. Blocks marked `console` name a
// host, an installer or another program, and are not run.
"use strict";

const assert = require("node:assert");
const { execFileSync, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const test = require("node:test");

const ROOT = path.join(__dirname, "..", "..");
const PROGRAM = path.resolve(process.env.PINGMARK ?? "target/release/pingmark");
const CONTENT = path.join(ROOT, "docs/site/content");
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "pingmark-docs-"));
test.after(() => fs.rmSync(scratch, { recursive: true, force: true }));

const names = fs.readdirSync(CONTENT, { recursive: true }).map((name) => name.replaceAll("\\", "/"));
const PAGES = names.filter((name) => name.endsWith(".md")).sort();
const READMES = ["README.md", "docs/README.fr.md"];

/** Fenced blocks of a file: language, text and line. */
function blocks(file) {
  const found = [];
  const lines = fs.readFileSync(file, "utf8").split("\n");
  for (let at = 0; at < lines.length; at++) {
    const fence = /^(`{3,})(\S*)/.exec(lines[at]);
    if (!fence) continue;
    const end = lines.findIndex((line, index) => index > at && line.startsWith(fence[1]));
    assert(end > at, `${file}:${at + 1}: a block without an end`);
    found.push({ lang: fence[2], text: lines.slice(at + 1, end).join("\n"), line: at + 1 });
    at = end;
  }
  return found;
}

/** A folder with `pingmark` on its path, which ends a server after a moment and opens no browser. */
function shell() {
  const folder = fs.mkdtempSync(path.join(scratch, "page-"));
  const bin = path.join(folder, "bin");
  fs.mkdirSync(bin);
  fs.writeFileSync(
    path.join(bin, "pingmark"),
    `#!/usr/bin/env bash
args=()
watching=
for argument in "$@"; do
  case $argument in
    --open) continue ;;
    --interface) echo 'the preview is not opened to the network here' >&2 ;;
    0.0.0.0) argument=127.0.0.1 ;;
    serve | --watch) watching=1 ;;
  esac
  args+=("$argument")
done
if [ -z "$watching" ]; then exec "${PROGRAM}" "\${args[@]}"; fi
timeout --signal=INT 2 "${PROGRAM}" "\${args[@]}"
code=$?
# 124: it ran until its time was over, as it should.
if [ "$code" = 124 ]; then exit 0; else exit "$code"; fi
`,
    { mode: 0o755 },
  );
  return { folder, env: { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH}`, NO_COLOR: "1" } };
}

/** What `check --format json` reports: its data, one object a line. */
function reported({ stdout, stderr, status }) {
  const told = stdout.split("\n").filter(Boolean).map((line) => JSON.parse(line));
  assert(status === 0 || told.some(({ severity }) => severity === "error"), stderr);
  return told;
}

const words = {
  en: { init: ["my-blog", "--lang", "en"], url: "https://notes.example/" },
  fr: { init: ["mon-blog", "--lang", "fr"], url: "https://carnet.example/" },
};
const langOf = (name) => (name.endsWith(".fr.md") ? "fr" : "en");

function newBlog(lang, folder) {
  const { init, url } = words[lang];
  execFileSync(PROGRAM, ["init", ...init, "--title", "Trial", "--base-url", url, "--author", "Ana", "--quiet"], { cwd: folder, stdio: "ignore" });
  return path.join(folder, init[0]);
}

/** Settings of a page replace those of the blog, key by key. */
function setSettings(blog, text) {
  const file = path.join(blog, "pingmark.yaml");
  const keys = new Set([...text.matchAll(/^([a-z_]+):/gm)].map((match) => match[1]));
  const parts = fs.readFileSync(file, "utf8").split(/\n(?=[a-z_#])/);
  const kept = parts.filter((part) => !keys.has(/^([a-z_]+):/.exec(part)?.[1]));
  fs.writeFileSync(file, `${kept.join("\n")}\n${text}\n`);
}

test("every page exists in both languages", () => {
  assert(PAGES.length > 40, `${PAGES.length} pages`);
  const of = (lang) => PAGES.filter((name) => name.endsWith(`.${lang}.md`)).map((name) => name.slice(0, -6));
  assert.deepStrictEqual(of("en"), of("fr"));
  assert.strictEqual(of("en").length * 2, PAGES.length, "a page without a language");
  for (const name of of("en")) {
    // The same blocks in the same order: a command that one language lacks is a translation that was forgotten.
    const kinds = (lang) => blocks(path.join(CONTENT, `${name}.${lang}.md`)).map((block) => block.lang);
    assert.deepStrictEqual(kinds("en"), kinds("fr"), name);
  }
});

test("the site builds without a warning or advice", () => {
  const site = path.join(ROOT, "docs/site");
  const check = spawnSync(PROGRAM, ["check", "--root", site, "--today", "2026-12-02", "--deny-warnings"], { encoding: "utf8" });
  assert.strictEqual(check.status, 0, check.stderr);
  assert.strictEqual(check.stdout.trim(), "");
  const copy = path.join(scratch, "site");
  fs.cpSync(site, copy, { recursive: true, filter: (from) => !/[/\\](public|\.pingmark)$/.test(from) });
  const out = path.join(scratch, "public");
  const build = spawnSync(PROGRAM, ["build", "--root", copy, "--output-dir", out, "--today", "2026-12-02", "--deny-warnings"], { encoding: "utf8" });
  assert.strictEqual(build.status, 0, build.stderr);
  // Each page but the two homes is in the navigation of its language.
  for (const lang of ["en", "fr"]) {
    const home = fs.readFileSync(path.join(out, lang === "en" ? "index.html" : "fr/index.html"), "utf8");
    const listed = [...home.matchAll(/<dt><a class="p-name u-url" href="([^"]+)"/g)].map((match) => match[1]);
    assert.strictEqual(new Set(listed).size, PAGES.length / 2 - 1, `${lang}: ${listed.join(" ")}`);
    assert.strictEqual([...home.matchAll(/<dd class="p-summary">./g)].length, listed.length, `${lang}: an entry without its description`);
  }
});

test("made pages are up to date", () => {
  const make = spawnSync("node", [path.join(ROOT, "docs/reference/make.js"), PROGRAM, "--check"], { encoding: "utf8" });
  assert.strictEqual(make.status, 0, make.stderr);
});

test("every command of the program is in the list of commands", () => {
  const commands = (args) => {
    const help = execFileSync(PROGRAM, [...args, "--help"], { encoding: "utf8" });
    const part = /\nCommands:\n([\s\S]*?)\n\n/.exec(help);
    return part ? [...part[1].matchAll(/^ {2}([a-z-]+)/gm)].map((match) => match[1]) : [];
  };
  assert(commands([]).includes("build"));
  for (const lang of ["en", "fr"]) {
    const page = fs.readFileSync(path.join(CONTENT, `reference/commands.${lang}.md`), "utf8");
    for (const command of commands([])) assert.match(page, new RegExp(`\\| \`${command}\\b`), `${lang}: ${command}`);
  }
});

for (const name of [...PAGES, ...READMES]) {
  const file = READMES.includes(name) ? path.join(ROOT, name) : path.join(CONTENT, name);
  const runs = blocks(file).filter(({ lang, text }) => lang === "sh" && !text.startsWith("cargo "));
  if (runs.length === 0) continue;
  test(`commands: ${name}`, { timeout: 120_000 }, () => {
    const { folder, env } = shell();
    // A page that makes a blog starts in an empty folder.
    const makes = runs.some(({ text }) => text.includes("pingmark init"));
    const blog = makes ? folder : newBlog(langOf(name), folder);
    if (!makes) {
      fs.mkdirSync(path.join(blog, "mentions/x"), { recursive: true });
      fs.writeFileSync(path.join(blog, "content/posts/later.md"), "---\ntitle: Later\ndate: 2030-01-01\n---\n\nLater.\n");
    }
    // Commands for another language need a blog that has it.
    for (const { lang, text } of blocks(file)) if (lang === "yaml" && /^languages:/m.test(text)) setSettings(blog, text);
    // Ids of mentions are made of their address: the one that the page shows stands for the one that is there.
    const script = runs.map(({ text, line }) => {
      const real = text.replaceAll("mentions show 1f2e", 'mentions show "$(id)"').replaceAll("mentions approve 1f2e", 'mentions approve "$(id)"');
      return `echo "line ${line}" >&2\n${real}`;
    });
    const id = "id() { pingmark mentions list --format json | grep -o '\"id\": *\"[^\"]*\"' | head -n 1 | cut -d '\"' -f 4; }";
    // The second terminal of a page starts where the first one did.
    const start = `cd() { if [ "\${PWD##*/}" = "$1" ]; then return; fi; builtin cd "$1"; }`;
    const run = spawnSync("bash", ["-euo", "pipefail", "-c", [id, start, ...script].join("\n")], { cwd: blog, env, encoding: "utf8", input: "" });
    assert.strictEqual(run.status, 0, `${run.stdout}\n${run.stderr}`);
  });
}

for (const name of PAGES) {
  const file = path.join(CONTENT, name);
  for (const { lang, text, line } of blocks(file)) {
    if (lang === "yaml") {
      test(`YAML: ${name}:${line}`, () => {
        const { folder } = shell();
        const blog = newBlog(langOf(name), folder);
        const target = /^# (\S+)\n/.exec(text)?.[1];
        assert(target, "the first line of a YAML block names its file: `# pingmark.yaml`");
        if (target === "pingmark.yaml") {
          setSettings(blog, text);
        } else {
          fs.mkdirSync(path.dirname(path.join(blog, target)), { recursive: true });
          fs.writeFileSync(path.join(blog, target), `${text}\n`);
        }
        const run = spawnSync(PROGRAM, ["check", "--root", blog, "--format", "json"], { encoding: "utf8" });
        const told = reported(run);
        // Menus of the example lead to pages that this small blog lacks; everything else must be right.
        const wrong = told.filter(({ severity, code, path: where }) => severity !== "advice" && !(code === "link-not-found" && where === "pingmark.yaml") && !["author-unknown", "config-author"].includes(code));
        assert.deepStrictEqual(wrong, []);
      });
    }
    if (lang === "markdown" && text.startsWith("---\n")) {
      test(`front matter: ${name}:${line}`, () => {
        const { folder } = shell();
        const blog = newBlog(langOf(name), folder);
        fs.writeFileSync(path.join(blog, "sources.yaml"), "cluetrain:\n  title: The Cluetrain Manifesto\n");
        fs.writeFileSync(path.join(blog, "content/posts/example.md"), `${text}\n`);
        const run = spawnSync(PROGRAM, ["check", "--root", blog, "--drafts", "--future", "--format", "json"], { encoding: "utf8" });
        const told = reported(run);
        const wrong = told.filter(({ severity, code }) => severity !== "advice" && !["undated-post", "share-text"].includes(code));
        assert.deepStrictEqual(wrong, []);
      });
    }
  }
}
