import { fileURLToPath } from "node:url";
import { CfnOutput, Duration, Stack, type StackProps } from "aws-cdk-lib";
import { Architecture, Runtime } from "aws-cdk-lib/aws-lambda";
import { NodejsFunction, OutputFormat } from "aws-cdk-lib/aws-lambda-nodejs";
import { Secret } from "aws-cdk-lib/aws-secretsmanager";
import type { Construct } from "constructs";
import { RotatedAuthSecret } from "../../infra/constructs/rotated-auth-secret.ts";

export interface CrmCredentialStackProps extends StackProps {
  /** Output `RotationFunctionArn` of the automation's stack. */
  rotationFunctionArn: string;
  crmAdminUrl: string;
  crmClientId: string;
  /** Name of the secret that holds the admin API's token. */
  crmAdminSecretName: string;
}

/**
 * What an integration team deploys beside the automation: its issuer, and the credential that it rotates. The output
 * `IssuerArn` goes into `rotation.issuerFunctionArns` of the automation's environment.
 */
export class CrmCredentialStack extends Stack {
  constructor(scope: Construct, id: string, props: CrmCredentialStackProps) {
    super(scope, id, props);
    const adminSecret = Secret.fromSecretNameV2(this, "AdminSecret", props.crmAdminSecretName);
    const issuer = new NodejsFunction(this, "Issuer", {
      entry: fileURLToPath(new URL("./handler.ts", import.meta.url)),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(30),
      bundling: { format: OutputFormat.ESM },
      environment: {
        CRM_ADMIN_URL: props.crmAdminUrl,
        CRM_CLIENT_ID: props.crmClientId,
        CRM_ADMIN_SECRET_ID: props.crmAdminSecretName,
      },
    });
    adminSecret.grantRead(issuer);
    new CfnOutput(this, "IssuerArn", { value: issuer.functionArn });

    new RotatedAuthSecret(this, "CrmOAuth", {
      ...{ secretName: "crm/oauth", connection: "main", environment: "test" },
      ...{ accountIds: ["123456"], hosts: ["crm.example.com"] },
      rotation: { rotationFunctionArn: props.rotationFunctionArn, issuer, every: Duration.days(30) },
      rotateWithin: Duration.days(45),
    });
  }
}
