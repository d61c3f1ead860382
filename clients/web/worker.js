import { clicked } from "./worker/clicks.js";
import { pushed } from "./worker/pushes.js";
import { answer, clean, install } from "./worker/releases.js";
import { worker } from "./worker/scope.js";

// The service worker. It serves the web app, one release at a time, also without a network; and it
// shows what is pushed while no tab is open.

worker.addEventListener("install", (event) => {
  event.waitUntil(install().then(() => worker.skipWaiting()));
});
worker.addEventListener("activate", (event) => {
  event.waitUntil(clean().then(() => worker.clients.claim()));
});
worker.addEventListener("fetch", (event) => answer(event));
worker.addEventListener("push", (event) => event.waitUntil(pushed(event.data)));
worker.addEventListener("notificationclick", (event) => event.waitUntil(clicked(event)));
