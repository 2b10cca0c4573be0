// For `serve`, which leaves file names unchanged: the fonts that fonts.css declares for a build.
for (const { href } of document.querySelectorAll("link[as=font]")) {
  const [, name, italic] = /(\w+)(-italic)?\.woff2$/.exec(href);
  const style = italic ? { style: "italic" } : { weight: "400 700" };
  const font = new FontFace(name === "sans" ? "Plume Sans" : "Plume Serif", `url(${href})`, style);
  document.fonts.add(font);
  font.load();
}
