import { describe, expect, it } from "vitest";
import { AsyncInvocations } from "../../../../infra/local/functions/async-invocations.ts";
import { InProcessFunction } from "../../../../infra/local/functions/in-process-function.ts";

function failing(times: number) {
  const seen: unknown[] = [];
  const handler = (event: unknown) => {
    seen.push(event);
    if (seen.length <= times) throw new Error(`attempt ${seen.length}`);
  };
  return { seen, target: new InProcessFunction("f", "arn:f", handler, () => undefined) };
}

/** A minute of Lambda's in a hundredth of a second. */
const quick = 6_000;

describe("an asynchronous event", () => {
  it("is tried again twice after a failure, and no more", async () => {
    const invocations = new AsyncInvocations(quick);
    const { seen, target } = failing(5);
    const first = await invocations.send({ target, event: "e", trigger: "schedule" });
    expect(first.outcome.status).toBe("failed");
    expect(seen).toHaveLength(1);
    await expect.poll(() => invocations.busy).toBe(0);
    expect(seen).toEqual(["e", "e", "e"]);
  });

  it("is done once it succeeds", async () => {
    const invocations = new AsyncInvocations(quick);
    const { seen, target } = failing(1);
    await invocations.send({ target, event: "e", trigger: "schedule" });
    await expect.poll(() => invocations.busy).toBe(0);
    expect(seen).toHaveLength(2);
  });

  it("goes as often as the function wants, and then where it wants", async () => {
    const invocations = new AsyncInvocations(quick);
    const { seen, target } = failing(5);
    const lost: string[] = [];
    const onExhausted = async ({ outcome }: { outcome: { status: string } }) => void lost.push(outcome.status);
    invocations.configure("f", { retries: 0, onExhausted });
    await invocations.send({ target, event: "e", trigger: "schedule" });
    await expect.poll(() => invocations.busy).toBe(0);
    expect(seen).toHaveLength(1);
    expect(lost).toEqual(["failed"]);
  });

  it("waits no longer when the host stops", async () => {
    const invocations = new AsyncInvocations(1);
    const { seen, target } = failing(5);
    await invocations.send({ target, event: "e", trigger: "schedule" });
    await invocations.stop();
    expect(seen).toHaveLength(1);
    expect(invocations.busy).toBe(0);
  });
});
