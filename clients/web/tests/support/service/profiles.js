import { Refusal } from "./refusal.js";

/** @import { Call, Service } from "./service.js" */
/** @import { Profile, User } from "../../../src/types.js" */
/** @import { Wire } from "../wire.js" */

/**
 * The frames of how users are shown, and of the directory.
 * @param {Service} service
 */
export function profileActions(service) {
  return { set_profile, get_profiles, find_people };

  /** @param {Call} call */
  function set_profile(call) {
    const { user_id, username } = service.userOf(call);
    const { display_name } = call.frame.data;
    if (display_name === null) service.displayNames.delete(user_id);
    else if (display_name !== undefined) service.displayNames.set(user_id, display_name.trim());
    return { type: "profile_set", data: profile({ user_id, username }) };
  }

  /** @param {Call} call */
  function get_profiles(call) {
    service.userOf(call);
    /** @type {string[]} */
    const wanted = call.frame.data.user_ids;
    const items = wanted.flatMap((id) => everybody().filter(({ user_id }) => user_id === id));
    return { type: "profiles", data: { items } };
  }

  /** @param {Call} call */
  function find_people(call) {
    service.userOf(call);
    if (!service.options.directory) throw new Refusal("unknown_type", "There is no directory.");
    const prefix = call.frame.data.prefix.trimStart().toLowerCase();
    const items = everybody().filter(({ username, display_name = "" }) =>
      [username, display_name.toLowerCase()].some((name) => name.startsWith(prefix)),
    );
    return { type: "people", data: { items } };
  }

  function everybody() {
    return service
      .usernames()
      .map((username) => profile({ user_id: `user-${username}`, username }));
  }

  /**
   * @param {Wire<User>} user
   * @returns {Wire<Profile>}
   */
  function profile(user) {
    const display_name = service.displayNames.get(user.user_id);
    return { ...user, ...(display_name && { display_name }) };
  }
}
