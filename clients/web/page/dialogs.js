import { byId, say } from "./dom.js";
import { FormDialog } from "./form-dialog.js";
import { requireOnline } from "./online.js";
import { namesIn } from "./people.js";
import { words } from "./words/index.js";

/** @import { Chat, Conversation } from "../src/index.js" */
/** @import { Entry } from "./entry.js" */

const TITLE_CHARACTERS = 128;
const PATIENCE_MS = 10_000;

/**
 * @param {Chat} chat
 * @param {(conversation: Conversation) => void} onCreated
 * @returns {() => void} opens it
 */
export function createDialog(chat, onCreated) {
  const title = byId("create-name", HTMLInputElement);
  const people = byId("create-people", HTMLInputElement);
  const dialog = new FormDialog("create", async () => {
    const kind = kindOf(dialog.form);
    const members = namesIn(people.value);
    if (kind === "direct" && members.length !== 1) {
      throw new Error(words("create.one_person"));
    }
    requireOnline(chat);
    const named = kind === "group" && title.value.trim() ? { title: titleIn(title.value) } : {};
    onCreated(await chat.createConversation({ kind, members, ...named }));
  });
  dialog.form.addEventListener("change", () => showKind(kindOf(dialog.form)));
  return () => {
    dialog.form.reset();
    showKind("group");
    dialog.open();
  };
}

/**
 * @param {Chat} chat
 * @param {() => Entry | null} current
 * @returns {() => void} opens it
 */
export function titleDialog(chat, current) {
  const text = byId("title-text", HTMLInputElement);
  const dialog = new FormDialog("title", async () => {
    requireOnline(chat);
    const entry = current();
    if (entry) await chat.setTitle(entry.id, titleIn(text.value));
  });
  return () => {
    text.value = current()?.title ?? "";
    dialog.open();
  };
}

/**
 * @param {Chat} chat
 * @param {() => string | null} current
 * @returns {() => void} opens it
 */
export function leaveDialog(chat, current) {
  const dialog = new FormDialog("leave", async () => {
    requireOnline(chat);
    const id = current();
    if (id !== null) await chat.leaveConversation(id);
  });
  return () => dialog.open();
}

/**
 * @param {Chat} chat
 * @param {{ hasUnsent: () => boolean, onHere: () => Promise<void> }} page
 * @returns {() => void} opens it
 */
export function signOutDialog(chat, { hasUnsent, onHere }) {
  const dialog = new FormDialog("sign-out", async (choice) => {
    if (choice !== "everywhere") return onHere();
    requireOnline(chat);
    await chat.signOut({ signal: AbortSignal.timeout(PATIENCE_MS) });
  });
  return () => {
    byId("sign-out-unsent", HTMLParagraphElement).hidden = !hasUnsent();
    dialog.open();
  };
}

/**
 * Counted as the service does. `maxlength` counts halves of emoji, and cuts between them.
 * @param {string} text
 */
function titleIn(text) {
  const title = text.trim();
  if ([...title].length <= TITLE_CHARACTERS) return title;
  throw new Error(words("title.too_long", { count: TITLE_CHARACTERS }));
}

/** @param {HTMLFormElement} form */
function kindOf(form) {
  return new FormData(form).get("kind") === "direct" ? "direct" : "group";
}

/** @param {"group" | "direct"} kind */
function showKind(kind) {
  byId("create-name-field", HTMLLabelElement).hidden = kind === "direct";
  const isDirect = kind === "direct";
  const label = words(isDirect ? "create.person" : "create.people");
  say(byId("create-people-label", HTMLSpanElement), label);
  const people = byId("create-people", HTMLInputElement);
  people.placeholder = words(isDirect ? "people.username" : "people.usernames");
}
