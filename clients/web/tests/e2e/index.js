// The page in a real browser on the real chat, one local stack for all of it: npm run test:e2e

import "./talking.js";
import "./message-life.js";
import "./hostile.js";
import "./notifications.js";
import "./files.js";
import "./finding.js";
import "./network.js";
import "./looks.js";
import "./embedding.js";
import "./leaving.js";
