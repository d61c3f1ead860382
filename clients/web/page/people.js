import { personAvatar } from "./avatar.js";
import { arrange, byId, element, hiddenText, icon, say } from "./dom.js";
import { EVERYBODY } from "./mentions.js";
import { requireOnline } from "./online.js";

/** @import { Chat, Member } from "../src/index.js" */
/** @import { Entry } from "./directory.js" */

/** How often who is online is looked up again, while the conversation is open. */
const REFRESH_MS = 60_000;
const ROLES = /** @type {const} */ (["member", "moderator", "owner"]);

/** Who is in the open conversation: kept for the room's head, listed in the panel. */
export class People {
  #list = byId("member-list", HTMLUListElement);
  #more = byId("more-members", HTMLButtonElement);
  #addForm = byId("add-form", HTMLFormElement);
  #addNames = byId("add-names", HTMLInputElement);
  #problem = byId("people-problem", HTMLParagraphElement);
  #leave = byId("leave", HTMLButtonElement);
  /** @type {Map<string, Member>} */
  #members = new Map();
  /** @type {string | undefined} */
  #cursor;
  /** @type {Entry | null} */
  #entry = null;
  /** @type {string | null} whose members are being asked for */
  #asking = null;
  #chat;
  #onChange;

  /**
   * @param {Chat} chat
   * @param {() => void} onChange
   */
  constructor(chat, onChange) {
    this.#chat = chat;
    this.#onChange = onChange;
    this.#more.addEventListener("click", () => this.#load());
    this.#addForm.addEventListener("submit", (event) => this.#add(event));
    chat.on("members_added", ({ conversation_id, members }) => {
      if (this.#isOpen(conversation_id)) this.#put(members);
    });
    chat.on("member_removed", ({ conversation_id, user_id, new_owner_id }) => {
      if (!this.#isOpen(conversation_id)) return;
      this.#drop(user_id);
      if (new_owner_id) this.#setRole(new_owner_id, "owner");
    });
    chat.on("conversation_changed", ({ conversation_id, change, user_id, role }) => {
      if (!this.#isOpen(conversation_id) || change !== "role" || !user_id || !role) return;
      this.#setRole(user_id, role);
    });
    chat.on("message", ({ conversation_id, user_id }) => this.#alive(conversation_id, user_id));
    chat.on("read", ({ conversation_id, user_id }) => this.#alive(conversation_id, user_id));
    chat.on("typing", ({ conversation_id, user_id }) => this.#alive(conversation_id, user_id));
    setInterval(() => document.visibilityState === "visible" && this.refresh(), REFRESH_MS);
  }

  /** Everybody known so far, in the order of their names. */
  get members() {
    return [...this.#members.values()].sort((a, b) => a.username.localeCompare(b.username));
  }

  /**
   * Whether a member has this name, or everybody is meant.
   * @param {string} name
   */
  isName(name) {
    return name === EVERYBODY || this.members.some(({ username }) => username === name);
  }

  /** @param {Entry | null} entry null where there are no lists of members */
  show(entry) {
    if (entry?.id !== this.#entry?.id) {
      this.#members.clear();
      this.#cursor = undefined;
      this.#problem.textContent = "";
    }
    this.#entry = entry;
    this.#render();
    this.refresh();
  }

  /** Looks again who is there and who is online. */
  async refresh() {
    if (!this.#entry || this.#chat.state !== "online") return;
    this.#cursor = undefined;
    await this.#load();
  }

  async #load() {
    const entry = this.#entry;
    if (!entry || this.#asking === entry.id) return;
    this.#asking = entry.id;
    try {
      const options = this.#cursor === undefined ? {} : { cursor: this.#cursor };
      const { items, cursor } = await this.#chat.listMembers(entry.id, options);
      if (!this.#isOpen(entry.id)) return;
      this.#cursor = cursor;
      this.#put(items);
    } catch (error) {
      if (this.#isOpen(entry.id)) this.#fail(error);
    } finally {
      if (this.#asking === entry.id) this.#asking = null;
    }
  }

  /** @param {string} id */
  #isOpen(id) {
    return this.#entry?.id === id;
  }

  /** @param {Member[]} members */
  #put(members) {
    for (const member of members) this.#members.set(member.user_id, member);
    this.#changed();
  }

  /**
   * @param {string} userId
   * @param {Member["role"]} role
   */
  #setRole(userId, role) {
    const member = this.#members.get(userId);
    if (member) this.#put([{ ...member, role }]);
  }

  /** @param {string} userId */
  #drop(userId) {
    this.#members.delete(userId);
    this.#changed();
  }

  /**
   * A person who writes is online.
   * @param {string} conversationId
   * @param {string} userId
   */
  #alive(conversationId, userId) {
    const member = this.#members.get(userId);
    if (!member || member.online || !this.#isOpen(conversationId)) return;
    member.online = true;
    this.#changed();
  }

  #changed() {
    this.#render();
    this.#onChange();
  }

  #render() {
    const mine = this.#members.get(this.#chat.user?.user_id ?? "");
    const canChange = this.#entry?.kind === "group" && mine?.role === "owner";
    this.#addForm.hidden = !canChange;
    this.#leave.hidden = this.#entry?.kind !== "group";
    this.#more.hidden = this.#cursor === undefined;
    arrange(
      this.#list,
      this.members.map((member) => this.#row(member, canChange && member !== mine)),
    );
  }

  /**
   * @param {Member} member
   * @param {boolean} canRemove
   */
  #row(member, canRemove) {
    const { username, role, online } = member;
    const isMe = member.user_id === this.#chat.user?.user_id;
    const name = element("span", { class: "member-name" }, username, isMe && " (you)");
    const remove = element(
      "button",
      { class: "icon-button", type: "button", onclick: () => this.#remove(username) },
      icon("close"),
      hiddenText(`Remove ${username}`),
    );
    return element(
      "li",
      { class: "member" },
      element("span", { class: online ? "presence online" : "presence" }, personAvatar(username)),
      element(
        "span",
        { class: "member-lines" },
        name,
        element("span", { class: "soft small" }, online ? "Online" : "Offline"),
      ),
      canRemove
        ? this.#roleField(member)
        : role !== "member" && element("span", { class: "tag" }, role),
      canRemove && remove,
    );
  }

  /**
   * An owner says what the others may do.
   * @param {Member} member
   */
  #roleField({ username, role }) {
    const options = ROLES.map((each) =>
      element("option", { value: each, selected: each === role }, each),
    );
    const field = element(
      "select",
      { class: "role small", "aria-label": `Role of ${username}` },
      ...options,
    );
    field.addEventListener("change", async () => {
      const chosen = ROLES.find((each) => each === field.value) ?? role;
      await this.#try((id) => this.#chat.setRole(id, username, chosen));
      this.#render();
    });
    return field;
  }

  /** @param {SubmitEvent} event */
  async #add(event) {
    event.preventDefault();
    const names = namesIn(this.#addNames.value);
    if (!this.#entry || names.length === 0) return;
    await this.#try(async (id) => {
      await this.#chat.addMembers(id, names);
      this.#addNames.value = "";
    });
  }

  /** @param {string} username */
  async #remove(username) {
    await this.#try((id) => this.#chat.removeMember(id, username));
    this.#addNames.focus();
  }

  /** @param {(id: string) => Promise<unknown>} act */
  async #try(act) {
    this.#problem.textContent = "";
    try {
      requireOnline(this.#chat);
      if (this.#entry) await act(this.#entry.id);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    say(this.#problem, error instanceof Error ? error.message : String(error));
  }
}

/**
 * The usernames in what somebody wrote.
 * @param {string} text
 */
export function namesIn(text) {
  return [...new Set(text.split(/[\s,;]+/).filter(Boolean))];
}
