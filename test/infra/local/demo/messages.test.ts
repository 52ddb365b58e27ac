import { expect, test } from "vitest";
import { readMessages } from "../../../../infra/local/demo/messages.ts";

const event = { source: "/crm", id: "1", type: "ringcx.apply.v1", data: { accountId: "123456", url: "${CRM_URL}/x" } };

test("a bad line is reported with its number and the rest goes on", () => {
  const { messages, badLines } = readMessages(`{oops\n\n# a comment\n${JSON.stringify(event)}\n[1]\n{"id":"2"}`, {
    CRM_URL: "http://crm",
  });
  expect(messages).toMatchObject([{ lineNumber: 4, source: "/crm", id: "1", accountId: "123456" }]);
  expect(badLines.map(({ lineNumber }) => lineNumber)).toEqual([1, 5, 6]);
  expect(badLines[0]?.because).toMatch(/not valid JSON/);
  expect(badLines[2]?.because).toMatch(/"source" is missing/);
});

test("variables are filled in as JSON text, an unknown one names those that exist", () => {
  const { messages } = readMessages(JSON.stringify(event), { CRM_URL: 'http://"quoted"' });
  expect(JSON.parse(messages[0]?.body ?? "")).toMatchObject({ data: { url: 'http://"quoted"/x' } });
  const { badLines } = readMessages(JSON.stringify(event), { OTHER: "x" });
  expect(badLines[0]?.because).toMatch(/\$\{CRM_URL\}; known are OTHER/);
});
