import { personAvatar } from "./avatar.js";
import { fullDate, timeOf } from "./dates.js";
import { element, hiddenText, icon } from "./dom.js";
import { nameAttributes } from "./finding/name-menu.js";
import { summaryOf } from "./files.js";
import { reactionsElement } from "./reactions.js";
import { beginningOf } from "./text/characters.js";
import { contentElement } from "./text/content.js";

/** @import { AttachmentRef, Message, Outgoing, User } from "../src/index.js" */
/** @import { MessageRow, Quote, Row } from "./rows.js" */

/**
 * @typedef {{
 *   me: () => User,
 *   isName: (name: string) => boolean,
 *   onResend: (outgoing: Outgoing) => void,
 *   onDiscard: (outgoing: Outgoing) => void,
 *   onActions: (message: Message, button: HTMLElement) => void,
 *   onReact: (message: Message, reaction: string) => void,
 *   onQuote: (messageId: string) => void,
 *   onUndo: (message: Message) => void,
 *   filesOf: (attachments: readonly AttachmentRef[]) => HTMLElement | null,
 * }} Acts
 */

/** Of a quoted message, so much. */
const QUOTED = 140;

/** @type {Record<MessageRow["state"], [icon: string, says: string] | null>} */
const MARKS = {
  received: null,
  sending: ["clock", "Being sent"],
  failed: ["alert", "Not sent"],
  stored: ["check", "Sent"],
  read: ["checks", "Read"],
};

/**
 * One row of the list of messages.
 * @param {Row} row
 * @param {Acts} acts
 */
export function rowElement(row, acts) {
  if (row.kind === "day") return element("li", { class: "day" }, element("h3", {}, row.name));
  if (row.kind === "unread")
    return element("li", { class: "unread-mark" }, element("span", {}, "New messages"));
  if (row.kind === "system")
    return element(
      "li",
      { class: "system small soft" },
      element("span", { dir: "auto" }, row.text),
    );
  return messageElement(row, acts);
}

/**
 * @param {MessageRow} row
 * @param {Acts} acts
 */
function messageElement(row, acts) {
  const { message, isOwn, opensRun, closesRun, state } = row;
  const kinds = ["message", isOwn ? "own" : "other", state];
  if (opensRun) kinds.push("opens");
  if (closesRun) kinds.push("closes");
  const author = element(
    "span",
    opensRun && !isOwn
      ? { class: "author", dir: "auto", ...nameAttributes(message.username) }
      : { class: "hidden-text", dir: "auto" },
    isOwn ? "You" : message.username,
  );
  const isGone = Boolean(row.stored?.deleted_at) || row.isBeingDeleted;
  if (isGone) kinds.push("deleted");
  return element(
    "li",
    { class: kinds.join(" "), ...(row.stored && { "data-id": row.stored.message_id }) },
    !isOwn && closesRun && personAvatar(message.username),
    element(
      "div",
      { class: "line" },
      element(
        "div",
        { class: "bubble" },
        author,
        !isGone && row.quote && quoteElement(row.quote, acts),
        !isGone && acts.filesOf(row.files),
        isGone ? goneElement(row, acts) : row.message.content && contentElement(row, acts),
        metaElement(row),
      ),
      !isGone && row.stored && actionsButton(row.stored, acts),
    ),
    !isGone && reactionsElement(row.stored, acts.me(), acts.onReact),
    state === "failed" && failure(row, acts),
  );
}

/**
 * @param {MessageRow} row
 * @param {Acts} acts
 */
function goneElement({ stored, isBeingDeleted }, { onUndo }) {
  const undo = () => stored && onUndo(stored);
  return element(
    "p",
    { class: "content gone" },
    "Message deleted",
    isBeingDeleted &&
      !stored?.deleted_at &&
      element("button", { class: "quiet undo", type: "button", onclick: undo }, "Undo"),
  );
}

/**
 * @param {Quote} quote
 * @param {Acts} acts
 */
function quoteElement({ id, message }, { onQuote }) {
  return element(
    "button",
    { class: "quote small", type: "button", onclick: () => onQuote(id) },
    hiddenText("In reply to "),
    element("span", { class: "quote-author", dir: "auto" }, message?.username ?? ""),
    element("span", { class: "quote-text", dir: "auto" }, quotedText(message)),
  );
}

/** @param {Message | null} message */
export function quotedText(message) {
  if (!message) return "An earlier message";
  if (message.deleted_at) return "Message deleted";
  return beginningOf(summaryOf(message).replace(/\s+/g, " "), QUOTED);
}

/**
 * The arrow keys lead from one message's button to the next one's; Tab reaches the last.
 * @param {Message} message
 * @param {Acts} acts
 */
function actionsButton(message, { onActions }) {
  const attributes = {
    class: "icon-button actions",
    type: "button",
    tabindex: "-1",
    "aria-haspopup": "menu",
    "aria-expanded": "false",
  };
  const button = element("button", attributes, icon("more"), hiddenText("Actions of the message"));
  button.addEventListener("click", () => onActions(message, button));
  return button;
}

/** @param {MessageRow} row */
function metaElement({ message, stored, state, readers }) {
  const mark = MARKS[state];
  const { at } = message;
  const attributes = { datetime: at.toISOString(), title: fullDate(at) };
  const time = element("time", attributes, timeOf(at));
  const says = mark && (readers.length ? `Read by ${readers.join(", ")}` : mark[1]);
  return element(
    "span",
    { class: "meta", ...(says && { title: says }) },
    stored?.edited_at && !stored.deleted_at && element("span", { class: "edited" }, "edited"),
    state !== "sending" && state !== "failed" && time,
    mark && icon(mark[0]),
    says && hiddenText(says),
  );
}

/**
 * @param {MessageRow} row
 * @param {Acts} acts
 */
function failure({ outgoing }, { onResend, onDiscard }) {
  if (!outgoing) return null;
  const button = (/** @type {string} */ text, /** @type {(outgoing: Outgoing) => void} */ act) =>
    element("button", { class: "quiet", type: "button", onclick: () => act(outgoing) }, text);
  return element(
    "div",
    { class: "failure small" },
    element("span", {}, outgoing.error?.message ?? "It was not sent."),
    button("Try again", onResend),
    button("Discard", onDiscard),
  );
}
