// Images: the browser picks a file of the right width, upright, without a layout shift.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { publish } from "./published.js";
import { launch } from "./site.js";

const POST = "/posts/une-journee-de-moderation/";

let browser;
before(async () => (browser = await launch()));
after(() => browser?.close());

for (const theme of ["plume", "gazette"]) {
  describe(theme, () => {
    let site;
    before(async () => (site = await publish(theme)));
    after(() => site?.close());

    const view = async (path, options, act) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      try {
        const page = await context.newPage();
        page.setDefaultTimeout(10_000);
        await page.goto(site.url + path);
        return await act(page);
      } finally {
        await context.close();
      }
    };
    /** A loaded image: its file, and its size on the page and in the file. */
    const shown = async (page, name) => {
      const image = page.locator(`.prose img[src*="${name}"]`);
      await image.scrollIntoViewIfNeeded();
      await page.waitForFunction((name) => document.querySelector(`.prose img[src*="${name}"]`).naturalWidth > 0, name);
      return image.evaluate((image) => {
        const box = image.getBoundingClientRect();
        // `naturalWidth` of the element depends on `sizes`; that of a new image does not.
        const file = image.currentSrc;
        const real = new Image();
        real.src = file;
        return real.decode().then(() => ({ file, width: box.width, height: box.height, real: real.naturalWidth, tall: real.naturalHeight }));
      });
    };

    test("a phone and a desk each get a file that is wide enough, and no wider than the next", async () => {
      for (const [width, deviceScaleFactor] of [[390, 3], [390, 1], [1280, 1], [1280, 2]]) {
        await view(POST, { viewport: { width, height: 800 }, deviceScaleFactor }, async (page) => {
          const image = await shown(page, "vallee");
          const needed = image.width * deviceScaleFactor;
          const expected = [480, 960, 1440].find((one) => one >= needed * 0.98) || 1440;
          assert.match(image.file, /\/sized\/vallee-\d+\.[0-9a-f]{12}\.webp$/);
          assert.equal(image.real, expected, `${image.width} wide at ${deviceScaleFactor}`);
        });
      }
    });

    test("a photograph taken sideways stands upright, in its proportions", async () => {
      await view(POST, {}, async (page) => {
        const image = await shown(page, "vallee");
        assert.ok(image.tall > image.real && image.height > image.width);
        assert.ok(Math.abs(image.height / image.width - image.tall / image.real) < 0.01);
      });
    });

    test("nothing moves when images come", async () => {
      for (const path of [POST, "/"]) {
        await view(path, { viewport: { width: 390, height: 800 } }, async (page) => {
          const moved = await page.evaluate(async () => {
            let moved = 0;
            // Not the header, whose buttons appear with the script.
            const ofHead = (entry) => entry.sources.some((source) => source.node?.parentElement?.closest("header:not(.entry-head)"));
            const count = (list) => list.getEntries().filter((entry) => !ofHead(entry)).forEach((entry) => (moved += entry.value));
            new PerformanceObserver(count).observe({ type: "layout-shift", buffered: true });
            for (let at = 0; at < document.body.scrollHeight; at += 400) {
              window.scrollTo(0, at);
              await new Promise((resolve) => setTimeout(resolve, 60));
            }
            await Promise.all([...document.images].map((image) => image.decode().catch(() => {})));
            return moved;
          });
          assert.ok(moved < 0.001, `${path}: ${moved}`);
          const all = await page.$$eval("img", (all) => all.filter((image) => !image.naturalWidth).map((image) => image.src));
          assert.deepEqual(all, []);
        });
      }
    });

    test("covers in lists are no wider than they are shown, but for the next width", async () => {
      await view("/", { viewport: { width: 390, height: 800 }, deviceScaleFactor: 2 }, async (page) => {
        const wide = await page.$$eval("picture > img.card-image", async (all) => {
          const files = [];
          for (const image of all) {
            image.scrollIntoView();
            await image.decode();
            files.push([image.currentSrc, image.getBoundingClientRect().width]);
          }
          return files;
        });
        for (const [file, width] of wide) assert.match(file, width <= 240 ? /-480\./ : /-(480|960)\./, `${width}`);
      });
    });

    test("without scripts and on paper the images are there", async () => {
      await view(POST, { javaScriptEnabled: false }, async (page) => {
        const source = page.locator(".prose picture source").first();
        assert.match(await source.getAttribute("srcset"), /480w.*960w.*1440w/);
      });
      await view(POST, {}, async (page) => {
        await shown(page, "vallee");
        await page.emulateMedia({ media: "print" });
        const box = await page.locator('.prose img[src*="vallee"]').boundingBox();
        assert.ok(box.height > 100 && box.height <= 320, `${box.height}`);
      });
    });
  });
}
