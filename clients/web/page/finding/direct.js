import { requireOnline } from "../online.js";

/** @import { Chat } from "../../src/index.js" */
/** @import { Directory } from "../directory.js" */

/**
 * The direct conversation with somebody, made if there is none yet.
 * @param {{ chat: Chat, directory: Directory }} parts
 * @param {{ username: string, userId?: string }} person
 * @returns {Promise<string>} its id
 */
export async function directWith({ chat, directory }, { username, userId }) {
  const known = directory.entries.find(
    ({ kind, otherId }) => kind === "direct" && otherId === userId,
  );
  if (known && userId !== undefined) return known.id;
  requireOnline(chat);
  // The service gives the one that there is.
  const made = await chat.createConversation({ kind: "direct", members: [username] });
  return made.conversationId;
}
