import { beforeEach, expect, test } from "vitest";
import { Validations } from "../../../../functions/provision-services/write/validations.ts";
import type { PresentedCredential } from "../../../../shared/probe/place-credential.ts";
import type { ProbeRequest } from "../../../../shared/probe/probe.ts";
import { VirtualTime } from "../../../support/virtual-time.ts";

let time: VirtualTime;
let validations: Validations;
/** URLs that were asked, and how many requests were under way at most. */
let asked: string[];
let most: number;

beforeEach(() => {
  time = new VirtualTime();
  asked = [];
  most = 0;
  let underWay = 0;
  const probe = {
    async check({ url }: ProbeRequest) {
      asked.push(url);
      underWay += 1;
      most = Math.max(most, underWay);
      await time.sleep(5_000);
      underWay -= 1;
      return { passed: true, ms: 5_000 } as const;
    },
  };
  validations = new Validations({ probe, clock: time.clock() });
});

const request = (url: string): ProbeRequest => ({ url, method: "GET", expect: { status: 200 } });
const presented = (secretId: string, versionId: string) => {
  const credential = { authType: "APIKEY", versionId, fields: {}, remarks: [] } as const;
  return { credential, accountId: "1", connection: "local", secretId } satisfies PresentedCredential & {
    secretId: string;
  };
};
const ask = (messageId: string, ...question: Parameters<ReturnType<Validations["of"]>["check"]>) =>
  time.run(
    validations
      .of(messageId)
      .check(...question)
      .catch((error: Error) => error.name),
  );

test("an answer is for the same request with the same version of the same secret, and for the message that asked", async () => {
  const url = "https://a.example/1";
  const questions: Parameters<typeof ask>[] = [
    ["m", request(url)],
    ["m", request(`${url}?x`)],
    ["m", request(url), presented("s", "v1")],
    ["m", request(url), presented("s", "v2")],
    ["m", request(url), presented("t", "v2")],
    ["other", request(url)],
  ];
  for (const question of questions) expect(await ask(...question)).toBe("DeferredError");
  expect(asked).toHaveLength(questions.length);
  await time.run(time.sleep(5_000));
  for (const question of questions) expect(await ask(...question)).toMatchObject({ passed: true });
  expect(asked).toHaveLength(questions.length);
  validations.forget("m");
  expect(await ask("m", request(url))).toBe("DeferredError");
  expect(asked).toHaveLength(questions.length + 1);
});

test.each([
  ["one host", 30, () => "a.example", 10],
  ["many hosts", 80, (index: number) => `${index}.example`, 50],
])(
  "to %s no more requests go at the same time than are bearable, and all go in the end",
  async (_what, count, host, bound) => {
    const startedAt = time.now;
    for (let index = 0; index < count; index += 1) await ask(`m${index}`, request(`https://${host(index)}/${index}`));
    expect(time.now - startedAt).toBeLessThan(15_000);
    await time.run(time.sleep(60_000));
    expect(asked).toHaveLength(count);
    expect(most).toBe(bound);
  },
);

test("a message is taken up when its answer is there, and only for the answer that it waits for", async () => {
  await ask("m", request("https://a.example/1"));
  expect([validations.isAwaited, validations.isAnswered("m")]).toEqual([true, false]);
  await time.run(validations.nextAnswer(60_000));
  expect([validations.isAwaited, validations.isAnswered("m")]).toEqual([false, true]);
  // From here on whatever it waits for is something else.
  expect(await ask("m", request("https://a.example/1"))).toMatchObject({ passed: true });
  expect(validations.isAnswered("m")).toBe(false);
});

test("what was not sent when the worker's time is over never is", async () => {
  for (let index = 0; index < 12; index += 1) await ask(`m${index}`, request(`https://a.example/${index}`));
  const before = asked.length;
  validations.end();
  await time.run(time.sleep(60_000));
  expect(asked).toHaveLength(before);
});
