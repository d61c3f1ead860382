// The page on a service in memory, to look at and to work on: `npm run demo`. PORT chooses where;
// LISTS=no leaves out section 4 of the protocol, as the first version of the service does.

import { demoService } from "./support/demo.js";
import { serve } from "./support/server.js";

const { PORT = "18400", LISTS = "yes" } = process.env;
const { page } = await serve(demoService({ conversations: LISTS !== "no" }), Number(PORT));
console.log(`ready ${page}`);
