import { isOnScreen } from "../page/notifications/on-screen.js";
import { ROOT, worker } from "./scope.js";
import { textOf, translator } from "./texts.js";

/** @import { MessagePush, ReadPush } from "./texts.js" */

/**
 * Shows a message that was pushed, or takes back what was read elsewhere.
 * @param {PushMessageData | null} data
 */
export async function pushed(data) {
  const push = parsed(data);
  if (push?.type === "read") return withdraw(push);
  if (push?.type !== "message") {
    const title = (await translator()).text("push.new_message");
    return worker.registration.showNotification(title);
  }
  if (await isOnScreen(push.conversation_id)) return;
  await show(push);
}

/** @param {MessagePush} push */
async function show(push) {
  const { conversation_id: conversationId, seq } = push;
  const { title, body } = textOf(push, await translator());
  const place = { conversationId, messageId: `${conversationId}:${seq}`, seq };
  await worker.registration.showNotification(title, {
    ...{ body, data: place, tag: conversationId, dir: "auto" },
    icon: new URL("page/icons/icon-192.png", ROOT).href,
    badge: new URL("page/icons/badge.png", ROOT).href,
  });
  await worker.navigator.setAppBadge?.();
}

/** @param {ReadPush} push */
async function withdraw({ conversation_id: tag, up_to_seq }) {
  for (const each of await worker.registration.getNotifications({ tag })) {
    if ((each.data?.seq ?? 0) <= up_to_seq) each.close();
  }
  const others = await worker.registration.getNotifications();
  if (others.every((each) => each.tag === tag)) await worker.navigator.clearAppBadge?.();
}

/**
 * @param {PushMessageData | null} data
 * @returns {MessagePush | ReadPush | null}
 */
function parsed(data) {
  try {
    return data?.json() ?? null;
  } catch {
    return null;
  }
}
