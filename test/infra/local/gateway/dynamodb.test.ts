import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { exitCodeOf, exitCodes } from "../../../../cli/exit-codes.ts";
import { startDynamoDb, tableFolder } from "../../../../infra/local/gateway/dynamodb.ts";
import { startLocalHost } from "../../../../infra/local/host.ts";
import { isLongRun } from "../../../support/runs.ts";

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

test.runIf(isLongRun)(
  "of two that are started at once in one folder, one is told before it synthesizes anything",
  async () => {
    const dataFolder = await mkdtemp(join(tmpdir(), "data-"));
    const environment = { name: "local", region: "us-east-1", connections: [{ name: "main", accountIds: ["123456"] }] };
    const onSynthesized = vi.fn(() => {
      throw new Error("enough");
    });
    const start = () =>
      startLocalHost({ environment, dataFolder, onSynthesized }).catch(({ code, message }) => code ?? message);
    expect((await Promise.all([start(), start()])).sort()).toEqual(["FOLDER_UNAVAILABLE", "enough"]);
    expect(onSynthesized).toHaveBeenCalledTimes(1);
    // What failed has given it back.
    await (await startDynamoDb("us-east-1", tableFolder(dataFolder))).close();
    await rm(dataFolder, { recursive: true });
  },
);

test("of three that are started at once in one folder, one has it, and gives it back", async () => {
  const folder = await mkdtemp(join(tmpdir(), "table-"));
  const all = await Promise.allSettled([1, 2, 3].map(() => startDynamoDb("us-east-1", folder)));
  const [started, ...others] = all.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  expect(others).toEqual([]);
  await expect(startDynamoDb("us-east-1", folder)).rejects.toMatchObject({ code: "FOLDER_UNAVAILABLE" });
  expect(await started?.call("ListTables", {})).toEqual({ TableNames: [] });
  await started?.close();
  await (await startDynamoDb("us-east-1", folder)).close();
  await rm(folder, { recursive: true });
});
