import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseExactly } from "../../../shared/primitives/exact-json.ts";
import { jsonText } from "../../support/json-text.ts";
import { runs } from "../../support/runs.ts";
import { applyMessage, authConfig, type Fixture, group, service, startFixture } from "./fixture.ts";

let fixture: Fixture;

beforeAll(async () => {
  fixture = await startFixture();
  await fixture.send(applyMessage([group, authConfig, manifest(false)]));
});
afterAll(() => fixture.stop());

const headers = { "Content-Type": "application/json", "X-Tenant": "a" };

function manifest(isDebug: boolean) {
  const { httpServiceConfig, validation: _validation, ...rest } = service(fixture.crm, { isDebug, isEnabled: false });
  return { ...rest, httpServiceConfig: { ...httpServiceConfig, headers } };
}

const anything = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.string(),
  fc.record({ a: fc.option(fc.string()), b: fc.array(fc.integer(), { maxLength: 2 }) }),
);
/** Fields that no documentation knows. */
const unknownFields = fc.record({ newField: anything, otherField: anything, returntype: fc.option(fc.string()) });
const spelling = (name: string) => fc.constantFrom(name, name.toLowerCase(), name.toUpperCase());
/** The declared headers as RingCX may answer them, and others that it or a person has added. */
const foundHeaders = fc
  .tuple(
    fc.option(fc.tuple(spelling("Content-Type"), fc.constantFrom("application/json", "text/plain"))),
    fc.option(fc.tuple(spelling("X-Tenant"), fc.constantFrom("a", "b"))),
    fc.dictionary(fc.stringMatching(/^x-[a-z]{1,8}$/), fc.string({ maxLength: 10 }), { maxKeys: 3 }),
  )
  .map(([type, tenant, added]) => {
    const declared = [type, tenant].filter((one) => one !== null);
    return { ...added, ...Object.fromEntries(declared) };
  });
const config = fc.record({
  isUrlRight: fc.boolean(),
  headers: foundHeaders,
  // The endpoint's own, as text: whatever a person has put there.
  others: fc.uniqueArray(fc.tuple(fc.constantFrom("timeout", "retries", "other", "__proto__"), jsonText), {
    selector: ([name]) => name,
  }),
  isReversed: fc.boolean(),
  indent: fc.constantFrom(0, 1),
});

test("of a record only the named fields differ afterwards, whatever else is in it, and then nothing does", async () => {
  await fc.assert(
    fc.asyncProperty(unknownFields, config, fc.boolean(), fc.boolean(), async (unknown, written, wasDebug, isDebug) => {
      const { url } = manifest(false).httpServiceConfig;
      const found = {
        url: written.isUrlRight ? url : `${url}/other`,
        headers: written.headers,
      };
      const entries = [
        ...Object.entries(found).map(([name, value]) => [name, JSON.stringify(value, undefined, written.indent)]),
        ...written.others,
      ];
      const serialised = `{${(written.isReversed ? entries.toReversed() : entries)
        .map(([name, value]) => `${JSON.stringify(name)}: ${value}`)
        .join(",\n")}}`;
      fixture.simulator.editService(address(), { ...unknown, isDebug: wasDebug, httpServiceConfig: serialised });
      const before = present(record());
      await fixture.send(applyMessage([manifest(isDebug)]));
      const after = present(record());
      const left = after.httpServiceConfig;
      expect({ ...after, httpServiceConfig: undefined }).toEqual({ ...before, isDebug, httpServiceConfig: undefined });
      expect(membersOf(String(left))).toEqual(
        [
          ...written.others,
          ["url", JSON.stringify(url)],
          ["headers", JSON.stringify(expectedHeaders(written.headers))],
        ].toSorted(),
      );
      const isSame =
        written.isUrlRight && wasDebug === isDebug && sameHeaders(written.headers, expectedHeaders(written.headers));
      if (isSame) expect(after.httpServiceConfig).toBe(serialised);
      fixture.operations();
      expect(await fixture.send(applyMessage([manifest(isDebug)]))).toMatchObject({ status: "NO_CHANGE" });
      expect(fixture.operations().filter((name) => !name.startsWith("get"))).toEqual([]);
    }),
    { numRuns: runs(25) },
  );
}, 3_600_000);

/** The members of a configuration, each as its text. */
function membersOf(config: string): string[][] {
  const value = parseExactly(config, { isSpellingKept: true })?.value;
  return Object.entries(value as object)
    .map(([name, member]) => [name, JSON.stringify(member)])
    .toSorted();
}

/** By the rule, not by the code: each declared value under the spelling that is there, or the declared one. */
function expectedHeaders(found: Readonly<Record<string, string>>): Record<string, string> {
  const result: Record<string, string> = { ...found };
  for (const [name, value] of Object.entries(headers)) {
    const there = Object.keys(found).find((one) => one.toLowerCase() === name.toLowerCase());
    result[there ?? name] = value;
  }
  return result;
}

function sameHeaders(a: object, b: object): boolean {
  return JSON.stringify(Object.entries(a).toSorted()) === JSON.stringify(Object.entries(b).toSorted());
}

/** What is null is as good as absent, but within `httpServiceConfig`. */
function present(value: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      if (field === null) return [];
      const isFields = typeof field === "object" && !Array.isArray(field);
      return [[name, isFields ? present(field) : field]];
    }),
  );
}

function record() {
  const [found] = fixture.simulator.state().groups[0]?.services ?? [];
  if (!found) throw new Error("The service is gone");
  return found;
}

function address() {
  const serviceGroupId = fixture.simulator.state().groups[0]?.serviceGroupId ?? 0;
  return { accountId: "123456", serviceGroupId, serviceId: record().serviceId };
}
