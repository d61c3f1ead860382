import { keys, read, remove, write } from "./notes.js";
import { cacheOf, currentRelease, deleteReleases, download, has } from "./release.js";
import { ROOT, isPage, pathOf, worker } from "./scope.js";

/** @import { Release } from "./release.js" */

/** With a release at hand nobody waits longer for the network. */
const PATIENCE_MS = 4_000;
/** A window that is just being opened is not listed yet. */
const OPENING_MS = 60_000;
const ACTIVE = "active";
const WINDOW = "window ";

/** @type {Map<string, string>} version by window */
const windows = new Map();

/** Stores the web app. Without a list of its files there is no app without a network. */
export async function install() {
  try {
    await adopt(await currentRelease());
  } catch (error) {
    console.warn("The web app was not stored.", error);
  }
}

/**
 * Answers with the web app. A window gets all of its files from one release: the server's, if that
 * can be had whole, or else the last one that could.
 * @param {FetchEvent} event
 */
export function answer(event) {
  const { request, clientId, resultingClientId } = event;
  const path = pathOf(request.url);
  if (request.method !== "GET" || path === null) return;
  if (request.mode !== "navigate") {
    if (clientId) event.respondWith(file(request, path, clientId));
  } else if (isPage(path)) event.respondWith(page(event, resultingClientId));
}

/**
 * @param {FetchEvent} event
 * @param {string} window
 */
async function page(event, window) {
  const updated = update(event.request);
  event.waitUntil(updated.catch(() => {}));
  const active = await read(ACTIVE);
  const patience = active === null ? Infinity : PATIENCE_MS;
  const { version, response } = await within(updated, patience).catch(() => stored());
  if (version !== null) await note(window, version);
  return response ?? Response.error();
}

/**
 * The page as the server has it now, and its release. If that is just being published, or there
 * is no list of its files, the release is that of before.
 * @param {Request} request
 */
async function update(request) {
  const [response, release] = await Promise.all([fetch(request), currentRelease().catch(nothing)]);
  if (!response.ok) throw new Error(`The page: ${response.status}`);
  if (release === null) return { version: null, response };
  const isWhole = await adopt(release).then(() => has(response, release.files["index.html"]), no);
  if (!isWhole) return storedOr(response);
  // Its headers may be newer than those that were stored.
  await (await cacheOf(release.version)).put(new URL("index.html", ROOT), response.clone());
  return { version: release.version, response };
}

/** @param {Response} response */
async function storedOr(response) {
  const found = await stored();
  return found.response ? found : { version: null, response };
}

async function stored() {
  const version = await read(ACTIVE);
  if (version === null) return { version, response: undefined };
  const cache = await cacheOf(version);
  return { version, response: await cache.match(new URL("index.html", ROOT)) };
}

/**
 * @param {Request} request
 * @param {string} path
 * @param {string} window
 */
async function file(request, path, window) {
  const version = windows.get(window) ?? (await noted(window))?.version;
  const cache = version === undefined ? null : await cacheOf(version);
  return (await cache?.match(new URL(path, ROOT))) ?? fetch(request);
}

/** @param {Release} release */
async function adopt(release) {
  const active = await read(ACTIVE);
  if (active === release.version) return;
  await download(release, active);
  await write(ACTIVE, release.version);
  await clean();
}

/** Removes the releases that no window uses any more. */
export async function clean() {
  const all = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = new Set(all.map(({ id }) => id));
  const wanted = new Set([(await read(ACTIVE)) ?? ""]);
  for (const key of (await keys()).filter((it) => it.startsWith(WINDOW))) {
    const window = key.slice(WINDOW.length);
    const { version = "", at = 0 } = (await noted(window)) ?? {};
    if (open.has(window) || Date.now() - at < OPENING_MS) wanted.add(version);
    else await remove(key);
  }
  await deleteReleases(wanted);
}

/**
 * @param {string} window
 * @param {string} version
 */
async function note(window, version) {
  windows.set(window, version);
  await write(WINDOW + window, JSON.stringify({ version, at: Date.now() }));
}

/**
 * @param {string} window
 * @returns {Promise<{ version: string, at: number } | null>}
 */
async function noted(window) {
  return JSON.parse((await read(WINDOW + window)) ?? "null");
}

/**
 * @template Value
 * @param {Promise<Value>} promise
 * @param {number} ms
 * @returns {Promise<Value>}
 */
function within(promise, ms) {
  if (ms === Infinity) return promise;
  return new Promise((resolve, reject) => {
    setTimeout(() => reject(new Error("The network is slow.")), ms);
    promise.then(resolve, reject);
  });
}

function nothing() {
  return null;
}

function no() {
  return false;
}
