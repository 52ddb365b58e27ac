import type { Context } from "aws-lambda";
import { expect, test, vi } from "vitest";
import { correlated } from "../../../shared/primitives/correlation.ts";
import { lambdaHandler, type Tools } from "../../../shared/runtime/lambda-handler.ts";

const context = { awsRequestId: "request-1", functionName: "f", getRemainingTimeInMillis: () => 10_000 } as Context;

/** The ids of each line that a function logs in one invocation, in order. */
async function idsOf(work: (tools: Tools) => Promise<void>): Promise<unknown[]> {
  const lines: string[] = [];
  vi.stubEnv("POWERTOOLS_DEV", "true");
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const log = vi.spyOn(console, "info").mockImplementation((line: string) => void lines.push(line));
  try {
    const handler = lambdaHandler(
      () => ({}),
      async (_event: unknown, tools) => work(tools),
    );
    await handler({}, context);
  } finally {
    log.mockRestore();
    warn.mockRestore();
    vi.unstubAllEnvs();
  }
  return lines
    .map((line) => JSON.parse(line))
    .flatMap(({ message, correlationId }) => (message === "said" ? [correlationId] : []));
}

test("no line is without an id: of its event where a door has said so, otherwise of the invocation", async () => {
  const ids = await idsOf(async ({ logger }) => {
    logger.info("said");
    await correlated("m1", async () => {
      logger.info("said");
      await Promise.all([
        correlated("m2", async () => logger.info("said")),
        correlated([], async () => logger.info("said")),
      ]);
      await new Promise(setImmediate);
      logger.info("said", { correlationId: "of somebody else" });
    });
    correlated(["m1", "m2", "m1"], () => logger.info("said"));
    logger.info("said");
  });
  expect(ids).toEqual(["request-1", "m1", "m2", "m1", "m1", ["m1", "m2"], "request-1"]);
});
