import type { SQSEvent, SQSRecord } from "aws-lambda";
import type { AlarmState } from "../../functions/fail-over-services/evidence/evidence.ts";
import { processAlarms } from "../../functions/fail-over-services/triggers/alarm-events.ts";
import { startSweeps, type TickDependencies } from "../../functions/fail-over-services/triggers/start-sweeps.ts";
import { type SweptAccount, sweepAccounts } from "../../functions/fail-over-services/triggers/sweep-accounts.ts";
import { concurrency, concurrencyOfSweeps } from "../../infra/constructs/building-blocks/concurrency.ts";
import { createActivationStore } from "../../shared/activation/activation-store.ts";
import type { Health } from "../../shared/contract/fields/health.ts";
import type { ProbeResult } from "../../shared/probe/probe.ts";
import type { AccountTick } from "../../shared/queues/sweep-queue.ts";
import { serviceRecordKey } from "../../shared/records/account/service.ts";
import { alarmServiceKey } from "../../shared/records/alarm-links.ts";
import type { ServiceName } from "../../shared/records/service-name.ts";
import type { RingCx, RingCxAccount } from "../../shared/ringcx/client/api.ts";
import { RingCxUnavailableError } from "../../shared/ringcx/resources/errors.ts";
import { MemoryStateTable } from "../../shared/state/memory-table.ts";
import type { StateTable } from "../../shared/state/table.ts";
import { seeded, VirtualTime } from "../support/virtual-time.ts";
import { failoverParts } from "./failover-parts.ts";

/** How long an invocation may take, in milliseconds. */
const invocationMs = 50_000;
/** Most messages of a batch. */
const batchSize = 10;
/** How long an endpoint that hangs is waited for, in milliseconds. */
const probeTimeoutMs = 5_000;

/** An account that was swept, and when that was done, epoch milliseconds. */
export type SweptAt = SweptAccount & { at: number };

/** What failover sees of many accounts, in time that passes only where somebody waits, with as many executions as in AWS. */
export class SweepSimulation {
  readonly time = new VirtualTime();
  readonly accountIds: readonly string[];
  readonly swept: SweptAt[] = [];
  /** Accounts for which RingCX answers 503. */
  readonly unavailable = new Set<string>();
  /** Hosts that accept a connection and say nothing. */
  readonly hanging = new Set<string>();
  /** Services that were taken out, and when, epoch milliseconds. */
  readonly takenOut = new Map<string, number>();
  readonly probes: string[] = [];
  /** How long each invocation of the sweeps took, in milliseconds. */
  readonly invocations: number[] = [];
  /** When each question to CloudWatch was asked, epoch milliseconds. */
  readonly questions: number[] = [];
  /** How often each account's tree was asked for. */
  readonly treeReads = new Map<string, number>();
  readonly table = new MemoryStateTable();
  readonly dependencies: TickDependencies;
  readonly #services = new Map<string, string[]>();
  readonly #alarms = new Map<string, AlarmState>();
  readonly #random = seeded(3);
  readonly #sweepQueue: SQSRecord[] = [];
  readonly #alarmQueue: SQSRecord[] = [];
  readonly #folded = new Set<string>();
  readonly #busyAccounts = new Set<string>();
  readonly #running = { sweeps: 0, alarms: 0 };
  #messages = 0;

  constructor(accounts: number) {
    this.accountIds = Array.from({ length: accounts }, (_, index) => `${100_000 + index}`);
    this.dependencies = this.#dependencies();
  }

  /** @param service `name` is also its host's */
  async service(accountId: string, serviceDescription: string, health: Health = {}): Promise<ServiceName> {
    const name = { accountId, groupName: "CRM", serviceDescription };
    const services = this.#services.get(accountId) ?? [];
    this.#services.set(accountId, [...services, serviceDescription]);
    const ids = { ...name, serviceGroupId: 1, serviceId: services.length + 1 };
    const { groupName } = name;
    const validation = { method: "GET", expect: {} };
    const httpServiceConfig = { url: `https://${serviceDescription}.example.com` };
    const manifest = { kind: "httpService", groupName, serviceDescription, health, httpServiceConfig, validation };
    await this.table.put({ ...serviceRecordKey(name), ...ids, manifest });
    for (const arn of health.alarms ?? []) await this.table.put({ ...alarmServiceKey(arn, name), ...ids });
    const activation = createActivationStore({ table: this.table, clock: this.time.clock() });
    await activation.change(name, { lastAppliedState: true });
    return name;
  }

  fire(alarmArn: string): void {
    this.#alarms.set(alarmArn, { state: "ALARM", reason: "Down.", since: new Date(this.time.now).toISOString() });
  }

  /** Counts begin anew. */
  forget(): void {
    this.swept.length = 0;
    this.probes.length = 0;
    this.questions.length = 0;
    this.invocations.length = 0;
    this.treeReads.clear();
  }

  /** A tick of the schedule. @param everyMs how often there is one */
  tick(everyMs = 60_000): Promise<Error[]> {
    return startSweeps(this.dependencies, new Date(Math.floor(this.time.now / everyMs) * everyMs).toISOString());
  }

  /** The event of an alarm reaches its queue. */
  event(alarmArn: string): void {
    this.#alarmQueue.push(this.#record(JSON.stringify({ resources: [alarmArn] }), "alarms"));
    this.#poll();
  }

  /** Whatever may be worked off now is. */
  #poll(): void {
    while (this.#running.sweeps < concurrencyOfSweeps(this.dependencies)) {
      const batch = this.#nextSweeps();
      if (batch.length === 0) break;
      this.#running.sweeps += 1;
      void this.#sweep(batch);
    }
    while (this.#running.alarms < concurrency.FailOverServices.alarms && this.#alarmQueue.length > 0) {
      this.#running.alarms += 1;
      void this.#processAlarms(this.#alarmQueue.splice(0, batchSize));
    }
  }

  /**
   * As SQS: no message of a group while another one of it is under way; of a group as many as there are.
   * Source: SQS Developer Guide, "FIFO queue delivery logic".
   */
  #nextSweeps(): SQSRecord[] {
    const batch: SQSRecord[] = [];
    const groupOf = ({ attributes }: SQSRecord) => attributes.MessageGroupId ?? "";
    for (const first of [...this.#sweepQueue]) {
      if (batch.length >= batchSize) break;
      if (this.#busyAccounts.has(groupOf(first))) continue;
      this.#busyAccounts.add(groupOf(first));
      const ofGroup = this.#sweepQueue.filter((record) => groupOf(record) === groupOf(first));
      batch.push(...ofGroup.slice(0, batchSize - batch.length));
    }
    for (const record of batch) this.#sweepQueue.splice(this.#sweepQueue.indexOf(record), 1);
    return batch;
  }

  async #sweep(batch: readonly SQSRecord[]): Promise<void> {
    const event: SQSEvent = { Records: [...batch] };
    const begun = this.time.now;
    await sweepAccounts(this.dependencies, event, { deadline: this.time.now + invocationMs }, (swept) => {
      this.swept.push({ ...swept, at: this.time.now });
    });
    this.invocations.push(this.time.now - begun);
    for (const { attributes } of batch) this.#busyAccounts.delete(attributes.MessageGroupId ?? "");
    this.#running.sweeps -= 1;
    this.#poll();
  }

  async #processAlarms(batch: readonly SQSRecord[]): Promise<void> {
    await processAlarms(this.dependencies, { Records: [...batch] }, { deadline: this.time.now + invocationMs });
    this.#running.alarms -= 1;
    this.#poll();
  }

  #record(body: string, queue: string, groupId?: string): SQSRecord {
    this.#messages += 1;
    return {
      messageId: `m${this.#messages}`,
      body,
      receiptHandle: `r${this.#messages}`,
      attributes: {
        ApproximateReceiveCount: "1",
        SentTimestamp: String(this.time.now),
        SenderId: "test",
        ApproximateFirstReceiveTimestamp: String(this.time.now),
        ...(groupId !== undefined && { MessageGroupId: groupId }),
      },
      messageAttributes: {},
      md5OfBody: "",
      eventSource: "aws:sqs",
      eventSourceARN: `arn:aws:sqs:eu-central-1:000000000000:${queue}`,
      awsRegion: "eu-central-1",
    };
  }

  #send(ticks: readonly AccountTick[], tick: string): void {
    for (const one of ticks) {
      const id = `${one.accountId}/${tick}`;
      if (this.#folded.has(id)) continue;
      this.#folded.add(id);
      this.#sweepQueue.push(this.#record(JSON.stringify(one), "sweeps.fifo", one.accountId));
    }
    this.#poll();
  }

  #dependencies(): TickDependencies {
    const clock = this.time.clock();
    const random = this.#random;
    const taking = async <Result>(ms: number, call: () => Result | Promise<Result>): Promise<Result> => {
      await clock.sleep(ms * (0.5 + random()));
      return call();
    };
    const inner = this.table;
    const table: StateTable = {
      get: (...args) => taking(5, () => inner.get(...args)),
      put: (...args) => taking(5, () => inner.put(...args)),
      update: (...args) => taking(5, () => inner.update(...args)),
      delete: (...args) => taking(5, () => inner.delete(...args)),
      query: (...args) => taking(8, () => inner.query(...args)),
    };
    // So that what RingCX is tried for is many services.
    const dependencies = {
      ...failoverParts({ table, clock, random, accountIds: this.accountIds, guards: { blastRadius: { share: 1 } } }),
      outcomes: { publish: () => taking(20, () => {}) },
      ringcxFor: (accountId: string) => this.#ringcx(accountId),
      readAlarmStates: (arns: readonly string[]) => {
        for (let from = 0; from < arns.length; from += 100) this.questions.push(this.time.now);
        return taking(80, () => new Map(arns.map((arn) => [arn, this.#alarms.get(arn) ?? quiet])));
      },
      probe: { check: (validation: { url: string }) => this.#probe(validation.url) },
      sweeps: {
        send: (ticks: readonly AccountTick[], tick: string) =>
          taking(50, () => {
            this.#send(ticks, tick);
            return [];
          }),
      },
    };
    // Of RingCX, the secrets and SQS there is as much as failover uses.
    return dependencies as unknown as TickDependencies;
  }

  async #probe(url: string): Promise<ProbeResult> {
    const { hostname } = new URL(url);
    this.probes.push(hostname);
    if (!this.hanging.has(hostname)) {
      await this.time.sleep(100);
      return { passed: true, ms: 100 };
    }
    await this.time.sleep(probeTimeoutMs);
    return { passed: false, kind: "UNREACHABLE", because: "no answer in 5 s", isUnanswered: true } as ProbeResult;
  }

  #ringcx(accountId: string): RingCx {
    const asked = async <Result>(deadline: number, call: () => Result): Promise<Result> => {
      await this.time.sleep(200);
      if (!this.unavailable.has(accountId)) return call();
      // The client tries until its time is over.
      await this.time.sleep(deadline - this.time.now);
      throw new RingCxUnavailableError({ operation: "test", permission: "", ids: {}, status: 503 });
    };
    const names = this.#services.get(accountId) ?? [];
    const services = names.map((serviceDescription, index) => ({
      serviceId: index + 1,
      serviceDescription,
      isEnabled: !this.takenOut.has(accountId),
    }));
    const account = (_: string, { deadline = this.time.now + invocationMs }: { deadline?: number }) => ({
      accountId,
      unshownMs: async () => 0,
      groups: {
        listWithChildren: () => {
          this.treeReads.set(accountId, (this.treeReads.get(accountId) ?? 0) + 1);
          return asked(deadline, () => [{ serviceGroupId: 1, groupName: "CRM", services }]);
        },
      },
      services: {
        get: () => asked(deadline, () => ({ isEnabled: true })),
        setActive: () => asked(deadline, () => this.takenOut.set(accountId, this.time.now) !== undefined),
      },
    });
    return { connection: "main", account: account as unknown as () => RingCxAccount } as unknown as RingCx;
  }
}

const quiet: AlarmState = { state: "OK", reason: "All is well.", since: "2029-12-31T00:00:00.000Z" };
