import { plainText } from "../page/text/plain.js";

/**
 * What the service pushes for a message. How much of it is there, the operator decides.
 * @typedef {{
 *   type: "message", conversation_id: string, seq: number, count?: number, title: string,
 *   body?: string, sender_name?: string,
 * }} MessagePush
 */

/** @typedef {{ type: "read", conversation_id: string, up_to_seq: number }} ReadPush */

/**
 * What a notification says.
 * @param {MessagePush} push
 */
export function textOf({ title, body: content = "", sender_name: sender, count = 1 }) {
  const body = plainText(content);
  const isDirect = sender === title;
  const says = body && sender && !isDirect ? `${sender}: ${body}` : body;
  const more = count > 1 ? `${count} new messages` : "";
  if (says) return { title, body: more ? `${says}\n${more}` : says };
  if (more) return { title, body: more };
  if (!sender) return { title, body: "" };
  return { title, body: isDirect ? "Sent you a message" : `${sender} sent a message` };
}
