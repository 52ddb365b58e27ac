import type { MemoryStateTable } from "../../shared/state/memory-table.ts";
import type { Item } from "../../shared/state/table.ts";

/** What was asked of AWS while something was done. */
export interface Usage {
  /** DynamoDB's units: strongly consistent reads of 4 KB, writes of 1 KB. */
  readUnits: number;
  writeUnits: number;
  /** Calls of CloudWatch's DescribeAlarms. */
  describeAlarms: number;
  /** Calls of Secrets Manager. */
  secretCalls: number;
  /** Requests to RingCX; each claims its place in the quota. */
  ringcxRequests: number;
  outcomes: number;
}

export const nothing: Usage = {
  readUnits: 0,
  writeUnits: 0,
  describeAlarms: 0,
  secretCalls: 0,
  ringcxRequests: 0,
  outcomes: 0,
};

/** Counts what a table is asked for, in DynamoDB's units. */
export class TableMeter {
  /** Round trips. */
  calls = 0;
  readUnits = 0;
  writeUnits = 0;
  readonly #sizes = new Map<string, number>();

  constructor(table: MemoryStateTable) {
    const { get, put, update, query } = table;
    const remove = table.delete;
    Object.assign(table, {
      get: async (...args: Parameters<typeof get>) => this.#read(await get.apply(table, args)),
      query: async (...args: Parameters<typeof query>) => {
        this.calls += 1;
        const items = await query.apply(table, args);
        this.readUnits += units(items, 4_096);
        return items;
      },
      put: async (...args: Parameters<typeof put>) => {
        this.#written(args[0], args[0]);
        return put.apply(table, args);
      },
      update: async (...args: Parameters<typeof update>) => {
        const item = await update.apply(table, args);
        this.#written(item, item);
        return item;
      },
      delete: async (...args: Parameters<typeof remove>) => {
        this.calls += 1;
        this.writeUnits += 1;
        this.#sizes.delete(`${args[0].pk} ${args[0].sk}`);
        return remove.apply(table, args);
      },
    });
  }

  /** Bytes of all items that have been written and not deleted. */
  get bytes(): number {
    return [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
  }

  #written({ pk, sk }: { pk: string; sk: string }, item: unknown): void {
    this.calls += 1;
    this.writeUnits += units(item, 1_024);
    this.#sizes.set(`${pk} ${sk}`, Buffer.byteLength(JSON.stringify(item)));
  }

  #read(item: Item | undefined): Item | undefined {
    this.calls += 1;
    this.readUnits += units(item, 4_096);
    return item;
  }
}

/** At least one unit, whatever is there. JSON is near enough to DynamoDB's own size of an item. */
function units(value: unknown, size: number): number {
  return Math.max(1, Math.ceil(Buffer.byteLength(JSON.stringify(value ?? "")) / size));
}

/** The quota's item with the grants of a busy minute, as one claim reads and writes it. */
export const quotaClaim = {
  readUnits: 1,
  writeUnits: units({ grants: Array.from({ length: 120 }, (_, index) => 1_900_000_000_000 + index * 500) }, 1_024),
};
