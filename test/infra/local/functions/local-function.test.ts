import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LocalFunction } from "../../../../infra/local/functions/local-function.ts";

function localFunction(): LocalFunction {
  const file = join(mkdtempSync(join(tmpdir(), "function-")), "index.mjs");
  writeFileSync(file, "export const handler = async (event) => event;\n");
  return new LocalFunction({
    name: "Echo",
    arn: "arn:aws:lambda:eu-central-1:000000000000:function:Echo",
    timeoutMs: 10_000,
    concurrency: 1,
    container: {
      data: { file, exportName: "handler", context: {} },
      environment: {},
      memoryMb: 128,
      onOutput: () => undefined,
    },
    onInvocation: () => undefined,
  });
}

test("what comes, or gets its turn, after the end starts no container that nobody would stop", async () => {
  const echo = localFunction();
  const first = await echo.invoke({ number: 1 }, "invoke");
  expect(first.outcome).toEqual({ status: "succeeded", result: { number: 1 } });

  const running = echo.invoke({ number: 2 }, "invoke");
  const waiting = echo.invoke({ number: 3 }, "invoke");
  await echo.stop();
  const late = echo.invoke({ number: 4 }, "invoke");

  const [, ...refused] = await Promise.all([running, waiting, late]);
  for (const { outcome } of refused) expect(outcome).toMatchObject({ error: { errorType: "Sandbox.Stopped" } });
});
