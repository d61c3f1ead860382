import { words } from "./words/index.js";

/**
 * A frame for showing: its type, and its text indented.
 * @param {string} text
 * @returns {{ type: string, pretty: string }}
 */
export function frameText(text) {
  try {
    const frame = JSON.parse(text);
    const type = typeof frame?.type === "string" ? frame.type : words("frames.no_type");
    return { type, pretty: JSON.stringify(frame, null, 2) };
  } catch {
    return { type: words("frames.not_json"), pretty: text };
  }
}
