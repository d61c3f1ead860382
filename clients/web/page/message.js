import { personAvatar } from "./avatar.js";
import { timeOf } from "./dates.js";
import { element, hiddenText, icon } from "./dom.js";

/** @import { Outgoing } from "../src/index.js" */
/** @import { MessageRow, Row } from "./rows.js" */

/**
 * @typedef {{ onResend: (outgoing: Outgoing) => void, onDiscard: (outgoing: Outgoing) => void }} Acts
 */

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
    { class: opensRun && !isOwn ? "author" : "hidden-text", dir: "auto" },
    isOwn ? "You" : message.username,
  );
  const text = element("p", { class: "content", dir: "auto" }, message.content);
  return element(
    "li",
    { class: kinds.join(" ") },
    !isOwn && closesRun && personAvatar(message.username),
    element("div", { class: "bubble" }, author, text, metaElement(row)),
    state === "failed" && failure(row, acts),
  );
}

/** @param {MessageRow} row */
function metaElement({ message, state, readers }) {
  const mark = MARKS[state];
  const time = element("time", { datetime: message.at.toISOString() }, timeOf(message.at));
  const says = mark && (readers.length ? `Read by ${readers.join(", ")}` : mark[1]);
  return element(
    "span",
    { class: "meta", ...(says && { title: says }) },
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
