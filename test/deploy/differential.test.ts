import { Stack } from "aws-cdk-lib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LocalHost } from "../../infra/local/local-host.ts";
import { startStackHost } from "../../infra/local/stack-host.ts";
import { type Aws, prepare } from "./differential/aws.ts";
import { answerOf, type Host } from "./differential/call.ts";
import { calls } from "./differential/calls.ts";

// The local host is ours, and wrong wherever we are wrong about AWS. Somebody else's emulator is wrong in other places:
// each call must be answered alike by both, and as AWS documents it, or be a difference that is known.

const endpoint = process.env.DEPLOY_TEST_ENDPOINT ?? "";
const region = "eu-central-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

let local: LocalHost | undefined;
afterAll(() => local?.stop());

const hosts: readonly [Host, () => Promise<Aws>][] = [
  [
    "the local host",
    async () => {
      local = await startStackHost((app) => new Stack(app, "Differential", { env: { region } }));
      return prepare(local.clientConfig);
    },
  ],
  ["MiniStack", () => prepare({ endpoint, region, credentials })],
];

describe.each(hosts)("%s", (host, start) => {
  let aws: Aws;
  beforeAll(async () => {
    aws = await start();
  });

  describe.each(Object.entries(calls))("%s", (_service, table) => {
    test.each(table)("$what", async ({ does, answers, known }) => {
      const answered = await answerOf(does(aws));
      // One that has been mended is no longer known.
      expect.soft(answered).toEqual(known?.[host]?.answers ?? answers);
    });
  });
});
