const NAME = "parley-notes";
const ADDRESS = "https://notes.invalid/";

/**
 * What the service worker remembers, since a browser ends it between two events: texts by key.
 * @param {string} key
 * @returns {Promise<string | null>}
 */
export async function read(key) {
  const notes = await caches.open(NAME);
  const found = await notes.match(ADDRESS + encodeURIComponent(key));
  return found ? found.text() : null;
}

/**
 * @param {string} key
 * @param {string} text
 */
export async function write(key, text) {
  const notes = await caches.open(NAME);
  await notes.put(ADDRESS + encodeURIComponent(key), new Response(text));
}
