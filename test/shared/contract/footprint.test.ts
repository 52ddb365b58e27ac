import { describe, expect, test } from "vitest";
import { footprintOf, mustFollow } from "../../../shared/contract/footprint.ts";
import type { ProvisioningMessage } from "../../../shared/contract/provisioning-message.ts";
import { parseProvisioningMessage, readProvisioningMessage } from "../../../shared/contract/provisioning-message.ts";
import { keyOf } from "../../../shared/contract/resource-key.ts";

let ids = 0;
function message(type: "apply" | "copy" | "retire", data: object): ProvisioningMessage {
  ids += 1;
  const event = {
    specversion: "1.0",
    id: `m-${ids}`,
    source: "/test",
    type: `ringcx.${type}.v1`,
    time: "2026-01-01T00:00:00Z",
    data: { accountId: "1", ...data },
  };
  return parseProvisioningMessage(readProvisioningMessage(JSON.stringify(event)));
}

const group = (groupName: string, more: object = {}) => ({ kind: "httpServiceGroup", groupName, ...more });
const config = (providerName: string) => ({ kind: "authConfig", providerName, authType: "APIKEY", secretId: "s" });
const service = (groupName: string, serviceDescription: string, more: object = {}) => ({
  kind: "httpService",
  groupName,
  serviceDescription,
  serviceType: "HTTP_GET",
  httpServiceConfig: { url: "https://crm.example.com/" },
  ...more,
});
const apply = (...resources: object[]) => message("apply", { resources });
const retire = (...resources: object[]) => message("retire", { resources });
const follows = (later: ProvisioningMessage, earlier: ProvisioningMessage) =>
  mustFollow(footprintOf(later), footprintOf(earlier));

describe("a message waits for an earlier one", () => {
  test.each<[what: string, earlier: () => ProvisioningMessage, later: () => ProvisioningMessage]>([
    ["about the same service", () => apply(service("G", "A")), () => apply(service("G", "A"))],
    [
      "about the same service in another spelling",
      () => apply(service("G", "Café")),
      () => apply(service("g", "CAFE\u0301")),
    ],
    ["about the same auth config", () => apply(config("K")), () => apply(config("K"))],
    [
      "that makes the auth config it needs",
      () => apply(config("K")),
      () => apply(service("G", "A", { authConfig: "K" })),
    ],
    ["that renames its group", () => apply(group("H", { previousName: "G" })), () => apply(service("G", "A"))],
    ["that renames its service", () => apply(service("G", "B", { previousName: "A" })), () => apply(service("G", "A"))],
    [
      "that retires its service",
      () => retire({ kind: "httpService", groupName: "G", serviceDescription: "A" }),
      () => apply(service("G", "A")),
    ],
    [
      "whose auth config it retires",
      () => apply(service("G", "A", { authConfig: "K" })),
      () => retire({ kind: "authConfig", providerName: "K" }),
    ],
    [
      "that may link a service with another auth config than the one it retires",
      () => apply(service("G", "A", { authConfig: "L" })),
      () => retire({ kind: "authConfig", providerName: "K" }),
    ],
    [
      "that deletes a service which may use the auth config it retires",
      () => retire({ kind: "httpService", groupName: "G", serviceDescription: "A", delete: "service" }),
      () => retire({ kind: "authConfig", providerName: "K" }),
    ],
    ["whose group it renames", () => apply(service("G", "A")), () => apply(group("H", { previousName: "G" }))],
    [
      "that copies its group",
      () => message("copy", { from: { groupName: "G" }, to: { groupName: "H" } }),
      () => apply(service("H", "A")),
    ],
    [
      "that makes what it copies",
      () => apply(service("G", "A")),
      () => message("copy", { from: { groupName: "G" }, to: { groupName: "H" } }),
    ],
    [
      "that relies on the group that it declares",
      () => apply(service("G", "A")),
      () => apply(group("G"), service("G", "B")),
    ],
    [
      "that relies on the auth config that it makes",
      () => apply(service("G", "A", { authConfig: "K" })),
      () => apply(config("K")),
    ],
    [
      "that relies on the group to which it copies",
      () => apply(service("H", "A")),
      () => message("copy", { from: { groupName: "G", serviceDescription: "B" }, to: { groupName: "H" } }),
    ],
    [
      "that copies what it changes",
      () => message("copy", { from: { groupName: "G" }, to: { groupName: "H" } }),
      () => apply(service("G", "A")),
    ],
    [
      "that copies its one service",
      () => message("copy", { from: { groupName: "G", serviceDescription: "A" }, to: { serviceDescription: "B" } }),
      () => apply(service("G", "B")),
    ],
  ])("%s", (_what, earlier, later) => expect(follows(later(), earlier())).toBe(true));
});

describe("a message does not wait for an earlier one", () => {
  test.each<[what: string, earlier: () => ProvisioningMessage, later: () => ProvisioningMessage]>([
    [
      "about another service of the group that both declare",
      () => apply(group("G"), service("G", "A")),
      () => apply(group("G"), service("G", "B")),
    ],
    [
      "that needs the same auth config",
      () => apply(service("G", "A", { authConfig: "K" })),
      () => apply(service("G", "B", { authConfig: "K" })),
    ],
    [
      "that copies one service",
      () => message("copy", { from: { groupName: "G", serviceDescription: "A" }, to: { serviceDescription: "B" } }),
      () => apply(service("G", "C")),
    ],
    [
      "that retires another auth config",
      () => retire({ kind: "authConfig", providerName: "K" }),
      () => apply(service("G", "A", { authConfig: "L" })),
    ],
    [
      "that retires another one, to retire one",
      () => retire({ kind: "authConfig", providerName: "K" }),
      () => retire({ kind: "authConfig", providerName: "L" }),
    ],
    ["about the same names in another group", () => apply(service("G", "A")), () => apply(service("H", "A"))],
  ])("%s", (_what, earlier, later) => expect(follows(later(), earlier())).toBe(false));
});

test("once it was seen that what it relies on is there, or is not, nobody waits who makes it", () => {
  const looked = { ...footprintOf(apply(service("G", "A", { authConfig: "K" }))), relies: [] };
  expect(mustFollow(footprintOf(apply(config("K"))), looked)).toBe(false);
  expect(mustFollow(footprintOf(apply(group("G"), service("G", "B"))), looked)).toBe(false);
});

test("what has ended is waited for by nobody", () => {
  const both = apply(service("G", "A"), service("G", "B"));
  const ended = [keyOf({ kind: "httpService", groupName: "G", serviceDescription: "A" })];
  expect(mustFollow(footprintOf(apply(service("G", "A"))), footprintOf(both, ended))).toBe(false);
  expect(mustFollow(footprintOf(apply(service("G", "B"))), footprintOf(both, ended))).toBe(true);
});

test("the same event once more waits for itself", () => {
  const one = apply(service("G", "A"));
  expect(follows({ ...one }, one)).toBe(true);
});
