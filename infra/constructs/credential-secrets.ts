import { ArnFormat, Stack, Token } from "aws-cdk-lib";
import { type IGrantable, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { secretTags } from "../../shared/secrets/secret-tags.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { explain } from "./building-blocks/explained-rules.ts";

const connectionKey = `secretsmanager:ResourceTag/${secretTags.connection}`;
const environmentKey = `secretsmanager:ResourceTag/${secretTags.environment}`;

/**
 * Lets a function use the credential secrets of integration teams. They are not the stack's, so the policy cannot
 * name them: **the secret itself says that it may be read here, by its tag `ringcx:connection`**, which must be a
 * connection of this environment, and by its tag `ringcx:environment`, which must be this environment or, where the
 * connection does not require the tag, absent. Whoever may describe may describe those of other connections and
 * environments too, so that a wrong tag is answered with what is wrong instead of "access denied".
 *
 * A secret under a customer's own KMS key also needs that key's policy to allow the function: docs/rotation.md.
 */
export function grantTaggedSecrets(
  scope: Construct,
  { grantee, settings, actions }: { grantee: IGrantable; settings: EnvironmentSettings; actions: readonly string[] },
): void {
  const secrets = Stack.of(scope).formatArn({
    service: "secretsmanager",
    resource: "secret",
    resourceName: "*",
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  const names = settings.connections.map(({ name }) => name);
  const untagged = settings.connections.filter((each) => !each.requireEnvironmentTag).map(({ name }) => name);
  const describe = "secretsmanager:DescribeSecret";
  const use = actions.filter((action) => action !== describe);
  for (const statement of [
    { actions: actions.filter((action) => action === describe), conditions: { StringLike: { [connectionKey]: "*" } } },
    { actions: use, conditions: { StringEquals: { [connectionKey]: names, [environmentKey]: settings.name } } },
    {
      actions: untagged.length > 0 ? use : [],
      conditions: { StringEquals: { [connectionKey]: untagged }, Null: { [environmentKey]: "true" } },
    },
  ]) {
    if (statement.actions.length === 0) continue;
    grantee.grantPrincipal.addToPrincipalPolicy(new PolicyStatement({ ...statement, resources: [secrets] }));
  }
  const { region, account } = Stack.of(scope);
  const shown = Token.isUnresolved(account) ? "<AWS::AccountId>" : account;
  explain(scope, {
    [`AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:secretsmanager:${region}:${shown}:secret:*]`]:
      "Credential secrets are others' to create; each opts in by its tag ringcx:connection, which the condition asks for.",
  });
}
