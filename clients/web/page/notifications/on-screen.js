const PREFIX = "parley-on-screen ";

/**
 * Which conversation is on screen: in this tab it is looked at down to its newest message. A tab
 * holds a shared lock for it, so that each tab, and the service worker, can see whether any does.
 */
export class OnScreen {
  /** @type {string | null} */
  #current = null;
  /** @type {(() => void) | null} */
  #release = null;

  /** @param {string | null} conversationId null while none is */
  show(conversationId) {
    if (conversationId === this.#current) return;
    this.#release?.();
    this.#release = null;
    this.#current = conversationId;
    if (conversationId === null || !navigator.locks) return;
    const held = new Promise((resolve) => (this.#release = () => resolve(undefined)));
    void navigator.locks.request(PREFIX + conversationId, { mode: "shared" }, () => held);
  }

  /**
   * Whether it is on screen in this tab or another.
   * @param {string} conversationId
   */
  async has(conversationId) {
    if (conversationId === this.#current) return true;
    return isOnScreen(conversationId);
  }
}

/**
 * Whether any tab of this browser shows the conversation.
 * @param {string} conversationId
 */
export async function isOnScreen(conversationId) {
  if (!navigator.locks) return false;
  const { held = [] } = await navigator.locks.query();
  return held.some(({ name }) => name === PREFIX + conversationId);
}
