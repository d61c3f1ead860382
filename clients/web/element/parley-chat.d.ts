import type { Chat, Message, User } from "../src/index.js";

/** `<parley-chat>`: a conversation, on any page. Importing this module defines the element. */
export interface ParleyChatElement {
  /**
   * Gives a token of the service, or of your own login, each time that one is wanted. `null` ends the
   * session. It takes the place of the attribute `token`.
   */
  getToken: (() => string | null | Promise<string | null>) | null;
  /** Words of yours in place of the element's, by their keys. */
  words: Readonly<Record<string, string | { other: string; [form: string]: string }>>;
  /** The client that the element uses; null while the element is on no page. */
  readonly chat: Chat | null;
}

export declare class ParleyChat extends HTMLElement implements ParleyChatElement {
  getToken: ParleyChatElement["getToken"];
  words: ParleyChatElement["words"];
  readonly chat: Chat | null;
}

declare global {
  interface HTMLElementTagNameMap {
    "parley-chat": ParleyChat;
  }
  interface HTMLElementEventMap {
    "parley-signed-in": CustomEvent<User>;
    "parley-signed-out": CustomEvent<{ reason: string }>;
    "parley-message": CustomEvent<Message>;
  }
}
