// Both themes, as readers see them: the published example site on screens, on paper and by keyboard.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { publish } from "./published.js";
import { launch } from "./site.js";

const AXE = await readFile(new URL("node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const POST = "/posts/montrer-sans-laisser-entrer/";
const LONG = "/posts/community-manager-vu-de-linterieur/";
const TABLE = "/posts/quitter-une-plateforme/";
const CRISIS = "/posts/une-lettre-qui-nest-pas-de-nous/";
const PAGES = ["/", "/page/2/", POST, LONG, TABLE, CRISIS, "/abonnement/", "/archive/", "/tags/", "/tags/moderation/", "/authors/claire/", "/series/", "/citations/", "/sources/", "/nulle-part/", "/en/"];

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

const paper = (page) =>
  page.evaluate(() => {
    const [red, green, blue] = getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).map(Number);
    return (red + green + blue) / 3 > 128 ? "light" : "dark";
  });
/** Requests of a page to other hosts, and its errors. */
const watch = (page, url) => {
  const seen = { strangers: [], wrong: [] };
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("data:")) seen.strangers.push(request.url());
  });
  page.on("console", (message) => message.type() === "error" && seen.wrong.push(message.text()));
  page.on("pageerror", (error) => seen.wrong.push(String(error)));
  return seen;
};

for (const theme of ["plume", "gazette"]) {
  describe(theme, () => {
    let site;
    before(async () => (site = await publish(theme)));
    after(() => site?.close());

    const view = async (path, options = {}, act = async () => {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        page.seen = watch(page, site.url);
        await page.goto(site.url + path);
        return await act(page, context);
      } finally {
        await context.close();
      }
    };

    test("pages run under the policy they are published with, and ask nobody else", async () => {
      await view("/", {}, async (page) => {
        for (const path of PAGES) {
          const answer = await page.goto(site.url + path, { waitUntil: "load" });
          const policy = answer.headers()["content-security-policy"];
          assert.ok(policy && !policy.includes("unsafe"), policy);
          assert.equal(answer.headers()["x-content-type-options"], "nosniff");
        }
        const wrong = page.seen.wrong.filter((text) => !text.includes("404 (Not Found)"));
        assert.deepEqual([wrong, page.seen.strangers], [[], []]);
      });
    });

    test("style sheets, scripts and icons may be kept for ever", async () => {
      await view("/", {}, async (page) => {
        const files = await page.$$eval("link[rel=stylesheet], link[rel=icon][type='image/svg+xml'], script[src]", (all) => all.map((e) => e.href || e.src));
        assert.ok(files.length >= 3);
        for (const file of files) {
          const { headers } = await fetch(file);
          assert.match(headers.get("cache-control") || "", /immutable/, file);
          assert.match(file, /\.[0-9a-f]{8}\.\w+$/);
        }
      });
    });

    test("axe finds nothing, by day and by night, on wide screens and narrow ones", async () => {
      for (const [width, colorScheme] of [[1280, "light"], [390, "dark"]]) {
        await view("/", { viewport: { width, height: 900 }, colorScheme, bypassCSP: true }, async (page) => {
          for (const path of PAGES) {
            await page.goto(site.url + path);
            await page.evaluate(AXE);
            const found = await page.evaluate(async () => {
              const { violations } = await axe.run(document, { resultTypes: ["violations"] });
              return violations.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => node.target.join(" ")).join(", ")}`);
            });
            assert.deepEqual(found, [], `${path} at ${width}, ${colorScheme}`);
          }
        });
      }
    });

    test("nothing sticks out at any width", async () => {
      await view("/", {}, async (page) => {
        for (const path of PAGES) {
          await page.goto(site.url + path);
          for (const width of [320, 390, 768, 1280, 1920]) {
            await page.setViewportSize({ width, height: 900 });
            const wide = await page.evaluate(() => document.documentElement.scrollWidth);
            assert.ok(wide <= width, `${path} is ${wide} wide at ${width}`);
          }
        }
      });
    });

    test("on phones and tablets the head is one line, and the menu is below it, with scripts or without", async () => {
      for (const javaScriptEnabled of [true, false]) {
        await view(POST, { javaScriptEnabled }, async (page) => {
          for (const width of [320, 360, 390, 600, 768]) {
            await page.setViewportSize({ width, height: 800 });
            const box = (query) => page.locator(`.site-head ${query}`).first().boundingBox();
            const [brand, menu, head] = [await box(".brand"), await box(".menu a"), await page.locator(".site-head").boundingBox()];
            assert.ok(menu.y >= brand.y + brand.height - 1 && head.height < 112, `${width}: ${JSON.stringify([brand, menu, head])}`);
            if (!javaScriptEnabled) continue;
            for (const query of [".search-open", ".theme-switch"]) {
              const tool = await box(query);
              assert.ok(Math.abs(tool.y + tool.height / 2 - brand.y - brand.height / 2) < 8, `${width}: ${query}`);
              assert.ok(tool.x > brand.x + brand.width - 1 && tool.x + tool.width <= width, `${width}: ${query}`);
            }
          }
        });
      }
    });

    test("the first post is on the first screen of a phone", async () => {
      await view("/", { viewport: { width: 360, height: 640 } }, async (page) => {
        const { y } = await page.locator(".card").first().boundingBox();
        assert.ok(y < 420, `it begins at ${y}`);
      });
    });

    test("pages are set in the theme's own fonts", async () => {
      await view(LONG, {}, async (page) => {
        await page.evaluate(() => document.fonts.ready);
        await page.reload({ waitUntil: "load" });
        const loaded = await page.evaluate(() => [...document.fonts].filter((font) => font.status === "loaded").map((font) => font.family.replaceAll('"', "")));
        assert.ok(loaded.includes("Plume Serif") && loaded.includes("Plume Sans"), loaded.join(", "));
      });
    });

    test("nothing moves while a page loads, and pictures carry their size", async () => {
      await view("/", {}, async (page) => {
        await page.addInitScript(() => {
          window.shift = 0;
          new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) window.shift += entry.value;
          }).observe({ type: "layout-shift", buffered: true });
        });
        for (const path of PAGES) {
          await page.goto(site.url + path, { waitUntil: "load" });
          await page.waitForTimeout(60);
          assert.ok((await page.evaluate(() => window.shift)) < 0.01, path);
          const bare = await page.$$eval("img", (all) => all.filter((e) => !e.width || !e.hasAttribute("width")).map((e) => e.src));
          assert.deepEqual(bare, [], path);
        }
      });
    });

    test("day and night follow the system", async () => {
      await view(POST, { colorScheme: "dark" }, async (page) => {
        assert.equal(await paper(page), "dark");
        await page.emulateMedia({ colorScheme: "light" });
        assert.equal(await paper(page), "light");
      });
    });

    test("the switch works by keyboard, is remembered, and pages come up as chosen", async () => {
      await view("/", { colorScheme: "light" }, async (page) => {
        const pressed = () => page.getAttribute(".theme-switch", "aria-pressed");
        assert.equal(await pressed(), "false");
        await page.focus(".theme-switch");
        await page.keyboard.press("Enter");
        assert.deepEqual([await paper(page), await pressed()], ["dark", "true"]);
        await page.goto(site.url + POST);
        assert.deepEqual([await paper(page), await pressed()], ["dark", "true"]);
        // Even before the script has loaded, so before anything is shown.
        await page.route("**/*.js", (route) => route.abort());
        await page.reload();
        assert.equal(await paper(page), "dark");
        await page.unroute("**/*.js");
        await page.reload();
        await page.focus(".theme-switch");
        await page.keyboard.press("Space");
        assert.equal(await paper(page), "light");
        // The choice is that of the system again, so the page follows the system.
        await page.emulateMedia({ colorScheme: "dark" });
        assert.equal(await paper(page), "dark");
      });
    });

    test("code names its language and can be copied", async () => {
      await view(POST, { permissions: ["clipboard-read", "clipboard-write"] }, async (page) => {
        const block = page.locator(".code").first();
        const label = await block.evaluate((e) => getComputedStyle(e, "::before").content);
        assert.equal(label, '"js"');
        const button = block.getByRole("button", { name: "Copier" });
        await button.focus();
        await page.keyboard.press("Enter");
        await block.getByRole("button", { name: "Copié" }).waitFor();
        const text = await block.locator("code").textContent();
        assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
      });
    });

    test("what stands elsewhere is asked for by a click, and not before", async () => {
      await view("/", {}, async (page, context) => {
        await context.route((url) => !url.href.startsWith(site.url), (route) => route.fulfill({ body: "ailleurs", contentType: "text/html" }));
        await page.goto(site.url + POST, { waitUntil: "load" });
        await page.evaluate(() => scrollTo(0, document.body.scrollHeight));
        await page.waitForTimeout(200);
        assert.deepEqual(page.seen.strangers, []);
        const hosts = ["www.youtube-nocookie.com", "player.vimeo.com", "social.carnet-du-cm.example", "embed.bsky.app", "platform.twitter.com", "www.instagram.com", "www.linkedin.com", "www.tiktok.com"];
        const figures = page.locator(".embed");
        assert.equal(await figures.count(), hosts.length);
        for (const [at, host] of hosts.entries()) {
          const figure = figures.nth(at);
          await figure.locator(".embed-load").click();
          await figure.frameLocator("iframe").getByText("ailleurs").waitFor();
          const asked = page.seen.strangers.map((address) => new URL(address).host);
          assert.deepEqual(asked, hosts.slice(0, at + 1), host);
          assert.ok(await figure.locator("iframe").getAttribute("title"));
        }
        assert.deepEqual(page.seen.wrong, []);
      });
    });

    test("without scripts everything is there, and no button that does nothing", async () => {
      await view(POST, { javaScriptEnabled: false }, async (page) => {
        const shown = await page.$$eval(".prose p, .prose pre, .prose h2", (all) => all.filter((e) => e.checkVisibility()).length);
        assert.equal(shown, await page.locator(".prose p, .prose pre, .prose h2").count());
        assert.equal(await page.locator("button:visible").count(), 0);
        assert.equal(await page.locator(".embed figcaption a:visible").count(), 8);
        const place = page.locator(".toc summary");
        if (await place.isVisible()) await place.click();
        await page.goto(site.url + LONG);
        assert.ok((await page.locator(".pings li:visible").count()) > 3);
      });
    });

    test("on paper: black on white, without the site's furniture, links with their addresses", async () => {
      await view(LONG, { colorScheme: "dark" }, async (page) => {
        await page.emulateMedia({ media: "print", colorScheme: "dark" });
        assert.equal(await paper(page), "light");
        assert.equal(await page.locator("nav:visible, button:visible, .skip:visible").count(), 0);
        const link = page.locator(".prose a[href^='http']").first();
        const after = await link.evaluate((e) => getComputedStyle(e, "::after").content);
        assert.ok(after.includes(await link.getAttribute("href")), after);
        const ink = await page.evaluate(() => getComputedStyle(document.body).color);
        assert.equal(ink, "rgb(0, 0, 0)");
      });
    });

    test("updates are dated, can be cited, and are turned round by a button", async () => {
      await view(CRISIS, {}, async (page) => {
        const times = () => page.$$eval(".prose .update time", (all) => all.map((time) => time.dateTime));
        const told = await times();
        assert.ok(told.length > 3 && told[0] === "2026-11-21T09:52", told.join(" "));
        await page.getByRole("button", { name: "Les plus récentes d’abord" }).focus();
        await page.keyboard.press("Enter");
        assert.deepEqual(await times(), told.toReversed());
        await page.getByRole("button", { name: "Dans l’ordre des événements" }).click();
        assert.deepEqual(await times(), told);
        const first = page.locator(".update").first();
        await first.getByRole("link").first().click();
        assert.equal(new URL(page.url()).hash, `#${await first.getAttribute("id")}`);
        // The hour of the last update matters on the day after.
        assert.match(await page.textContent(".entry-head .dt-updated"), /22\snovembre 2026, 8\sh\s30/);
      });
      await view(CRISIS, { javaScriptEnabled: false }, async (page) => {
        assert.equal(await page.locator(".updates-order").count(), 0);
        assert.ok((await page.locator(".update:visible").count()) > 3);
      });
    });

    test("posts without an image have the drawing of their category, and it is there", async () => {
      await view("/page/2/", {}, async (page) => {
        const drawing = page.locator(".made").first();
        await drawing.scrollIntoViewIfNeeded();
        const figure = await drawing.evaluate((cover) => getComputedStyle(cover, "::before").maskImage);
        const loads = await page.evaluate((address) => new Promise((done) => {
          const image = new Image();
          image.onload = () => done(true);
          image.onerror = () => done(false);
          image.src = address;
        }), /url\("(.*)"\)/.exec(figure)?.[1].replaceAll("\\", ""));
        assert.ok(loads, figure);
        const colours = await page.locator(".card", { has: drawing }).first().evaluate((card) => [card, card.querySelector(".rubric"), card.querySelector(".made")].map((part) => getComputedStyle(part).getPropertyValue("--hue")));
        assert.ok(colours[0] && new Set(colours).size === 1, colours.join(" "));
      });
    });

    test("the keyboard reaches everything, and its place is seen", async () => {
      await view(TABLE, {}, async (page) => {
        await page.keyboard.press("Tab");
        const first = await page.evaluate(() => [document.activeElement.className, document.activeElement.getBoundingClientRect().top >= 0]);
        assert.deepEqual(first, ["skip", true]);
        await page.keyboard.press("Enter");
        await page.waitForURL("**#main");
        const blind = [];
        for (let at = 0; at < 120; at += 1) {
          await page.keyboard.press("Tab");
          const told = await page.evaluate(() => {
            const element = document.activeElement;
            if (!element || element === document.body) return null;
            return { name: element.outerHTML.slice(0, 60), seen: getComputedStyle(element).outlineStyle !== "none" };
          });
          if (!told) break;
          if (!told.seen) blind.push(told.name);
        }
        assert.deepEqual(blind, []);
      });
      await view(TABLE, { viewport: { width: 320, height: 800 } }, async (page) => {
        const table = page.locator(".prose .table").first();
        await table.focus();
        await table.evaluate((e) => (e.firstElementChild.style.minWidth = "60rem"));
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320, "the page scrolls with it");
        await page.keyboard.press("ArrowRight");
        await page.waitForFunction(() => document.activeElement.scrollLeft > 0);
      });
    });

    test("notes stand beside the line that calls them where there is room", async () => {
      await view(POST, { viewport: { width: 1440, height: 900 } }, async (page) => {
        const places = () =>
          page.evaluate(() => {
            const box = (query) => document.querySelector(query).getBoundingClientRect();
            const [note, call, text] = [box("#fn-1"), box("#fnref-1"), box(".prose > p")];
            return { beside: note.left > text.right, apart: Math.abs(note.top - call.top), next: box("#fn-2").top - note.bottom };
          });
        const wide = await places();
        assert.ok(wide.beside && wide.apart < 24 && wide.next > 0, JSON.stringify(wide));
        await page.setViewportSize({ width: 900, height: 900 });
        const narrow = await places();
        assert.ok(!narrow.beside && narrow.apart > 200, JSON.stringify(narrow));
      });
    });

    test("lines have the length that reads well", async () => {
      await view(LONG, {}, async (page) => {
        const lines = await page.$$eval(".prose > p", (paragraphs) =>
          paragraphs.flatMap((paragraph) => {
            const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
            const counts = new Map();
            const range = document.createRange();
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
              for (let at = 0; at < node.length; at += 1) {
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                const top = Math.round(range.getBoundingClientRect().bottom / 14);
                counts.set(top, (counts.get(top) || 0) + 1);
              }
            }
            return [...counts.values()].slice(0, -1).filter((count) => count > 30);
          }),
        );
        const mean = lines.reduce((sum, count) => sum + count, 0) / lines.length;
        assert.ok(lines.length > 20 && mean >= 58 && mean <= 72, `${mean} on ${lines.length} lines`);
      });
    });

    test("who asks for less motion gets none", async () => {
      await view(POST, { reducedMotion: "reduce" }, async (page) => {
        const moves = await page.evaluate(() => {
          const all = [document.documentElement, ...document.querySelectorAll("a, button, svg")];
          const style = all.map((element) => getComputedStyle(element));
          return style.filter((one) => one.scrollBehavior === "smooth" || one.transitionDuration.split(", ").some((time) => time !== "0s")).length;
        });
        assert.equal(moves, 0);
      });
    });

    test("every page says where it is: one title, landmarks, language, address", async () => {
      await view("/", {}, async (page) => {
        for (const path of PAGES) {
          await page.goto(site.url + path);
          const told = await page.evaluate(() => ({
            titles: document.querySelectorAll("h1").length,
            lang: document.documentElement.lang,
            landmarks: ["header", "main", "footer"].every((name) => document.querySelectorAll(`body > ${name}`).length === 1),
            unnamed: [...document.querySelectorAll("nav")].filter((nav) => !nav.ariaLabel).length,
            canonical: document.querySelector("link[rel=canonical]")?.href,
          }));
          const canonical = path === "/nulle-part/" ? undefined : site.url + path;
          const lang = path === "/en/" ? "en" : "fr";
          assert.deepEqual(told, { titles: 1, lang, landmarks: true, unnamed: 0, canonical }, path);
        }
      });
    });
  });
}
