import { element, icon } from "./dom.js";
import { beginningOf } from "./text/characters.js";

const HUES = 8;

/**
 * A round mark of a person; decoration, beside their name.
 * @param {string} name
 */
export function personAvatar(name) {
  const initial = beginningOf(name.trim(), 1) || "?";
  const attributes = { class: "avatar", "data-hue": hueOf(name), "aria-hidden": "true" };
  return element("span", attributes, initial.toUpperCase());
}

/**
 * @param {{ kind: "group" | "direct" }} conversation
 * @param {string} name
 */
export function conversationAvatar({ kind }, name) {
  if (kind === "direct") return personAvatar(name);
  const attributes = { class: "avatar square", "data-hue": hueOf(name), "aria-hidden": "true" };
  return element("span", attributes, icon("group"));
}

/**
 * An avatar with a dot: full if its person is online, a ring if not.
 * @param {HTMLElement} avatar
 * @param {boolean} isOnline
 */
export function withPresence(avatar, isOnline) {
  return element("span", { class: isOnline ? "presence online" : "presence" }, avatar);
}

/**
 * One of a few hues, always the same for the same name.
 * @param {string} name
 */
function hueOf(name) {
  let sum = 7;
  for (const character of name) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
  return String(sum % HUES);
}
