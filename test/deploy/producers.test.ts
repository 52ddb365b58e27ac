import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HostedSystem, startHostedSystem } from "../cli/hosted-system.ts";

// What docs/producers.md shows, as somebody would run it, against the whole system on this machine.
let system: HostedSystem;

beforeAll(async () => {
  system = await startHostedSystem({ accounts: ["123456"] });
}, 120_000);

afterAll(() => system?.stop());

const tools = process.env.DEPLOY_TEST_TOOLS ?? "";
let wrappers: string;

/** The AWS command line takes no endpoint of SQS from the environment. */
beforeAll(async () => {
  wrappers = await mkdtemp(join(tmpdir(), "aws-"));
  const aws = `#!/bin/sh\nexec "${join(tools, "aws")}" --endpoint-url "$AWS_ENDPOINT_URL" "$@"\n`;
  await writeFile(join(wrappers, "aws"), aws, { mode: 0o755 });
  return () => rm(wrappers, { recursive: true });
});

test.each([
  ["TypeScript", process.execPath, "examples/producers/send.ts", "crm-group-typescript"],
  ["Python", join(tools, "python"), "examples/producers/send.py", "crm-group-python"],
  ["the AWS command line", "sh", "examples/producers/send.sh", "crm-group-aws-cli"],
])("a message is sent in %s, and its outcome comes", { timeout: 60_000 }, async (_, command, file, id) => {
  const { endpoint, region, credentials, outputs } = system.host;
  const { accessKeyId, secretAccessKey } = credentials;
  const child = spawn(command, [file], {
    env: {
      PATH: [wrappers, tools, process.env.PATH].join(":"),
      QUEUE_URL: outputs.ProvisioningQueueUrl,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_EC2_METADATA_DISABLED: "true",
    },
  });
  let errors = "";
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, "exit");
  expect(code, errors).toBe(0);
  const outcome = async () => (await system.ops(["outcomes", "--id", id])).out;
  await expect.poll(outcome, { timeout: 30_000, interval: 200 }).toMatch(/^SUCCEEDED: 1 created/);
});
