import { examples } from "../../infra/edition.ts";
import { AutomationError } from "../../shared/primitives/errors.ts";
import { nearest } from "../../shared/primitives/nearest.ts";
import { namedAlike } from "../../shared/primitives/same-name.ts";
import { opsCommand, type Session } from "../command.ts";
import { deliver, notEnded } from "../deliver.ts";
import { exitCodes, UsageError } from "../exit-codes.ts";
import { readOutgoing } from "../files/outgoing.ts";
import { oneAccount } from "../read/known-account.ts";
import { ringCxReader } from "../read/ringcx-account.ts";
import { readServices } from "../read/services.ts";
import { countPlan, planText } from "../view/plan.ts";
import { text, timeoutFlag } from "./flags.ts";
import { delivered } from "./send.ts";

interface PromoteFlags {
  from: string;
  to: string;
  group?: string;
  url?: readonly string[];
  adopt: boolean;
  activate: boolean;
  yes: boolean;
  timeout: number;
}

/** `promote`: an account's services into another account, the difference shown first. */
export const promoteCommand = opsCommand<PromoteFlags>({
  brief: "Bring services to another account: the difference, and with --yes the doing",
  description: `One message ringcx.copy.v1 for each group. Who needs other overrides (auth configs, headers) writes such a message and sends it.\nWithout --group the groups are asked of RingCX, with the connection's secret.\n\n${examples("ops promote --from 123456 --to 223456 --group CRM --url https://test.example.com=https://api.example.com --local")}`,
  flags: {
    from: { kind: "parsed", parse: text, brief: "RingCX account that has them", placeholder: "account" },
    to: { kind: "parsed", parse: text, brief: "RingCX account that gets them", placeholder: "account" },
    group: {
      kind: "parsed",
      parse: text,
      optional: true,
      brief: "One service group; without it all",
      placeholder: "group",
    },
    url: {
      kind: "parsed",
      parse: text,
      optional: true,
      variadic: true,
      brief: "Beginning of URLs that is replaced: FROM=TO",
      placeholder: "urls",
    },
    adopt: {
      kind: "boolean",
      default: false,
      withNegated: false,
      brief: "Take over what is there already and was not made by a message",
    },
    activate: {
      kind: "boolean",
      default: false,
      withNegated: false,
      brief: "Make the copies active once their endpoints are proven; without it new ones stay inactive",
    },
    yes: { kind: "boolean", default: false, withNegated: false, brief: "Do it" },
    timeout: timeoutFlag("30m"),
  },
  async run(session, { from, to, group, url = [], adopt, activate, yes, timeout }) {
    const { context, environment, paint, say, isJson } = session;
    const source = oneAccount(environment, from);
    const accountId = oneAccount(environment, to);
    if (source === accountId) throw new UsageError(`--to ${to} is the account of --from: give another one.`);
    const groups =
      group === undefined
        ? (await ringCxReader(environment, source, context).groups()).filter(({ services = [] }) => services.length > 0)
        : [{ groupName: await checkedGroup(session, source, group) }];
    if (groups.length === 0) throw new UsageError(`Account ${source} has no services to bring anywhere.`);
    const urls = url.map(replacement);
    const overrides = { ...(urls.length > 0 && { urls }), ...(activate && { isEnabled: true }) };
    const copies = groups.map(({ groupName }) => ({
      accountId,
      from: { accountId: source, groupName },
      ...(Object.keys(overrides).length > 0 && { overrides }),
      ...(adopt && { adopt }),
    }));
    const messages = (isDryRun: boolean) =>
      readOutgoing(JSON.stringify(copies), {
        file: "promote",
        typedAs: (path) => typedOf(path, { from, to, url, ...(group !== undefined && { group }) }),
        now: context.clock.now(),
        variables: {},
        isDryRun,
        accounts: [source, accountId],
      });
    const planned = await deliver(session, messages(true), { timeoutMs: timeout });
    const outcomes = planned.flatMap(({ outcome }) => outcome ?? []);
    const { create, change, remove, adopt: taken, refused } = countPlan(outcomes);
    const open = notEnded(planned, session);
    const isToDo = create + change + remove + taken > 0;
    if (yes && open === undefined && refused === 0 && isToDo) {
      if (!isJson) say(planText(outcomes, paint));
      return delivered(session, messages(false), timeout);
    }
    const next = isToDo && refused === 0 ? ["Nothing was done: --yes does it."] : [];
    return {
      text: [planText(outcomes, paint), ...(open === undefined ? next : [open])].join("\n"),
      json: { ...countPlan(outcomes), outcomes },
      exitCode:
        refused > 0
          ? exitCodes.failed
          : open !== undefined
            ? exitCodes.notEnded
            : isToDo
              ? exitCodes.changes
              : exitCodes.done,
    };
  },
});

/**
 * A group that was typed, as it is known: by the table, or else by RingCX. Where that may not be asked the dry run finds out.
 *
 * @throws {UsageError} with the nearest names
 */
async function checkedGroup({ context, environment }: Session, accountId: string, group: string): Promise<string> {
  const { services } = await readServices(environment.table, accountId);
  const inTable = services.map(({ name }) => name);
  if (namedAlike(inTable, group, ({ groupName }) => groupName).length > 0) return group;
  const groups = await ringCxReader(environment, accountId, context)
    .groups()
    .catch((error: unknown) => {
      if (error instanceof AutomationError && error.code === "CONNECTION_SECRET_UNREADABLE") return undefined;
      throw error;
    });
  if (groups === undefined || namedAlike(groups, group, ({ groupName }) => groupName).length > 0) return group;
  const known = groups.map(({ groupName }) => groupName);
  throw new UsageError(`Account ${accountId} has no service group "${group}".${nearest(group, known)}`);
}

/** What was typed for a field of the copy that is made of it. */
function typedOf(
  path: string,
  { from, to, group, url = [] }: Pick<PromoteFlags, "from" | "to" | "group" | "url">,
): string {
  const [, index] = /^overrides\.urls\[(\d+)\]/.exec(path) ?? [];
  if (index !== undefined) return `--url ${url[Number(index)]}`;
  if (path.startsWith("overrides.urls")) return "--url";
  if (path.startsWith("from.groupName")) return `--group ${group ?? "(a group of the account)"}`;
  if (path.startsWith("from")) return `--from ${from}`;
  return /^(accountId|to)\b/.test(path) ? `--to ${to}` : path;
}

/** @throws {UsageError} */
function replacement(given: string): { from: string; to: string } {
  const [from = "", to = "", ...more] = given.split("=");
  if (from === "" || to === "" || more.length > 0) {
    throw new UsageError(`--url ${given}: write FROM=TO, as in https://test.example.com=https://api.example.com`);
  }
  return { from, to };
}
