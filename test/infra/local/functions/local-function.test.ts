import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { LocalFunction } from "../../../../infra/local/functions/local-function.ts";

function localFunction(
  code = "export const handler = async (event) => event;",
  { idleMs = 60_000, ...container }: { idleMs?: number; compileCache?: string } = {},
): LocalFunction {
  const file = join(mkdtempSync(join(tmpdir(), "function-")), "index.mjs");
  writeFileSync(file, code);
  return new LocalFunction({
    name: "Echo",
    arn: "arn:aws:lambda:eu-central-1:000000000000:function:Echo",
    timeoutMs: 10_000,
    concurrency: 1,
    idleMs,
    container: {
      data: { file, exportName: "handler", context: {} },
      environment: {},
      memoryMb: 128,
      onOutput: () => undefined,
      ...container,
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

const endless =
  "export const handler = async (event) => (event.hang ? new Promise(() => setInterval(() => {}, 1000)) : 1);";

test("a container that is killed fails its event in Lambda's words, and the next event gets a new one", async () => {
  const hanging = localFunction(endless);
  await hanging.invoke({}, "invoke");
  const [pid = 0] = hanging.pids;
  const running = hanging.invoke({ hang: true }, "invoke");
  process.kill(pid, "SIGKILL");
  expect((await running).outcome).toMatchObject({
    error: { errorType: "Runtime.ExitError", errorMessage: "Runtime exited with error: signal: killed" },
  });
  expect((await hanging.invoke({}, "invoke")).outcome).toEqual({ status: "succeeded", result: 1 });
  expect(hanging.pids).not.toContain(pid);
  await hanging.stop();
  expect(hanging.pids).toEqual([]);
});

test("what nobody catches ends the container, with the error as Lambda reports it", async () => {
  const throwing = localFunction(
    "export const handler = () => new Promise(() => setTimeout(() => { throw new TypeError('no') }));",
  );
  expect((await throwing.invoke({}, "invoke")).outcome).toMatchObject({
    error: { errorType: "TypeError", errorMessage: "no" },
  });
  expect(throwing.pids).toEqual([]);
});

test("a container does not outlive its host, and is not ended by a signal to the whole group", async () => {
  const child = fork(fileURLToPath(new URL("../../../../infra/local/functions/function-process.ts", import.meta.url)), {
    execArgv: [],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  child.send({ file: "/none.mjs", exportName: "handler", context: {} });
  await once(child, "message");
  child.kill("SIGINT");
  child.kill("SIGTERM");
  child.send({ event: {}, requestId: "1", deadline: 0 });
  const [answer] = await once(child, "message");
  expect(answer).toMatchObject({ type: "failed" });
  child.disconnect();
  await once(child, "exit");
});

test("a container ends when it had nothing to do for a while, and the next event gets a new one", async () => {
  const idle = localFunction(undefined, { idleMs: 1 });
  await idle.invoke({}, "invoke");
  await expect.poll(() => idle.pids).toEqual([]);
  expect((await idle.invoke({ number: 2 }, "invoke")).outcome).toEqual({ status: "succeeded", result: { number: 2 } });
  await idle.stop();
});

test("one that was killed while it was warm is not given the next event", async () => {
  const killed = localFunction();
  await killed.invoke({}, "invoke");
  const [pid = 0] = killed.pids;
  process.kill(pid, "SIGKILL");
  await expect.poll(() => killed.pids).toEqual([]);
  expect((await killed.invoke({ number: 2 }, "invoke")).outcome).toEqual({
    status: "succeeded",
    result: { number: 2 },
  });
  await killed.stop();
});

test("what a container compiled is there for the next, also when it was killed, and its environment is Lambda's", async () => {
  const compileCache = join(mkdtempSync(join(tmpdir(), "cache-")), "compiled");
  const environment = localFunction("export const handler = async () => Object.keys(process.env);", { compileCache });
  const { outcome } = await environment.invoke({}, "invoke");
  await environment.stop();
  expect(outcome).toEqual({ status: "succeeded", result: expect.not.arrayContaining(["NODE_COMPILE_CACHE"]) });
  expect(readdirSync(compileCache)).toHaveLength(1);
});
