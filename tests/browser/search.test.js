// The search: loads nothing before it is opened, works by keyboard, under the content security policy of
// the published site.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { publish } from "./published.js";
import { launch } from "./site.js";

const AXE = await readFile(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const theme of ["plume", "gazette"]) {
  describe(`search in ${theme}`, () => {
    let site;
    before(async () => (site = await publish(theme)));
    after(() => site?.close());

    const view = async (path, options, act) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        page.asked = [];
        page.wrong = [];
        page.on("request", (request) => page.asked.push(request.url().slice(site.url.length)));
        page.on("console", (message) => message.type() === "error" && page.wrong.push(message.text()));
        page.on("pageerror", (error) => page.wrong.push(String(error)));
        await page.goto(site.url + path);
        return await act(page);
      } finally {
        await context.close();
      }
    };
    const ask = async (page, text) => {
      await page.fill(".search-dialog input", text);
      await page.waitForFunction(
        (text) => document.querySelector(".search-dialog input").value === text && document.querySelector(".search-dialog [role=status]").textContent,
        text,
      );
    };
    const titles = (page) => page.locator(".search-dialog li b").allTextContents();

    test("what it needs is loaded when it is opened, and found words are marked", async () => {
      await view("/", {}, async (page) => {
        assert.ok(!page.asked.some((path) => path.includes("search")), page.asked.join(" "));
        await page.keyboard.press("/");
        await page.waitForSelector(".search-dialog[open]");
        await ask(page, "MODERER");
        await page.waitForSelector(".search-dialog li mark");
        const found = await titles(page);
        assert.ok(found.includes("Modérer sans censurer"), found.join(" | "));
        const marks = await page.locator(".search-dialog li mark").allTextContents();
        assert.ok(marks.every((word) => /^mod[ée]r/i.test(word)), marks.join(" "));
        assert.deepEqual(page.wrong, []);
        const words = page.asked.filter((path) => path.startsWith("/search/words-"));
        assert.ok(words.length === 1, words.join(" "));
      });
    });

    test("words are found with and without accents, in the plural, and all of them together", async () => {
      await view("/", {}, async (page) => {
        await page.click(".search-open");
        await page.waitForSelector(".search-dialog[open]");
        for (const text of ["calendrier éditorial", "calendriers editoriaux"]) {
          await ask(page, text);
          await page.waitForFunction(() => document.querySelector(".search-dialog li b")?.textContent.includes("calendrier"));
        }
        await ask(page, "calendrier xyzzy");
        await page.waitForFunction(() => !document.querySelector(".search-dialog li"));
        assert.equal(await page.textContent(".search-dialog [role=status]"), "Rien n’a été trouvé.");
      });
    });

    test("it works by keyboard alone, and axe finds nothing", async () => {
      for (const colorScheme of ["light", "dark"]) {
        await view("/archive/", { colorScheme }, async (page) => {
          await page.focus(".search-open");
          await page.keyboard.press("Enter");
          await page.waitForSelector(".search-dialog[open]");
          await page.keyboard.type("fediverse");
          await page.waitForSelector(".search-dialog li a");
          await page.keyboard.press("ArrowDown");
          assert.equal(await page.evaluate(() => document.activeElement.closest("li")?.matches(":first-child")), true);
          await page.keyboard.press("ArrowUp");
          assert.equal(await page.evaluate(() => document.activeElement.type), "search");
          const violations = await page.evaluate(`(() => { ${AXE}; return axe.run(".search-dialog").then((r) => r.violations.map((v) => v.id + ": " + v.nodes.map((n) => n.html).join(" "))) })()`);
          assert.deepEqual(violations, []);
          const first = await page.locator(".search-dialog li a").first().getAttribute("href");
          await page.keyboard.press("Enter");
          await page.waitForURL(site.url + first);
          await page.goto(`${site.url}/archive/`);
          await page.keyboard.press("/");
          await page.waitForSelector(".search-dialog[open]");
          await page.keyboard.type("fediverse");
          await page.click(".search-dialog li a");
          await page.waitForURL(site.url + first);
          await page.goto(`${site.url}/archive/`);
          await page.keyboard.press("/");
          await page.waitForSelector(".search-dialog[open]");
          await page.keyboard.press("Escape");
          await page.waitForFunction(() => !document.querySelector(".search-dialog[open]"));
        });
      }
    });

    test("before anything is typed it shows the latest posts and the main tags", async () => {
      await view("/", {}, async (page) => {
        await page.keyboard.press("/");
        await page.waitForSelector(".search-start .chips a");
        assert.equal(await page.locator(".search-start .lines a").count(), 5);
        const focused = () => page.evaluate(() => document.activeElement.closest(".lines, .chips, form")?.tagName);
        await page.keyboard.press("ArrowDown");
        assert.equal(await focused(), "UL");
        for (let at = 0; at < 5; at += 1) await page.keyboard.press("ArrowDown");
        assert.equal(await focused(), "NAV");
        for (let at = 0; at < 6; at += 1) await page.keyboard.press("ArrowUp");
        assert.equal(await focused(), "FORM");
        await page.keyboard.type("fediverse");
        await page.waitForSelector(".search-dialog ol a");
        assert.equal(await page.locator(".search-start").count(), 0);
        await page.fill(".search-dialog input", "");
        await page.waitForSelector(".search-start .lines a");
        await page.keyboard.type("fediverse");
        await page.keyboard.press("Escape");
        assert.equal(await page.locator(".search-dialog[open]").count(), 0);
        assert.deepEqual(page.wrong, []);
      });
    });

    test("a misspelled word is answered by the nearest one", async () => {
      await view("/", {}, async (page) => {
        await page.keyboard.press("/");
        await page.waitForSelector(".search-dialog[open]");
        for (const [typed, meant] of [["crse", "crise"], ["moderatoin", "modération"], ["calendreir", "calendrier"]]) {
          await ask(page, typed);
          await page.waitForFunction((meant) => document.querySelector(".search-dialog [role=status]").textContent.includes(meant), meant);
          await page.waitForSelector(".search-dialog ol a");
        }
        assert.deepEqual(page.wrong, []);
      });
    });

    test("without scripts there is no field that does nothing", async () => {
      await view("/", { javaScriptEnabled: false }, async (page) => {
        assert.equal(await page.isVisible(".search-open"), false);
      });
    });

    test("the page shown where there is none offers it in words, between the latest posts and the way home", async () => {
      await view("/404.html", {}, async (page) => {
        assert.ok((await page.locator("#recent + ul li a").count()) > 2);
        assert.equal((await page.textContent(".masthead .search-open")).trim(), "Rechercher dans ce blog");
        await page.click(".masthead .search-open");
        await page.waitForSelector(".search-dialog[open]");
        await ask(page, "fediverse");
        await page.waitForSelector(".search-dialog li a");
      });
      await view("/404.html", { javaScriptEnabled: false }, async (page) => {
        assert.equal(await page.isVisible(".masthead .search-open"), false);
      });
    });

    test("another language has a search of its own", async () => {
      await view("/en/", {}, async (page) => {
        await page.click(".search-open");
        await page.waitForSelector(".search-dialog[open]");
        await ask(page, "alternative");
        await page.waitForSelector(".search-dialog li a");
        const links = await page.locator(".search-dialog li a").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
        assert.ok(links.every((link) => link.startsWith("/en/")), links.join(" "));
      });
    });
  });
}
