import { plainText } from "../page/text/plain.js";
import EN from "../page/words/en.js";
import { Translator } from "../page/words/translator.js";
import { read } from "./notes.js";

/**
 * What the service pushes for a message. How much of it is there, the operator decides.
 * @typedef {{
 *   type: "message", conversation_id: string, seq: number, count?: number, title: string,
 *   body?: string, sender_name?: string,
 * }} MessagePush
 */

/** @typedef {{ type: "read", conversation_id: string, up_to_seq: number }} ReadPush */

/** In the language of the person, which the page left in the notes; in English if it did not. */
export async function translator() {
  try {
    const { locale, words } = JSON.parse((await read("words")) ?? "");
    return new Translator(locale, { ...EN, ...words });
  } catch {
    return new Translator("en", EN);
  }
}

/**
 * What a notification says.
 * @param {MessagePush} push
 * @param {Translator} translator
 */
export function textOf({ title, body: content = "", sender_name: name, count = 1 }, translator) {
  const body = plainText(content);
  const isDirect = name === title;
  const says = body && name && !isDirect ? translator.text("push.by", { name, text: body }) : body;
  const more = count > 1 ? translator.text("push.new_messages", { count }) : "";
  if (says) return { title, body: more ? `${says}\n${more}` : says };
  if (more) return { title, body: more };
  if (!name) return { title, body: "" };
  const sent = isDirect ? translator.text("push.sent_you") : translator.text("push.sent", { name });
  return { title, body: sent };
}
