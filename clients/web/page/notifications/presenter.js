/**
 * Where a notification leads.
 * @typedef {{ conversationId: string, messageId: string, seq: number }} Place
 */

const ICONS = new URL("../icons/", import.meta.url);

/**
 * Shows notifications, one for each conversation, and takes them back. The service worker's are the
 * same ones: both are known by the conversation's id.
 */
export class Presenter {
  /** @type {Map<string, Notification>} those that are shown without a service worker */
  #shown = new Map();
  #worker;
  #onClick;

  /**
   * @param {() => ServiceWorkerRegistration | null} worker
   * @param {(place: Place) => void} onClick
   */
  constructor(worker, onClick) {
    this.#worker = worker;
    this.#onClick = onClick;
  }

  /**
   * @param {{ title: string, body: string, place: Place }} what
   */
  async show({ title, body, place }) {
    const options = {
      ...{ body, data: place, tag: place.conversationId, silent: true, dir: "auto" },
      ...{ icon: `${ICONS}icon-192.png`, badge: `${ICONS}badge.png` },
    };
    const registration = this.#worker();
    const all = /** @type {NotificationOptions} */ (options);
    if (registration) return registration.showNotification(title, all);
    const notification = new Notification(title, all);
    this.#shown.set(place.conversationId, notification);
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
      this.#onClick(place);
    });
  }

  /**
   * Takes back what is shown of the conversation's messages up to a number.
   * @param {string} conversationId
   * @param {number} [upTo]
   */
  async withdraw(conversationId, upTo = Infinity) {
    const shown = (await this.#all()).filter(({ tag }) => tag === conversationId);
    for (const each of shown) if ((each.data?.seq ?? 0) <= upTo) each.close();
  }

  /** @param {string} messageId */
  async withdrawMessage(messageId) {
    for (const each of await this.#all()) if (each.data?.messageId === messageId) each.close();
  }

  /** @param {(conversationId: string) => boolean} [isMeant] */
  async withdrawAll(isMeant = () => true) {
    for (const each of await this.#all()) if (isMeant(each.tag)) each.close();
  }

  async #all() {
    const ofWorker = (await this.#worker()?.getNotifications()) ?? [];
    return [...ofWorker, ...this.#shown.values()];
  }
}
