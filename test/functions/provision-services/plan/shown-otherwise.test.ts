import { expect, test } from "vitest";
import { isShownOtherwise } from "../../../../functions/provision-services/plan/shown-otherwise.ts";
import type { ObservedAccount } from "../../../../functions/provision-services/read/observed-account.ts";
import type { StoredResources } from "../../../../functions/provision-services/read/stored-resources.ts";
import { authConfigKey, groupKey, serviceKey } from "../../../../shared/contract/resource-key.ts";

const generation = { source: "/test", id: "1", time: "2026-01-05T09:00:00Z" };
const [groupId, serviceId, authConfigId] = [1, 2, "5c181e02-95ff-5614-a25d-1a7d260ad8b9"];
const keys = { group: groupKey("g"), authConfig: authConfigKey("a"), service: serviceKey("g", "s") };
const config = { url: "https://crm.example.com/" };
const manifest = { groupName: "g", serviceDescription: "s", isDebug: true, httpServiceConfig: config };
const stored: StoredResources = {
  groups: new Map([
    [keys.group, { serviceGroupId: groupId, manifest: { groupName: "g", isDefault: true }, generation }],
  ]),
  authConfigs: new Map([
    [
      keys.authConfig,
      {
        authConfigId,
        secretArn: "arn",
        manifest: { authType: "OAUTH", providerName: "a", description: "d" },
        generation,
      },
    ],
  ]),
  services: new Map([[keys.service, { serviceGroupId: groupId, serviceId, authConfigId, manifest, generation }]]),
  tombstones: new Map(),
  swapped: new Map(),
  madeAs: new Map(),
  begunAs: new Map(),
  creationIntents: new Map(),
};
const found = { serviceGroupId: groupId, serviceId, authConfigId };

const service = {
  serviceId,
  serviceType: "HTTP_GET",
  serviceDescription: "s",
  isDebug: true,
  httpServiceConfig: config,
  authConfigId,
};
const shown = (of: { group?: object; authConfig?: object; service?: object } = {}): ObservedAccount => ({
  groups: [
    {
      serviceGroupId: groupId,
      groupName: "g",
      isDefault: true,
      services: [{ ...service, ...of.service }],
      ...of.group,
    },
  ],
  authConfigs: [{ authConfigId, providerName: "a", description: "d", ...of.authConfig }],
  inputs: new Map(),
});

/** Which of the three are not shown as they were made. */
const otherwise = (observed: ObservedAccount, known = stored) =>
  Object.entries(keys).flatMap(([kind, key]) => (isShownOtherwise({ key, found }, observed, known) ? [kind] : []));

test.each([
  ["all as it was made", {}, []],
  ["names in another spelling", { group: { groupName: "G " }, authConfig: { providerName: "A" } }, []],
  ["fields of which nobody has said anything", { service: { returntype: "XML" }, group: { more: 1 } }, []],
  ["no link, as v1 may show it", { service: { authConfigId: undefined } }, []],
  ["a group's flag", { group: { isDefault: undefined } }, ["group"]],
  ["a group's name", { group: { groupName: "h" } }, ["group"]],
  ["an auth config's description", { authConfig: { description: undefined } }, ["authConfig"]],
  ["an auth config's name", { authConfig: { providerName: "b" } }, ["authConfig"]],
  ["a service's field", { service: { isDebug: false } }, ["service"]],
  ["a service's URL", { service: { httpServiceConfig: { url: "https://other.example.com/" } } }, ["service"]],
  ["a service's link", { service: { authConfigId: "e15b3c0b-f9b4-5f6f-ada3-baba9b75b679" } }, ["service"]],
])("%s", (_, of, expected) => {
  expect(otherwise(shown(of))).toEqual(expected);
  // What no message has made is shown as it is.
  expect(otherwise(shown(of), { ...stored, groups: new Map(), authConfigs: new Map(), services: new Map() })).toEqual(
    [],
  );
});

test("what is known and not shown would be made again", () => {
  const nothing = shown();
  expect(Object.values(keys).map((key) => isShownOtherwise({ key, found: undefined }, nothing, stored))).toEqual([
    true,
    true,
    true,
  ]);
  expect(isShownOtherwise({ key: groupKey("new"), found: undefined }, nothing, stored)).toBe(false);
});
