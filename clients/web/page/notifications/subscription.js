/** @import { Chat } from "../../src/index.js" */

const KEY = "parley-device";
/** Signing out does not wait longer for the service to forget the device. */
const PATIENCE_MS = 3_000;

/**
 * This browser's place at its push service, so that messages are notified of while no tab is open.
 * The service of the chat knows it as a device.
 */
export class Subscription {
  #chat;
  #worker;

  /**
   * @param {Chat} chat
   * @param {() => ServiceWorkerRegistration | null} worker
   */
  constructor(chat, worker) {
    this.#chat = chat;
    this.#worker = worker;
  }

  /**
   * Begins it, or tells the service once more: the same one is the same device.
   * @param {string} key the service's, with which it signs what it pushes
   */
  async begin(key) {
    const manager = this.#worker()?.pushManager;
    if (!manager) return;
    const applicationServerKey = bytesOf(key);
    const known = await manager.getSubscription();
    const isOurs = known && isSame(known.options.applicationServerKey, applicationServerKey);
    if (known && !isOurs) await known.unsubscribe();
    const subscription = isOurs
      ? known
      : await manager.subscribe({ userVisibleOnly: true, applicationServerKey });
    const { deviceId } = await this.#chat.registerDevice(subscription);
    remember(deviceId);
  }

  /** Nothing is pushed to this browser from here on, whether or not the service can be told. */
  async end() {
    const known = await this.#worker()?.pushManager?.getSubscription();
    await known?.unsubscribe();
    const deviceId = recall();
    forget();
    if (!deviceId || this.#chat.state !== "online") return;
    await this.#chat.unregisterDevice(deviceId, { signal: AbortSignal.timeout(PATIENCE_MS) });
  }
}

/** @param {string} base64url */
function bytesOf(base64url) {
  const text = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/**
 * @param {ArrayBuffer | null} one
 * @param {Uint8Array} other
 */
function isSame(one, other) {
  const bytes = new Uint8Array(one ?? []);
  return bytes.length === other.length && bytes.every((byte, index) => byte === other[index]);
}

/** @param {string} deviceId */
function remember(deviceId) {
  try {
    localStorage.setItem(KEY, deviceId);
  } catch {
    // Without storage the service forgets the device once the push service has.
  }
}

function recall() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function forget() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}
