import type { SQSEvent } from "aws-lambda";
import type { AlarmState } from "../../functions/fail-over-services/evidence/evidence.ts";
import { processAlarms } from "../../functions/fail-over-services/triggers/alarm-events.ts";
import { type CommandDependencies, processCommands } from "../../functions/fail-over-services/triggers/commands.ts";
import { sweepAccount } from "../../functions/fail-over-services/triggers/sweep-account.ts";
import { createActivationStore } from "../../shared/activation/activation-store.ts";
import { reasonsInForce } from "../../shared/activation/reasons.ts";
import type { OutcomeData } from "../../shared/contract/outcome.ts";
import type { Clock } from "../../shared/primitives/clock.ts";
import { activationKey, type StoredActivation } from "../../shared/records/account/activation.ts";
import { fromItem } from "../../shared/records/account/activation-item.ts";
import { blastRadiusKey } from "../../shared/records/account/blast-radius.ts";
import { serviceRecordKey } from "../../shared/records/account/service.ts";
import { alarmServiceKey } from "../../shared/records/alarm-links.ts";
import { outcomeKey } from "../../shared/records/outcome.ts";
import type { ServiceName } from "../../shared/records/service-name.ts";
import type { RingCx, RingCxAccount } from "../../shared/ringcx/client/api.ts";
import { RingCxUnavailableError } from "../../shared/ringcx/resources/errors.ts";
import { MemoryStateTable } from "../../shared/state/memory-table.ts";
import type { Item, Key, StateTable } from "../../shared/state/table.ts";
import { CrashPoint } from "../support/crash.ts";
import { seeded, VirtualTime } from "../support/virtual-time.ts";
import { failoverParts } from "./failover-parts.ts";

const accountId = "123456";
/** How long an invocation may take, in milliseconds, and how long after that it may still run. */
const invocationMs = 50_000;
const arnOf = (alarm: string) => `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${alarm}`;

/** What goes wrong in one invocation. */
export interface Faults {
  /** The process is gone at its n-th call to the outside, before or after it; left out: it lives. */
  crash?: { at: number; when: "before" | "after" } | undefined;
  /** What becomes of its calls to RingCX, in order; then all is well. */
  ringcx: readonly RingCxFault[];
  /** The same for what it publishes. */
  sns: readonly RingCxFault[];
}

/** `lost`: it was done, but the answer did not come. */
export type RingCxFault = "ok" | "failed" | "lost";

/** What one process is asked to do. */
export type Work =
  | { kind: "sweep" }
  | { kind: "event"; alarm: string }
  | { kind: "command"; command: string; service: number; minutes: number };

/** A change of a service in RingCX that was not there before. */
export interface Change {
  service: number;
  isActive: boolean;
}

/** The services: their alarms, and whether a probe can be asked. */
const declared = [
  { alarms: ["a"], isProbed: false },
  { alarms: ["a"], isProbed: false },
  { alarms: ["b"], isProbed: true },
  { alarms: ["a", "b"], isProbed: false },
] as const;

/** Most services of four that may go out within a quarter of an hour on an alarm's word alone. */
const mostUnconfirmed = 1;

/** Longest way from reading an alarm to RingCX's having done what it asks for, in milliseconds: some calls of three seconds. */
const mostLateMs = 20_000;

/** Two processes of failover with clocks of their own, RingCX, people and everything that goes wrong. */
export class FailoverSimulation {
  readonly time = new VirtualTime();
  readonly services = declared.map((one, index) => ({
    ...one,
    name: { accountId, groupName: "CRM", serviceDescription: `s${index}` } satisfies ServiceName,
    isEnabled: true,
    isClicked: false,
  }));
  /** What we changed, in order. */
  readonly changes: Change[] = [];
  /** What was published, once for each id. */
  readonly published = new Map<string, { data: OutcomeData; time: string }>();
  readonly violations: string[] = [];
  readonly #table = new MemoryStateTable();
  readonly #random = seeded(7);
  readonly #alarms = new Map<string, AlarmState>();
  /** How failover is set. */
  mode: "enforce" | "observe" | "off" = "enforce";
  #isPassing = true;
  /** When each alarm stopped firing. */
  readonly #quietSince = new Map<string, number>();
  readonly #unconfirmed: { at: number; service: number }[] = [];
  readonly #skews: readonly number[];
  readonly #broken = new Map<string, Item>();
  /** Ids of the commands that were sent. */
  readonly #sent: string[] = [];
  /** Commands that are still in the queue. */
  readonly #undone = new Set<SQSEvent>();
  #messages = 0;

  private constructor(skews: readonly number[]) {
    this.#skews = skews;
  }

  /** @param skews by how much the processes' clocks are wrong, in milliseconds */
  static async start(skews: readonly number[]): Promise<FailoverSimulation> {
    const simulation = new FailoverSimulation(skews);
    await simulation.time.run(simulation.#begin());
    return simulation;
  }

  async #begin(): Promise<void> {
    for (const alarm of ["a", "b"]) this.setAlarm(alarm, "OK");
    const activation = createActivationStore({ table: this.#table, clock: this.time.clock() });
    for (const [index, { name, alarms, isProbed }] of this.services.entries()) {
      const ids = { ...name, serviceGroupId: 1, serviceId: index + 1 };
      const manifest = {
        kind: "httpService",
        groupName: name.groupName,
        serviceDescription: name.serviceDescription,
        health: { alarms: alarms.map(arnOf), recoverAfterSeconds: 60 },
        httpServiceConfig: { url: "https://crm.example.com" },
        ...(isProbed && { validation: { method: "GET", expect: {} } }),
      };
      await this.#table.put({ ...serviceRecordKey(name), ...ids, manifest });
      for (const alarm of alarms) await this.#table.put({ ...alarmServiceKey(arnOf(alarm), name), ...ids });
      await activation.change(name, { lastAppliedState: true });
    }
    await this.run(0, { kind: "sweep" });
  }

  setAlarm(alarm: string, state: "OK" | "ALARM"): void {
    const since = new Date(this.time.now).toISOString();
    if (this.isFiring(alarm) && state === "OK") this.#quietSince.set(alarm, this.time.now);
    this.#alarms.set(arnOf(alarm), { state, reason: `${alarm} is ${state}.`, since });
  }

  isFiring(alarm: string): boolean {
    return this.#alarms.get(arnOf(alarm))?.state === "ALARM";
  }

  setProbe(isPassing: boolean): void {
    this.#isPassing = isPassing;
  }

  /** A person in the admin page. */
  click(service: number, isActive: boolean): void {
    const one = this.services[service];
    if (!one) return;
    one.isClicked = true;
    one.isEnabled = isActive;
  }

  /** An item that no version can read. */
  async breakItem(which: "service" | "activation" | "radius", service: number): Promise<void> {
    const key = this.#keyOf(which, service);
    const item = await this.#table.get(key);
    const id = `${key.pk}/${key.sk}`;
    if (!item || this.#broken.has(id)) return;
    const { version: _version, ...rest } = item;
    if (which !== "radius") this.#broken.set(id, item);
    const broken = { service: { manifest: { health: 7 } }, activation: { OUTAGE: "no" }, radius: { places: "no" } };
    await this.#table.put({ ...rest, ...broken[which] });
  }

  /** A person mends what cannot be rebuilt. */
  async mendItems(): Promise<void> {
    for (const { version: _version, ...item } of this.#broken.values()) await this.#table.put(item);
    this.#broken.clear();
  }

  #keyOf(which: "service" | "activation" | "radius", service: number): Key {
    const { name } = this.services[service] ??
      this.services[0] ?? { name: { accountId, groupName: "", serviceDescription: "" } };
    if (which === "service") return serviceRecordKey(name);
    return which === "activation" ? activationKey(name) : blastRadiusKey(accountId);
  }

  async record(service: number): Promise<StoredActivation> {
    return fromItem(await this.#table.get(this.#keyOf("activation", service)));
  }

  /** One invocation. It ends in whatever way; nobody looks at how. */
  async run(process: number, work: Work, faults: Faults = { ringcx: [], sns: [] }): Promise<void> {
    const clock = this.time.clock(this.#skews[process] ?? 0);
    const dependencies = this.#dependencies(clock, faults, work);
    const deadline = clock.now() + invocationMs;
    try {
      if (work.kind === "sweep") {
        const { readAlarmStates } = dependencies;
        await sweepAccount(dependencies, accountId, { deadline, isTreeRead: true, readAlarmStates });
      } else if (work.kind === "event") {
        await processAlarms(dependencies, this.#event({ resources: [arnOf(work.alarm)] }), { deadline });
      } else {
        const event = this.#event(this.#command(work));
        this.#undone.add(event);
        const { batchItemFailures } = await processCommands(dependencies, event, { deadline });
        if (batchItemFailures.length === 0) this.#undone.delete(event);
      }
    } catch {
      // A crash, or what the next sweep does again.
    }
  }

  /** SQS delivers the commands again that failed, or whose process died. */
  async redeliverCommands(): Promise<void> {
    for (const event of this.#undone) {
      const work: Work = { kind: "command", command: "", service: 0, minutes: 0 };
      const dependencies = this.#dependencies(this.time.clock(0), { ringcx: [], sns: [] }, work);
      const { batchItemFailures } = await processCommands(dependencies, event, {
        deadline: this.time.now + invocationMs,
      });
      if (batchItemFailures.length === 0) this.#undone.delete(event);
    }
  }

  /** Commands of which nobody has heard what became of them. */
  unanswered(): readonly string[] {
    return this.#sent.filter((id) => !this.published.has(`/ops/${id}`));
  }

  #command({ command, service, minutes }: Extract<Work, { kind: "command" }>) {
    const { groupName, serviceDescription } = this.services[service]?.name ?? { groupName: "", serviceDescription: "" };
    const hasEnd = ["keep-inactive", "hands-off", "override"].includes(command);
    const until = new Date(this.time.now + (minutes + 1) * 60_000).toISOString();
    const id = `c${this.#messages}`;
    this.#sent.push(id);
    return {
      specversion: "1.0",
      id,
      source: "/ops",
      type: "ringcx.command.v1",
      time: new Date(this.time.now).toISOString(),
      data: { command, accountId, groupName, serviceDescription, by: "ada", why: "test", ...(hasEnd && { until }) },
    };
  }

  #event(body: unknown): SQSEvent {
    this.#messages += 1;
    const attributes = {
      ApproximateReceiveCount: "1",
      SentTimestamp: String(this.time.now),
      SenderId: "test",
      ApproximateFirstReceiveTimestamp: "0",
    };
    return {
      Records: [
        {
          messageId: `m${this.#messages}`,
          body: JSON.stringify(body),
          receiptHandle: `r${this.#messages}`,
          attributes,
          messageAttributes: {},
          md5OfBody: "",
          eventSource: "aws:sqs",
          eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:test",
          awsRegion: "eu-central-1",
        },
      ],
    };
  }

  #dependencies(clock: Clock, { crash, ringcx, sns }: Faults, work: Work): CommandDependencies {
    const point = new CrashPoint(crash?.at, crash?.when);
    const random = this.#random;
    /** A call to the outside: it takes some time, and the process may die at it. */
    const way = () => this.time.sleep(1 + random() * (random() < 0.1 ? 3_000 : 40));
    const outside = <Result>(call: () => Promise<Result>): Promise<Result> =>
      point.around(async () => {
        await way();
        const result = await call();
        await way();
        return result;
      });
    const inner = this.#table;
    const table: StateTable = {
      get: (...args) => outside(() => inner.get(...args)),
      put: (...args) => outside(() => inner.put(...args)),
      update: (...args) => outside(() => inner.update(...args)),
      delete: (...args) => outside(() => inner.delete(...args)),
      query: (...args) => outside(() => inner.query(...args)),
    };
    const withFaults = (faults: readonly RingCxFault[], failure: () => Error) => {
      const left = [...faults];
      return <Result>(call: () => Promise<Result>): Promise<Result> =>
        outside(async () => {
          const fault = left.shift() ?? "ok";
          if (fault === "failed") throw failure();
          const result = await call();
          if (fault === "lost") throw failure();
          return result;
        });
    };
    const asked = withFaults(
      ringcx,
      () => new RingCxUnavailableError({ operation: "test", permission: "", ids: {}, status: 503 }),
    );
    const told = withFaults(sns, () => new Error("SNS is unavailable"));
    const unreachable = { passed: false, kind: "UNREACHABLE", because: "503" } as const;
    const dependencies = {
      ...failoverParts({ table, clock, random, accountIds: [accountId], mode: this.mode }),
      outcomes: {
        publish: (data: OutcomeData, at = new Date(clock.now()).toISOString()) =>
          told(async () => {
            this.#note(data, at);
            const { source, id } = data.cause;
            await inner.put({ ...outcomeKey(source, id), outcome: { id: `${source}/${id}`, time: at, data } });
          }),
      },
      ringcxFor: () => this.#ringcx(asked, work),
      readAlarmStates: (arns: readonly string[]) =>
        outside(async () => new Map(arns.map((arn) => [arn, this.#alarms.get(arn) ?? { state: "MISSING" as const }]))),
      probe: { check: () => outside(async () => (this.#isPassing ? { passed: true, ms: 1 } : unreachable)) },
      commandQueueUrl: "commands",
      commandSenders: [],
      deadLetters: { keep: async () => {} },
    };
    // Of RingCX, the secrets and SQS there is as much as failover uses.
    return dependencies as unknown as CommandDependencies;
  }

  #ringcx(asked: <Result>(call: () => Promise<Result>) => Promise<Result>, work: Work): RingCx {
    const seen = (index: number) => {
      const { name, isEnabled } = this.services[index] ?? { name: { serviceDescription: "" }, isEnabled: false };
      return { serviceId: index + 1, serviceDescription: name.serviceDescription, isEnabled };
    };
    const account = {
      accountId,
      unshownMs: async () => 0,
      groups: {
        listWithChildren: () =>
          asked(async () => [
            { serviceGroupId: 1, groupName: "CRM", services: this.services.map((_, index) => seen(index)) },
          ]),
      },
      services: {
        get: (_: number, serviceId: number) => asked(async () => seen(serviceId - 1)),
        setActive: (_: number, serviceId: number, isActive: boolean) =>
          asked(() => this.#setActive(serviceId - 1, isActive, work)),
      },
    };
    return { connection: "main", account: () => account as unknown as RingCxAccount } as unknown as RingCx;
  }

  async #setActive(index: number, isActive: boolean, work: Work): Promise<boolean> {
    const service = this.services[index];
    if (!service || service.isEnabled === isActive) return true;
    const { reasons, ...record } = await this.record(index);
    service.isEnabled = isActive;
    this.changes.push({ service: index, isActive });
    const inForce = reasonsInForce({ reasons, ...record }, this.time.now);
    const isAlone = inForce.every(
      (reason) => reason.kind === "FLAPPING" || (reason.kind === "OUTAGE" && !reason.confirmedByProbe),
    );
    // A person's word passes every guard.
    if (!isActive && isAlone && inForce.length > 0 && work.kind !== "command") await this.#countUnconfirmed(index);
    if (!isActive && isAlone && inForce.some(({ kind }) => kind === "OUTAGE")) this.#checkIsHeard(service);
    return true;
  }

  /** An alarm that fires no more takes nothing out, however long RingCX failed. */
  #checkIsHeard({ alarms, name }: (typeof this.services)[number]): void {
    const quietSince = alarms.map((one) => (this.isFiring(one) ? this.time.now : (this.#quietSince.get(one) ?? 0)));
    const quietMs = this.time.now - Math.max(...quietSince);
    if (quietMs > mostLateMs)
      this.violations.push(`${name.serviceDescription} went out ${quietMs} ms after its alarm was OK`);
  }

  async #countUnconfirmed(service: number): Promise<void> {
    const at = this.time.now;
    this.#unconfirmed.push({ at, service });
    const recent = new Set<number>();
    for (const one of this.#unconfirmed) {
      const { reasons } = await this.record(one.service);
      // What a probe has confirmed since has given its place back. Clocks are wrong by a second at most.
      const isConfirmed = reasons.some((reason) => reason.kind === "OUTAGE" && reason.confirmedByProbe);
      if (!isConfirmed && one.at > at - 15 * 60_000 + 2_000) recent.add(one.service);
    }
    if (recent.size > mostUnconfirmed)
      this.violations.push(`${recent.size} services went out within a quarter of an hour`);
  }

  #note(data: OutcomeData, time: string): void {
    const id = `${data.cause.source}/${data.cause.id}`;
    const before = this.published.get(id);
    if (!before) this.published.set(id, { data, time });
    else if (before.data.summary !== data.summary || before.time !== time) {
      const [first, then] = [before, { data, time }].map((one) => `"${one.data.summary}" (${one.time})`);
      this.violations.push(`${id} says ${first}, and then ${then}`);
    }
  }

  /** Directions that were published of a service's changes, in order. */
  publishedChanges(service: number): boolean[] {
    const name = `CRM/s${service}`;
    return [...this.published.values()].flatMap(({ data }) => {
      const [resource] = data.resources ?? [];
      if (data.status !== "SUCCEEDED" || resource?.name !== name) return [];
      return [resource.changes?.[0] === "activated"];
    });
  }

  /** Whether an outage was told, as one (perhaps overtaken) or as what the command `release` did. @param since ISO 8601 */
  hasToldOutage(service: number, since: string): boolean {
    const name = `CRM/s${service}`;
    return [...this.published.values()].some(
      ({ data: { cause, summary } }) =>
        cause.id.startsWith(`outage/${accountId}/${name}/${since}`) ||
        (summary.startsWith(`${name} `) && summary.includes("release by")),
    );
  }

  /** The last word on why a service is inactive. */
  lastWords(service: number): string | undefined {
    const about = [...this.published.values()].filter(
      ({ data }) =>
        data.resources?.[0]?.name === `CRM/s${service}` &&
        /deactivated|stays inactive/.test(data.resources[0].changes?.[0] ?? ""),
    );
    return about.at(-1)?.data.summary;
  }
}
