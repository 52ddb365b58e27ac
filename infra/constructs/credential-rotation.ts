import { Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import type { EnvironmentSettings } from "../environments.ts";
import { AutomationFunction } from "./building-blocks/automation-function.ts";
import { output } from "./building-blocks/output.ts";
import { scheduleFunction } from "./building-blocks/schedule-function.ts";
import { grantTaggedSecrets } from "./credential-secrets.ts";
import type { RingCxAccess } from "./ringcx-access.ts";

/** Secrets reach RingCX: those that changed, on a schedule, and those that Secrets Manager rotates. */
export class CredentialRotation extends Construct {
  /** Brings changed secrets to RingCX, every few minutes. */
  readonly sync: AutomationFunction;
  /** Secrets Manager's rotation function. */
  readonly rotate: AutomationFunction;

  constructor(
    scope: Construct,
    id: string,
    { settings, access }: { settings: EnvironmentSettings; access: RingCxAccess },
  ) {
    super(scope, id);
    const environment = {
      ...access.environment,
      ROTATION: Stack.of(this).toJsonString({
        issuerFunctionArns: settings.rotation.issuerFunctionArns,
        unproven: settings.rotation.unproven,
        onViolation: settings.confinement.onViolation,
        onChange: settings.rotation.onChange,
        unmanagedAuthConfigs: settings.rotation.unmanagedAuthConfigs,
      }),
    };
    const sync = new AutomationFunction(this, "RotateCredentials", {
      entry: "functions/rotate-credentials/sync-handler.ts",
      description: "Brings secrets whose current version changed to the RingCX auth configs that they are bound to",
      settings,
      logKey: access.logKey,
      timeout: Duration.minutes(4),
      environment,
    });
    const rotate = new AutomationFunction(this, "RotateSecret", {
      entry: "functions/rotate-credentials/rotation-handler.ts",
      description: "Secrets Manager's four rotation steps, verified in RingCX",
      settings,
      logKey: access.logKey,
      timeout: Duration.minutes(2),
      environment,
    });
    this.sync = sync;
    this.rotate = rotate;

    // Only who may take a service out writes into its activation record, attribute by attribute.
    const deactivates = settings.confinement.onViolation === "deactivate";
    access.grantUse(sync, "Query", "DeleteItem", ...(deactivates ? (["UpdateItem"] as const) : []));
    access.grantUse(rotate, "Query");
    sync.addToRolePolicy(new PolicyStatement({ actions: ["secretsmanager:ListSecrets"], resources: ["*"] }));
    grantTaggedSecrets(this, {
      grantee: sync,
      settings,
      actions: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:RotateSecret",
        // A rotation that died leaves AWSPENDING behind, which would keep the next one from beginning.
        "secretsmanager:UpdateSecretVersionStage",
      ],
    });
    grantTaggedSecrets(this, {
      grantee: rotate,
      settings,
      actions: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ],
    });
    // RotateSecret asks its caller for this as well (API Reference, "RotateSecret", required permissions).
    sync.addToRolePolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [rotate.functionArn] }));
    const { issuerFunctionArns } = settings.rotation;
    if (issuerFunctionArns.length > 0) {
      for (const fn of [sync, rotate]) {
        fn.addToRolePolicy(new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: issuerFunctionArns }));
      }
    }
    rotate.addPermission("SecretsManager", {
      principal: new ServicePrincipal("secretsmanager.amazonaws.com"),
      sourceAccount: Stack.of(this).account,
    });
    // The construct's id and the source keep their first name: deployed stacks and rules know it.
    scheduleFunction(this, "MirrorSchedule", {
      target: sync,
      expression: settings.rotation.schedule,
      source: "ringcx.mirror",
      key: access.logKey,
    });

    output(this, "RotationFunctionArn", { value: rotate.functionArn });
    output(this, "RotateCredentialsFunctionName", { value: sync.functionName });
    output(this, "RotateSecretFunctionName", { value: rotate.functionName });
  }
}
