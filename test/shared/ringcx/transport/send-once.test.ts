import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { sendOnce } from "../../../../shared/ringcx/transport/send-once.ts";
import { type Answer, scriptedServer } from "../../../support/scripted-server.ts";

const megabyte = 1_024 * 1_024;

async function answerTo(answer: Answer, timeoutMs = 10_000) {
  await using server = await scriptedServer(answer);
  return await sendOnce({ method: "GET", url: server.url, headers: {}, timeoutMs });
}

/** Writes as fast as the client takes it, without end. */
const endless =
  (status: number): Answer =>
  (response) => {
    response.writeHead(status);
    const block = "x".repeat(megabyte);
    const go = () => {
      if (!response.destroyed && response.write(block)) setImmediate(go);
    };
    response.on("drain", go);
    go();
  };

const tooLong = { kind: "failed", reason: "ANSWER_TOO_LONG", isUnsent: false, isTransient: false };

test.each<[string, Answer]>([
  ["without end", endless(200)],
  ["of a byte too many", { status: 200, body: "x".repeat(10 * megabyte + 1) }],
  [
    "of ten kilobytes that unpack to eleven megabytes",
    (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("x".repeat(11 * megabyte))),
  ],
])("an answer %s is not read to its end", async (_, answer) => {
  expect(await answerTo(answer)).toEqual(tooLong);
});

test.each<[string, Answer]>([
  ["without end", endless(400)],
  ["of a byte too many", { status: 400, body: "x".repeat(64 * 1_024 + 1) }],
])("a refusal %s counts by its status", async (_, answer) => {
  expect(await answerTo(answer)).toEqual({ kind: "answered", status: 400, text: "", retryAfter: null });
});

test("what is within the bounds is read as it came", async () => {
  const long = "ü".repeat(5 * megabyte);
  const found = await answerTo({ status: 200, body: long });
  expect(found.kind === "answered" && found.text === long).toBe(true);
  const refusal = "x".repeat(64 * 1_024);
  const refused = await answerTo({ status: 429, body: refusal, headers: { "retry-after": "7" } });
  expect(refused.kind === "answered" && refused.text === refusal).toBe(true);
  expect(refused).toMatchObject({ status: 429, retryAfter: "7" });
  expect(await answerTo((response) => response.writeHead(204).end())).toMatchObject({ status: 204, text: "" });
});

test("the bound of time covers the answer's body, whoever drips it", async () => {
  const drip: Answer = (response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write("x"), 5);
    response.on("close", () => clearInterval(timer));
  };
  const startedAt = performance.now();
  expect(await answerTo(drip, 50.5)).toEqual({ kind: "failed", reason: "TIMEOUT", isUnsent: false, isTransient: true });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
