import fc from "fast-check";
import { expect, test } from "vitest";
import { authConfigIdFor } from "../../../../functions/provision-services/plan/ownership.ts";
import { planInputs } from "../../../../functions/provision-services/plan/plan-inputs.ts";
import { planResources } from "../../../../functions/provision-services/plan/plan-resources.ts";
import type { ObservedAccount } from "../../../../functions/provision-services/read/observed-account.ts";
import type { StoredResources } from "../../../../functions/provision-services/read/stored-resources.ts";
import { type Manifest, manifestSchema } from "../../../../shared/contract/apply.ts";
import { serviceKey } from "../../../../shared/contract/resource-key.ts";
import { Redacted } from "../../../../shared/primitives/redacted.ts";
import type { HttpService } from "../../../../shared/ringcx/resources/http-service.ts";

const generation = { source: "/test", id: "1", time: "2026-01-05T09:00:00Z" };
const nothingStored: StoredResources = {
  groups: new Map(),
  authConfigs: new Map(),
  services: new Map(),
  tombstones: new Map(),
  swapped: new Map(),
  madeAs: new Map(),
  begunAs: new Map(),
  creationIntents: new Map(),
};

const input = fc.record(
  {
    name: fc.constantFrom("ani", "queue", "agent"),
    type: fc.constantFrom("PARAMETER", "HEADER"),
    value: fc.constantFrom("", "x"),
    rank: fc.constantFrom("0", "1", "2", "10"),
  },
  { requiredKeys: ["name"] },
);
const found = fc
  .array(input, { maxLength: 8 })
  .map((inputs) => inputs.map((one, index) => ({ ...one, inputId: index + 1 })));

test("inputs become those that are declared, none is touched that may stay, and then there is nothing to do", () => {
  fc.assert(
    // The contract takes each name once; RingCX may have it more often.
    fc.property(fc.uniqueArray(input, { selector: ({ name }) => name }), found, (declared, before) => {
      const { create, remove } = planInputs(declared, before);
      const gone = new Set(remove.map(({ inputId }) => inputId));
      const kept = before.filter(({ inputId }) => !gone.has(inputId));
      expect(kept.length + create.length).toBe(declared.length);
      const after = [...kept, ...create.map((one, index) => ({ ...one, inputId: 100 + index }))];
      expect(planInputs(declared, after)).toEqual({ create: [], remove: [] });
      const ranks = create.map(({ rank = "0" }) => Number(rank));
      expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    }),
  );
});

const service: Manifest = manifestSchema.parse({
  kind: "httpService",
  groupName: "g",
  serviceDescription: "s",
  serviceType: "HTTP_GET",
  httpServiceConfig: { url: "https://crm.example.com/" },
  isDebug: false,
});

function observed(fields: Partial<HttpService>, more: Partial<ObservedAccount> = {}): ObservedAccount {
  const existing = { serviceId: 2, serviceType: "HTTP_GET", serviceDescription: "s", ...fields } as HttpService;
  return {
    groups: [{ serviceGroupId: 1, groupName: "g", services: [existing] }],
    authConfigs: undefined,
    inputs: new Map(),
    ...more,
  };
}

function ours(isLinkShownInV1?: boolean): StoredResources {
  if (service.kind !== "httpService") throw new Error("not a service");
  const record = {
    serviceGroupId: 1,
    serviceId: 2,
    manifest: service,
    generation,
    ...(isLinkShownInV1 !== undefined && { isLinkShownInV1 }),
  };
  return { ...nothingStored, services: new Map([[serviceKey("g", "s"), record]]) };
}

const planOf = (observed: ObservedAccount, known: StoredResources, resources: Manifest[] = [service]) =>
  planResources({ accountId: "1", generation, resources }, observed, known);

test("what RingCX leaves out because it is false or empty is no difference", () => {
  const config = { url: "https://crm.example.com/", method: "POST" };
  const [plan] = planOf(observed({ httpServiceConfig: config, isDebug: undefined }), ours());
  expect(plan?.steps.map((step) => step.do)).toEqual(["applyEnabledState"]);
});

test("a configuration that is no JSON object is replaced", () => {
  const [plan] = planOf(observed({ httpServiceConfig: "<odd>" }), ours());
  expect(plan?.steps[0]).toMatchObject({
    do: "updateService",
    fields: { httpServiceConfig: { url: "https://crm.example.com/" } },
  });
});

test.each([
  ["a member twice", '{"url":"https://old.example.com","timeout":1,"timeout":2}'],
  ["nested too deep", `{"url":"https://old.example.com","a":${"[".repeat(200)}${"]".repeat(200)}}`],
])("a configuration of which a change would lose something is refused by name: %s", (_, config) => {
  const [plan] = planOf(observed({ httpServiceConfig: config }), ours());
  expect(plan?.problems.map(({ path }) => path)).toEqual(["data.resources[0].httpServiceConfig"]);
  expect(plan?.steps).toEqual([]);
});

test("a whole-record write that would carry a credential along is refused, naming the place and not the value", () => {
  const config = { url: "https://old.example.com", headers: { Authorization: "Bearer hush-hush" } };
  const [plan] = planOf(observed({ httpServiceConfig: config, httpPassword: new Redacted("hush-hush") }), ours());
  expect(plan?.problems.map(({ path }) => path)).toEqual([
    "data.resources[0].httpPassword",
    "data.resources[0].httpServiceConfig.headers.Authorization",
  ]);
  expect(plan?.steps).toEqual([]);
  expect(JSON.stringify(plan?.problems)).not.toContain("hush-hush");
});

test("the UUID of an auth config depends on account and name, and on nothing else", () => {
  expect(authConfigIdFor("123456", "CRM OAuth")).toBe(authConfigIdFor("123456", "CRM OAuth"));
  expect(authConfigIdFor("123456", "CRM OAuth")).not.toBe(authConfigIdFor("123457", "CRM OAuth"));
  // Changing the namespace would orphan every auth config that was ever made.
  expect(authConfigIdFor("123456", "CRM OAuth")).toBe("5c181e02-95ff-5614-a25d-1a7d260ad8b9");
});

test("a service without a group, or with an auth config that nobody knows, says what there is", () => {
  const lost = { ...service, groupName: "h", authConfig: "A" } as Manifest;
  const [plan] = planOf(
    observed({}, { authConfigs: [{ authConfigId: "1", providerName: "Ab", authType: "JWT" }] }),
    nothingStored,
    [lost],
  );
  expect(plan?.problems).toMatchObject([
    {
      path: "data.resources[0].authConfig",
      message: "no auth config has this name",
      hint: expect.stringMatching(/ Did you mean "Ab"\?$/),
    },
    { path: "data.resources[0].groupName", hint: expect.stringMatching(/ Did you mean "g"\?$/) },
  ]);
});
