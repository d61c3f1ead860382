import { h } from "preact";

import { fullDate, timeOf } from "./dates.js";
import { named } from "./finding/name-view.js";
import { profiles } from "./finding/profiles.js";
import { kindOf, summaryOf } from "./files.js";
import { nameAttributes } from "./mentions.js";
import { problemText } from "./problems.js";
import { reactionsView } from "./reactions.js";
import { hiddenAroundView } from "./spoken.js";
import { beginningOf } from "./text/characters.js";
import { lineOf } from "./system-lines.js";
import { contentElement } from "./text/content.js";
import { Lasting, Made, hiddenView, iconView, personAvatar } from "./views.js";
import { words } from "./words/index.js";

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
 *   onDay: (at: Date) => void,
 *   onUndo: (message: Message) => void,
 *   fileElement: (attachment: AttachmentRef) => HTMLElement,
 * }} Acts
 */

/** Of a quoted message, so much. */
const QUOTED = 140;

const MARKS = /** @type {const} */ ({
  received: null,
  sending: ["clock", "message.sending"],
  failed: ["alert", "message.failed"],
  stored: ["check", "message.stored"],
  read: ["checks", "message.read"],
});

/**
 * One row of the list of messages. A row that looks the same is the same object, and not drawn
 * again.
 * @param {Row} row
 * @param {Acts} acts
 */
export function lastingRow(row, acts) {
  return h(Lasting, { key: row.key, of: row, draw: () => rowView(row, acts) });
}

/**
 * @param {Row} row
 * @param {Acts} acts
 */
function rowView(row, acts) {
  if (row.kind === "day") return dayView(row, acts);
  if (row.kind === "unread")
    return h("li", { class: "unread-mark" }, h("span", {}, words("message.new")));
  if (row.kind === "system") {
    const text = () => lineOf(row.change, acts.me().userId, (person) => profiles.nameOf(person));
    return h("li", { class: "system small soft" }, h("span", {}, named(text)));
  }
  return messageView(row, acts);
}

/**
 * It leads to other days, for pointers: the keyboard reaches those in the panel of the search.
 * @param {{ name: string, at: Date }} row
 * @param {Acts} acts
 */
function dayView({ name, at }, { onDay }) {
  const attributes = {
    class: "day-button",
    type: "button",
    tabindex: "-1",
    title: words("search.day"),
    onclick: () => onDay(at),
  };
  return h("li", { class: "day" }, h("h3", {}, h("button", attributes, name)));
}

/**
 * @param {MessageRow} row
 * @param {Acts} acts
 */
function messageView(row, acts) {
  const { message, isOwn, opensRun, closesRun, state } = row;
  const kinds = ["message", isOwn ? "own" : "other", state];
  if (opensRun) kinds.push("opens");
  if (closesRun) kinds.push("closes");
  const author = h(
    "span",
    opensRun && !isOwn
      ? { class: "author", dir: "auto", ...nameAttributes(message.username) }
      : { class: "hidden-text", dir: "auto" },
    isOwn ? words("common.you") : named(() => profiles.nameOf(message)),
  );
  const isGone = Boolean(row.stored?.deletedAt) || row.isBeingDeleted;
  if (isGone) kinds.push("deleted");
  if (row.isPointedOut) kinds.push("pointed-out");
  return h(
    "li",
    { class: kinds.join(" "), ...(row.stored && { "data-id": row.stored.messageId }) },
    !isOwn && closesRun && personAvatar(message.username, message.userId),
    h(
      "div",
      { class: "line" },
      h(
        "div",
        { class: "bubble" },
        author,
        !isGone && row.quote && quoteView(row.quote, acts),
        !isGone && filesView(row.files, acts),
        isGone ? goneView(row, acts) : contentView(row, acts),
        named(() => metaView(row)),
      ),
      !isGone && row.stored && actionsButton(row.stored, acts),
    ),
    !isGone && named(() => reactionsView(row.stored, acts.me(), acts.onReact)),
    state === "failed" && failure(row, acts),
  );
}

/**
 * What was written stays as it is, with what is selected of it, while other things of it change.
 * @param {MessageRow} row
 * @param {Acts} acts
 */
function contentView(row, acts) {
  const { message, stored } = row;
  if (!message.content) return null;
  const of = JSON.stringify([message.content, stored?.mentions]);
  return h(Made, { of, make: () => contentElement(row, acts) });
}

/**
 * @param {readonly AttachmentRef[]} files
 * @param {Acts} acts
 */
function filesView(files, { fileElement }) {
  if (files.length === 0) return null;
  const pictures = files.filter(({ mediaType }) => kindOf(mediaType) === "picture");
  return h(
    "div",
    { class: pictures.length > 1 ? "attachments gallery" : "attachments" },
    ...files.map((file) => {
      const key = file.attachmentId;
      return h(Made, { key, of: key, make: () => fileElement(file) });
    }),
  );
}

/**
 * @param {MessageRow} row
 * @param {Acts} acts
 */
function goneView({ stored, isBeingDeleted }, { onUndo }) {
  const undo = () => stored && onUndo(stored);
  return h(
    "p",
    { class: "content gone" },
    words("message.deleted"),
    isBeingDeleted &&
      !stored?.deletedAt &&
      h("button", { class: "quiet undo", type: "button", onclick: undo }, words("message.undo")),
  );
}

/**
 * @param {Quote} quote
 * @param {Acts} acts
 */
function quoteView({ id, message }, { onQuote }) {
  return h(
    "button",
    { class: "quote small", type: "button", onclick: () => onQuote(id) },
    ...hiddenAroundView("message.in_reply_to", {
      name: h(
        "span",
        { class: "quote-author", dir: "auto" },
        message && named(() => profiles.nameOf(message)),
      ),
    }),
    h("span", { class: "quote-text", dir: "auto" }, quotedText(message)),
  );
}

/** @param {Message | null} message */
export function quotedText(message) {
  if (!message) return words("message.earlier");
  if (message.deletedAt) return words("message.deleted");
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
  const onclick = (/** @type {Event} */ { currentTarget }) =>
    onActions(message, /** @type {HTMLElement} */ (currentTarget));
  return h(
    "button",
    { ...attributes, onclick },
    iconView("more"),
    hiddenView(words("message.actions")),
  );
}

/** @param {MessageRow} row */
function metaView({ message, stored, state, readers }) {
  const mark = MARKS[state];
  const { at } = message;
  const attributes = { datetime: at.toISOString(), title: fullDate(at) };
  const time = h("time", attributes, timeOf(at));
  const says =
    mark &&
    (readers.length
      ? words("message.read_by", { names: readers.map((it) => profiles.nameOfUsername(it)) })
      : words(mark[1]));
  return h(
    "span",
    { class: "meta", ...(says && { title: says }) },
    stored?.editedAt &&
      !stored.deletedAt &&
      h("span", { class: "edited" }, words("message.edited")),
    state !== "sending" && state !== "failed" && time,
    mark && iconView(mark[0]),
    says && hiddenView(says),
  );
}

/**
 * @param {MessageRow} row
 * @param {Acts} acts
 */
function failure({ outgoing }, { onResend, onDiscard }) {
  if (!outgoing) return null;
  const button = (/** @type {string} */ text, /** @type {(outgoing: Outgoing) => void} */ act) =>
    h("button", { class: "quiet", type: "button", onclick: () => act(outgoing) }, text);
  return h(
    "div",
    { class: "failure small" },
    h("span", {}, outgoing.error ? problemText(outgoing.error) : words("message.not_sent")),
    button(words("common.try_again"), onResend),
    button(words("message.discard"), onDiscard),
  );
}
