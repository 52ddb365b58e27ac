import { expect, test } from "vitest";
import { systemClock } from "../../../shared/primitives/clock.ts";

test.each(["before", "while"])(
  "a sleep that is aborted %s it lasts rejects with the signal's own reason",
  async (when) => {
    const reason = new Error("Interrupted.");
    const controller = new AbortController();
    if (when === "before") controller.abort(reason);
    const sleep = systemClock.sleep(60_000, controller.signal);
    controller.abort(reason);
    await expect(sleep).rejects.toBe(reason);
  },
);
