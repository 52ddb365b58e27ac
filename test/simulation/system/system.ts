import { processAlarms } from "../../../functions/fail-over-services/triggers/alarm-events.ts";
import { processCommands } from "../../../functions/fail-over-services/triggers/commands.ts";
import { followTags } from "../../../functions/fail-over-services/triggers/follow-tags.ts";
import { startSweeps } from "../../../functions/fail-over-services/triggers/start-sweeps.ts";
import { sweepAccounts } from "../../../functions/fail-over-services/triggers/sweep-accounts.ts";
import { provisionBatch } from "../../../functions/provision-services/intake/provision-batch.ts";
import { workAccounts } from "../../../functions/provision-services/reconcile/work-accounts.ts";
import { runStep } from "../../../functions/rotate-credentials/steps/run-step.ts";
import { runSchedule } from "../../../functions/rotate-credentials/sync/run-schedule.ts";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import type { Outcome } from "../../../shared/contract/outcome.ts";
import type { Random } from "../../../shared/primitives/clock.ts";
import { StableIds } from "../../support/stable-ids.ts";
import { seeded, VirtualTime } from "../../support/virtual-time.ts";
import type { Deployed } from "../../support/world/functions.ts";
import { accountIds, type Outside, startOutside } from "../../support/world/outside.ts";
import { Containers, type Work } from "./containers.ts";
import { Faults } from "./faults.ts";
import { GuardWatch } from "./guard-watch.ts";
import { Queue } from "./queues.ts";
import { Rotations } from "./rotations.ts";

/** The functions: containers at once, and how long one of their invocations may take, as in the template. */
const lambdas = {
  intake: { most: 2, timeoutMs: 10_000 },
  worker: { most: 3, timeoutMs: 60_000 },
  failover: { most: 4, timeoutMs: 55_000 },
  rotation: { most: 1, timeoutMs: 240_000 },
  rotateSecret: { most: 10, timeoutMs: 120_000 },
} as const;

/** How long the secrets' tags let an old credential stay valid, in milliseconds, and what clocks may differ of it. */
export const overlapMs = 5 * 60_000;
const overlapMarginMs = 1_000;

/** Of the processes' clocks, in milliseconds. */
const skews = [-200, 150, 0, 200, -90];

/** The whole system in one process: all functions, their queues and schedules, and the world before which they stand. */
export class System {
  readonly time = new VirtualTime();
  readonly faults = new Faults();
  readonly ids = new StableIds();
  /** Messages that their sender sent again under one id: what the second one came to is told, too. */
  readonly sentAgain = new Set<string>();
  /** What was told, once for each id. */
  readonly told = new Map<string, Outcome>();
  readonly logged: string[] = [];
  /** What happened, a line each. */
  readonly trace: string[] = [];
  readonly outside: Outside;
  readonly messages: Queue;
  readonly wakes: Queue;
  readonly commands: Queue;
  readonly alarmEvents: Queue;
  readonly sweeps: Queue;
  readonly #rotations: Rotations;
  readonly #guards: GuardWatch;
  /** Services that we have made active or inactive, in order, as they are in RingCX. */
  readonly changes: { service: string; isActive: boolean; isBeingMade: boolean }[] = [];
  readonly #enabled = new Map<number, boolean>();
  readonly #containers: Containers;
  #isStopped = false;
  readonly #startedAt = this.time.now;

  private constructor(outside: Outside, containers: Containers, random: Random) {
    this.outside = outside;
    this.#guards = new GuardWatch(outside.table);
    this.#containers = containers;
    const { time } = this;
    const note = (line: string) => this.note(line);
    const options = { time, note };
    const functionMs = (name: keyof typeof lambdas) => 6 * lambdas[name].timeoutMs;
    this.messages = new Queue({
      ...options,
      name: "message",
      visibilityMs: 12_000,
      maxReceiveCount: 1_000,
      deliver: (Records) =>
        this.#invoke("intake", ({ intake }, invocation) => provisionBatch({ Records }, intake, invocation)),
    });
    this.wakes = new Queue({
      ...options,
      name: "wake",
      visibilityMs: 70_000,
      maxReceiveCount: 100,
      deliver: (Records) =>
        this.#invoke("worker", ({ provisioning }, invocation) => workAccounts({ Records }, provisioning, invocation)),
    });
    this.commands = new Queue({
      ...options,
      name: "command",
      visibilityMs: functionMs("failover"),
      maxReceiveCount: 10,
      deliver: (Records) =>
        this.#invoke("failover", ({ failover }, invocation) => processCommands(failover, { Records }, invocation)),
    });
    this.sweeps = new Queue({
      ...options,
      name: "sweep",
      visibilityMs: 60_000,
      maxReceiveCount: 1,
      deliver: (Records) =>
        this.#invoke("failover", ({ failover }, invocation) =>
          sweepAccounts(failover, { Records }, invocation, () => {}),
        ),
    });
    this.#rotations = new Rotations({
      ...options,
      random,
      invoke: (event) => this.#invoke("rotateSecret", ({ steps }, invocation) => runStep(steps, invocation, event)),
    });
    this.alarmEvents = new Queue({
      ...options,
      name: "alarm",
      visibilityMs: functionMs("failover"),
      maxReceiveCount: 10,
      deliver: (Records) =>
        this.#invoke("failover", ({ failover }, invocation) => processAlarms(failover, { Records }, invocation)),
    });
  }

  /** @param seed of everything that is left to chance: how long calls take, and who gets which container */
  static async start(seed: number, profile: Partial<Profile> = {}): Promise<System> {
    const parts: { system?: System; outside?: Outside } = {};
    const system = () => {
      if (!parts.system) throw new Error("the system has not started");
      return parts.system;
    };
    const time = () => system().time;
    const random = seeded(seed);
    const containers = new Containers({
      time,
      random,
      faults: () => system().faults,
      skews,
      outside: () => system().outside,
      onOutcome: (outcome) => system().#onOutcome(outcome),
      onLog: (text) => void system().logged.push(text),
      onWake: (accountId, delayMs) => system().wakes.send(JSON.stringify({ accountId }), { delayMs }),
      onSweep: (sweep, tick) =>
        system().sweeps.send(JSON.stringify(sweep), { group: sweep.accountId, once: `${sweep.accountId}/${tick}` }),
      onPutOff: (handle, inMs) => system().#queueOf(handle).putOff(handle, inMs),
      note: (line) => system().note(line),
    });
    const outside = await startOutside({
      now: () => (parts.system ? parts.system.time.now : Date.UTC(2030, 0, 1)),
      profile,
      seed: { accounts: accountIds.map((accountId) => ({ accountId })) },
      through: async (kind, call) => {
        const answer = await containers.throughOfCurrent(kind, call);
        system().lookAtRingCx();
        return answer;
      },
      onRevoked: (clientSecret) => system().#onRevoked(clientSecret),
      beginRotation: (secret, versionId) => system().#rotations.begin(secret, versionId),
    });
    parts.system = new System(outside, containers, random);
    parts.system.#begin();
    return parts.system;
  }

  /** Replaces all containers. @param deployed what differs from the usual settings */
  deploy(deployed: Partial<Deployed>): void {
    this.#containers.deploy(deployed);
  }

  /** Time passes, and whatever is due is done. */
  async live(ms: number): Promise<void> {
    await this.time.run(this.time.sleep(ms));
  }

  note(line: string): void {
    const seconds = ((this.time.now - this.#startedAt) / 1_000).toFixed(3).padStart(9);
    this.trace.push(`${seconds} ${line}`);
  }

  /** Notes which services have become active or inactive since the last look. @param isByHand a person did it */
  lookAtRingCx(isByHand = false): void {
    const { elsewhere } = this.outside;
    for (const accountId of accountIds) {
      for (const { groupName, services } of this.outside.simulator.look(accountId).groups) {
        for (const { serviceId, serviceDescription, isEnabled, authConfigId, httpServiceConfig } of services) {
          if (authConfigId !== undefined && String(httpServiceConfig).includes(elsewhere.host)) {
            this.broken.add(
              `${accountId}/${groupName}/${serviceDescription} sends a secret where its tags do not allow`,
            );
          }
          const before = this.#enabled.get(serviceId) ?? false;
          this.#enabled.set(serviceId, isEnabled);
          // A record of RingCX's is written whole, with the state that was read: who sees that it was overtaken puts it right.
          const isRewrite = /^update/.test(this.outside.simulator.requests.at(-1)?.operation ?? "");
          if (before === isEnabled || isByHand || isRewrite) continue;
          const service = `${accountId}/${groupName}/${serviceDescription}`;
          this.changes.push({ service, isActive: isEnabled, isBeingMade: !this.isToldOf(service) });
          const guarded = isEnabled
            ? undefined
            : this.#guards.goesOut({ accountId, groupName, serviceDescription }, this.time.now);
          if (guarded) this.broken.add(guarded);
          this.note(`    ${service} is ${isEnabled ? "active" : "inactive"}`);
        }
      }
    }
  }

  /** What must not be so at any time, in words. */
  readonly broken = new Set<string>();

  #onRevoked(clientSecret: string): void {
    const { former } = this.outside;
    if (former.isCurrent(clientSecret)) this.broken.add("what its secret calls current was revoked");
    // A candidate that came to nothing was never current, and goes at once.
    if ((former.endedMs(clientSecret) ?? overlapMs) < overlapMs - overlapMarginMs) {
      this.broken.add("a credential was revoked before its overlap had ended");
    }
    for (const accountId of accountIds) {
      const users = this.outside.simulator.look(accountId).authConfigs.filter((one) => one.secret === clientSecret);
      for (const { providerName } of users) this.broken.add(`${accountId} ${providerName} had what was revoked`);
    }
  }

  /** Whether an outcome has told of a service. @param service `account/group/service` */
  isToldOf(service: string): boolean {
    return [...this.told.values()].some(({ data }) =>
      (data.resources ?? []).some((one) => `${data.accountId}/${one.name}` === service && one.result !== "PLANNED"),
    );
  }

  /** Messages, commands and events that are under way. */
  get open(): number {
    return this.messages.open + this.commands.open + this.alarmEvents.open;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.outside.stop();
  }

  #begin(): void {
    void this.#every(60_000, async (at) => {
      await this.#invoke("failover", async ({ failover }, invocation) => {
        const errors = await startSweeps(failover, new Date(at).toISOString());
        errors.push(...(await followTags(failover, invocation)).errors);
        for (const { message } of errors) this.logged.push(message);
      });
    });
    void this.#every(5 * 60_000, () =>
      this.#invoke("rotation", ({ rotation }, invocation) => runSchedule(rotation, invocation)),
    );
  }

  /** A schedule. What comes while the one before is at work is left out: the next one does the same. */
  async #every(periodMs: number, work: (at: number) => Promise<unknown>): Promise<void> {
    while (!this.#isStopped) {
      await this.time.sleep(periodMs - (this.time.now % periodMs));
      await work(this.time.now).catch(
        (error: unknown) => void this.logged.push(`a scheduled run failed: ${String(error)}`),
      );
    }
  }

  #invoke<Result>(name: keyof typeof lambdas, work: Work<Result>): Promise<Result> {
    const { most, timeoutMs } = lambdas[name];
    return this.#containers.invoke(name, most, timeoutMs, work);
  }

  #queueOf(receiptHandle: string): Queue {
    const [name] = receiptHandle.split("-");
    return (
      { message: this.messages, wake: this.wakes, command: this.commands, sweep: this.sweeps }[String(name)] ??
      this.alarmEvents
    );
  }

  #onOutcome(outcome: Outcome): void {
    if (!this.sentAgain.has(outcome.id)) this.ids.see(outcome);
    if (this.told.has(outcome.id)) return;
    this.told.set(outcome.id, outcome);
    const { status, summary, accountId } = outcome.data;
    this.note(`  told ${outcome.id} ${accountId ?? ""} ${status}: ${summary}`);
  }
}
