//! The scripts, styles and pages that the server itself brings, compiled into the program.

/// Script of live reload, added to every page under `serve --watch`.
///
/// One classic script in a scope of its own: it runs beside the scripts of the site, costs a page
/// one request, and reads its page's address from its own tag, which a module cannot.
pub(super) const LIVE_SCRIPT: &str = concat!(
    "// Keeps an open page equal to what was saved. `pingmark serve --watch` adds it; nothing of it is published.\n",
    "(() => {\n\"use strict\";\n\n",
    include_str!("web/live/page.js"),
    include_str!("web/live/patch.js"),
    include_str!("web/live/swap.js"),
    include_str!("web/live/changes.js"),
    include_str!("web/live/overlay.js"),
    include_str!("web/live/events.js"),
    "})();\n",
);

/// Style of the banner and of the error page.
pub(super) const LIVE_STYLE: &str = include_str!("web/live/live.css");

/// Page of the dashboard, with `{title}`, `{lang}` and `{token}` to be filled in.
pub(super) const DASHBOARD: &str = include_str!("web/dashboard/dashboard.html");

/// Names of the modules and styles of the dashboard, relative to its address, and their texts.
pub(super) const DASHBOARD_FILES: [(&str, &str); 17] = [
    ("api.js", include_str!("web/dashboard/api.js")),
    ("calendar.js", include_str!("web/dashboard/calendar.js")),
    ("dashboard.css", include_str!("web/dashboard/dashboard.css")),
    ("dashboard.js", include_str!("web/dashboard/dashboard.js")),
    ("dom.js", include_str!("web/dashboard/dom.js")),
    ("mentions.js", include_str!("web/dashboard/mentions.js")),
    ("post.js", include_str!("web/dashboard/post.js")),
    ("posts.js", include_str!("web/dashboard/posts.js")),
    ("preview.js", include_str!("web/dashboard/preview.js")),
    ("previews.css", include_str!("web/dashboard/previews.css")),
    ("problems.js", include_str!("web/dashboard/problems.js")),
    ("share.js", include_str!("web/dashboard/share.js")),
    ("variant.js", include_str!("web/dashboard/variant.js")),
    ("words.js", include_str!("web/dashboard/words.js")),
    ("words/en.js", include_str!("web/dashboard/words/en.js")),
    ("words/fr.js", include_str!("web/dashboard/words/fr.js")),
    ("words/problems-fr.js", include_str!("web/dashboard/words/problems-fr.js")),
];
