/** @type {ServiceWorkerGlobalScope} what the service worker is, and the windows that it serves */
export const worker = /** @type {any} */ (self);

/** The folder of the web app. */
export const ROOT = new URL(worker.registration.scope);

/**
 * The path of a file in the web app's folder; null if it is elsewhere.
 * @param {string} address
 */
export function pathOf(address) {
  const url = new URL(address);
  const isInside = url.origin === ROOT.origin && url.pathname.startsWith(ROOT.pathname);
  return isInside ? url.pathname.slice(ROOT.pathname.length) : null;
}

/** @param {string | null} path */
export function isPage(path) {
  return path === "" || path === "index.html";
}
