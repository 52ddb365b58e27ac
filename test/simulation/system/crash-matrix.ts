import type { Outcome } from "../../../shared/contract/outcome.ts";
import { accountIds } from "../../support/world/outside.ts";
import type { Happening } from "./happenings.ts";
import { authTypes, secretOf, services } from "./manifests.ts";
import { Player } from "./play.ts";
import { System } from "./system.ts";

/** Something that the system does, and what was before it. */
export interface Job {
  before: readonly Happening[];
  does: readonly Happening[];
}

const apply = {
  do: "apply",
  account: 0,
  team: 0,
  services,
  isEnabled: true,
  late: 0,
  dryRun: false,
  copies: 1,
} as const;
const lookup = { account: 0, service: "Lookup" } as const;
const pass = (seconds: number) => ({ do: "pass", seconds }) as const;
const command = (name: string) => ({ do: "command", ...lookup, command: name, minutes: 12, copies: 1 }) as const;
const outage = { do: "alarm", alarm: 1, state: "ALARM" } as const;
const over = { do: "alarm", alarm: 1, state: "OK" } as const;

/** Every kind of job, by its name. */
export const jobs: Readonly<Record<string, Job>> = {
  "new resources": { before: [], does: [{ ...apply, account: 1 }, pass(40)] },
  "changed resources": { before: [], does: [apply, pass(40)] },
  "a dry run": { before: [], does: [{ ...apply, dryRun: true }, pass(20)] },
  "a message that is wrong": { before: [], does: [{ ...apply, wrong: "field" }, pass(20)] },
  "a copy": { before: [], does: [{ do: "copy", ...lookup, isPromoted: false }, pass(30)] },
  "a promotion": { before: [], does: [{ do: "copy", ...lookup, isPromoted: true }, pass(40)] },
  "a retirement": { before: [], does: [{ do: "retire", ...lookup, delete: false }, pass(30)] },
  "a deletion": { before: [], does: [{ do: "retire", ...lookup, delete: true }, pass(30)] },
  deactivate: { before: [], does: [command("deactivate"), pass(5)] },
  activate: { before: [command("deactivate"), pass(20)], does: [command("activate"), pass(5)] },
  "keep-inactive": { before: [], does: [command("keep-inactive"), pass(5)] },
  "hands-off": { before: [], does: [command("hands-off"), pass(5)] },
  override: { before: [], does: [command("override"), pass(5)] },
  release: { before: [command("keep-inactive"), pass(20)], does: [command("release"), pass(5)] },
  failover: { before: [], does: [outage, pass(5)] },
  recovery: { before: [outage, pass(70)], does: [over, pass(400)] },
  sync: { before: [], does: [{ do: "secret", type: "BASIC" }, pass(310)] },
  "sync, proven at the endpoint": { before: [], does: [{ do: "secret", type: "OAUTH" }, pass(310)] },
  "rotation by an issuer": { before: [], does: [{ do: "rotate", type: "OAUTH" }, pass(30)] },
  "rotation at random": { before: [], does: [{ do: "rotate", type: "BASIC" }, pass(30)] },
};

/** What a job came to. */
export interface Came {
  /** Calls to the outside that it took. */
  calls: number;
  /** What RingCX has, and what was told, as far as no crash may change it. */
  picture: object;
}

/** How long the system has to go on where a process has died, in milliseconds of virtual time: a rotation waits longest. */
const settleMs = 20 * 60_000;

/** Does a job in a system of its own. @param dies the process at one of its calls, counted from 1 */
export async function come(
  { before, does }: Job,
  dies?: { at: number; how: "crash before" | "crash after" },
): Promise<Came> {
  const system = await System.start(1);
  const player = new Player(system);
  try {
    await player.begin();
    for (const one of before) await player.play(one);
    const { calls } = system.faults;
    if (dies) system.faults.dieAt(dies.at, dies.how);
    for (const one of does) await player.play(one);
    const made = system.faults.calls - calls;
    await system.live(settleMs);
    return { calls: made, picture: pictureOf(system) };
  } finally {
    await system.stop();
  }
}

function pictureOf({ outside, told, open }: System): object {
  const accounts = accountIds.map((accountId) => {
    const { groups, authConfigs } = outside.simulator.state(accountId);
    const nameOf = (id: unknown) => authConfigs.find((one) => one.authConfigId === id)?.providerName;
    return {
      groups: groups.map((group) => ({
        name: group.groupName,
        services: group.services.map((one) => ({
          name: one.serviceDescription,
          isEnabled: one.isEnabled,
          config: String(one.httpServiceConfig).replaceAll(outside.crm.url, ""),
          inputs: one.inputs.map(({ name }) => name).toSorted(),
          authConfig: nameOf(one.authConfigId),
        })),
      })),
      authConfigs: authConfigs.map((one) => {
        const type = authTypes.find((each) => one.providerName === `CRM ${each}`);
        const value = outside.currentValue(secretOf(type ?? "OAUTH"));
        const isCurrent = Object.entries(value).every(([name, field]) => one[name] === field);
        return { name: one.providerName, isCurrent };
      }),
    };
  });
  return { open, accounts, told: [...told.values()].map(wordsOf).toSorted() };
}

/** What no crash may change of an outcome: not when it was, under which ids, nor what was seen on the way. */
function wordsOf({ data: { status, summary, resources = [], cause } }: Outcome): string {
  const did = resources.map(({ kind, name, result, changes = [] }) => {
    const done = changes.filter((line) => !/^(not validated|left )/.test(line)).toSorted();
    return `${kind} ${name} ${result} (${done.join(", ")})`;
  });
  const words = did.length > 0 ? did.join("; ") : summary;
  return (
    `${cause.type} ${status}: ${words}`
      // Of a command whose first process died behind its write.
      .replace(", taken in before", "")
      .replaceAll(/127\.0\.0\.1:\d+/g, "crm")
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "…")
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "…")
  );
}
