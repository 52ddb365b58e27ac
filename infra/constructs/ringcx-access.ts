import { isDeepStrictEqual } from "node:util";
import { ArnFormat, Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { AttributeType, BillingMode, Table, TableEncryption } from "aws-cdk-lib/aws-dynamodb";
import { type IGrantable, PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Key } from "aws-cdk-lib/aws-kms";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import { type Connection, connectionSchema } from "../../shared/ringcx/session/connection.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { generatedName } from "../generated-name.ts";
import { AccountParameters, areTooManyForVariables } from "./account-parameters.ts";
import { explain } from "./building-blocks/explained-rules.ts";
import { notify } from "./building-blocks/notify.ts";
import { output } from "./building-blocks/output.ts";
import { serviceOfAccount } from "./building-blocks/service-of-account.ts";

/** Whatever happens to the stack, but for a first deployment that fails: that leaves nothing behind. */
const kept = RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE;

/** What every function shares: the key, the state table, the outcome topic and the RingCX logins. */
export class RingCxAccess extends Construct {
  readonly key: Key;
  /** Encrypts logs and schedules, where settings ask for it. */
  readonly logKey: Key | undefined;
  readonly table: Table;
  readonly outcomes: Topic;
  /** Outcomes in the form that AWS's chat service shows, where settings ask for it. */
  readonly chat: Topic | undefined;
  /** The accounts, where the functions' variables do not hold them. */
  readonly accountParameters: AccountParameters | undefined;
  readonly #connectionSecretArns: string[];
  readonly #environment: Record<string, string>;

  constructor(scope: Construct, id: string, { settings }: { settings: EnvironmentSettings }) {
    super(scope, id);
    this.key = new Key(this, "Key", {
      description: `RingCX automation (${settings.name}): table, queues, outcomes and connection secrets`,
      enableKeyRotation: true,
      // Only a first deployment that failed deletes it, before anything is encrypted with it.
      pendingWindow: Duration.days(7),
      removalPolicy: kept,
    });
    this.logKey = settings.encryptLogs ? this.key : undefined;
    if (this.logKey) letLogsEncrypt(this.logKey);
    this.table = new Table(this, "Table", {
      partitionKey: { name: "pk", type: AttributeType.STRING },
      sortKey: { name: "sk", type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      timeToLiveAttribute: "expiresAt",
      encryption: TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: this.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Deletion protection is turned on once all is deployed (`npm run deploy`): it would keep a first deployment that failed
      // from taking the table away again.
      removalPolicy: kept,
    });
    this.outcomes = new Topic(this, "Outcomes", { masterKey: this.key, enforceSSL: true });
    for (const { endpoint, statuses } of settings.notifications.outcomes) notify(this.outcomes, endpoint, statuses);
    const { chat } = settings.notifications;
    this.chat = chat && new Topic(this, "Chat", { masterKey: this.key, enforceSSL: true });
    if (this.chat) output(this, "ChatTopicArn", { value: this.chat.topicArn });

    const { accountsIn = areTooManyForVariables(settings.connections) ? "parameters" : "variables" } = settings;
    if (accountsIn === "parameters") {
      this.accountParameters = new AccountParameters(this, "Accounts", settings);
    }
    const connections = settings.connections.map(({ requireEnvironmentTag: _, ...connection }) => {
      const pascal = generatedName(connection.name);
      // Created without a value: a generated one would look like a credential, and fail as a wrong one does.
      const secret = new CfnSecret(this, `Connection${pascal}`, {
        description: `RingCX login "${connection.name}": JSON with clientId, clientSecret and jwt`,
        kmsKeyId: this.key.keyArn,
      });
      secret.applyRemovalPolicy(kept);
      explain(secret, {
        "AwsSolutions-SMG4":
          "A RingCentral app's credentials are issued in its developer portal; nothing can rotate them from here.",
      });
      output(this, `ConnectionSecretArn${pascal}`, { value: secret.ref });
      return { ...withoutDefaults(connection), secretId: secret.ref };
    });
    this.#connectionSecretArns = connections.map(({ secretId }) => secretId);
    this.#environment = {
      TABLE_NAME: this.table.tableName,
      OUTCOME_TOPIC_ARN: this.outcomes.topicArn,
      CONNECTIONS: Stack.of(this).toJsonString(
        this.accountParameters ? connections.map((each) => ({ ...each, accountIds: [] })) : connections,
      ),
      ...(this.accountParameters && { ACCOUNTS_PATH: this.accountParameters.path }),
      ENVIRONMENT_TAG_REQUIRED: JSON.stringify(
        settings.connections.filter((each) => each.requireEnvironmentTag).map(({ name }) => name),
      ),
      PROBE: JSON.stringify(settings.probe),
      ...(chat &&
        this.chat && { CHAT: Stack.of(this).toJsonString({ topicArn: this.chat.topicArn, statuses: chat.statuses }) }),
    };
    output(this, "OutcomeTopicArn", { value: this.outcomes.topicArn });
    output(this, "TableName", { value: this.table.tableName });
  }

  /** Variables that every function needs to reach RingCX, the table and the topic. */
  get environment(): Record<string, string> {
    return this.#environment;
  }

  /**
   * What every function does: it reads and writes the table item by item, and publishes.
   *
   * @param more what it does with the table besides
   */
  grantState(grantee: IGrantable, ...more: readonly ("Query" | "UpdateItem" | "DeleteItem")[]): void {
    const actions = ["GetItem", "PutItem", ...more].map((operation) => `dynamodb:${operation}`);
    this.table.grant(grantee, ...actions);
    this.outcomes.grantPublish(grantee);
    this.chat?.grantPublish(grantee);
    this.key.grantEncryptDecrypt(grantee);
    this.accountParameters?.grantRead(grantee);
  }

  /** {@link grantState}, and the connections' secrets, to ask RingCX. */
  grantUse(grantee: IGrantable, ...more: readonly ("Query" | "UpdateItem" | "DeleteItem")[]): void {
    this.grantState(grantee, ...more);
    grantee.grantPrincipal.addToPrincipalPolicy(
      new PolicyStatement({ actions: ["secretsmanager:GetSecretValue"], resources: this.#connectionSecretArns }),
    );
  }
}

/** As short as the functions' variables want it: what is as usual is left out, the functions know it. */
function withoutDefaults(connection: Omit<Connection, "secretId">): Pick<Connection, "name" | "accountIds"> {
  const { name, accountIds } = connection;
  const usual: Partial<Connection> = connectionSchema.parse({ name, accountIds: ["1"], secretId: "any" });
  const said = Object.entries(connection).filter(
    ([field, value]) => !isDeepStrictEqual(value, usual[field as "quota"]),
  );
  return { name, accountIds, ...Object.fromEntries(said) };
}

/**
 * Lets this account's alarms publish to encrypted topics. A topic policy of one's own takes the place of the one
 * that lets the whole account publish, so that without this no alarm would ever reach anybody.
 */
export function letCloudWatchPublish(topics: readonly Topic[], key: Key): void {
  const cloudWatch = serviceOfAccount(key, "cloudwatch.amazonaws.com");
  for (const topic of topics) topic.grantPublish(cloudWatch);
  key.grant(cloudWatch, "kms:Decrypt", "kms:GenerateDataKey*");
}

/**
 * Lets CloudWatch Logs use the key for the stack's own log groups. By their names, which begin with the stack's: an ARN
 * would make group and key wait for each other. Source: CloudWatch Logs User Guide, "Encrypt log data using AWS KMS".
 */
function letLogsEncrypt(key: Key): void {
  const stack = Stack.of(key);
  const groups = stack.formatArn({
    service: "logs",
    resource: "log-group",
    resourceName: `${stack.stackName}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
      actions: ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
      resources: ["*"],
      conditions: { ArnLike: { "kms:EncryptionContext:aws:logs:arn": groups } },
    }),
  );
}
