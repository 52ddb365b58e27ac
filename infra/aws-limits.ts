/** A rule of AWS's about a text: what it must be like, in words, and where AWS says so. */
export interface TextLimit {
  pattern: RegExp;
  expected: string;
  /** One that is right, for who has to write another. */
  example: string;
  source: string;
}

/** A rule of AWS's about how many there may be. */
export interface CountLimit {
  most: number;
  /** What is counted, in the plural. */
  what: string;
  source: string;
}

/** What a text of a setting must be like, so that AWS takes the template that is made of it. */
export const textLimits = {
  name: {
    // 31 characters: with `RingCxAutomation-` before and CDK's suffixes behind, the names of all that is made fit.
    pattern: /^[a-z][a-z0-9-]{0,30}$/,
    expected: "expected at most 31 lower-case letters, digits and dashes, a letter first",
    example: "production",
    source: "AWS CloudFormation API Reference, CreateStack: StackName",
  },
  accountId: {
    pattern: /^\d{12}$/,
    expected: "an AWS account id has 12 digits",
    example: "111122223333",
    source: "AWS Account Management Reference Guide, View AWS account identifiers",
  },
  functionArn: {
    pattern:
      /^arn:aws(-[a-z]+)*:lambda:[a-z]{2,4}(-[a-z]+)+-\d+:\d{12}:function:[a-zA-Z0-9-_]{1,64}(:(\$LATEST|[a-zA-Z0-9-_]{1,128}))?$/,
    expected: "expected the ARN of a Lambda function",
    example: "arn:aws:lambda:eu-central-1:111122223333:function:crm-issuer",
    source: "AWS Lambda API Reference, Invoke: FunctionName",
  },
  roleArn: {
    pattern: /^arn:aws(-[a-z]+)*:iam::\d{12}:role\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
    expected: "expected the ARN of a role",
    example: "arn:aws:iam::111122223333:role/ringcx-reads-alarms",
    source: "AWS STS API Reference, AssumeRole: RoleArn; IAM API Reference, CreateRole: RoleName, Path",
  },
  policyArn: {
    pattern: /^arn:aws(-[a-z]+)*:iam::(\d{12}|aws):policy\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/,
    expected: "expected the ARN of a managed policy",
    example: "arn:aws:iam::111122223333:policy/boundary",
    source: "IAM API Reference, CreatePolicy: PolicyName, Path",
  },
  producer: {
    pattern: /^(\d{12}|arn:aws(-[a-z]+)*:iam::\d{12}:(root|(role|user)\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,64}))$/,
    expected: "expected an AWS account id of 12 digits or the ARN of a role or user, without a wildcard",
    example: "arn:aws:iam::111122223333:role/crm",
    source: "IAM User Guide, AWS JSON policy elements: Principal",
  },
  uniqueId: {
    pattern: /^(AIDA|AROA)[A-Z0-9]{12,124}$/,
    expected: "expected the whole unique id of a user (AIDA...) or role (AROA...), with which SQS's SenderId begins",
    example: "AROAEXAMPLEOFANIDXYZW",
    source: "IAM User Guide, IAM identifiers: Unique identifiers; IAM API Reference, Role: RoleId",
  },
  subnetId: {
    pattern: /^subnet-([0-9a-f]{8}|[0-9a-f]{17})$/,
    expected: "expected the id of a subnet",
    example: "subnet-0a1b2c3d",
    source: "Amazon EC2 User Guide, Resource IDs",
  },
  securityGroupId: {
    pattern: /^sg-([0-9a-f]{8}|[0-9a-f]{17})$/,
    expected: "expected the id of a security group",
    example: "sg-0a1b2c3d",
    source: "Amazon EC2 User Guide, Resource IDs",
  },
  tagKey: {
    pattern: /^(?!aws:)[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/iu,
    expected: "expected 1 to 128 letters, digits, spaces or any of _.:/=+-@, not beginning with aws:",
    example: "cost-center",
    source: "IAM API Reference, Tag: Key (of all services in the stack the narrowest)",
  },
  tagValue: {
    // An empty one IAM takes, and EventBridge Scheduler does not (API Reference, Tag: Value).
    pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u,
    expected: "expected 1 to 256 letters, digits, spaces or any of _.:/=+-@",
    example: "crm",
    source: "IAM API Reference, Tag: Value (of all services in the stack the narrowest)",
  },
} as const satisfies Readonly<Record<string, TextLimit>>;

/** The same of props of the constructs beside it. */
export const propLimits = {
  eventBusArn: {
    pattern: /^arn:aws(-[a-z]+)*:events:[a-z]{2,4}(-[a-z]+)+-\d+:\d{12}:event-bus\/[\w./-]{1,256}$/,
    expected: "expected the ARN of an event bus",
    example: "arn:aws:events:eu-central-1:111122223333:event-bus/RingCxAutomation-test",
    source: "Amazon EventBridge API Reference, CreateEventBus: Name",
  },
  fifoQueueArn: {
    pattern: /^arn:aws(-[a-z]+)*:sqs:[a-z]{2,4}(-[a-z]+)+-\d+:\d{12}:[\w-]{1,75}\.fifo$/,
    expected: "expected the ARN of a FIFO queue",
    example: "arn:aws:sqs:eu-central-1:111122223333:provisioning.fifo",
    source: "Amazon SQS API Reference, CreateQueue: QueueName",
  },
  queueArn: {
    pattern: /^arn:aws(-[a-z]+)*:sqs:[a-z]{2,4}(-[a-z]+)+-\d+:\d{12}:[\w-]{1,80}$/,
    expected: "expected the ARN of a queue",
    example: "arn:aws:sqs:eu-central-1:111122223333:commands",
    source: "Amazon SQS API Reference, CreateQueue: QueueName",
  },
  topicArn: {
    pattern: /^arn:aws(-[a-z]+)*:sns:[a-z]{2,4}(-[a-z]+)+-\d+:\d{12}:[\w-]{1,256}$/,
    expected: "expected the ARN of a topic",
    example: "arn:aws:sns:eu-central-1:111122223333:outcomes",
    source: "Amazon SNS API Reference, CreateTopic: Name",
  },
  keyArn: {
    pattern: /^arn:aws(-[a-z]+)*:kms:[a-z]{2,4}(-[a-z]+)+-\d+:\d{12}:key\/[\w-]+$/,
    expected: "expected the ARN of a key",
    example: "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    source: "AWS KMS API Reference, CreateKey: KeyId",
  },
  secretName: {
    pattern: /^[\w/+=.@-]{1,512}$/,
    expected: "expected 1 to 512 letters, digits or any of /_+=.@-",
    example: "crm/oauth",
    source: "AWS Secrets Manager API Reference, CreateSecret: Name",
  },
} as const satisfies Readonly<Record<string, TextLimit>>;

/** How many there may be of what a setting adds to one resource. */
export const countLimits = {
  subnets: { most: 16, what: "subnets of one function", source: "AWS Lambda API Reference, VpcConfig: SubnetIds" },
  securityGroups: {
    most: 5,
    what: "security groups of one function",
    source: "AWS Lambda API Reference, VpcConfig: SecurityGroupIds",
  },
  producers: {
    // The queue's own statement against plain HTTP names one more.
    most: 49,
    what: "producers: the policy of a queue names 50 principals at most",
    source: "Amazon SQS Developer Guide, Amazon SQS quotas: Policies",
  },
  tags: {
    // The functions' roles have one of ours.
    most: 49,
    what: "tags: a resource has 50 at most, and one is ours",
    source: "IAM User Guide, Rules for tagging in IAM and AWS STS",
  },
} as const satisfies Readonly<Record<string, CountLimit>>;

/**
 * Days that CloudWatch Logs can keep a log for. Source: Amazon CloudWatch Logs API Reference, PutRetentionPolicy:
 * retentionInDays.
 */
export const logRetentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/**
 * Longest time between two runs of a schedule, in hours. The alarm for a schedule that stands still looks at three runs, and
 * CloudWatch looks back seven days at most. Source: Amazon CloudWatch API Reference, PutMetricAlarm: EvaluationPeriods.
 */
export const longestRateHours = 56;

/** Longest name of an alarm, which has no control characters. Source: Amazon CloudWatch API Reference, PutMetricAlarm: AlarmName. */
export const longestAlarmName = 255;

/** A rule of AWS's about how long a document may be that settings make longer. */
export interface DocumentLimit {
  /** In characters, white space left out. */
  most: number;
  what: string;
  service: string;
  source: string;
}

/** How long the documents may be that a stack is made of. */
export const documentLimits = {
  eventPattern: {
    most: 2_048,
    what: "the event pattern",
    service: "EventBridge",
    source: "Amazon EventBridge User Guide, Amazon EventBridge quotas: Event pattern size",
  },
  eventBusPolicy: {
    most: 10_240,
    what: "the bus's policy",
    service: "EventBridge",
    source: "Amazon EventBridge User Guide, Amazon EventBridge quotas: Event bus policy size",
  },
  managedPolicy: {
    most: 6_144,
    what: "a managed policy",
    service: "IAM",
    source: "IAM User Guide, IAM and AWS STS quotas: managed policies",
  },
  rolePolicies: {
    most: 10_240,
    what: "what is written into its role",
    service: "IAM",
    source: "IAM User Guide, IAM and AWS STS quotas: role inline policies",
  },
  queuePolicy: {
    most: 8_192,
    what: "the queue's policy",
    service: "SQS",
    source: "Amazon SQS Developer Guide, Amazon SQS quotas: Policies, Bytes",
  },
  keyPolicy: {
    most: 32_768,
    what: "the key's policy",
    service: "KMS",
    source: "AWS KMS Developer Guide, Resource quotas: Key policy document size",
  },
  filterPolicy: {
    most: 262_144,
    what: "the subscription's filter policy",
    service: "SNS",
    source: "Amazon SNS Developer Guide, Filter policy constraints: 256 KB",
  },
} as const satisfies Readonly<Record<string, DocumentLimit>>;
