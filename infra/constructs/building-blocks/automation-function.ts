import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { AssetHashType, DockerImage, Duration, RemovalPolicy, Tags } from "aws-cdk-lib";
import { Effect, PolicyStatement, Role } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import {
  Architecture,
  type CfnFunction,
  Code,
  type FunctionOptions,
  Function as LambdaFunction,
  Runtime,
  Tracing,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import { isInstalled } from "../../edition.ts";
import type { EnvironmentSettings } from "../../environments.ts";
import { explain } from "./explained-rules.ts";
import { serviceOfAccount } from "./service-of-account.ts";

/** As for any function of Lambda, without the role: it is made here. */
export interface AutomationFunctionProps extends Omit<FunctionOptions, "role"> {
  /** The function's entry from the project's root: `functions/provision-services/worker-handler.ts`. */
  entry: string;
  /** What the entry exports. @default "handler" */
  handler?: string;
  description: string;
  settings: Pick<EnvironmentSettings, "name" | "logRetentionDays" | "vpc">;
  /** Encrypts the log. @default a key of AWS's own */
  logKey: IKey | undefined;
}

/** The bundle of a function in the package: `functions/provision-services/handler.ts` is `provision-services-handler.zip`. */
export function bundleName(entry: string): string {
  return `${entry
    .replace(/^functions\//, "")
    .replace(/\.ts$/, "")
    .replaceAll("/", "-")}.zip`;
}

/** The package has prebuilt bundles: nobody needs esbuild, or our dependencies, to deploy it. */
function prebuiltBundle(entry: string): string {
  return fileURLToPath(new URL(`../../../lambda/${bundleName(entry)}`, import.meta.url));
}

const projectRoot = fileURLToPath(new URL("../../..", import.meta.url));

/** A checkout bundles when it is synthesized, in a process of its own: synthesis is synchronous, and esbuild's plugins are not. */
function bundledCode(entry: string): Code {
  const bundle = fileURLToPath(new URL("../../bundle-function.ts", import.meta.url));
  return Code.fromAsset(projectRoot, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      // Never used: there is no other way than ours. By the command the CDK tells one function's bundle from another's.
      image: DockerImage.fromRegistry("scratch"),
      command: [entry],
      local: {
        tryBundle: (outdir) => {
          execFileSync(process.execPath, [bundle, entry, outdir], { stdio: ["ignore", "ignore", "inherit"] });
          return true;
        },
      },
    },
  });
}

/**
 * The Lambda function of all of ours: Node 24 on arm64, one small ESM bundle, its own log group, tracing on, and a role of
 * its own that may do nothing but write that log and traces until more is granted.
 */
export class AutomationFunction extends LambdaFunction {
  readonly logs: LogGroup;
  /** As it was given. */
  readonly entry: string;

  constructor(
    scope: Construct,
    id: string,
    { entry, settings, logKey, environment, handler = "handler", ...props }: AutomationFunctionProps,
  ) {
    const logGroup = new LogGroup(scope, `${id}Logs`, {
      retention: settings.logRetentionDays,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(logKey && { encryptionKey: logKey }),
    });
    // Not AWSLambdaBasicExecutionRole, which may write to every log group of the account.
    const role = new Role(scope, `${id}Role`, { assumedBy: serviceOfAccount(scope, "lambda.amazonaws.com") });
    // By it a secret's own policy knows whose function asks.
    Tags.of(role).add(secretTags.environment, settings.name);
    logGroup.grantWrite(role);
    super(scope, id, {
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 512,
      timeout: Duration.seconds(60),
      tracing: Tracing.ACTIVE,
      logGroup,
      handler: `index.${handler}`,
      ...props,
      role,
      code: isInstalled ? Code.fromAsset(prebuiltBundle(entry)) : bundledCode(entry),
      environment: {
        ENVIRONMENT: settings.name,
        POWERTOOLS_SERVICE_NAME: `ringcx-automation-${settings.name}`,
        POWERTOOLS_METRICS_NAMESPACE: "RingCxAutomation",
        POWERTOOLS_LOG_LEVEL: "INFO",
        ...environment,
      },
    });
    this.logs = logGroup;
    this.entry = entry;
    if (settings.vpc) this.#joinVpc(settings.vpc);
    explain(role, {
      "AwsSolutions-IAM5[Resource::*]":
        "X-Ray's PutTraceSegments and PutTelemetryRecords know no resources; neither do ListSecrets, DescribeAlarms (for composite alarms), GetResources and, in a VPC, EC2's network interfaces.",
      "AwsSolutions-IAM5[Action::kms:GenerateDataKey*]": "CDK's own key grant for writers: two actions of one key.",
      "AwsSolutions-IAM5[Action::kms:ReEncrypt*]": "CDK's own key grant for writers: two actions of one key.",
    });
  }

  #joinVpc({ subnetIds, securityGroupIds }: NonNullable<EnvironmentSettings["vpc"]>): void {
    (this.node.defaultChild as CfnFunction).vpcConfig = { subnetIds, securityGroupIds };
    const actions = [
      "ec2:CreateNetworkInterface",
      "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets",
      "ec2:DeleteNetworkInterface",
      "ec2:AssignPrivateIpAddresses",
      "ec2:UnassignPrivateIpAddresses",
    ];
    this.addToRolePolicy(new PolicyStatement({ actions, resources: ["*"] }));
    // Lambda makes these calls for the function, whose own code has no business with them. Source: AWS Lambda
    // Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC".
    this.addToRolePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: [...actions, "ec2:DetachNetworkInterface"],
        resources: ["*"],
        conditions: { Null: { "lambda:SourceFunctionArn": "false" } },
      }),
    );
  }
}
