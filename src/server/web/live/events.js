// The connection to the server, and what each of its events does.

let events = null;
let retry = null;

const disconnect = () => {
  clearTimeout(retry);
  events?.close();
};

const connect = () => {
  disconnect();
  events = new EventSource(`/.pingmark/events?${new URLSearchParams({ page, tag })}`);
  const on = (name, act) => events.addEventListener(name, (event) => act(JSON.parse(event.data)));
  // First on every connection: the state as it is now.
  on("hello", (state) => {
    const missed = build !== null && state.build !== build;
    build = state.build;
    if (page) showProblems(state.problems);
    if (missed) follow(null);
    else if (state.stale) refresh();
  });
  on("changed", (state) => {
    build = state.build;
    hideProblems();
    follow(state.paths);
  });
  on("problems", (state) => {
    // Where no build has succeeded yet, the page itself lists the errors.
    if (page) showProblems(state.problems);
    else location.reload();
  });
  // The server was stopped: try again until it is back.
  events.addEventListener("error", () => {
    events.close();
    retry = setTimeout(connect, 500);
  });
};

// Browsers allow six connections to a server: hidden tabs give theirs back, and catch up when they are shown.
const onVisibility = () => (document.visibilityState === "visible" ? connect() : disconnect());
document.addEventListener("visibilitychange", onVisibility);
addEventListener("pagehide", () => events?.close());
addEventListener("pageshow", (event) => event.persisted && onVisibility());
onVisibility();
