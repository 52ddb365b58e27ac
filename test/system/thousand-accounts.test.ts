import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readOutcomes } from "../../cli/read/outcomes.ts";
import { signedFetch } from "../../shared/runtime/signed-fetch.ts";
import { DynamoStateTable } from "../../shared/state/dynamo-table.ts";
import { type HostedSystem, startHostedSystem } from "../cli/hosted-system.ts";
import { applyMessage, group } from "../functions/provision-services/fixture.ts";

// From the settings to the functions as they are deployed: a thousand accounts, and one that is added to what is deployed.
const accounts = ["700000", ...Array.from({ length: 999 }, (_, index) => String(700_001 + index))] as const;
const added = "900000";

let system: HostedSystem;
let sqs: SQSClient;
beforeAll(async () => {
  system = await startHostedSystem({ accounts: [...accounts, added], accountsOfSettings: accounts });
  sqs = new SQSClient(system.host.clientConfig);
});
afterAll(async () => {
  sqs?.destroy();
  await system?.stop();
});

async function statusesOf(...accountIds: readonly string[]): Promise<(string | undefined)[]> {
  const QueueUrl = system.host.outputs.ProvisioningQueueUrl ?? "";
  for (const accountId of accountIds) {
    const message = applyMessage([group], { data: { accountId }, event: { id: `of-${accountId}` } });
    await sqs.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: JSON.stringify(message),
        MessageGroupId: accountId,
        MessageDeduplicationId: accountId,
      }),
    );
  }
  await system.host.idle();
  const table = new DynamoStateTable(new DynamoDBClient(system.host.clientConfig), system.host.outputs.TableName ?? "");
  const outcomes = await readOutcomes(table, { since: 0, now: Date.now() });
  return accountIds.map((accountId) => outcomes.find(({ data }) => data.accountId === accountId)?.data.status);
}

test("the first and the last of them are served, and one that a person adds, without a deployment", async () => {
  const name = `${system.host.outputs.AccountsPath}/main/added`;
  const response = await signedFetch(sqs, {
    service: "ssm",
    endpoint: system.host.endpoint,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AmazonSSM.PutParameter" },
    body: JSON.stringify({ Name: name, Type: "StringList", Value: added }),
    answerMs: 10_000,
  });
  expect(response.status).toBe(200);
  const ids = [accounts[0], accounts.at(-1) ?? "", added, "999999"];
  expect(await statusesOf(...ids)).toEqual(["SUCCEEDED", "SUCCEEDED", "SUCCEEDED", "REJECTED"]);
  expect(system.host.denials).toEqual([]);
});

test("each of them is swept by a tick of the minute", { timeout: 600_000 }, async () => {
  const { outcome } = await system.host.runSchedule("Sweep");
  expect(outcome).toEqual(expect.objectContaining({ status: "succeeded" }));
  const begun = Date.now();
  await system.host.idle({ timeoutMs: 500_000 });
  const sweeps = system.host.invocations.filter(({ event }) => JSON.stringify(event).includes("SweepQueue"));
  const swept = sweeps.flatMap(({ event }) =>
    (event as { Records: { body: string }[] }).Records.map(({ body }) => body),
  );
  console.log(`1,001 accounts swept in ${sweeps.length} invocations, ${(Date.now() - begun) / 1_000} s`);
  expect(new Set(swept.map((body) => JSON.parse(body).accountId)).size).toBe(accounts.length + 1);
  expect(system.host.denials).toEqual([]);
});
