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
