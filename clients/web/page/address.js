/** Where the service is and what is shown first, as the page's own address says. */

const LOCAL = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * The socket's address: `?url=` where that is safe, or the page's meta tag `parley-url`, or
 * /ws/chat on the page's own host.
 * @param {URL} page
 * @param {string | null | undefined} meta
 */
export function socketAddress(page, meta) {
  const scheme = page.protocol === "https:" ? "wss:" : "ws:";
  return safeParameter(page) || meta || `${scheme}//${page.host}/ws/chat`;
}

/**
 * Anybody can make a link. On a page that is not on the reader's own machine, one that names a
 * foreign service would have them type their password for that service's owner.
 * @param {URL} page
 */
function safeParameter(page) {
  const given = page.searchParams.get("url");
  if (!given || !URL.canParse(given)) return null;
  return isLocal(page) || new URL(given).host === page.host ? given : null;
}

/**
 * The conversation that is shown where the service has no list of conversations.
 * @param {URL} page
 */
export function defaultConversation(page) {
  return page.searchParams.get("conversation") || "general";
}

/**
 * Whether this is somebody's own machine, where the demo users live.
 * @param {URL} page
 */
export function isLocal(page) {
  return LOCAL.has(page.hostname);
}

/**
 * The conversation in the fragment: what is open survives a reload, and Back leads to the list.
 * @param {string} hash
 */
export function conversationIn(hash) {
  const [id = ""] = hash.startsWith("#/") ? hash.slice(2).split("/") : [];
  return id ? decoded(id) : null;
}

/**
 * The message that a link leads to.
 * @param {string} hash
 */
export function messageIn(hash) {
  const [, id] = hash.startsWith("#/") ? hash.slice(2).split("/") : [];
  return id ? decoded(id) : null;
}

/**
 * People type addresses, and cut them: what decodes to nothing stands for itself.
 * @param {string} text
 */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * @param {string | null} conversationId
 * @param {string} [messageId]
 */
export function hashOf(conversationId, messageId) {
  if (conversationId === null) return "#";
  const parts = [conversationId, ...(messageId ? [messageId] : [])];
  return `#/${parts.map(encodeURIComponent).join("/")}`;
}
