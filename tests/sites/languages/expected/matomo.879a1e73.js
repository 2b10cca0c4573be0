// Matomo without cookies: its settings, then its script. No code stands in the page, so the policy needs no hash.
(() => {
  "use strict";
  const { url, site } = document.currentScript.dataset;
  const base = url.replace(/\/?$/, "/");
  window._paq = [["disableCookies"], ["trackPageView"], ["enableLinkTracking"], ["setTrackerUrl", `${base}matomo.php`], ["setSiteId", site]];
  const script = Object.assign(document.createElement("script"), { src: `${base}matomo.js`, async: true });
  document.head.append(script);
})();
