import { existsSync } from "node:fs";
import { devNull } from "node:os";
import { join } from "node:path";
import * as z from "zod";
import { LocalFunction } from "../functions/local-function.ts";
import { type HostServices, physicalName, resourceKind } from "./resource-kind.ts";

const functionSchema = z.strictObject({
  FunctionName: z.string().optional(),
  Handler: z.string(),
  Code: z.object({ S3Key: z.string(), S3Bucket: z.string() }),
  Role: z.string(),
  Runtime: z.string().regex(/^nodejs/, "the local host runs functions in Node.js only"),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  Environment: z.object({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  LoggingConfig: z.looseObject({ LogGroup: z.string().optional() }).optional(),
  TracingConfig: z.looseObject({ Mode: z.string() }).optional(),
  DeadLetterConfig: z.undefined().optional(),
  /** No effect here. */
  Description: z.string().optional(),
  Architectures: z.unknown().optional(),
  KmsKeyArn: z.unknown().optional(),
  RecursiveLoop: z.unknown().optional(),
  Tags: z.unknown().optional(),
  VpcConfig: z.unknown().optional(),
});

/** Containers of one function at the same time where the template names no limit: a laptop has few cores. */
const defaultConcurrency = 10;

interface Runtime {
  name: string;
  handler: string;
  memoryMb: number;
  logGroup: string;
  accessKeyId: string;
  secretAccessKey: string;
}

/** The environment that the Lambda service sets beside the function's own variables. */
function runtimeEnvironment(host: HostServices, runtime: Runtime): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: host.endpoint,
    AWS_REGION: host.region,
    AWS_DEFAULT_REGION: host.region,
    AWS_ACCESS_KEY_ID: runtime.accessKeyId,
    AWS_SECRET_ACCESS_KEY: runtime.secretAccessKey,
    AWS_SESSION_TOKEN: "local",
    AWS_LAMBDA_FUNCTION_NAME: runtime.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(runtime.memoryMb),
    AWS_LAMBDA_LOG_GROUP_NAME: runtime.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    LAMBDA_TASK_ROOT: "/var/task",
    _HANDLER: runtime.handler,
    TZ: ":UTC",
    // There is no X-Ray daemon here, and no instance or profile to take credentials from.
    POWERTOOLS_TRACE_ENABLED: "false",
    AWS_XRAY_CONTEXT_MISSING: "IGNORE_ERROR",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: devNull,
    AWS_SHARED_CREDENTIALS_FILE: devNull,
  };
}

/** @throws where AWS refuses the function. Source: AWS Lambda Developer Guide, "Lambda quotas" */
function checkSize(variables: Readonly<Record<string, string>>): void {
  const bytes = Object.entries(variables).reduce((sum, [name, value]) => sum + Buffer.byteLength(name + value), 0);
  if (bytes > 4096) throw new Error(`Its environment variables have ${bytes} bytes, and Lambda takes 4096 at most`);
}

export const lambdaFunction = resourceKind(functionSchema, (properties, logicalId, host) => {
  const name = properties.FunctionName ?? physicalName(logicalId, host, 64);
  const arn = `arn:aws:lambda:${host.region}:${host.account}:function:${name}`;
  const role = host.roles.get(properties.Role);
  host.roles.checkTrust(role, "lambda.amazonaws.com", arn);
  const principal = host.roles.keyFor(role, name, host.constructIds[logicalId]);
  checkSize(properties.Environment?.Variables ?? {});
  const [module = "", exportName = ""] = properties.Handler.split(".");
  const directory = host.codeDirectories[logicalId];
  if (directory === undefined) throw new Error(`The assembly holds no asset ${properties.Code.S3Key}`);
  const file = ["mjs", "js", "cjs"].map((extension) => join(directory, `${module}.${extension}`)).find(existsSync);
  if (!file) throw new Error(`The bundle of ${logicalId} holds no ${module}.mjs, .js or .cjs`);
  const logGroup = properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`;
  host.logs.addGroup(logGroup);
  const runtime = { name, handler: properties.Handler, memoryMb: properties.MemorySize, logGroup, ...principal };
  host.functions.add(
    new LocalFunction({
      name,
      arn,
      timeoutMs: properties.Timeout * 1000,
      concurrency: properties.ReservedConcurrentExecutions ?? defaultConcurrency,
      onInvocation(invocation) {
        const logs = `arn:aws:logs:${host.region}:${host.account}:log-group:${logGroup}:log-stream:local`;
        for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) host.access.note(role, action, logs);
        if (properties.TracingConfig?.Mode === "Active") {
          for (const action of ["xray:PutTraceSegments", "xray:PutTelemetryRecords"])
            host.access.note(role, action, "*");
        }
        host.onInvocation(invocation);
      },
      container: {
        data: {
          file,
          exportName,
          context: {
            functionName: name,
            functionVersion: "$LATEST",
            invokedFunctionArn: arn,
            memoryLimitInMB: String(properties.MemorySize),
            logGroupName: logGroup,
            logStreamName: "local",
          },
        },
        environment: { ...runtimeEnvironment(host, runtime), ...properties.Environment?.Variables },
        memoryMb: properties.MemorySize,
        // With the bundle: it goes when that goes, and whoever shares the one shares the other.
        compileCache: join(directory, ".compile-cache"),
        onOutput: (text) => host.logs.write(name, text, logGroup),
      },
    }),
  );
  return { ref: name, attributes: { Arn: arn } };
});

const permissionSchema = z.strictObject({
  Action: z.string(),
  FunctionName: z.string(),
  Principal: z.string(),
  SourceArn: z.string().optional(),
  SourceAccount: z.string().optional(),
});

/** A statement in the function's own policy: which service may invoke it. */
export const permission = resourceKind(permissionSchema, (properties, logicalId, host) => {
  const { Action, FunctionName, Principal, SourceArn, SourceAccount } = properties;
  const { arn } = host.functions.get(FunctionName);
  const Condition = {
    ...(SourceArn !== undefined && { ArnLike: { "aws:SourceArn": [SourceArn] } }),
    ...(SourceAccount !== undefined && { StringEquals: { "aws:SourceAccount": [SourceAccount] } }),
  };
  const who = Principal.endsWith(".amazonaws.com") ? { Service: [Principal] } : { AWS: [Principal] };
  host.access.attach(arn, [{ Effect: "Allow", Action: [Action], Resource: [arn], Principal: who, Condition }]);
  return { ref: logicalId };
});
