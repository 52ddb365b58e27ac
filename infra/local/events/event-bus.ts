import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { AwsService } from "../gateway/aws-request.ts";
import { AwsServiceError } from "../gateway/aws-request.ts";
import { jsonResponse } from "../gateway/aws-response.ts";
import { matchesPattern } from "./event-pattern.ts";

/** An EventBridge event. */
export interface BusEvent {
  version: "0";
  id: string;
  "detail-type": string;
  source: string;
  account: string;
  time: string;
  region: string;
  resources: readonly string[];
  detail: unknown;
}

/** A rule of the bus: which events go to which target. */
export interface BusRule {
  name: string;
  pattern: Readonly<Record<string, unknown>>;
  targets: readonly ((event: BusEvent) => Promise<void>)[];
}

/** An event bus: rules by pattern, each with its targets. */
export class EventBus {
  readonly #rules: BusRule[] = [];
  readonly #delivering = new Set<Promise<void>>();
  readonly #origin: { account: string; region: string };

  constructor(origin: { account: string; region: string }) {
    this.#origin = origin;
  }

  addRule(rule: BusRule): void {
    this.#rules.push(rule);
  }

  /** Puts an event on the bus, one that another bus sends on as it is. Delivery goes on by itself. */
  put(event: Pick<BusEvent, "detail-type" | "source" | "detail"> & Partial<BusEvent>): string {
    const id = randomUUID();
    const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const full: BusEvent = { version: "0", id, time, resources: [], ...this.#origin, ...event };
    for (const { name, pattern, targets } of this.#rules) {
      if (!matchesPattern(full, pattern)) continue;
      for (const deliver of targets) {
        const delivering = deliver(full)
          .catch((error: unknown) => void process.stderr.write(`Rule ${name} lost an event: ${String(error)}\n`))
          .finally(() => this.#delivering.delete(delivering));
        this.#delivering.add(delivering);
      }
    }
    return id;
  }

  get busy(): number {
    return this.#delivering.size;
  }
}

/** The buses of all regions by their ARNs: a region has a default one, and those that stacks make. */
export class EventBuses {
  readonly #buses = new Map<string, EventBus>();
  readonly #account: string;

  constructor(account: string) {
    this.#account = account;
  }

  arnOf(region: string, name = "default"): string {
    return `arn:aws:events:${region}:${this.#account}:event-bus/${name}`;
  }

  /** The default bus of a region. */
  in(region: string): EventBus {
    const arn = this.arnOf(region);
    return this.#buses.get(arn) ?? this.add(arn);
  }

  add(arn: string): EventBus {
    const [, , , region = ""] = arn.split(":");
    const bus = new EventBus({ account: this.#account, region });
    this.#buses.set(arn, bus);
    return bus;
  }

  /** @throws {Error} where no stack has made it */
  get(arn: string): EventBus {
    const bus = this.#buses.get(arn);
    if (bus) return bus;
    throw new Error(`There is no event bus ${arn}`);
  }

  /** Events that are on their way, on all buses. */
  get busy(): number {
    return [...this.#buses.values()].reduce((sum, bus) => sum + bus.busy, 0);
  }
}

const putEventsInput = z.object({
  Entries: z.array(
    z.object({
      Source: z.string(),
      DetailType: z.string(),
      Detail: z.string(),
      Resources: z.array(z.string()).default([]),
    }),
  ),
});

/** EventBridge's PutEvents. */
export function eventsService(bus: EventBus): AwsService {
  return ({ operation, input }) => {
    if (operation !== "PutEvents") {
      throw new AwsServiceError("UnknownOperationException", `The local host's EventBridge has no ${operation}.`);
    }
    const Entries = putEventsInput.parse(input).Entries.map(({ Source, DetailType, Detail, Resources }) => ({
      EventId: bus.put({
        source: Source,
        "detail-type": DetailType,
        detail: JSON.parse(Detail) as unknown,
        resources: Resources,
      }),
    }));
    return jsonResponse({ FailedEntryCount: 0, Entries });
  };
}
