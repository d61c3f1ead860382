import { byId, say } from "../dom.js";
import { FormDialog } from "../form-dialog.js";
import { requireOnline } from "../online.js";
import { words } from "../words/index.js";
import { avatars } from "./avatars.js";
import { PictureField } from "./picture-field.js";
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
  const picture = new PictureField();
  const dialog = new FormDialog("profile", async () => {
    requireOnline(chat);
    const { chosen } = picture;
    const displayName = nameIn(field.value);
    if (chosen === undefined) return profiles.note([await chat.setProfile({ displayName })]);
    const shown = await chat.setProfile({ displayName, picture: chosen });
    avatars.note([chosen ? { ...shown, picture: chosen } : shown]);
  });
  dialog.dialog.addEventListener("close", () => picture.close());
  return () => {
    const { userId = "", username = "" } = chat.user ?? {};
    field.value = profiles.displayNameOf(userId) ?? "";
    field.placeholder = username;
    const about = byId("profile-about", HTMLParagraphElement);
    say(about, words("profile.about", { username: `@${username}` }));
    picture.show({ userId, username }, profiles.pictureIdOf(userId) !== null);
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
