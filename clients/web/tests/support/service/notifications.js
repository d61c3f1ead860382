import { membership } from "./messages.js";
import { Refusal } from "./refusal.js";

/** @import { Call, Service } from "./service.js" */

/**
 * What users want to be notified of, and the devices that are pushed to.
 * @param {Service} service
 */
export function notificationActions(service) {
  return {
    set_notifications,
    ...(service.options.webPushKey ? { register_device, unregister_device } : {}),
  };

  /** @param {Call} call */
  function set_notifications(call) {
    const { conversation, user, member } = membership(service, call, call.frame.conversationId);
    const { level, muted_until } = call.frame.data ?? {};
    const isMuted = muted_until !== undefined && Date.parse(muted_until) > Date.parse(call.now);
    const settings = { level, ...(isMuted && { muted_until }) };
    member.notifications = settings;
    service.touchInbox(user.username);
    const { conversation_id } = conversation;
    const frame = { type: "notifications_set", data: { conversation_id, ...settings } };
    service.pushTo([user.username], frame, call.connection);
    return frame;
  }

  /** @param {Call} call */
  function register_device(call) {
    const { username } = service.userOf(call);
    const { endpoint } = call.frame.data?.subscription ?? {};
    if (!endpoint?.startsWith("https://")) {
      const data = { field: "data.subscription.endpoint" };
      throw new Refusal("bad_request", "That is no push service.", { data });
    }
    const device_id = `device of ${endpoint}`;
    service.devices.set(device_id, username);
    return { type: "device_registered", data: { device_id } };
  }

  /** @param {Call} call */
  function unregister_device(call) {
    service.userOf(call);
    const { device_id } = call.frame.data ?? {};
    service.devices.delete(device_id);
    return { type: "device_unregistered", data: { device_id } };
  }
}
