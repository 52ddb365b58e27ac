import { expect, test } from "vitest";
import { authorizeSender, sendersSchema } from "../../../../shared/contract/door/authorize-sender.ts";

const connections = [
  { name: "main", accountIds: ["1", "2"] },
  { name: "partner", accountIds: ["3"] },
];
const senders = [
  { senderId: "AROACRM", accountIds: ["1"] },
  { senderId: "AROACRM", accountIds: ["4"] },
  { senderId: "AROAALL", connections: ["main", "none"] },
  { senderId: "AROANONE" },
];
const sent = (senderId: string | undefined, ...accountIds: string[]) => {
  const accounts = accountIds.map((accountId, index) => ({ path: `data.${index}`, accountId }));
  authorizeSender({ accounts } as never, senderId, { senders, setting: "provisioning.senders", connections });
};

test.each([
  ["AROACRM:session", ["1"]],
  ["AROACRM", ["1", "4"]],
  ["AROAALL:anything:else", ["1", "2"]],
])("%s may change %j", (senderId, accounts) => sent(senderId, ...accounts));

test.each<[string | undefined, string[], string[], string]>([
  ["AROACRM:session", ["1", "2"], ["data.1"], "it may change 1, 4; provisioning.senders of the environment says so"],
  ["AROAALL", ["3", "1", "4"], ["data.0", "data.2"], "it may change 1, 2; provisioning.senders"],
  ["AROANONE:x", ["1"], ["data.0"], "add AROANONE to provisioning.senders of the environment"],
  ["AROAOTHER:AROACRM", ["1"], ["data.0"], "add AROAOTHER to provisioning.senders of the environment"],
  ["aroacrm", ["1"], ["data.0"], "add aroacrm to"],
  [undefined, ["1"], ["data.0"], "add it to provisioning.senders of the environment"],
])("%s may not change all of %j", (senderId, accounts, paths, hint) => {
  expect(() => sent(senderId, ...accounts)).toThrow(
    expect.objectContaining({
      code: "SENDER_NOT_ALLOWED",
      problems: paths.map((path) => ({
        path,
        message: expect.stringContaining(`the sender ${senderId ?? "(unknown)"} may not change account`),
        hint: expect.stringContaining(hint),
      })),
    }),
  );
});

test("without any entry whoever can send may change all", () => {
  const accounts = [{ path: "data", accountId: "9" }];
  authorizeSender({ accounts } as never, undefined, { senders: [], setting: "x", connections });
});

test.each([
  [{ senderId: "A", accountIds: ["123"] }, true],
  [{ senderId: "A" }, true],
  [{ senderId: "", accountIds: ["1"] }, false],
  [{ accountIds: ["1"] }, false],
  [{ senderId: "A", accountIds: ["x1"] }, false],
  [{ senderId: "A", accountIds: ["1x"] }, false],
  [{ senderId: "A", accounts: ["1"] }, false],
])("an entry %j is one: %s", (entry, isOne) => expect(sendersSchema.safeParse([entry]).success).toBe(isOne));
