/**
 * Where a notification leads.
 * @typedef {{ conversationId: string, messageId: string, seq: number }} Place
 */

/**
 * Shows notifications, one for each conversation, and takes them back. The service worker's are the
 * same ones: both are known by the conversation's id.
 */
export class Presenter {
  /** @type {Map<string, Notification>} those that are shown without a service worker */
  #shown = new Map();
  /** What was asked for last: a browser that is asked for its notifications forgets what it begins to show. */
  #turn = Promise.resolve();
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
  show(what) {
    return this.#inTurn(() => this.#show(what));
  }

  /**
   * Takes back what is shown of the conversation's messages up to a number.
   * @param {string} conversationId
   * @param {number} [upTo]
   */
  withdraw(conversationId, upTo = Infinity) {
    return this.#close(({ tag, data }) => tag === conversationId && (data?.seq ?? 0) <= upTo);
  }

  /** @param {string} messageId */
  withdrawMessage(messageId) {
    return this.#close(({ data }) => data?.messageId === messageId);
  }

  /** @param {(conversationId: string) => boolean} [isMeant] */
  withdrawAll(isMeant = () => true) {
    return this.#close(({ tag }) => isMeant(tag));
  }

  /** @param {{ title: string, body: string, place: Place }} what */
  async #show({ title, body, place }) {
    const options = /** @type {NotificationOptions} */ ({
      ...{ body, data: place, tag: place.conversationId, silent: true, dir: "auto" },
      ...{ icon: addressOf("page/icons/icon-192.png"), badge: addressOf("page/icons/badge.png") },
    });
    const registration = this.#worker();
    if (registration) return registration.showNotification(title, options);
    const notification = new Notification(title, options);
    this.#shown.set(place.conversationId, notification);
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
      this.#onClick(place);
    });
  }

  /** @param {(notification: Notification) => boolean} isMeant */
  #close(isMeant) {
    return this.#inTurn(async () => {
      const ofWorker = (await this.#worker()?.getNotifications()) ?? [];
      const all = [...ofWorker, ...this.#shown.values()];
      for (const each of all.filter(isMeant)) each.close();
    });
  }

  /** @param {() => Promise<void>} act */
  #inTurn(act) {
    const done = this.#turn.then(act);
    this.#turn = done.catch(() => {});
    return done;
  }
}

/** @param {string} path of a file of the page */
function addressOf(path) {
  return new URL(path, document.baseURI).href;
}
