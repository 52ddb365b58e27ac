import { SNSClient, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { isLongRun } from "../../support/runs.ts";
import { credentials } from "./credentials.ts";
import { type HostedFixture, startHostedFixture } from "./hosted-fixture.ts";

let fixture: HostedFixture;
let sqs: SQSClient;
let queueUrl: string;
beforeAll(async () => {
  fixture = await startHostedFixture();
  sqs = new SQSClient(fixture.host.clientConfig);
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: "outcomes" }));
  queueUrl = QueueUrl;
  const Endpoint = `arn:aws:sqs:${fixture.host.region}:000000000000:outcomes`;
  const sns = new SNSClient(fixture.host.clientConfig);
  await sns.send(new SubscribeCommand({ TopicArn: fixture.host.outputs.OutcomeTopicArn, Protocol: "sqs", Endpoint }));
});
afterAll(() => fixture.stop());

const canary = "canary7f3a9";

/** Every field that a secret of the type may have, with a recognisable value in each that may hold a credential. */
const planted: Readonly<Record<AuthType, Record<string, unknown>>> = {
  APIKEY: { apiKey: canary },
  BASIC: { username: canary, password: canary },
  OAUTH: {
    ...credentials.OAUTH.value(canary),
    clientId: canary,
    username: canary,
    password: canary,
    assertion: canary,
    scope: canary,
    otherParameters: [{ name: "audience", value: canary }],
  },
  JWT: {
    ...credentials.JWT.value(canary),
    payload: JSON.stringify({ iss: canary }),
    privateKey: canary,
    jwtHeaders: JSON.stringify({ kid: canary }),
  },
  CUSTOM_AUTH: { wcgFunctionId: canary, inputParams: [{ name: "key", value: canary }] },
};

/** Everything that people and machines other than RingCX get to see. */
async function traces(): Promise<Record<string, string>> {
  const messages: unknown[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 0 }),
    );
    if (Messages.length === 0) break;
    messages.push(...Messages);
  }
  return {
    logs: JSON.stringify(fixture.host.logs),
    outcomes: JSON.stringify(messages),
    // The session is the one item that holds tokens, and none of a secret's fields.
    table: JSON.stringify(await fixture.items()),
    transcript: JSON.stringify(fixture.simulator.requests),
    // What the functions failed with; the issuer's own answers are its own.
    failures: JSON.stringify(
      fixture.host.invocations
        .filter(({ functionName }) => functionName !== "crm-issuer")
        .flatMap(({ outcome }) => (outcome.status === "failed" ? [outcome] : [])),
    ),
  };
}

it("a secret's values show up nowhere, whatever happens", async () => {
  const { simulator, secrets, script } = fixture;
  script.mark = canary;
  const bound = [];
  for (const [authType, value] of Object.entries(planted)) {
    bound.push({ authType, ...(await fixture.createRotated(authType as AuthType, canary)), value });
  }
  await fixture.tick();
  for (const { arn, value } of bound) await fixture.put(arn, value);
  await fixture.tick();
  for (const { arn } of bound) await fixture.rotate(arn);
  expect(fixture.valid.size).toBe(bound.length);

  // Every type has been through all of it once; what follows goes wrong for two of them, for all in a long run.
  const some = isLongRun ? bound : bound.slice(0, 2);
  // Not JSON, not an object, fields missing, fields unknown, values of a wrong type.
  const broken = [
    `{"apiKey": "${canary}"`,
    canary,
    `["${canary}"]`,
    {},
    { apikey: canary },
    { [canary.slice(0, 3)]: canary },
  ];
  for (const value of [...broken, { secret: { nested: canary }, grantType: canary, addTokenTo: canary, username: 7 }]) {
    for (const { arn } of some) await fixture.put(arn, value);
    await fixture.tick();
  }
  for (const { arn, value } of some) await fixture.put(arn, value);
  await fixture.tick();

  // RingCX refuses, fails, loses answers, echoes what it was sent; the roll-back fails too.
  for (const fault of [
    { kind: "status", status: 400 },
    { kind: "status", status: 403 },
    { kind: "lost-answer", times: 4 },
  ] as const) {
    // The client's patience with a lost answer takes seconds.
    for (const { arn } of fault.kind === "lost-answer" ? some.slice(0, 1) : some) {
      simulator.faults.add({ ...fault, match: { method: "PATCH" } });
      await fixture.rotate(arn);
    }
  }
  for (const { arn } of some) {
    // It may have been written, and nothing more is.
    simulator.faults.add({ kind: "lost-answer", times: 1, match: { method: "PATCH" } });
    simulator.faults.add({ kind: "status", status: 400, times: "always", match: { method: "PATCH" } });
    await fixture.rotate(arn);
    simulator.faults.clear();
  }
  expect((await fixture.items()).filter(({ status }) => status === "DIVERGED").length).toBeGreaterThan(0);
  await fixture.tick();

  // The issuer says no, fails with the credential in its message, answers what is not in the contract.
  script.isValid = false;
  for (const { arn } of some) await fixture.rotate(arn);
  script.isValid = true;
  for (const bad of [
    () => {
      throw new Error(canary);
    },
    () => ({ credentialId: 7, secret: canary }),
    () => canary,
  ]) {
    script.create = bad;
    for (const { arn } of some) await fixture.rotate(arn);
  }
  await fixture.tick();
  secrets.destroy();

  const seen = await traces();
  for (const [where, text] of Object.entries(seen)) {
    expect(text.length, where).toBeGreaterThan(1000);
    for (const secret of [canary, simulator.clientSecret, simulator.jwt, Buffer.from(canary).toString("base64")]) {
      const at = text.indexOf(secret);
      expect(at < 0 ? "" : text.slice(Math.max(0, at - 200), at + 50), `${where} shows ${secret.slice(0, 6)}…`).toBe(
        "",
      );
    }
  }
}, 120_000);
