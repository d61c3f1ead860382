/** @import { Place } from "./notifications/presenter.js" */

/**
 * Installs the service worker: with it the web app opens without a network, and can notify while no
 * tab is open. Where there is none, all else works without it.
 * @param {(place: Pick<Place, "conversationId" | "messageId">) => void} onOpen a notification was
 *   clicked, and this tab is to show what it is about
 * @returns {Promise<ServiceWorkerRegistration | null>}
 */
export async function installWorker(onOpen) {
  const container = navigator.serviceWorker;
  if (!container) return null;
  container.addEventListener("message", ({ data }) => {
    if (data?.type === "open") onOpen(data);
  });
  try {
    const url = new URL("worker.js", document.baseURI);
    const found = await container.register(url, { type: "module", updateViaCache: "none" });
    return found.active ? found : await container.ready;
  } catch (error) {
    console.warn("The web app works without its service worker.", error);
    return null;
  }
}
