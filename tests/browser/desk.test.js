// The dashboard: the page for the author, served beside the site.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Site, launch, post } from "./site.js";

const AXE = await readFile(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const MENTION = "mentions/un/2026-11-20-ami.example-1f2e3d4c.yaml";
const SPAM = "mentions/un/2026-11-21-fans.example-9a8b7c6d.yaml";
const mention = (source, name, text) =>
  `type: reply\nsource: ${source}\ntarget: https://essai.example/posts/un/\nauthor: {name: ${name}}\n# à lire\ncontent: |\n  ${text}\npublished: 2026-11-20\nstatus: pending # pour l'instant\n`;

let browser;
let context;
let page;
let site;

before(async () => (browser = await launch()));
after(() => browser?.close());
beforeEach(async () => {
  context = await browser.newContext({ viewport: { width: 1200, height: 900 }, permissions: ["clipboard-read", "clipboard-write"] });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  site = await Site.make({
    "pingmark.yaml": "title: Essai\nbase_url: https://essai.example\nsocial: { limits: { mastodon: 60 } }\n",
    "content/posts/un.md": post("Un", "Texte."),
    "content/posts/deux.md": post("Deux", "Voir [[un]] d'abord."),
    "content/posts/plus-tard.md": "---\ntitle: Plus tard\ndate: 2026-12-15 09:00\n---\n\nTexte.\n",
    "content/posts/idee.md": "---\ntitle: Une idée\ndraft: true\n---\n\nTexte.\n",
    [MENTION]: mention("https://ami.example/reponse/", "Ana", "J’ajouterais <b>une</b> règle."),
    [SPAM]: mention("https://fans.example/x/", "Fans", "Achetez."),
  });
  await site.serve();
});
afterEach(async () => {
  await context.close();
  await site?.remove();
});

const desk = async (hash = "") => {
  await page.goto(`${site.url}/__pingmark/${hash}`);
  await page.locator("main h1").waitFor();
};

test("posts stand there with their states and what to look at", async () => {
  await desk();
  const row = (title) => page.locator("tbody tr", { hasText: title });
  assert.equal(await row("Plus tard").locator(".state").textContent(), "programmé");
  assert.equal(await row("Une idée").locator(".state").textContent(), "brouillon");
  assert.equal(await row("Un").first().locator(".state").count(), 1);
  await page.getByRole("searchbox").fill("deux");
  assert.equal(await page.locator("tbody tr").count(), 1);
});

test("a post is previewed on each network, counts follow what is typed, and texts are copied", async () => {
  await desk("#post/un");
  for (const name of ["X", "Mastodon", "Bluesky", "Threads", "LinkedIn", "Facebook", "Instagram"]) {
    assert.equal(await page.getByRole("region", { name, exact: true }).count(), 1, name);
  }
  const x = page.getByRole("region", { name: "X", exact: true });
  await x.getByRole("textbox").fill("é".repeat(281));
  await x.locator(".count.over").waitFor();
  assert.equal(await x.locator(".count").textContent(), "281 / 280");
  await x.getByRole("textbox").fill("Court. https://essai.com/un/long/chemin");
  await page.waitForFunction(() => document.querySelector(".x .count").textContent === "30 / 280");
  // The preview shows the typed text with a shortened link.
  assert.equal(await x.locator(".shown .body").textContent(), "Court. essai.com/un/long/chemin");
  assert.equal(await x.locator(".shown .body .tint").count(), 1);
  assert.equal(await page.getByRole("region", { name: "Instagram", exact: true }).locator(".photo img").count(), 1);
  await x.getByRole("button", { name: /^Copier/ }).click();
  await page.waitForFunction(() => document.getElementById("status").textContent.startsWith("Copié"));
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), "Court. https://essai.com/un/long/chemin");
  // The social image is drawn when the page requests it.
  const image = x.locator("img");
  await image.waitFor();
  assert.equal(await image.evaluate((node) => node.decode().then(() => node.naturalWidth)), 1200);
  assert.ok(await page.getByText("Voir Un d’abord", { exact: false }).count(), "the passage of the post that cites it");
});

test("what is to be looked at is said in the desk's language", async () => {
  await site.write("content/posts/long.md", "---\ntitle: Un titre qui n’en finit pas de dire tout ce que l’article dira lui-même\ndate: 2026-01-05\n---\n\nVoir.\n");
  await desk();
  const told = page.locator("tbody tr", { hasText: "Un titre qui" }).locator(".problems li");
  await told.first().waitFor();
  const texts = await told.allTextContents();
  assert.ok(texts.includes("Aucun autre article ne cite celui-ci.") && texts.some((text) => /^Le titre a \d+ signes/.test(text)), texts.join("\n"));
});

test("a mention is approved from the desk and stands on the page", async () => {
  await page.goto(`${site.url}/posts/un/`);
  assert.equal(await page.getByText("une règle").count(), 0);
  const reader = page;
  page = await context.newPage();
  await desk("#mentions");
  assert.equal(await page.locator("nav b").textContent(), "2");
  // The content of a mention is shown as text.
  assert.equal(await page.locator("main blockquote b").count(), 0);
  await page.getByRole("button", { name: "Approuver : Ana" }).click();
  await page.waitForFunction(() => document.querySelectorAll(".mention").length === 1);
  const text = await readFile(site.path(MENTION), "utf8");
  assert.equal(text, mention("https://ami.example/reponse/", "Ana", "J’ajouterais <b>une</b> règle.").replace("pending #", "approved #"));
  // A page that is open in another tab is updated.
  await reader.getByText("règle").waitFor();
  // Blocking adds the domain to the config and marks the mention as spam.
  await page.getByRole("button", { name: /^Bloquer le domaine fans.example : Fans/ }).click();
  await page.getByText("Aucune mention n’attend.").waitFor();
  assert.match(await readFile(site.path("pingmark.yaml"), "utf8"), /block: ?\n? *(- |\[)fans\.example/);
  assert.match(await readFile(site.path(SPAM), "utf8"), /status: spam # pour/);
});

test("no other site can press a button", async () => {
  await desk();
  const token = await page.evaluate(() => document.querySelector("meta[name=pingmark-token]").content);
  assert.match(token, /^[0-9a-f]{32}$/);
  const before = await readFile(site.path(MENTION), "utf8");
  // From a page of another origin in the same browser.
  const other = createServer((_, answer) => answer.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>x"));
  await new Promise((resolve) => other.listen(0, "127.0.0.1", resolve));
  try {
    const evil = await context.newPage();
    await evil.goto(`http://127.0.0.1:${other.address().port}/`);
    const outcomes = await evil.evaluate(async ([url, path, token]) => {
      const body = JSON.stringify({ action: "approve", id: path });
      const tries = [
        { method: "POST", mode: "no-cors", body },
        { method: "POST", headers: { "x-pingmark-token": token, "content-type": "application/json" }, body },
      ];
      const done = [];
      for (const one of tries) done.push(await fetch(`${url}/__pingmark/mention`, one).then((answer) => answer.type, () => "refused"));
      done.push(await fetch(`${url}/__pingmark/posts.json`).then((answer) => answer.text(), () => "refused"));
      return done;
    }, [site.url, MENTION, token]);
    assert.deepEqual(outcomes.slice(1), ["refused", "refused"]);
  } finally {
    other.close();
  }
  // Without a browser: origin and token are both required.
  const send = (headers) =>
    fetch(`${site.url}/__pingmark/mention`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify({ action: "approve", id: MENTION }) });
  for (const headers of [
    {},
    { "x-pingmark-token": token },
    { origin: "http://evil.example", "x-pingmark-token": token },
    { origin: site.url, "x-pingmark-token": "0".repeat(32) },
    { origin: site.url },
    { origin: "null", "x-pingmark-token": token },
  ]) {
    assert.equal((await send(headers)).status, 403, JSON.stringify(headers));
  }
  assert.equal(await readFile(site.path(MENTION), "utf8"), before, "nothing was written");
  assert.equal((await send({ origin: site.url, "x-pingmark-token": token })).status, 200);
});

test("the calendar shows the month, and the desk follows the files", async () => {
  await desk("#calendar/2026-12");
  assert.match(await page.locator("h1").textContent(), /décembre 2026/);
  await page.locator("td li.scheduled", { hasText: "Plus tard" }).waitFor();
  await site.edit("content/posts/plus-tard.md", "title: Plus tard", "title: Bien plus tard");
  await page.locator("td li.scheduled", { hasText: "Bien plus tard" }).waitFor();
  await page.getByRole("link", { name: "Mois précédent" }).click();
  await page.getByRole("heading", { name: /novembre 2026/ }).waitFor();
});

test("it works by keyboard, and day and night", async () => {
  await desk();
  await page.locator("#tabs a").nth(1).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Mentions en attente" }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  await page.keyboard.press("Tab");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, "none");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const first = await ground();
  await page.getByRole("button", { name: "Clair ou sombre" }).click();
  assert.notEqual(await ground(), first);
});

test("axe finds nothing, by day and by night", async () => {
  for (const hash of ["#posts", "#post/un", "#mentions", "#calendar/2026-12"]) {
    await desk(hash);
    await page.getByText(hash === "#post/un" ? "Sur les réseaux" : "", { exact: false }).first().waitFor();
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      const cdp = await context.newCDPSession(page);
      // The page's content security policy forbids injected scripts, so axe runs through the debugger.
      const { result } = await cdp.send("Runtime.evaluate", {
        expression: `${AXE}; axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => JSON.stringify(violations.map((v) => [v.id, v.nodes.map((n) => n.target.join(" ") + " " + n.failureSummary)])))`,
        awaitPromise: true,
        returnByValue: true,
      });
      assert.equal(result.value, "[]", `${hash} ${colorScheme}`);
      await cdp.detach();
    }
  }
});
