// The errors of a build that failed, over the page as it was last built.

// A constructed sheet works under a Content-Security-Policy that forbids inline styles.
const overlayStyle = new CSSStyleSheet();
overlayStyle.replaceSync(`
  :host { all: initial; }
  section {
    position: fixed; inset: auto 0 0 0; z-index: 2147483647; max-height: 70vh; overflow: auto;
    box-sizing: border-box; padding: 1rem 1.25rem 1.25rem; border-top: 4px solid #ff9b8f;
    background: #1b1b1f; color: #ececf1; font: 1rem/1.5 system-ui, sans-serif;
  }
  header { display: flex; gap: 1rem; align-items: baseline; justify-content: space-between; }
  h2 { margin: 0; color: #ff9b8f; font-size: 1.1rem; }
  p { margin: 0.25rem 0 0.75rem; }
  pre {
    overflow: auto; margin: 0 0 0.75rem; padding: 0.75rem 1rem; border-left: 3px solid #ff9b8f;
    background: #26262c; font: 0.875rem/1.45 ui-monospace, monospace; white-space: pre; tab-size: 4;
  }
  button {
    font: inherit; padding: 0.15rem 0.75rem; border: 1px solid #8a8a94; border-radius: 0.3rem;
    background: none; color: inherit; cursor: pointer;
  }
  @media print { section { display: none; } }`);

let overlay = null;
const element = (name, text) => Object.assign(document.createElement(name), { textContent: text || "" });

const hideProblems = () => {
  overlay?.remove();
  overlay = null;
};

const showProblems = (problems) => {
  hideProblems();
  if (!problems || problems.length === 0) return;
  overlay = document.createElement("pingmark-problems");
  const root = overlay.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [overlayStyle];
  const section = root.appendChild(element("section"));
  section.lang = "en";
  section.setAttribute("role", "alert");
  const header = section.appendChild(element("header"));
  header.append(element("h2", "The site cannot be built"));
  const button = header.appendChild(element("button", "Hide"));
  button.addEventListener("click", hideProblems);
  section.append(element("p", "Behind this panel is the last page that could be built. It closes once the errors are fixed."));
  for (const problem of problems) {
    const text = section.appendChild(element("pre", problem));
    text.tabIndex = 0;
  }
  document.documentElement.append(overlay);
};

addEventListener("keydown", (event) => event.key === "Escape" && hideProblems());
