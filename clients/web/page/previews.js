/** So many pictures are kept: those that the user sent last. */
const KEPT = 60;

/**
 * The pictures that the user is sending or has just sent. They are at hand, so nothing has to be
 * downloaded to show them.
 */
export class Previews {
  /** @type {Map<string, string>} URLs by attachment, the eldest first */
  #urls = new Map();

  /**
   * @param {string} attachmentId
   * @param {Blob} picture
   */
  keep(attachmentId, picture) {
    this.#urls.set(attachmentId, URL.createObjectURL(picture));
    const [eldest] = this.#urls;
    if (this.#urls.size <= KEPT || !eldest) return;
    URL.revokeObjectURL(eldest[1]);
    this.#urls.delete(eldest[0]);
  }

  /** @param {string} attachmentId */
  urlOf(attachmentId) {
    return this.#urls.get(attachmentId);
  }
}
