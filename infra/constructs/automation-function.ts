import { fileURLToPath } from "node:url";
import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { Architecture, Runtime, Tracing } from "aws-cdk-lib/aws-lambda";
import { LogLevel, NodejsFunction, type NodejsFunctionProps, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";
import { explain } from "./explained-rules.ts";

export interface AutomationFunctionProps extends NodejsFunctionProps {
  /** The function's entry from the project's root: `functions/provision-services/handler.ts`. */
  entry: string;
  description: string;
  settings: Pick<EnvironmentSettings, "name" | "logRetentionDays">;
}

/** The house's Lambda function: Node 24 on arm64, one small ESM bundle, its own log group, tracing on. */
export class AutomationFunction extends NodejsFunction {
  readonly logs: LogGroup;

  constructor(
    scope: Construct,
    id: string,
    { entry, settings, environment, bundling, ...props }: AutomationFunctionProps,
  ) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(60),
      tracing: Tracing.ACTIVE,
      logGroup,
      handler: "handler",
      ...props,
      entry: fileURLToPath(new URL(`../../${entry}`, import.meta.url)),
      bundling: {
        format: OutputFormat.ESM,
        mainFields: ["module", "main"],
        target: "node24",
        minify: true,
        keepNames: true,
        sourceMap: true,
        sourcesContent: false,
        logLevel: LogLevel.WARNING,
        // The SDK that we tested with, bundled, starts faster than the runtime's own.
        externalModules: [],
        // Some dependencies are CommonJS and ask for `require`, which an ES module does not have.
        banner: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);",
        ...bundling,
      },
      environment: {
        NODE_OPTIONS: "--enable-source-maps",
        ENVIRONMENT: settings.name,
        POWERTOOLS_SERVICE_NAME: `ringcx-automation-${settings.name}`,
        POWERTOOLS_METRICS_NAMESPACE: "RingCxAutomation",
        POWERTOOLS_LOG_LEVEL: "INFO",
        ...environment,
      },
    });
    this.logs = logGroup;
    explain(this, {
      "AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]":
        "It lets the function write its own logs and nothing else; a copy of it would have to be maintained.",
      "AwsSolutions-IAM5[Resource::*]":
        "X-Ray's PutTraceSegments and PutTelemetryRecords know no resources; neither do ListSecrets and DescribeAlarms.",
      "AwsSolutions-IAM5[Action::kms:GenerateDataKey*]": "CDK's own key grant for writers: two actions of one key.",
      "AwsSolutions-IAM5[Action::kms:ReEncrypt*]": "CDK's own key grant for writers: two actions of one key.",
    });
  }
}
