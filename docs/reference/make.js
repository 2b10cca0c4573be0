#!/usr/bin/env node
// Writes the pages of the documentation that list what the program knows: settings and diagnostics.
//
//   node docs/reference/make.js PROGRAM            writes them
//   node docs/reference/make.js PROGRAM --check    fails if one is out of date, or a French sentence is missing
//
// Settings come from `pingmark config schema`; diagnostics from the list of codes in pingmark-core and, as
// examples, from tests/snapshots/diagnostics. The French sentences are in the two text files beside this one.
"use strict";

const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");

const ROOT = path.join(__dirname, "..", "..");
const PAGES = path.join(ROOT, "docs/site/content/reference");
const WORDS = {
  en: {
    settings: {
      title: "Settings",
      description: "Every key of pingmark.yaml, from the program's own schema.",
      intro:
        "Only `title` and `base_url` are required. An unknown key is an error that suggests the closest one.\n" +
        "`pingmark config schema` prints the JSON Schema that this page is made from: editors complete and check with it.\n" +
        "A `*` stands for a name of your choice. `example-site/pingmark.yaml` of the sources shows most keys in use.",
      head: ["Key", "What it is", "Default"],
    },
    diagnostics: {
      title: "Diagnostics",
      description: "Every kind of problem that Pingmark reports, with an example of its cause and its cure.",
      intro:
        "Each message carries its kind in brackets, as `error[link-not-found]`. *error* stops a build, *warning* does not,\n" +
        "*advice* is shown by `check` alone: [[strict-lenient]]. Below each kind: a message as it is printed, and the next step.",
      cure: "Next step:",
    },
  },
  fr: {
    settings: {
      title: "Réglages",
      slug: "reglages",
      description: "Toutes les clés de pingmark.yaml, d’après le schéma du programme.",
      intro:
        "Seuls `title` et `base_url` sont obligatoires. Une clé inconnue est une erreur qui propose la plus proche.\n" +
        "`pingmark config schema` affiche le schéma JSON dont cette page est faite : les éditeurs complètent et vérifient avec lui.\n" +
        "Un `*` tient la place d’un nom de votre choix. `example-site/pingmark.yaml`, dans les sources, montre la plupart des\n" +
        "clés à l’œuvre.",
      head: ["Clé", "Ce que c’est", "Sans réglage"],
    },
    diagnostics: {
      title: "Diagnostics",
      slug: "diagnostics",
      description: "Toutes les sortes de problèmes que signale Pingmark, avec un exemple de leur cause et de leur remède.",
      intro:
        "Chaque message porte sa sorte entre crochets, comme `error[link-not-found]`. *error* arrête une construction, *warning*\n" +
        "non, *advice* n’est montré que par `check` : [[strict-lenient]]. Sous chaque sorte : un message tel que le programme\n" +
        "l’affiche, en anglais, et l’étape suivante.",
      cure: "Étape suivante :",
    },
  },
};
const CATEGORY = { en: "Reference", fr: "Référence" };

function french(name) {
  const lines = fs.readFileSync(path.join(__dirname, `fr-${name}.txt`), "utf8").split("\n").filter(Boolean);
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(" = ")), line.slice(line.indexOf(" = ") + 3)]));
}

/** Whether a part of the schema has a value for each network and nothing else. */
const isPerNetwork = ({ properties = {} }) => "bluesky" in properties && !("cards" in properties);

/** Rows of the settings: key, English sentence, default. */
function settings(program) {
  const schema = JSON.parse(execFileSync(program, ["config", "schema"], { encoding: "utf8" }));
  const rows = [];
  const resolved = (node) => {
    const all = [node, ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
    const next = all.map((one) => one.$ref).filter(Boolean).map((ref) => schema.$defs[ref.split("/").pop()]);
    return [...all, ...next.flatMap((one) => resolved(one))];
  };
  const walk = (prefix, node) => {
    for (const [key, value] of Object.entries(node.properties ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))) {
      // `made` is how the schema says that the group may also be `false`.
      if (key === "made") continue;
      const name = prefix + key;
      rows.push([name, (value.description ?? "").replace(/\s+/g, " "), value.default]);
      for (const part of resolved(value)) {
        // Profiles and one text for each network repeat the names of the networks.
        const several = isPerNetwork(part);
        if (part.properties && !several && name !== "accent") walk(`${name}.`, part);
        for (const [form, inner] of [[".*.", part.additionalProperties], ["[].", part.items]]) {
          if (inner && typeof inner === "object") {
            for (const one of resolved(inner)) {
              if (one.properties && !isPerNetwork(one)) walk(name + form, one);
              if (one.items) for (const item of resolved(one.items)) if (item.properties) walk(`${name}.*[].`, item);
            }
          }
        }
      }
    }
  };
  walk("", schema);
  const seen = new Set();
  // The menus of a language are written as those of the blog.
  return rows.filter(([name]) => !name.startsWith("languages.*.menus.") && !seen.has(name) && seen.add(name));
}

function shown(value) {
  if (value === undefined || value === null || value === "") return "–";
  if (Array.isArray(value)) return value.length === 0 ? "–" : `\`[${value.join(", ")}]\``;
  return typeof value === "object" ? "" : `\`${value}\``;
}

/** Codes with what they mean, and an example of each. */
function diagnostics() {
  const source = fs.readFileSync(path.join(ROOT, "crates/pingmark-core/src/diag/code.rs"), "utf8");
  const codes = [...source.matchAll(/\/\/\/ (.+)\n\s+\w+ = "([a-z-]+)",/g)].map(([, meaning, code]) => [code, meaning]);
  const folder = path.join(ROOT, "tests/snapshots/diagnostics");
  const examples = new Map();
  for (const file of fs.readdirSync(folder).sort()) {
    const lines = fs.readFileSync(path.join(folder, file), "utf8").split("\n");
    lines.forEach((line, at) => {
      const match = /^(error|warning|advice)\[([a-z-]+)\]: (.*)$/.exec(line);
      if (!match || examples.has(match[2])) return;
      const end = lines.findIndex((other, index) => index > at && /^(error|warning|advice)\[/.test(other));
      const help = lines.slice(at, end < 0 ? undefined : end).find((other) => /^\s+= help: /.test(other));
      examples.set(match[2], { level: match[1], message: match[3], help: help?.replace(/^\s+= help: /, "") });
    });
  }
  return codes.map(([code, meaning]) => ({ code, meaning, ...examples.get(code) }));
}

function page(lang, name, body, toc) {
  const words = WORDS[lang][name];
  const slug = words.slug ? `slug: ${words.slug}\n` : "";
  return (
    `---\n# Made by docs/reference/make.js.\ntitle: ${words.title}\ndescription: ${words.description}\ndate: 2026-12-01\n` +
    `${slug}categories: ${CATEGORY[lang]}\n${toc ? "toc: true\n" : ""}---\n\n${words.intro}\n\n${body}`
  );
}

function main() {
  const [program, check] = process.argv.slice(2);
  if (!program) throw new Error("usage: make.js PROGRAM [--check]");
  const problems = [];
  const translated = (map, key, what) => {
    if (!map.has(key)) problems.push(`${what}: no French sentence for \`${key}\``);
    return map.get(key) ?? "";
  };
  const rows = settings(program);
  const kinds = diagnostics();
  const frSettings = french("settings");
  const frKinds = french("diagnostics");
  for (const key of frSettings.keys()) if (!rows.some(([name]) => name === key)) problems.push(`fr-settings.txt: no setting \`${key}\``);
  for (const key of frKinds.keys()) if (!kinds.some(({ code }) => code === key)) problems.push(`fr-diagnostics.txt: no code \`${key}\``);
  const pages = {};
  for (const lang of ["en", "fr"]) {
    const table = rows.map(([name, text, value]) => {
      const words = lang === "en" ? text : translated(frSettings, name, "fr-settings.txt");
      return `| \`${name}\` | ${words.replaceAll("|", "\\|")} | ${shown(value)} |`;
    });
    const head = WORDS[lang].settings.head;
    pages[`settings.${lang}.md`] = page(lang, "settings", `| ${head.join(" | ")} |\n|:--|:--|:--|\n${table.join("\n")}\n`);
    const words = WORDS[lang].diagnostics;
    const sections = kinds.map(({ code, meaning, level, message, help }) => {
      const means = lang === "en" ? meaning : `${translated(frKinds, code, "fr-diagnostics.txt")}.`;
      const example = message ? `\`\`\`text\n${level}[${code}]: ${message}\n\`\`\`` : "";
      const cure = help ? `\n\n${words.cure}\n\n\`\`\`text\n${help}\n\`\`\`` : "";
      return `## ${code} {#${code}}\n\n${means[0].toUpperCase()}${means.slice(1)}\n\n${example}${cure}`.trim() + "\n";
    });
    pages[`diagnostics.${lang}.md`] = page(lang, "diagnostics", sections.join("\n"), true);
  }
  for (const [name, text] of Object.entries(pages)) {
    const file = path.join(PAGES, name);
    const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    if (check && before !== text) problems.push(`docs/site/content/reference/${name} is out of date: node docs/reference/make.js PROGRAM`);
    if (!check) fs.writeFileSync(file, text);
  }
  for (const problem of problems) console.error(problem);
  process.exit(problems.length > 0 ? 1 : 0);
}

main();
