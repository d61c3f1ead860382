// How long a first visit takes to the login form, at 150 ms and 1.6 Mbit/s: `npm run load-time`.

import { launch } from "./support/chromium.js";
import { demoService } from "./support/demo.js";
import { serve } from "./support/server.js";

const BYTES_PER_SECOND = 1_600_000 / 8;
const NETWORK = {
  offline: false,
  latency: 150,
  downloadThroughput: BYTES_PER_SECOND,
  uploadThroughput: BYTES_PER_SECOND,
};
const VISITS = 5;

const server = await serve(demoService());
const browser = await launch();
try {
  for (let visit = 1; visit <= VISITS; visit++) await measure(visit);
} finally {
  await browser.close();
  await server.close();
}

/** @param {number} visit */
async function measure(visit) {
  const context = await browser.newContext({ serviceWorkers: "block" });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Network.enable");
  await cdp.send("Network.emulateNetworkConditions", NETWORK);
  let [requests, bytes] = [0, 0];
  cdp.on("Network.responseReceived", () => requests++);
  cdp.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));

  const begun = performance.now();
  await page.goto(server.page, { waitUntil: "commit" });
  await page.getByLabel("Password").waitFor();
  const seconds = (performance.now() - begun) / 1000;

  console.log(`visit ${visit}: ${seconds.toFixed(2)} s, ${requests} requests, ${bytes} bytes`);
  await context.close();
}
