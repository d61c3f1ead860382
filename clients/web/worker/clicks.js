import { hashOf } from "../page/address.js";
import { ROOT, isPage, pathOf, worker } from "./scope.js";

/**
 * Leads to the message of a notification: in a window that is open, or else in a new one.
 * @param {NotificationEvent} event
 */
export async function clicked({ notification }) {
  notification.close();
  const { conversationId = null, messageId } = notification.data ?? {};
  const all = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const windows = all.filter(({ url }) => isPage(pathOf(url)));
  const isVisible = (/** @type {WindowClient} */ it) => it.visibilityState === "visible";
  const window = windows.find(({ focused }) => focused) ?? windows.find(isVisible) ?? windows[0];
  if (!window) return worker.clients.openWindow(new URL(hashOf(conversationId, messageId), ROOT));
  window.postMessage({ type: "open", conversationId, messageId });
  return window.focus();
}
