import { read, write } from "./notes.js";
import { cacheOf, currentRelease, download, has, keepOnly } from "./release.js";
import { ROOT, isPage, pathOf } from "./scope.js";

/** @import { Release } from "./release.js" */

/** With a release at hand nobody waits longer for the network. */
const PATIENCE_MS = 4_000;
const ACTIVE = "active";
/** The release before: windows that are open may still load files of it. */
const FORMER = "former";
const PAGE = new URL("index.html", ROOT);

/** Stores the web app. Without a list of its files there is no app without a network. */
export async function install() {
  try {
    await adopt(await currentRelease());
  } catch (error) {
    console.warn("The web app was not stored.", error);
  }
}

/**
 * Answers with the web app: the server's page, if its release can be had whole, or else that of
 * the last one that could. All other files are named after their content, so those of two releases
 * never mix.
 * @param {FetchEvent} event
 */
export function answer(event) {
  const { request } = event;
  const path = pathOf(request.url);
  if (request.method !== "GET" || path === null) return;
  if (request.mode !== "navigate") event.respondWith(file(request));
  else if (isPage(path)) event.respondWith(page(event));
}

/** @param {FetchEvent} event */
async function page(event) {
  const updated = update(event.request);
  event.waitUntil(updated.catch(() => {}));
  const patience = (await read(ACTIVE)) === null ? Infinity : PATIENCE_MS;
  const response = await within(updated, patience).catch(() => stored());
  return response ?? Response.error();
}

/**
 * The page as the server has it now. If that is just being published, or there is no list of its
 * files, it is that of before.
 * @param {Request} request
 */
async function update(request) {
  const [response, release] = await Promise.all([fetch(request), currentRelease().catch(nothing)]);
  if (!response.ok) throw new Error(`The page: ${response.status}`);
  if (release === null) return response;
  const isWhole = await adopt(release).then(() => has(response, release.files["index.html"]), no);
  if (!isWhole) return (await stored()) ?? response;
  // Its headers may be newer than those that were stored.
  await (await cacheOf(release.version)).put(PAGE, response.clone());
  return response;
}

async function stored() {
  return (await active())?.match(PAGE);
}

/** @param {Request} request */
async function file(request) {
  const found = (await (await active())?.match(request)) ?? (await caches.match(request));
  return found ?? fetch(request);
}

async function active() {
  const version = await read(ACTIVE);
  return version === null ? null : cacheOf(version);
}

/** @param {Release} release */
async function adopt(release) {
  const former = await read(ACTIVE);
  if (former === release.version) return;
  await download(release);
  if (former !== null) await write(FORMER, former);
  await write(ACTIVE, release.version);
  await clean();
}

/** Removes the releases but this one and the one before. */
export async function clean() {
  await keepOnly([(await read(ACTIVE)) ?? "", (await read(FORMER)) ?? ""]);
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
