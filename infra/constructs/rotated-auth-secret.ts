import { CfnResource, type Duration, Reference, RemovalPolicy, Stack, Tags, Tokenization } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IFunctionRef } from "aws-cdk-lib/aws-lambda";
import { CfnResourcePolicy, CfnRotationSchedule, CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import type { AuthType } from "../../shared/ringcx/resources/auth-config.ts";
import { secretTags } from "../../shared/secrets/secret-tags.ts";
import { bindingsFromTags } from "../../shared/secrets/tag-bindings.ts";
import { checkedInput } from "../checked-input.ts";
import { isToken } from "../token.ts";
import { takePart } from "./agreement/app-agreement.ts";
import { durationTag } from "./building-blocks/duration-tag.ts";
import { maxRuleDays, rotatedAuthSecretProps } from "./props.ts";

/** When and by whom a secret's credential is changed. */
export interface RotationPlan {
  /** The automation's rotation function: the stack's output `RotationFunctionArn`. */
  rotationFunctionArn: string;
  /**
   * The function that creates, verifies and revokes credentials (docs/rotation.md); `random` only where the
   * endpoint reads the pending version of the secret itself. An issuer must also be named in
   * `rotation.issuerFunctionArns` of the environment.
   */
  issuer: IFunctionRef | "random";
  /**
   * How old a credential becomes, less than 1,000 days. Without it `RotateSecret` by hand rotates, and Secrets Manager itself
   * after 1,000 days.
   */
  every?: Duration;
  /** How long the old credential stays valid beside the new one. @default 1 hour */
  overlap?: Duration;
  /** Name at the issuer of the credential that you put in first, so that the first rotation can revoke it. */
  firstCredentialId?: string;
}

/** What the secret is for, who may be sent it, and how it changes. */
export interface RotatedAuthSecretProps {
  /** @default made by CloudFormation */
  secretName?: string;
  /** Connection of the environment whose RingCX login is used. */
  connection: string;
  /**
   * The only environment whose functions may use it. Required where another environment of the AWS account has a
   * connection of the same name. It becomes the secret's tag, and a resource policy of the secret, which takes the place
   * of one that you gave it elsewhere.
   *
   * @default any that has the connection, and does not require the tag; no policy
   */
  environment?: string;
  /** The only accounts that may be sent the credential. */
  accountIds: readonly string[];
  /** The only hosts that a probe may send it to: `api.example.com`, `*.example.com`. @default none */
  hosts?: readonly string[];
  /**
   * Auth configs that get it: `uuid`, with several accounts `accountId/uuid`.
   *
   * @default those whose manifest names the secret
   */
  authConfigs?: {
    /** Of all of them. */
    authType: AuthType;
    /** Their `authConfigId`, with several accounts `accountId/uuid`. */
    ids: readonly string[];
  };
  /** @default none: a new version put by hand reaches RingCX within minutes */
  rotation?: RotationPlan;
  /** Age at which the credential is reported as overdue. @default never */
  rotateWithin?: Duration;
  /** How long a version that no endpoint could be asked about waits before it is written. @default 30 minutes */
  proveWithin?: Duration;
  /** A key of your own must allow the automation's functions to decrypt. @default Secrets Manager's own */
  encryptionKey?: IKey;
}

/**
 * A secret whose value RingCX auth configs get, with everything that the automation needs to know about it on the secret
 * itself. It begins without a value: put the first one yourself, in RingCX's field names. Deploying and updating
 * never rotate it, deleting the stack keeps it.
 */
export class RotatedAuthSecret extends Construct {
  /** ARN of the secret, into which you put the first value. */
  readonly secretArn: string;

  /** @throws {Error} naming every wrong field, what was expected and how to mend it */
  constructor(scope: Construct, id: string, props: RotatedAuthSecretProps) {
    super(scope, id);
    checkedInput(rotatedAuthSecretProps, props, { where: `RotatedAuthSecret ${this.node.path}` });
    this.#checkPlace(props.rotation);
    const secret = new CfnSecret(this, "Secret", {
      description: `Credential of RingCX auth configs (connection ${props.connection})`,
      ...(props.secretName !== undefined && { name: props.secretName }),
      ...(props.encryptionKey && { kmsKeyId: props.encryptionKey.keyArn }),
    });
    secret.applyRemovalPolicy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE);
    this.secretArn = secret.ref;
    const tags = tagsOf(props);
    this.#check(tags, props);
    for (const [key, value] of Object.entries(tags)) Tags.of(secret).add(key, value);

    if (props.environment !== undefined) {
      new CfnResourcePolicy(this, "Policy", {
        secretId: secret.ref,
        resourcePolicy: keptFromOtherEnvironments(props.environment),
      });
    }
    if (props.rotation) {
      const schedule = new CfnRotationSchedule(this, "Rotation", {
        secretId: secret.ref,
        rotationLambdaArn: props.rotation.rotationFunctionArn,
        rotationRules: rulesOf(props.rotation),
        rotateImmediatelyOnUpdate: false,
      });
      // Secrets Manager refuses a function that it may not call yet.
      schedule.node.addDependency(...permissionsOf(props.rotation.rotationFunctionArn));
    }
    takePart(this, {
      kind: "secret",
      connection: props.connection,
      environment: props.environment,
      accountIds: props.accountIds,
      secretName: props.secretName,
      authConfigIds: props.authConfigs?.ids ?? [],
      rotationFunctionArn: props.rotation?.rotationFunctionArn,
      issuerArn: issuerArn(props.rotation),
    });
  }

  /** Secrets Manager calls functions of the secret's own region and AWS account. */
  #checkPlace(rotation: RotationPlan | undefined): void {
    if (!rotation || isToken(rotation.rotationFunctionArn)) return;
    const stack = Stack.of(this);
    const [, , , region, account] = rotation.rotationFunctionArn.split(":");
    const isHere = (named: string | undefined, own: string) => isToken(own) || named === own;
    if (isHere(region, stack.region) && isHere(account, stack.account)) return;
    throw new Error(
      `RotatedAuthSecret ${this.node.path} is wrong:\n  rotation.rotationFunctionArn: is of ${region}, AWS account ${account}, and Secrets Manager calls functions of the secret's own region and account alone`,
    );
  }

  /** What the tags together cannot say. */
  #check(tags: Readonly<Record<string, string>>, { accountIds, authConfigs }: RotatedAuthSecretProps): void {
    const problems = bindingsFromTags({ arn: "", tags }).problems.map(({ message }) => message);
    for (const id of authConfigs?.ids ?? []) {
      const [accountId = "", uuid] = id.split("/");
      if (uuid === undefined || accountIds.includes(accountId)) continue;
      problems.push(`authConfigs.ids: "${id}" is of an account that accountIds does not name`);
    }
    // Source: AWS Secrets Manager API Reference, "Tag".
    const tooLong = Object.entries(tags).filter(([, value]) => !isToken(value) && value.length > 256);
    problems.push(
      ...tooLong.map(([key]) => `${key} would be longer than the 256 characters of a tag: use several secrets`),
    );
    if (problems.length > 0) throw new Error(`RotatedAuthSecret ${this.node.path} is wrong: ${problems.join("; ")}`);
  }
}

/**
 * Keeps the functions of every other environment out, whatever their roles allow and whatever the secret's tags become:
 * who may tag a secret need not be allowed to change its policy. Which connection a call is for no policy can know.
 */
function keptFromOtherEnvironments(environment: string): PolicyDocument {
  const caller = `aws:PrincipalTag/${secretTags.environment}`;
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [
          "secretsmanager:GetSecretValue",
          "secretsmanager:PutSecretValue",
          "secretsmanager:RotateSecret",
          "secretsmanager:UpdateSecretVersionStage",
        ],
        resources: ["*"],
        conditions: { Null: { [caller]: "false" }, StringNotEquals: { [caller]: environment } },
      }),
    ],
  });
}

function tagsOf(props: RotatedAuthSecretProps): Record<string, string> {
  const { connection, environment, accountIds, hosts = [], authConfigs, rotation, rotateWithin, proveWithin } = props;
  return Object.fromEntries(
    Object.entries({
      [secretTags.connection]: connection,
      [secretTags.environment]: environment,
      [secretTags.accounts]: accountIds.join(" "),
      [secretTags.hosts]: hosts.join(" "),
      [secretTags.authConfig]: authConfigs?.ids.join(" "),
      [secretTags.authType]: authConfigs?.authType,
      [secretTags.issuer]: issuerArn(rotation) ?? (rotation && "random"),
      [secretTags.credentialId]: rotation?.firstCredentialId,
      [secretTags.overlap]: rotation?.overlap && durationTag(rotation.overlap),
      [secretTags.rotateEvery]: rotation?.every && durationTag(rotation.every),
      [secretTags.proveWithin]: proveWithin && durationTag(proveWithin),
      [secretTags.rotateWithin]: rotateWithin && durationTag(rotateWithin),
    }).flatMap(([key, value]): [string, string][] => (value === undefined || value === "" ? [] : [[key, value]])),
  );
}

/** Who may call a function, where its ARN is a reference to one of this app. */
function permissionsOf(functionArn: string): CfnResource[] {
  const references = Tokenization.reverseString(functionArn).tokens.filter(Reference.isReference);
  const parts = references.flatMap(({ target }) => target.node.scope?.node.findAll() ?? []);
  return parts.filter(CfnResource.isCfnResource).filter((each) => each.cfnResourceType === "AWS::Lambda::Permission");
}

function issuerArn(rotation: RotationPlan | undefined): string | undefined {
  return typeof rotation?.issuer === "object" ? rotation.issuer.functionRef.functionArn : undefined;
}

/**
 * Our own schedule decides when, because it knows of outages. Secrets Manager's comes just behind it: the date that it shows
 * is the latest at which the secret is rotated, and it would rotate it then. See docs/decisions/0011.
 */
function rulesOf({ every }: RotationPlan): CfnRotationSchedule.RotationRulesProperty {
  const hours = every?.toHours({ integral: false }) ?? Number.POSITIVE_INFINITY;
  if (hours >= 24) return { automaticallyAfterDays: Math.min(Math.ceil(hours / 24) + 1, maxRuleDays) };
  // Source: AWS Secrets Manager API Reference, "RotationRulesType": every four hours at most.
  return { scheduleExpression: `rate(${Math.max(Math.ceil(hours) + 1, 4)} hours)` };
}
