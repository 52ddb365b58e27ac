import { v7 as uuid } from "uuid";
import { examples } from "../../infra/edition.ts";
import { type Command, commandSchema } from "../../shared/contract/command.ts";
import { opsCommand } from "../command.ts";
import { accountsOf } from "../environment/environment.ts";
import { UsageError } from "../exit-codes.ts";
import { checked, cliSource } from "../files/outgoing.ts";
import { checkedAccount } from "../read/known-account.ts";
import { targetService } from "../read/target-service.ts";
import { needsWhy } from "../view/reason.ts";
import { accountFlag, parseField, parseHold, parseUntil, servicePositional, timeoutFlag } from "./flags.ts";
import { delivered } from "./send.ts";

interface ServiceCommandFlags {
  account?: string;
  why?: string;
  by?: string;
  for?: number;
  until?: string;
  dryRun: boolean;
  timeout: number;
}

interface Kind {
  name: Command["data"]["command"];
  brief: string;
  example: string;
  /** Whether it may end by itself, or must say when. */
  end: "none" | "optional" | "required";
}

const fields = commandSchema.shape.data.shape;
const whyFlag = {
  kind: "parsed",
  parse: parseField("--why", fields.why),
  brief: "Why, for whoever finds it",
  placeholder: "text",
} as const;
const endFlags = {
  for: {
    kind: "parsed",
    parse: parseHold,
    optional: true,
    brief: "How long it holds: 90s, 15m, 2h, 1d; a year at most",
    placeholder: "duration",
  },
  until: {
    kind: "parsed",
    parse: parseUntil,
    optional: true,
    brief: "Until when it holds, with an offset: 2026-03-02T04:00:00Z",
    placeholder: "time",
  },
} as const;

function serviceCommand({ name, brief, example, end }: Kind) {
  return opsCommand<ServiceCommandFlags, [service: string]>({
    brief,
    description: examples(`ops ${name} ${example} --local`),
    flags: {
      account: accountFlag,
      why: needsWhy(name) ? whyFlag : { ...whyFlag, default: "from the command line" },
      by: {
        kind: "parsed",
        parse: parseField("--by", fields.by),
        optional: true,
        brief: "Who orders it; otherwise who you are on this machine",
        placeholder: "person",
      },
      ...(end === "none" ? {} : endFlags),
      dryRun: { kind: "boolean", default: false, withNegated: false, brief: "Say how things stand, and do nothing" },
      timeout: timeoutFlag("2m"),
    },
    positional: servicePositional,
    async run(session, flags, service) {
      const { context, environment } = session;
      const { clock } = context;
      const until = endOf(flags, clock.now());
      if (end === "required" && until === undefined) {
        throw new UsageError(`How long? Give --for 2h, or --until TIME. Without an end the command is deactivate.`);
      }
      const account = checkedAccount(environment, flags.account);
      const target = await targetService(environment, service, { account, clock });
      const { why = "", by = context.user, dryRun, timeout } = flags;
      const now = clock.now();
      const event: Command = {
        specversion: "1.0",
        id: uuid(),
        source: cliSource,
        type: "ringcx.command.v1",
        time: new Date(now).toISOString(),
        data: { command: name, ...target, by, why, ...(until !== undefined && { until }), ...(dryRun && { dryRun }) },
      };
      return delivered(session, [checked(JSON.stringify(event), { now, accounts: accountsOf(environment) })], timeout);
    },
  });
}

function endOf({ for: forMs, until }: ServiceCommandFlags, now: number): string | undefined {
  if (forMs !== undefined && until !== undefined)
    throw new UsageError("--for and --until are two ends: give one of them.");
  return forMs === undefined ? until : new Date(now + forMs).toISOString();
}

/** The commands of people about one service. */
export const serviceCommands = {
  activate: serviceCommand({
    name: "activate",
    brief: "What people and manifests said against a service no longer holds; a live outage still does",
    example: "enrichment/lookup",
    end: "none",
  }),
  deactivate: serviceCommand({
    name: "deactivate",
    brief: "Take a service out until activate or release",
    example: 'enrichment/lookup --why "wrong customers"',
    end: "none",
  }),
  keepInactive: serviceCommand({
    name: "keep-inactive",
    brief: "Take a service out for a time",
    example: 'enrichment/lookup --why "CRM migration" --for 2h',
    end: "required",
  }),
  handsOff: serviceCommand({
    name: "hands-off",
    brief: "Automation touches nothing, and says what it would have done",
    example: 'enrichment/lookup --why "I am at it" --for 1h',
    end: "optional",
  }),
  override: serviceCommand({
    name: "override",
    brief: "Keep a service active despite an outage",
    example: 'enrichment/lookup --why "the alarm is wrong" --for 4h',
    end: "optional",
  }),
  release: serviceCommand({
    name: "release",
    brief: "End deactivate, keep-inactive, hands-off and override",
    example: "enrichment/lookup",
    end: "none",
  }),
};
