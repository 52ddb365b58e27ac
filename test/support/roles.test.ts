import { DescribeSecretCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import { expect, test } from "vitest";
import { MemoryStateTable } from "../../shared/state/memory-table.ts";
import { takeDenied } from "./denied.ts";
import { clientOfRole, tableOfRole } from "./roles.ts";

test("what a function's role in the template lacks is denied in one process, too", async () => {
  const secrets = clientOfRole(["ProvisionServices"], "secretsmanager", { send: (_command: object) => "sent" });
  expect(secrets.send(new DescribeSecretCommand({ SecretId: "s" }))).toBe("sent");
  expect(() => secrets.send(new PutSecretValueCommand({ SecretId: "s" }))).toThrow(
    /AccessDenied: the role of ProvisionServices in the template lacks secretsmanager:PutSecretValue/,
  );
  // What the function itself might have caught is noted for the set-up that fails its test.
  expect(takeDenied()).toHaveLength(1);
  const table = tableOfRole(["ProvisionServices"], new MemoryStateTable());
  await table.put({ pk: "a", sk: "b" });
  expect(await table.query("a")).toHaveLength(1);
});
