import { MessageCommands } from "./message-commands.js";
import { decodePicture, encodePicture } from "./pictures.js";
import { dataOf } from "./reply-data.js";

/** @import { Abortable, NewConversation, NotificationOptions, PageOptions, ProfileOptions, ProfilesOptions, Subscription } from "./options.js" */
/** @import { Ban, Conversation, ConversationChanged, Device, FoundPeople, Member, MemberRemoved, MembersAdded, NotificationsSet, Page, Profile, Role } from "./types.js" */
/** @import { Session } from "./session.js" */
/** @import { ConversationStreams } from "./streams.js" */

/**
 * The requests of the client that get one reply: about conversations, and about messages that are
 * stored. Each waits for a connection. Each may be repeated without harm, but for those that can
 * end with `outcome_unknown`.
 */
export class Commands extends MessageCommands {
  #session;
  #streams;

  /**
   * @param {Session} session
   * @param {ConversationStreams} streams
   */
  constructor(session, streams) {
    super(session, streams);
    this.#session = session;
    this.#streams = streams;
  }

  /**
   * @param {Abortable & NewConversation} options
   * @returns {Promise<Conversation>}
   */
  createConversation({ kind = "group", title, members, signal }) {
    // Only a direct conversation is the same one when it is created again.
    const repeatable = kind === "direct";
    const data = { kind, title, members };
    return dataOf(this.#session, { type: "create_conversation", data }, { signal, repeatable });
  }

  /**
   * @param {string} conversationId
   * @param {string[]} usernames
   * @param {Abortable} [options]
   * @returns {Promise<MembersAdded>}
   */
  addMembers(conversationId, usernames, options) {
    const data = { members: usernames };
    return dataOf(this.#session, { type: "add_members", conversationId, data }, options);
  }

  /**
   * @param {string} conversationId
   * @param {string} username
   * @param {Abortable} [options]
   * @returns {Promise<MemberRemoved>}
   */
  removeMember(conversationId, username, { signal } = {}) {
    const frame = { type: "remove_member", conversationId, data: { username } };
    return dataOf(this.#session, frame, { signal, repeatable: false });
  }

  /**
   * @param {string} conversationId
   * @param {Abortable} [options]
   * @returns {Promise<MemberRemoved>}
   */
  leaveConversation(conversationId, { signal } = {}) {
    const frame = { type: "leave_conversation", conversationId };
    return dataOf(this.#session, frame, { signal, repeatable: false });
  }

  /**
   * For owners: makes the member an owner, a moderator or just a member.
   * @param {string} conversationId
   * @param {string} username
   * @param {Role} role
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  setRole(conversationId, username, role, options) {
    return dataOf(
      this.#session,
      { type: "set_role", conversationId, data: { username, role } },
      options,
    );
  }

  /**
   * For owners and moderators.
   * @param {string} conversationId
   * @param {string} title
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  setTitle(conversationId, title, options) {
    return dataOf(this.#session, { type: "set_title", conversationId, data: { title } }, options);
  }

  /**
   * For owners and moderators: the member sends nothing until then. A time that has passed ends it.
   * @param {string} conversationId
   * @param {string} username
   * @param {Date} until
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  mute(conversationId, username, until, options) {
    const data = { username, until: until.toISOString() };
    return dataOf(this.#session, { type: "mute_member", conversationId, data }, options);
  }

  /**
   * For owners and moderators: removes a user, who cannot be added again.
   * @param {string} conversationId
   * @param {string} username
   * @param {Abortable} [options]
   * @returns {Promise<MemberRemoved>}
   */
  ban(conversationId, username, options) {
    return dataOf(
      this.#session,
      { type: "ban_member", conversationId, data: { username } },
      options,
    );
  }

  /**
   * For owners and moderators.
   * @param {string} conversationId
   * @param {string} username
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  unban(conversationId, username, options) {
    return dataOf(
      this.#session,
      { type: "unban_member", conversationId, data: { username } },
      options,
    );
  }

  /**
   * For owners and moderators.
   * @param {string} conversationId
   * @param {PageOptions} [options]
   * @returns {Promise<Page<Ban>>}
   */
  listBans(conversationId, { signal, ...data } = {}) {
    return dataOf(this.#session, { type: "list_bans", conversationId, data }, { signal });
  }

  /**
   * For owners and moderators: so long members wait between two messages; 0 is not at all.
   * @param {string} conversationId
   * @param {number} seconds
   * @param {Abortable} [options]
   * @returns {Promise<ConversationChanged>}
   */
  setSlowMode(conversationId, seconds, options) {
    const data = { slowSeconds: seconds };
    return dataOf(this.#session, { type: "set_slow_mode", conversationId, data }, options);
  }

  /**
   * Says how the user is shown. Null removes what was set, what is left out stays.
   * @param {ProfileOptions} profile
   * @param {Abortable} [options]
   * @returns {Promise<Profile>} as it is now, without the picture itself
   * @throws {ParleyError} `bad_request` if the name is longer than 64 characters, or shows nothing,
   *   or the picture is none; `too_large` if it has too many bytes
   */
  async setProfile({ displayName, picture }, options) {
    const data = { displayName, picture: picture && (await encodePicture(picture)) };
    return dataOf(this.#session, { type: "set_profile", data }, options);
  }

  /**
   * How users are shown, by their ids, at most 50. Pictures are returned if they are asked for, in as
   * many requests as they need: about six of the largest go into one.
   * @param {string[]} userIds
   * @param {ProfilesOptions} [options]
   * @returns {Promise<Profile[]>} without users who do not exist
   */
  async profiles(userIds, { pictures = false, signal } = {}) {
    const asked = pictures ? { pictures } : {};
    /** @type {Profile[]} */
    const profiles = [];
    for (let wanted = userIds; wanted.length > 0;) {
      const frame = { type: "get_profiles", data: { userIds: wanted, ...asked } };
      const { items, leftOut = [] } = await dataOf(this.#session, frame, { signal });
      profiles.push(...items.map(shownProfile));
      // Each reply has one of them at least, if they exist.
      wanted = items.length > 0 ? leftOut : [];
    }
    return profiles;
  }

  /**
   * Users whose username or display name begins with the text, at most 20.
   * @param {string} prefix
   * @param {Abortable} [options]
   * @returns {Promise<FoundPeople>}
   * @throws {ParleyError} `unknown_type` if the service has no directory
   */
  async findPeople(prefix, options) {
    const data = { prefix };
    const found = await dataOf(this.#session, { type: "find_people", data }, options);
    return { people: found.items, hasMore: found.hasMore ?? false };
  }

  /**
   * Of which messages of a conversation the user is notified, on all devices, and of none until
   * when. It replaces what was set before.
   * @param {string} conversationId
   * @param {NotificationOptions} notifications
   * @param {Abortable} [options]
   * @returns {Promise<NotificationsSet>}
   */
  setNotifications(conversationId, { level, mutedUntil }, options) {
    const data = { level, ...(mutedUntil && { mutedUntil: mutedUntil.toISOString() }) };
    return dataOf(this.#session, { type: "set_notifications", conversationId, data }, options);
  }

  /**
   * Has notifications sent to this browser, also while the page is closed, until the user signs
   * out. To be called at every start of the page: a device is forgotten 60 days after the last time.
   * @param {Subscription | { toJSON(): any }} subscription a `PushSubscription`, made with
   *   `webPushKey`, or what its `toJSON` gives
   * @param {Abortable} [options]
   * @returns {Promise<Device>}
   * @throws {ParleyError} `unknown_type` if the service has no Web Push
   */
  registerDevice(subscription, options) {
    const plain = "toJSON" in subscription ? subscription.toJSON() : subscription;
    const data = { kind: "web_push", subscription: plain };
    return dataOf(this.#session, { type: "register_device", data }, options);
  }

  /**
   * @param {string} deviceId
   * @param {Abortable} [options]
   * @returns {Promise<Device>}
   */
  unregisterDevice(deviceId, options) {
    return dataOf(this.#session, { type: "unregister_device", data: { deviceId } }, options);
  }

  /**
   * @param {PageOptions & { conversationIds?: string[] }} [options] `conversationIds`: these, at most
   *   50, in place of a page of all
   * @returns {Promise<Page<Conversation>>}
   */
  async listConversations({ signal, ...data } = {}) {
    const page = await dataOf(this.#session, { type: "list_conversations", data }, { signal });
    const { left } = this.#streams;
    const isMember = (/** @type {Conversation} */ it) => !left.has(it.conversationId);
    return { ...page, items: page.items.filter(isMember) };
  }

  /**
   * @param {string} conversationId
   * @param {PageOptions} [options]
   * @returns {Promise<Page<Member>>}
   */
  listMembers(conversationId, { signal, ...data } = {}) {
    return dataOf(this.#session, { type: "list_members", conversationId, data }, { signal });
  }
}

/**
 * @param {any} profile
 * @returns {Profile}
 */
function shownProfile({ picture, ...profile }) {
  return picture ? { ...profile, picture: decodePicture(picture) } : profile;
}
