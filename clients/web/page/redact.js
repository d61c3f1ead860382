import { words } from "./words/index.js";

/** What nobody looking over a shoulder should read. */
const SECRETS = new Set(["password", "token", "fields", "url"]);

/**
 * A frame's text for showing: indented, and without passwords, tokens and signed URLs.
 * @param {string} text
 * @returns {{ type: string, pretty: string }}
 */
export function redacted(text) {
  try {
    const frame = JSON.parse(text);
    const pretty = JSON.stringify(frame, (key, value) => (SECRETS.has(key) ? "•••" : value), 2);
    return { type: typeof frame?.type === "string" ? frame.type : words("frames.no_type"), pretty };
  } catch {
    return { type: words("frames.not_json"), pretty: text };
  }
}
