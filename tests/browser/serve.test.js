// `pingmark serve --watch` in the browser of the author.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { Site, launch, post } from "./site.js";

const LONG = Array.from({ length: 80 }, (_, at) => `Paragraphe ${at}.`).join("\n\n");
const UN = "content/posts/un.md";
const BASE = `{% extends "plume/base.html" %}`;

let browser;
let page;
let site;
let requests;

before(async () => (browser = await launch()));
after(() => browser?.close());

beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  page.setDefaultTimeout(15_000);
  requests = [];
  page.on("request", (request) => {
    // The browser requests the icon whenever it likes.
    const path = new URL(request.url()).pathname;
    if (path !== "/favicon.svg") requests.push(path);
  });
});
afterEach(async () => {
  await page.close();
  await site?.remove();
});

const start = async (files = {}, ...more) => {
  site = await Site.make({
    [UN]: post("Un", `Le premier mot.\n\n<details><summary>Plus</summary><p>Caché.</p></details>\n\n${LONG}\n\nLe dernier mot.`),
    "content/posts/deux.md": post("Deux", "Autre chose."),
    ...files,
  });
  await site.serve(...more);
};

/** Opens a page and marks it. A reload would remove the mark. */
const open = async (path) => {
  await page.goto(site.url + path);
  await listening();
  await page.evaluate(() => (window.marked = true));
};
const isMarked = () => page.evaluate(() => window.marked === true);
const listening = async () => {
  for (const until = Date.now() + 15_000; !requests.includes("/.pingmark/events"); ) {
    assert.ok(Date.now() < until, "the page never subscribed to events");
    await page.waitForTimeout(10);
  }
  await page.waitForTimeout(50);
};
const overlay = () => page.locator("pingmark-problems section");

test("a saved text is in the page without a reload, and the place is kept", async () => {
  await start();
  await open("/posts/un/");
  await page.evaluate(() => {
    document.querySelector("details").open = true;
    document.querySelector("details").dataset.own = "kept";
    scrollTo({ top: 900, behavior: "instant" });
  });
  const place = await page.evaluate(() => scrollY);
  await site.edit(UN, "Le premier mot.", "Le premier mot, corrigé.");
  await page.getByText("Le premier mot, corrigé.").waitFor();
  await site.edit(UN, "Paragraphe 70.", "Paragraphe 70, et un autre.\n\nTout neuf.");
  await page.getByText("Tout neuf.").waitFor();
  assert.ok(await isMarked(), "the page was reloaded");
  assert.equal(await page.evaluate(() => scrollY), place);
  assert.equal(await page.evaluate(() => document.querySelector("details[open]").dataset.own), "kept");
  const whole = await page.evaluate(() => document.querySelector("main").innerText);
  await page.reload();
  const again = await page.evaluate(() => {
    document.querySelector("details").open = true;
    return document.querySelector("main").innerText;
  });
  assert.equal(whole, again, "the updated page differs from the reloaded one");
});

test("a title changes in the page and in the head", async () => {
  await start();
  await open("/posts/un/");
  await site.edit(UN, "title: Un", "title: Un autre titre");
  await page.getByRole("heading", { name: "Un autre titre", level: 1 }).waitFor();
  assert.match(await page.title(), /Un autre titre/);
  assert.ok(await isMarked(), "the page was reloaded");
});

test("other pages are left alone", async () => {
  await start();
  await open("/posts/deux/");
  const first = requests.length;
  await site.edit(UN, "Le dernier mot.", "Le tout dernier mot.");
  await page.waitForTimeout(800);
  assert.deepEqual(requests.slice(first), []);
  assert.ok(await isMarked());
});

test("a style sheet is exchanged without a reload", async () => {
  await start({
    "static/mien.css": "h1 { color: rgb(1, 2, 3) }",
    "templates/post.html": `${BASE}{% block head_extra %}<link rel="stylesheet" href="/mien.css">{% endblock head_extra %}{% block content %}<h1>{{ page.title }}</h1>{% endblock content %}`,
  });
  await open("/posts/un/");
  const colour = () => page.evaluate(() => getComputedStyle(document.querySelector("h1")).color);
  assert.equal(await colour(), "rgb(1, 2, 3)");
  for (const wanted of ["rgb(4, 5, 6)", "rgb(7, 8, 9)"]) {
    await site.write("static/mien.css", `h1 { color: ${wanted} }`);
    await page.waitForFunction((wanted) => getComputedStyle(document.querySelector("h1")).color === wanted, wanted);
  }
  assert.equal(await page.locator('link[href*="mien.css"]').count(), 1);
  assert.ok(await isMarked(), "the page was reloaded");
});

test("a template changes the page in place, its scripts reload it", async () => {
  await start();
  await open("/posts/un/");
  const template = (more) => `${BASE}{% block content %}<h1>{{ page.title }}</h1><p>Mon modèle.</p>${more}{% endblock content %}`;
  await site.write("templates/post.html", template(""));
  await page.getByText("Mon modèle.").waitFor();
  assert.ok(await isMarked(), "the page was reloaded");
  await site.write("templates/post.html", template("<script>window.ran = true</script>"));
  await page.waitForFunction(() => window.ran === true);
  assert.ok(!(await isMarked()));
});

for (const [kind, path, broken, mended] of [
  ["template", "templates/post.html", "<b>{{ page.title }</b>", "<h1>{{ page.title }}</h1>{{ page.content }}"],
  ["post", "content/posts/deux.md", "---\ntitle: Deux\ndate: [hier]\n---\n", post("Deux", "Autre chose.")],
  ["config", "pingmark.yaml", "title: Essai\nbase_url: https://essai.example\ncouleur: <i>\n", "title: Essai\nbase_url: https://essai.example\n"],
]) {
  test(`a broken ${kind} is told over the page, and goes when it is mended`, async () => {
    await start({ "templates/post.html": "<h1>{{ page.title }}</h1>{{ page.content }}" });
    await open("/posts/un/");
    await site.write(path, broken);
    await overlay().waitFor();
    const told = await overlay().innerText();
    assert.match(told, /error\[/);
    assert.ok(told.includes(`${path}:`), told);
    assert.ok(told.includes(broken.split("\n").find((line) => /\[|}|</.test(line))), `no excerpt: ${told}`);
    assert.ok(await page.getByText("Le premier mot.").isVisible(), "the page disappeared");
    // Another page shows it, too.
    const other = await browser.newPage();
    await other.goto(`${site.url}/posts/deux/`);
    await other.locator("pingmark-problems section").waitFor();
    await other.close();
    await site.write(path, mended);
    await overlay().waitFor({ state: "detached" });
    assert.ok(await isMarked(), "the page was reloaded");
  });
}

test("the problems can be hidden", async () => {
  await start();
  await open("/posts/un/");
  await site.write("content/posts/deux.md", "---\ntitle: [\n---\n");
  await overlay().waitFor();
  await page.getByRole("button", { name: "Hide" }).click();
  assert.equal(await overlay().count(), 0);
  await site.write("content/posts/deux.md", "---\ntitle: {\n---\n");
  await overlay().waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await overlay().count(), 0);
});

test("a site that was never whole appears once it is", async () => {
  await start({ "content/posts/deux.md": "---\ntitle: [\n---\n" });
  await page.goto(`${site.url}/posts/un/`);
  await page.getByRole("heading", { name: "The site cannot be built" }).waitFor();
  assert.match(await page.locator("pre").innerText(), /content\/posts\/deux\.md:/);
  await listening();
  await site.write("content/posts/deux.md", post("Deux", "Autre chose."));
  await page.getByText("Le premier mot.").waitFor();
});

test("the browser finds the server again after a restart", async () => {
  await start();
  await open("/posts/un/");
  await site.stop();
  await site.edit(UN, "Le premier mot.", "Écrit sans le serveur.");
  await site.serve();
  await page.getByText("Écrit sans le serveur.").waitFor();
  assert.ok(await isMarked(), "the page was reloaded");
  await site.edit(UN, "Écrit sans le serveur.", "Et avec lui.");
  await page.getByText("Et avec lui.").waitFor();
});

test("a page that comes into being is shown where there was none", async () => {
  await start();
  const answer = await page.goto(`${site.url}/posts/trois/`);
  assert.equal(answer.status(), 404);
  await listening();
  await site.write("content/posts/trois.md", post("Trois", "Le voici."));
  await page.getByText("Le voici.").waitFor();
});

test("it works under a policy that allows the site's own scripts and styles alone", async () => {
  const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'self'">`;
  await start({
    "templates/post.html": `<!doctype html><html lang="fr"><head><title>{{ page.title }}</title>${policy}</head><body>{{ page.content }}</body></html>`,
  }, "--drafts");
  const refused = [];
  page.on("console", (message) => /policy/i.test(message.text()) && refused.push(message.text()));
  await open("/posts/un/");
  await site.edit(UN, "Le premier mot.", "Sous bonne garde.");
  await page.getByText("Sous bonne garde.").waitFor();
  await site.write("content/posts/deux.md", "---\ntitle: [\n---\n");
  await overlay().waitFor();
  assert.equal(await overlay().evaluate((section) => getComputedStyle(section).position), "fixed");
  assert.equal(await page.locator(".pingmark-banner").evaluate((note) => getComputedStyle(note).position), "fixed");
  assert.ok(await isMarked(), "the page was reloaded");
  assert.deepEqual(refused, []);
});

test("a note says what is shown that is not published", async () => {
  await start({ [UN]: post("Un", "Pas encore.").replace("date:", "draft: true\ndate:") }, "--drafts");
  await open("/posts/un/");
  const note = page.getByRole("note");
  assert.equal(await note.innerText(), "Shown here but not published: drafts (1)");
  await site.edit(UN, "Pas encore.", "Pas tout à fait.");
  await page.getByText("Pas tout à fait.").waitFor();
  assert.ok(await note.isVisible(), "the note disappeared");
});
