import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Item } from "../../shared/state/table.ts";
import { harmIn, stateOf } from "../matrix/state.ts";
import { alarm, steps } from "../matrix/story.ts";
import { startWorld, type World } from "../matrix/world.ts";
import { isChosen } from "../support/runs.ts";
import { productionAccount } from "../support/world/outside.ts";
import { kindOf, restore, type Spoiling, spoilings, spoilt } from "./spoilt-items.ts";

/** Where something is missing, or is of another type, and nobody has to be told. */
function isNobodysBusiness({ item, attribute, how }: Spoiling): boolean {
  return (
    how === "missing" ||
    // What a message was is read again only while it is open, or comes again; what was told, and a history, by people alone.
    /^(EVENT|ATTEMPTS|OUTCOMES?)\||\|HISTORY$/.test(kindOf(item)) ||
    // Told by `onUnreadable`, to which this world does not listen.
    kindOf(item) === "ACCOUNT|FOLLOWED" ||
    // Read attribute by attribute, so that of a guard's memory nothing is lost for one of another version.
    attribute === "watch" ||
    // Looked at when a message changes what it is about.
    attribute === "copiedFrom"
  );
}

/** That a service is not wanted, or why else it is inactive, is known by this attribute alone. */
function isReasonTakenAway({ item, attribute, how }: Spoiling): boolean {
  return how === "missing" && kindOf(item) === "ACCOUNT|ACTIVATION" && /^[A-Z_]+$/.test(attribute);
}

interface Begun {
  world: World;
  items: readonly Item[];
  state: readonly string[];
}

/** The story so far, with what the table and RingCX hold then. */
async function begin(until: "failOver" | "recover"): Promise<Begun> {
  const world = await startWorld({});
  // Nothing that sending the first message again would change.
  for (const name of ["provision", "copy", "promote", "rotate", "failOver", "recover"]) {
    await steps[name]?.(world);
    if (name === until) break;
  }
  await world.minutes(1);
  await world.ticks(1);
  return { world, items: world.table.everything(), state: stateOf(world) };
}

/** The item of a world that another world's item stands for: ids differ from one to the other. */
function counterpart({ items }: Begun, { item, attribute }: Spoiling): Item | undefined {
  const shape = ({ pk, sk }: Item) =>
    `${pk} ${sk}`.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|-\w{6}(?= )|\dT[\d:.]+Z/g, "*");
  return items.find((one) => attribute in one && shape(one) === shape(item));
}

describe.each([
  ["in an outage", "failOver", "ALARM"],
  ["when it is over", "recover", "OK"],
] as const)("an item of the table that is spoilt %s", (when, until, alarmState) => {
  let begun: Begun;
  let cases: Spoiling[];
  beforeAll(async () => {
    begun = await begin(until);
    // Of the other account, and of the copy, nothing is sent again, so nobody reads what messages made there.
    const isRead = ({ pk, sk }: Item) => !`${pk} ${sk}`.includes(productionAccount) && !sk.endsWith("Lookup, new");
    const read = begun.items.filter(isRead);
    cases = spoilings(read).filter((spoiling) => !isReasonTakenAway(spoiling));
  });
  afterAll(() => begun.world.stop());

  test(`(${when}) is told, stops nothing else, changes nothing in RingCX, and is over when it is mended`, async () => {
    let tried = 0;
    for (const [index, spoiling] of cases.entries()) {
      if (!isChosen(index, 97, until.length)) continue;
      const item = counterpart(begun, spoiling);
      // Histories and the parts of messages are named by random numbers.
      if (!item) continue;
      tried += 1;
      const { attribute, how } = spoiling;
      const { world, items, state } = begun;
      const { table } = world;
      const label = `${item.pk} ${item.sk}: ${attribute} is ${how}`;
      const broken = spoilt({ item, attribute, how });
      const [toldBefore, loggedBefore] = [world.told.length, world.logged.length];
      await table.put(broken);

      await world.putSecret("crm/OAUTH", world.values.get("crm/OAUTH") ?? {});
      await world.minutes(2);
      await world.ticks(1);
      await world.alarm(alarm, alarmState);
      await steps.again?.(world);
      await world.minutes(1);
      expect(await world.open(), `${label}: messages that have not ended`).toBe(0);
      expect.soft(stateOf(world), label).toEqual(state);
      expect.soft(harmIn(world), label).toEqual([]);
      const left = (await table.get(item))?.[attribute];
      const isStillSo = JSON.stringify(left) === JSON.stringify(broken[attribute]);
      const said = [...world.told.slice(toldBefore), ...world.logged.slice(loggedBefore)].map((one) =>
        JSON.stringify(one),
      );
      const isTold = said.some((text) => text.includes(item.pk) || text.includes(JSON.stringify(item.sk).slice(1, -1)));
      if (isStillSo && how !== "with something else in it" && !isNobodysBusiness(spoiling))
        expect.soft(isTold, label).toBe(true);

      await restore(table, items);
      await world.minutes(2);
      await world.ticks(1);
      expect(stateOf(world), `${label}, and is mended`).toEqual(state);
      await restore(table, items);
    }
    expect(tried).toBeGreaterThan(4);
  });
});
