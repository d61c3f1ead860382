/** @import { Emitter } from "./emitter.js" */
/** @import { Events } from "./events.js" */
/** @import { Clock } from "./options.js" */

/**
 * What gives access to its readers: credentials, where to upload and download, and what a
 * browser is notified with.
 */
const SECRETS = new Set(["password", "token", "url", "fields", "subscription"]);
const HIDDEN = "•••";

/**
 * Emits the event of a frame, if anybody listens.
 * @param {{ events: Emitter<Events>, clock: Clock }} session
 * @param {"in" | "out"} direction
 * @param {string} text
 */
export function logFrame({ events, clock }, direction, text) {
  if (!events.has("frame")) return;
  events.emit("frame", { direction, text: withoutSecrets(text), at: clock.now() });
}

/**
 * The text of a frame without its secrets, at any depth. Without a secret it is the text as it is.
 * @param {string} text
 */
export function withoutSecrets(text) {
  let hasSecrets = false;
  const hide = (/** @type {string} */ name, /** @type {unknown} */ value) => {
    if (!SECRETS.has(name)) return value;
    hasSecrets = true;
    return HIDDEN;
  };
  try {
    const hidden = JSON.stringify(JSON.parse(text), hide);
    return hasSecrets ? hidden : text;
  } catch {
    return text;
  }
}
