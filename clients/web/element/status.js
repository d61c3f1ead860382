import { h } from "preact";

import { ParleyError } from "../src/index.js";

/** @import { Embed } from "./embed.js" */
/** @import { Texts } from "./texts.js" */

/** @typedef {{ text: string, button?: { text: string, act: () => void } }} Status */

/** Why a session ended, where there is more to say than that. */
const SPEAKING = new Set(["token_expired", "invalid_token"]);

/**
 * How the connection is, and why something is not shown.
 * @param {Embed} embed
 * @param {Texts} texts
 */
export function statusView(embed, texts) {
  const { text, button } = statusOf(embed, texts);
  const attributes = { class: "status", part: "status", role: "status", hidden: text === "" };
  return h(
    "div",
    attributes,
    h("span", {}, text),
    button &&
      h(
        "button",
        { type: "button", class: "quiet", part: "button", onClick: button.act },
        button.text,
      ),
  );
}

/**
 * @param {Embed} embed
 * @param {Texts} texts
 * @returns {Status}
 */
function statusOf({ signIn, chat, conversation, isOffline }, texts) {
  if (signIn.stage === "ended") return { text: endText(signIn.error, texts) };
  if (isOffline) {
    const text = texts.text(conversation ? "banner.offline_later" : "banner.offline");
    return { text, button: { text: texts.text("banner.try_now"), act: () => chat.wake() } };
  }
  if (signIn.stage === "entering" && !conversation)
    return { text: texts.text("banner.connecting") };
  const { error = null } = conversation?.timeline ?? {};
  if (!error || !conversation || signIn.stage !== "in") return { text: "" };
  const act = () => void conversation.timeline.load();
  const button = { text: texts.text("common.try_again"), act };
  return { text: texts.problem(error), ...(!conversation.isClosed && { button }) };
}

/**
 * @param {unknown} error
 * @param {Texts} texts
 */
export function endText(error, texts) {
  if (!(error instanceof ParleyError) || SPEAKING.has(error.code)) return texts.problem(error);
  return texts.text("login.signed_out");
}
