import type { Deployed } from "../../support/world/functions.ts";
import { accountIds } from "../../support/world/outside.ts";
import type { Happening } from "./happenings.ts";

/** What each deployment changes of the usual settings. */
export const deployments: Readonly<Record<(Happening & { do: "deploy" })["what"], Partial<Deployed>>> = {
  same: {},
  observe: { mode: "observe" },
  off: { mode: "off" },
  "one account": { accountIds: accountIds.slice(0, 1) },
  rewrite: { onChange: "rewrite" },
  deactivate: { onViolation: "deactivate" },
};
