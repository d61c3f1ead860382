import { test } from "node:test";

import { missing as skip } from "../support/chromium.js";
import { gathers } from "./people.js";

test(
  "signing out everywhere ends the other window's session, and signing in again works",
  { skip },
  async (t) => {
    const [carol, other] = await gathers(t, "carol", "carol");

    await carol.page.getByRole("button", { name: "Sign out" }).click();
    await carol.page.getByRole("button", { name: "Everywhere" }).click();
    await other.page.getByText("You have been signed out.").waitFor();
    await carol.page.getByText("You have been signed out.").waitFor();

    await carol.signsIn();
  },
);
