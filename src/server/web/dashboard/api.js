// Requests to the server that this page came from.

const BASE = "/__pingmark/";
// New at each run of the server. No other site can read it, and an action without it is refused.
const token = document.querySelector("meta[name=pingmark-token]").content;

/** The answer to `posts.json`, `post.json?slug=…` and so on; throws the server's reason if there is none. */
export const get = async (path) => {
  const answer = await fetch(BASE + path, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error((await answer.json()).error);
  return answer.json();
};

/** Approves, rejects, marks as spam or blocks a mention, named by its file. Gives `{ done }` or `{ error }`. */
export const act = async (action, path) => {
  const answer = await fetch(`${BASE}mention`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-pingmark-token": token },
    body: JSON.stringify({ action, id: path }),
  });
  return answer.json();
};

/** Calls `onBuild` after each build, `onProblems` with the errors of one that failed. Silent without `--watch`. */
export const follow = ({ onBuild, onProblems }) => {
  const events = new EventSource("/.pingmark/events?page=%2F__pingmark%2F&tag=");
  events.addEventListener("changed", onBuild);
  events.addEventListener("problems", (event) => onProblems(JSON.parse(event.data).problems));
};
