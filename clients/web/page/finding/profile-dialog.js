import { byId, say } from "../dom.js";
import { FormDialog } from "../form-dialog.js";
import { requireOnline } from "../online.js";
import { words } from "../words/index.js";
import { profiles } from "./profiles.js";

/** @import { Chat } from "../../src/index.js" */

/** As many characters as the service takes. */
const MOST = 64;

/**
 * In which the user says how others see them.
 * @param {Chat} chat
 * @returns {() => void} opens it
 */
export function profileDialog(chat) {
  const field = byId("profile-name", HTMLInputElement);
  const dialog = new FormDialog("profile", async () => {
    requireOnline(chat);
    profiles.note([await chat.setProfile({ displayName: nameIn(field.value) })]);
  });
  return () => {
    const { userId = "", username = "" } = chat.user ?? {};
    field.value = profiles.displayNameOf(userId) ?? "";
    field.placeholder = username;
    const about = byId("profile-about", HTMLParagraphElement);
    say(about, words("profile.about", { username: `@${username}` }));
    dialog.open();
  };
}

/**
 * Counted as the service does.
 * @param {string} text
 * @returns {string | null} null if there is none
 */
function nameIn(text) {
  const name = text.normalize("NFC").trim();
  if ([...name].length > MOST) throw new Error(words("profile.too_long", { count: MOST }));
  return name || null;
}
