import { tabStorage } from "./storage.js";

/**
 * The session's token, kept in `sessionStorage`: a reload of the tab signs in again by itself,
 * while another tab, another user of the machine, or the next visit does not. It is given to the
 * service that gave it out and to no other. What a script of this page can read, a script smuggled
 * into it could: so nothing here is ever parsed as HTML, and the page is served with a policy that
 * runs its own scripts only.
 */
export class SavedToken {
  #key;
  #storage;

  /**
   * @param {string} address the service's
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem">} [storage]
   */
  constructor(address, storage = tabStorage()) {
    this.#key = `parley-token ${address}`;
    this.#storage = storage;
  }

  read() {
    return this.#storage.getItem(this.#key);
  }

  /** The name of the user whose token it is, where it was given. */
  get username() {
    return this.#storage.getItem(`${this.#key} of`) ?? "";
  }

  /**
   * @param {string} token
   * @param {string} [username]
   */
  write(token, username = "") {
    this.#storage.setItem(this.#key, token);
    this.#storage.setItem(`${this.#key} of`, username);
  }

  forget() {
    this.#storage.removeItem(this.#key);
    this.#storage.removeItem(`${this.#key} of`);
  }
}
