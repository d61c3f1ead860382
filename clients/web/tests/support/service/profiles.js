import { createHash } from "node:crypto";

import { Refusal } from "./refusal.js";

/** @import { Call, Service } from "./service.js" */
/** @import { Profile, User } from "../../../src/types.js" */
/** @import { Wire } from "../wire.js" */

/** The first bytes of WebP, JPEG and PNG, and no more than 3,072 bytes, in base64. */
const PICTURE = /^(?:UklGR|\/9j\/|iVBOR).{0,4091}$/;
/** Few, so that the tests see how it goes on. */
const PICTURES_OF_A_FRAME = 2;

/**
 * The frames of how users are shown, and of the directory.
 * @param {Service} service
 */
export function profileActions(service) {
  return { set_profile, get_profiles, find_people };

  /** @param {Call} call */
  function set_profile(call) {
    const { user_id, username } = service.userOf(call);
    const { display_name, picture } = call.frame.data;
    if (picture && !PICTURE.test(picture)) throw new Refusal("bad_request", "No picture.");
    set(service.displayNames, user_id, display_name?.trim() ?? display_name);
    set(service.pictures, user_id, picture);
    return { type: "profile_set", data: profileOf(service, { user_id, username }) };
  }

  /** @param {Call} call */
  function get_profiles(call) {
    service.userOf(call);
    /** @type {{ user_ids: string[], pictures?: boolean }} */
    const { user_ids, pictures } = call.frame.data;
    const items = user_ids.flatMap((id) => everybody().filter(({ user_id }) => user_id === id));
    if (!pictures) return { type: "profiles", data: { items } };
    const shown = items.slice(0, PICTURES_OF_A_FRAME).map((item) => {
      const picture = service.pictures.get(item.user_id);
      return { ...item, ...(picture && { picture }) };
    });
    const left_out = items.slice(PICTURES_OF_A_FRAME).map(({ user_id }) => user_id);
    return { type: "profiles", data: { items: shown, ...(left_out.length > 0 && { left_out }) } };
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
      .map((username) => profileOf(service, { user_id: `user-${username}`, username }));
  }
}

/**
 * @param {Service} service
 * @param {Wire<User>} user
 * @returns {Wire<Omit<Profile, "picture">>}
 */
export function profileOf(service, user) {
  const display_name = service.displayNames.get(user.user_id);
  const picture = service.pictures.get(user.user_id);
  const picture_id = picture && createHash("sha256").update(picture).digest("hex").slice(0, 16);
  return { ...user, ...(display_name && { display_name }), ...(picture_id && { picture_id }) };
}

/**
 * @param {Map<string, string>} values
 * @param {string} key
 * @param {string | null | undefined} value null removes it, undefined leaves it
 */
function set(values, key, value) {
  if (value === null) values.delete(key);
  else if (value !== undefined) values.set(key, value);
}
