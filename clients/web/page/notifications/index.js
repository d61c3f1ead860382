import { Badge } from "./badge.js";
import { ConversationBell } from "./conversation-bell.js";
import { Leader } from "./leader.js";
import { Notifier } from "./notifier.js";
import { OnScreen } from "./on-screen.js";
import { Preferences } from "./preferences.js";
import { Presenter } from "./presenter.js";
import { Settings } from "./settings.js";
import { Sound } from "./sound.js";
import { Subscription } from "./subscription.js";

/** @import { Chat } from "../../src/index.js" */
/** @import { Directory } from "../directory.js" */
/** @import { Entry } from "../entry.js" */
/** @import { Menu } from "../menu.js" */
/** @import { Place } from "./presenter.js" */

/** All that draws attention to messages: notifications, the badge, and what a user wants of them. */
export class Notifications {
  onScreen = new OnScreen();
  #preferences = new Preferences();
  #badge = new Badge();
  #sound = new Sound();
  /** @type {ServiceWorkerRegistration | null} */
  #worker = null;
  /** @type {string | null} the service's, while somebody is signed in */
  #pushKey = null;
  #directory;
  #notifier;
  #subscription;
  #bell;
  #settings;
  #onReport;

  /**
   * @param {Chat} chat
   * @param {Directory} directory
   * @param {Menu} menu
   * @param {{
   *   onOpen: (place: Place) => void, onError: (error: unknown) => void,
   *   onReport: (error: unknown) => void,
   * }} acts `onError`: what the user asked for did not happen. `onReport`: nobody asked for it now
   */
  constructor(chat, directory, menu, { onOpen, onError, onReport }) {
    this.#directory = directory;
    this.#onReport = onReport;
    const worker = () => this.#worker;
    const [leader, sound, preferences] = [new Leader(), this.#sound, this.#preferences];
    this.#subscription = new Subscription(chat, worker);
    this.#notifier = new Notifier(chat, {
      ...{ directory, preferences, leader, sound, onScreen: this.onScreen },
      presenter: new Presenter(worker, onOpen),
    });
    this.#settings = new Settings(preferences, {
      onSwitch: (isOn) => this.#switched(isOn),
      onSound: () => void sound.play(),
    });
    this.#bell = new ConversationBell(menu, (id, wish) => {
      chat.setNotifications(id, wish).catch(onError);
    });
  }

  /** @param {ServiceWorkerRegistration} worker */
  async useWorker(worker) {
    this.#worker = worker;
    await this.#subscribe();
  }

  /** @param {string | null} pushKey the service's, if it pushes to browsers */
  signedIn(pushKey) {
    this.#pushKey = pushKey;
    void this.#subscribe();
  }

  /** The list of conversations was loaded. */
  current() {
    this.#notifier.current();
  }

  /** @param {Entry | null} entry the conversation that is open */
  changed(entry) {
    this.#bell.show(entry);
    this.#badge.show(this.#directory.entries);
  }

  settingsOpened() {
    this.#settings.show();
  }

  /**
   * @param {string} conversationId
   * @param {number} seq
   */
  read(conversationId, seq) {
    this.#notifier.read(conversationId, seq);
  }

  /** @param {string} conversationId no longer the user's */
  gone(conversationId) {
    this.#notifier.gone(conversationId);
  }

  /** The user signs out: nothing of theirs is shown or pushed here any more. */
  async signedOut() {
    this.#pushKey = null;
    this.#badge.clear();
    this.onScreen.show(null);
    await Promise.allSettled([this.#notifier.forgetAll(), this.#subscription.end()]);
  }

  /** @param {boolean} isOn */
  async #switched(isOn) {
    if (!isOn) return this.#subscription.end();
    if (this.#pushKey) await this.#subscription.begin(this.#pushKey);
  }

  async #subscribe() {
    const isAllowed = "Notification" in window && Notification.permission === "granted";
    if (!this.#pushKey || !isAllowed || !this.#preferences.choice.isOn) return;
    await this.#subscription.begin(this.#pushKey).catch(this.#onReport);
  }
}
