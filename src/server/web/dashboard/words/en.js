// The words of the dashboard in English, for blogs in every language but French.

export const EN = {
  // Frame
  posts: "Posts", mentions: "Mentions", calendar: "Calendar",
  site: "View site", scheme: "Light or dark",
  gone: "The server is not responding.", updated: "Up to date.",
  colon: ": ",

  // Posts
  find: "Find a post",
  title: "Title", date: "Date", state: "Status", problems: "Problems", cited: "Cited",
  published: "published", scheduled: "scheduled", draft: "draft", expired: "expired",
  none: "No problems.",

  // One post
  back: "All posts",
  search: "In search results", networks: "On social networks",
  preview: "Preview", text: "Text for", part: "part",
  copy: "Copy", copied: "Copied", again: "Reset",
  cites: "Cites", nothing: "Nothing yet.",
  citedBy: "Cited by", nobody: "Nobody yet.",

  // Mentions
  waiting: "Pending mentions", noMentions: "No pending mentions.", on: "on",
  approve: "Approve", reject: "Reject", spam: "Spam", block: "Block domain",
  done: { approve: "Approved", reject: "Rejected", spam: "Marked as spam", block: "Domain blocked" },
  told: "Told others", nextTry: "next try",
  states: {
    sent: "told", none: "wants no pings", refused: "refused", retry: "to be tried again", unsure: "unsure",
    withdrawn: "withdrawn",
  },
  // Their own names are English.
  kinds: {},

  // Calendar
  days7: ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
  before: "Previous month", after: "Next month", free: "free slot",
  undated: "Undated drafts", double: "On the same day",
  gaps: "Gaps", days: "days between", and: "and",

  // What is wrong with the text of a share
  troubles: {
    "too-long": ({ part, parts, count, most }) =>
      `${parts > 1 ? `Part ${part}` : "The text"} counts as ${count} characters; the limit is ${most}.`,
    "too-many-bytes": ({ part, parts, count, most }) =>
      `${parts > 1 ? `Part ${part}` : "The text"} has ${count} bytes; the limit is ${most}.`,
    "too-many-hashtags": ({ count, most }) => `${count} hashtags are too many; ${most} are enough.`,
    "too-many-links": ({ count, most }) => `${count} links are too many; the limit is ${most}.`,
    "missing-image": () => "An image is needed, and there is none.",
    "missing-alt-text": () => "The image has no alt text.",
  },

  // Diagnostics come in English.
  diagnostics: {},
};
