import { expect, test } from "vitest";
import {
  edgeAuditFromItem,
  edgeAuditKey,
  edgeAuditToItem,
  edgeId,
} from "../../../../shared/records/account/edge-audit.ts";

const edge = {
  groupName: "CRM",
  serviceDescription: "lookup",
  serviceId: 7,
  host: "other.example.net",
  authConfigId: "AB",
  secretArn: "arn",
};
const item = { ...edgeAuditKey("1"), version: 3 };

test("an account that was never looked at has nothing", () => {
  expect(edgeAuditFromItem(undefined)).toEqual({
    checkedAt: 0,
    authConfigIds: [],
    edges: [],
    notListed: 0,
    unknownAttributes: {},
  });
});

test("what is kept comes back, and what a later version wrote with it", () => {
  const audit = {
    checkedAt: 5,
    authConfigIds: ["AB"],
    edges: [{ ...edge, since: "2026-01-01T00:00:00.000Z", unpublished: { message: "m", hint: "h" } }],
    notListed: 2,
    unknownAttributes: { later: 1 },
  };
  const stored = edgeAuditToItem("1", audit);
  expect(stored).toMatchObject({ pk: "ACCOUNT#1", sk: "EDGES", later: 1 });
  expect(edgeAuditFromItem({ ...stored, version: 3 })).toEqual(audit);
});

test("one that cannot be read is named", () => {
  expect(() => edgeAuditFromItem({ ...item, edges: [{}] })).toThrow('sk "EDGES"');
});

test("an edge is the same one whatever case its auth config is written in, and another at another host", () => {
  expect(edgeId({ ...edge, authConfigId: "ab" })).toBe(edgeId(edge));
  expect(edgeId({ ...edge, host: "third.example.org" })).not.toBe(edgeId(edge));
  expect(edgeId({ ...edge, secretArn: "arn2" })).not.toBe(edgeId(edge));
  expect(edgeId({ ...edge, groupName: "B", serviceDescription: "b" })).toBe(edgeId(edge));
});
