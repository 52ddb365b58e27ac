import { devNull } from "node:os";
import type { ContainerOptions } from "./container.ts";
import { type Invocation, LocalFunction } from "./local-function.ts";

/** Somebody's own function, which no template holds: a file that exports a `handler`, run in a process of its own. */
export interface OwnFunction {
  name: string;
  arn: string;
  /** JavaScript, or TypeScript that Node.js can run as it is. */
  file: string;
  /** Where it finds the host's AWS, beside what the variables of the host's own process say. */
  aws: { endpoint: string; region: string; accessKeyId: string; secretAccessKey: string };
  onOutput: ContainerOptions["onOutput"];
  onInvocation(invocation: Invocation): void;
}

const timeoutMs = 60_000;
const memoryMb = 256;
const concurrency = 10;

/** It may do everything: what its role allows is not ours to say. */
export function ownFunction({ name, arn, file, aws, onOutput, onInvocation }: OwnFunction): LocalFunction {
  const context = {
    functionName: name,
    functionVersion: "$LATEST",
    invokedFunctionArn: arn,
    memoryLimitInMB: String(memoryMb),
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: "local",
  };
  const own = Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));
  const environment = {
    ...Object.fromEntries(own),
    AWS_ENDPOINT_URL: aws.endpoint,
    AWS_REGION: aws.region,
    AWS_DEFAULT_REGION: aws.region,
    AWS_ACCESS_KEY_ID: aws.accessKeyId,
    AWS_SECRET_ACCESS_KEY: aws.secretAccessKey,
    AWS_SESSION_TOKEN: "local",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
    AWS_LAMBDA_FUNCTION_NAME: name,
  };
  const container = { data: { file, exportName: "handler", context }, environment, memoryMb, onOutput };
  return new LocalFunction({ name, arn, timeoutMs, concurrency, container, onInvocation });
}
