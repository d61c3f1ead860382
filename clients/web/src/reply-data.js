import { ParleyError } from "./errors.js";

/** @import { Abortable } from "./options.js" */
/** @import { Frame } from "./types.js" */
/** @import { Session } from "./session.js" */

/**
 * Sends a frame, and resolves with the data of its reply.
 * @param {Session} session
 * @param {Frame} frame
 * @param {Abortable & { repeatable?: boolean }} [options]
 */
export async function dataOf(session, frame, options) {
  const reply = await session.call(() => frame, options);
  if (!reply.data) throw new ParleyError("internal", "The service's reply carries no data.");
  return reply.data;
}
