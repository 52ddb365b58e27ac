import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { tableProtection } from "../../../cli/read/checks.ts";

/** DynamoDB, as far as `DescribeTable` goes. */
async function found(Table: object): Promise<string> {
  const server = createServer((_request, response) => response.end(JSON.stringify({ Table })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const region = "eu-central-1";
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clientConfig = { region, endpoint, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
  try {
    return await tableProtection({ clientConfig, region, outputs: { TableName: "State" } });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a table that is protected from being deleted is right", async () => {
  expect(await found({ DeletionProtectionEnabled: true })).toBe("State cannot be deleted by mistake");
});

test.each([{ DeletionProtectionEnabled: false }, {}])(
  "one that is not (%j) is told with what protects it",
  async (table) => {
    await expect(found(table)).rejects.toThrow(
      /may be deleted by hand.*: aws dynamodb update-table --region eu-central-1 --table-name State --deletion-protection-enabled$/,
    );
  },
);
