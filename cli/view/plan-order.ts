import { footprintOf, mayMiss, mayNeed } from "../../shared/contract/footprint.ts";
import {
  type ProvisioningMessage,
  parseProvisioningMessage,
  readProvisioningMessage,
} from "../../shared/contract/provisioning-message.ts";
import type { StoredOutcome } from "../../shared/records/outcome.ts";
import { resourcesOf } from "./outcome.ts";
import { deedOf, type PlanOrder } from "./plan.ts";

/** A message of a file whose plan was asked for. */
export interface PlannedMessage {
  /** The message as JSON. */
  body: string;
  /** Where it begins in its file, counted from 1. */
  line?: number;
  outcome: StoredOutcome | undefined;
}

/**
 * Plans that do not hold as they are: each message was planned for the account as it is, and an earlier one of the same file
 * makes or changes what it is about. Pure.
 *
 * @returns by outcome, the line of the last message that it depends on, and whether one takes away what it is about
 */
export function planOrder(messages: readonly PlannedMessage[]): PlanOrder {
  const order = new Map<StoredOutcome, { line: number; isTaken: boolean }>();
  const whole = messages.map(({ body, line = 1, outcome }) => {
    const message = parseProvisioningMessage(readProvisioningMessage(body));
    return { outcome, line, accounts: accountsOf(message), footprint: footprintOf(message) };
  });
  whole.forEach(({ outcome, accounts, footprint }, index) => {
    const former = whole
      .slice(0, index)
      .filter((one) => one.outcome !== undefined && (order.has(one.outcome) || doesAnything(one.outcome)))
      .filter(
        (one) =>
          one.accounts[0] !== undefined && accounts.includes(one.accounts[0]) && mayNeed(footprint, one.footprint),
      );
    const line = former.at(-1)?.line;
    const isTaken = former.some((one) => mayMiss(footprint, one.footprint));
    if (outcome && line !== undefined) order.set(outcome, { line, isTaken });
  });
  return order;
}

/** That of what is changed first. */
function accountsOf(message: ProvisioningMessage): readonly string[] {
  const from = message.type === "ringcx.copy.v1" ? message.data.from.accountId : undefined;
  return [message.data.accountId, ...(from === undefined ? [] : [from])];
}

function doesAnything(outcome: StoredOutcome): boolean {
  return resourcesOf(outcome).some((resource) => !["keep", "refused"].includes(deedOf(resource)));
}
