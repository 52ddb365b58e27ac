import { ArnFormat, Stack, Token } from "aws-cdk-lib";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { explain } from "./explained-rules.ts";

/**
 * Lets a function use the credential secrets of integration teams. They are not the stack's, so the policy cannot
 * name them: **the secret itself says that it may be read here, by its tag `ringcx:connection`**.
 *
 * A secret under a customer's own KMS key also needs that key's policy to allow the function: docs/rotation.md.
 */
export function grantTaggedSecrets(scope: Construct, grantee: IGrantable, actions: readonly string[]): void {
  grantee.grantPrincipal.addToPrincipalPolicy(
    new PolicyStatement({
      actions: [...actions],
      resources: [
        Stack.of(scope).formatArn({
          service: "secretsmanager",
          resource: "secret",
          resourceName: "*",
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      conditions: { StringLike: { "secretsmanager:ResourceTag/ringcx:connection": "*" } },
    }),
  );
  const { region, account } = Stack.of(scope);
  const shown = Token.isUnresolved(account) ? "<AWS::AccountId>" : account;
  explain(scope, {
    [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:${region}:${shown}:secret:*]`]:
      "Credential secrets are others' to create; each opts in by its tag ringcx:connection, which the condition asks for.",
  });
}
