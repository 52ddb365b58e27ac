import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { exitCodeOf, exitCodes } from "../../../../cli/exit-codes.ts";
import { startDynamoDb, tableFolder } from "../../../../infra/local/gateway/dynamodb.ts";
import { startLocalHost } from "../../../../infra/local/host.ts";

test("a folder that another process has is named, and free again once that has ended", async () => {
  const folder = await mkdtemp(join(tmpdir(), "table-"));
  const first = await startDynamoDb("us-east-1", folder);
  const refused = await startDynamoDb("us-east-1", folder).catch((error: unknown) => error);
  expect(refused).toMatchObject({
    code: "FOLDER_UNAVAILABLE",
    message: expect.stringMatching(/another process uses it/),
  });
  expect((refused as Error).message).toContain(folder);
  expect(exitCodeOf(refused)).toBe(exitCodes.unreachable);
  await first.close();
  const second = await startDynamoDb("us-east-1", folder);
  expect(await second.call("ListTables", {})).toEqual({ TableNames: [] });
  await second.close();
  await writeFile(join(folder, "CURRENT"), "nothing\n");
  await expect(startDynamoDb("us-east-1", folder)).rejects.toMatchObject({ code: "FOLDER_UNAVAILABLE" });
  await rm(folder, { recursive: true });
});

test("a folder that another process has is found before anything is synthesized or bundled", async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), "data-"));
  const first = await startDynamoDb("us-east-1", tableFolder(dataFolder));
  const environment = { name: "local", region: "us-east-1", connections: [{ name: "main", accountIds: ["123456"] }] };
  const onSynthesized = vi.fn();
  const starting = startLocalHost({ environment, dataFolder, onSynthesized });
  await expect(starting).rejects.toMatchObject({ code: "FOLDER_UNAVAILABLE" });
  expect(onSynthesized).not.toHaveBeenCalled();
  await first.close();
  await rm(dataFolder, { recursive: true });
});
