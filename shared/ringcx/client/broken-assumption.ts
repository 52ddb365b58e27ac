import {
  type BrokenAssumption,
  cutNames,
  replacedAuthConfigId,
  unservedV2,
} from "../resources/assumption-broken-error.ts";
import type { OperationName } from "../resources/operations.ts";

const whileInactive = "RingCX refuses it while the service is inactive.";
const byHand =
  'Do it in the admin page while the service is active and takes no calls, then send the message again with "adopt": true.';

/** What a 409 says that speaks of an inactive service, by operation. */
const inactive: Partial<Record<OperationName, BrokenAssumption>> = {
  "services.update": {
    assumption: "services.inactivePut",
    found: "conflict",
    advice: `${whileInactive} Activate it by the command activate, when that does no harm, and send the message again.`,
  },
  "inputs.create": {
    assumption: "services.inactiveInputs",
    found: "conflict",
    advice: `${whileInactive} Save its inputs in the admin page, then send the message again.`,
  },
  "inputs.delete": {
    assumption: "services.inactiveInputs",
    found: "conflict",
    advice: `${whileInactive} Delete the input in the admin page, then send the message again.`,
  },
  "services.clone": {
    assumption: "services.inactiveClone",
    found: "conflict",
    advice: `${whileInactive} Declare the copy with a message of its own.`,
  },
  "services.delete": {
    assumption: "services.inactiveDelete",
    found: "conflict",
    advice: `${whileInactive} It stays inactive and does no harm; delete it in the admin page.`,
  },
};

/** What a 409 says that speaks of a workflow, where not only deletion is refused. */
const referred: Partial<Record<OperationName, BrokenAssumption>> = {
  "services.update": {
    assumption: "services.workflows",
    found: "deleteAndPut",
    advice: `A workflow refers to the service, and RingCX does not let it be changed. ${byHand}`,
  },
  "services.setActive": {
    assumption: "services.workflows",
    found: "deleteAndDeactivate",
    advice:
      "A workflow refers to the service, and RingCX does not let it be deactivated: failover cannot take it out. Let the workflow cope with an endpoint that is down.",
  },
};

/**
 * Everything that the program notices and cannot work with: no setting would help, since what it needs RingCX does not do.
 * An answer may stand here more than once, by the call that is refused.
 */
export const brokenAssumptions: readonly BrokenAssumption[] = [
  ...Object.values(inactive),
  ...Object.values(referred),
  replacedAuthConfigId(),
  cutNames,
  unservedV2(),
];

/**
 * The assumption that a 409 breaks, if RingCX's words say so; other 409s are conflicts of names or of deletion, as documented.
 *
 * @param words RingCX's own
 */
export function brokenByConflict(operation: string, words = ""): BrokenAssumption | undefined {
  const name = operation as OperationName;
  if (/workflow/i.test(words)) return referred[name];
  return /\b(inactive|not active|disabled)\b/i.test(words) ? inactive[name] : undefined;
}
