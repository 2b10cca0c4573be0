// Screenshots for README.md: home page and a post of the example site, light and dark, on desktop
// and phone, and the home page in Gazette. Replaces everything in .github/screenshots/.
//
//     cargo build && cd tests/browser && npm ci && node screenshots.js

import { mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { publish } from "./published.js";
import { ROOT, launch } from "./site.js";

const FOLDER = join(ROOT, ".github", "screenshots");
const POST = "/posts/montrer-sans-laisser-entrer/";
const VIEWS = { desk: { width: 1280, height: 800 }, phone: { width: 390, height: 800 } };
/** Largest screenshot in bytes. */
const MAX_SIZE = 150_000;

await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
const browser = await launch();
for (const theme of ["plume", "gazette"]) {
  const site = await publish(theme);
  const pages = theme === "plume" ? { home: "/", post: POST } : { gazette: "/" };
  for (const [name, path] of Object.entries(pages)) {
    for (const [place, viewport] of Object.entries(VIEWS)) {
      for (const colorScheme of ["light", "dark"]) {
        if (name === "gazette" && (place === "desk") !== (colorScheme === "light")) continue;
        const page = await browser.newPage({ viewport, colorScheme, reducedMotion: "reduce" });
        await page.goto(site.url + path, { waitUntil: "networkidle" });
        // Fonts that come late are not shown on a first visit.
        await page.reload({ waitUntil: "networkidle" });
        const file = join(FOLDER, `${name}-${place}-${colorScheme}.png`);
        await page.screenshot({ path: file });
        await page.close();
        const { size } = await stat(file);
        console.log(`${file}: ${Math.round(size / 1000)} kB`);
        if (size > MAX_SIZE) throw new Error(`${file} is too large for a README`);
      }
    }
  }
  await site.close();
}
await browser.close();
