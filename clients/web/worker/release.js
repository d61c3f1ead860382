import { ROOT } from "./scope.js";

/**
 * All files of the web app, with their SHA-256, as the server has them now.
 * @typedef {{ version: string, files: Record<string, string> }} Release
 */

const FILE = "release.json";
const PREFIX = "parley-release ";

/** @returns {Promise<Release>} */
export async function currentRelease() {
  const response = await fetch(new URL(FILE, ROOT), { cache: "no-store" });
  if (!response.ok) throw new Error(`${FILE}: ${response.status}`);
  return response.json();
}

/** @param {string} version */
export function cacheOf(version) {
  return caches.open(PREFIX + version);
}

/** @param {readonly string[]} versions those that are still wanted */
export async function keepOnly(versions) {
  for (const name of await caches.keys()) {
    const isRelease = name.startsWith(PREFIX);
    if (isRelease && !versions.includes(name.slice(PREFIX.length))) await caches.delete(name);
  }
}

/**
 * Stores a whole release: all of its files, each checked, or it fails. What is as it was is not
 * loaded again.
 * @param {Release} release
 */
export async function download({ version, files }) {
  const cache = await cacheOf(version);
  const load = async (/** @type {[string, string]} */ [path, digest]) => {
    const url = new URL(path, ROOT);
    const kept = await caches.match(url);
    const response = kept && (await has(kept, digest)) ? kept : await fresh(url);
    if (!(await has(response, digest))) throw new Error(`${path} is of another release.`);
    await cache.put(url, response);
  };
  await Promise.all(Object.entries(files).map(load));
}

/** @param {URL} url */
async function fresh(url) {
  const response = await fetch(url, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`);
  return response;
}

/**
 * @param {Response} response
 * @param {string | undefined} digest
 */
export async function has(response, digest) {
  const bytes = await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer());
  const hex = Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("") === digest;
}
