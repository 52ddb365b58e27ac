import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";

/** Where the emulator is, and who asks. */
export interface ClientConfig {
  endpoint: string;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
}

/** An alarm's change of state, as CloudWatch puts it on the default bus. */
export function alarmEvent(alarmArn: string, value: "OK" | "ALARM"): Readonly<Record<string, unknown>> {
  const [, , , region, account, , alarmName] = alarmArn.split(":");
  return {
    version: "0",
    id: "6a7e8feb-b491-4cf7-a9f1-bf3703467718",
    "detail-type": "CloudWatch Alarm State Change",
    source: "aws.cloudwatch",
    account,
    time: new Date().toISOString(),
    region,
    resources: [alarmArn],
    detail: { alarmName, state: { value, reason: `${value}.` } },
  };
}

/**
 * What EventBridge does with an event of AWS's own: it goes to every target of every deployed rule whose pattern it fits.
 *
 * @returns the targets that it went to
 */
export async function raise(config: ClientConfig, event: Readonly<Record<string, unknown>>): Promise<string[]> {
  const reached = await targetsOf(config, event);
  for (const Arn of reached) {
    const QueueUrl = `${config.endpoint}/000000000000/${Arn.split(":").at(-1)}`;
    await new SQSClient(config).send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
  }
  return reached;
}

/**
 * The targets of every deployed rule of a region whose pattern an event fits.
 *
 * @param EventBusName name of the bus. @default the default bus
 */
export async function targetsOf(
  config: ClientConfig,
  event: Readonly<Record<string, unknown>>,
  EventBusName = "default",
): Promise<string[]> {
  const Event = JSON.stringify(event);
  const eventBridge = <Answer>(operation: string, input: object) =>
    callAws<Answer>(config, "events", `AWSEvents.${operation}`, input);
  const { Rules } = await eventBridge<{ Rules: { Name: string; EventPattern?: string }[] }>("ListRules", {
    EventBusName,
  });
  const targets: string[] = [];
  for (const { Name: Rule, EventPattern } of Rules.filter((rule) => rule.EventPattern)) {
    const { Result } = await eventBridge<{ Result: boolean }>("TestEventPattern", { EventPattern, Event });
    if (!Result) continue;
    const { Targets } = await eventBridge<{ Targets: { Arn: string }[] }>("ListTargetsByRule", { Rule, EventBusName });
    targets.push(...Targets.map(({ Arn }) => Arn));
  }
  return targets;
}

/**
 * A call of AWS's JSON protocol: a few calls are not worth an SDK client of their own.
 *
 * @throws {Error} with the answer, when it is not a success
 */
export async function callAws<Answer>(
  { endpoint, region }: ClientConfig,
  service: string,
  target: string,
  input: object,
): Promise<Answer> {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": target,
      // The emulator reads the service and the region from it, and checks no signature.
      authorization: `AWS4-HMAC-SHA256 Credential=test/20300101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=0`,
    },
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${target} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as Answer;
}
