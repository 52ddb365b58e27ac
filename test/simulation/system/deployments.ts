import type { Deployed } from "../../support/world/functions.ts";
import { accountIds } from "../../support/world/outside.ts";
import type { DeployedWhat } from "./happenings.ts";

/** What each deployment changes of the usual settings. */
export const deployments: Readonly<Record<DeployedWhat, Partial<Deployed>>> = {
  same: {},
  observe: { mode: "observe" },
  off: { mode: "off" },
  "one account": { accountIds: accountIds.slice(0, 1) },
  "no connection": { connection: undefined },
  // The same login and accounts under a name that no secret's tag knows.
  "other connection": { connection: "other" },
  rewrite: { onChange: "rewrite" },
  deactivate: { onViolation: "deactivate" },
};
