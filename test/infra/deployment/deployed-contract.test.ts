import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { writeDeployedContract } from "../../../infra/deployment/deployed-contract.ts";

const root = mkdtempSync(join(tmpdir(), "contract-"));
afterAll(() => rmSync(root, { recursive: true }));

const outputs = {
  ProvisioningQueueUrl: "https://sqs.eu-central-1.amazonaws.com/111122223333/Stack-Provisioning-1.fifo",
  CommandQueueUrl: "https://sqs.eu-central-1.amazonaws.com/111122223333/Stack-Command-1",
  OutcomeTopicArn: "arn:aws:sns:eu-central-1:111122223333:Stack-Outcomes-1",
  ParameterPath: "/ringcx-automation/test",
};

test("what producers are given after a deployment has its addresses, and schemas that it refers to beside it", () => {
  const said = writeDeployedContract({ name: "test" }, outputs, root);
  const folder = join(root, "contract-test");
  const document = JSON.parse(readFileSync(join(folder, "asyncapi.json"), "utf8"));
  expect(document.channels).toMatchObject({
    provisioning: {
      address: outputs.ProvisioningQueueUrl,
      bindings: { sqs: { queue: { name: "Stack-Provisioning-1.fifo", fifoQueue: true } } },
    },
    commands: { address: outputs.CommandQueueUrl, bindings: { sqs: { queue: { name: "Stack-Command-1" } } } },
    outcomes: { address: outputs.OutcomeTopicArn, bindings: { sns: { name: "Stack-Outcomes-1" } } },
  });
  expect(readdirSync(folder).toSorted()).toEqual(readdirSync("docs/contract").toSorted());
  const text = said.join("\n");
  expect(text).toContain(join(folder, "asyncapi.json"));
  for (const value of Object.values(outputs)) expect(text).toContain(value);
});

test("outputs without addresses, as of another stack, write nothing", () => {
  expect(writeDeployedContract({ name: "other" }, { ParameterPath: "/x" }, root)).toEqual([]);
  expect(readdirSync(root)).toEqual(["contract-test"]);
});

test("the published document names no address that nobody has, and says where each is found and what SQS swallows", () => {
  const { channels } = JSON.parse(readFileSync("docs/contract/asyncapi.json", "utf8"));
  for (const { address, description } of Object.values(channels) as { address: unknown; description: string }[]) {
    expect(address).toBeNull();
    expect(description).toContain("/ringcx-automation/ENVIRONMENT/");
  }
  expect(channels.provisioning.description).toMatch(
    /deduplication id is the SHA-256 .* within five minutes is swallowed/,
  );
});
