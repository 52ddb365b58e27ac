import type { Resource } from "../infra/synthesized.ts";

// What of a template costs money, and how much: from the template's own resources and from what happens in a month.

/** What happens in a month, whatever the template. */
export interface MonthOfWork {
  /** Invocations of the functions, and how long they take together. */
  runs: number;
  seconds: number;
  readUnits: number;
  writeUnits: number;
  /** Size of the table. */
  tableGb: number;
  describeAlarms: number;
  secretCalls: number;
  outcomes: number;
  /** Accounts that are swept, each time. */
  sweeps: number;
}

/** Requests to its queue for the sweep of an account. */
const requestsASweep = 2;

/** A line of the bill. */
export interface CostLine {
  what: string;
  /** Types of the template's resources that it is for. */
  of: readonly string[];
  /** How many units of it in a month. */
  units: number;
  /** US dollars for one of them. */
  price: number;
  /** Why so many, in a few words. */
  because: string;
}

type Resources = Readonly<Record<string, Resource>>;

/** Types that cost nothing by themselves, and why. */
export const freeTypes: Readonly<Record<string, string>> = {
  "AWS::IAM::Role": "IAM is free",
  "AWS::IAM::Policy": "IAM is free",
  "AWS::SQS::QueuePolicy": "part of its queue",
  "AWS::SNS::TopicPolicy": "part of its topic",
  "AWS::Lambda::Permission": "part of its function",
  "AWS::SecretsManager::ResourcePolicy": "part of its secret",
  "AWS::KMS::Alias": "part of its key",
  "AWS::Events::Rule": "events of AWS services on the default bus are free",
  "AWS::Events::EventBusPolicy": "part of its bus",
  "AWS::SSM::Parameter": "standard parameters are free",
  "AWS::Logs::MetricFilter": "its metric is counted with the others",
};

const minutes = 43_800;
const assumed = {
  memoryGb: 0.5,
  logBytesARun: 2_048,
  /** Metrics of the functions' own, and one of them once for each status of an outcome. */
  metrics: 26,
  /** What SNS delivers by e-mail or HTTPS in a month to each who is subscribed. */
  noticesASubscriber: 100,
  /** Changes of state of alarms elsewhere. */
  forwardedAlarms: 1_000,
  /** What the functions send to RingCX and to endpoints, and read from AWS outside their VPC. */
  bytesOfTrafficARun: 20_000,
};
/** Lambda keeps five long polls of 20 s open on a queue. Source: AWS Lambda Developer Guide, "Polling and batching". */
const pollsAMinute = 15;
/** SQS, SNS and DynamoDB ask KMS anew after five minutes. Source: SQS Developer Guide, "Data key reuse period". */
const keyReusesAMonth = minutes / 5;

/**
 * The bill of a month, line by line.
 *
 * @param resources those of the template, by logical id
 */
export function costLines(resources: Resources, work: MonthOfWork): CostLine[] {
  const all = (type: string) => Object.values(resources).filter(({ Type }) => Type === type);
  const count = (type: string) => all(type).length;
  const functions = all("AWS::Lambda::Function");
  const isTraced = ({ Properties }: Resource) => (Properties.TracingConfig as { Mode?: string })?.Mode === "Active";
  const tracedShare = functions.filter(isTraced).length / Math.max(1, functions.length);
  const retention = all("AWS::Logs::LogGroup").map(({ Properties }) => Number(Properties.RetentionInDays));
  const retentionDays = retention.length === 0 ? 0 : Math.max(...retention);
  const logGb = (work.runs * assumed.logBytesARun) / 1e9;
  const restorable = all("AWS::DynamoDB::Table").filter(
    ({ Properties }) =>
      (Properties.PointInTimeRecoverySpecification as { PointInTimeRecoveryEnabled?: boolean })
        ?.PointInTimeRecoveryEnabled === true,
  );
  const scheduled = all("AWS::Scheduler::Schedule").map(({ Properties }) => runsAMonth(Properties.ScheduleExpression));
  const readQueues = count("AWS::Lambda::EventSourceMapping");
  const inVpc = functions.some(({ Properties }) => Properties.VpcConfig !== undefined);
  const zones = Math.max(0, ...functions.map(({ Properties }) => subnetsOf(Properties.VpcConfig)));
  const keyed = (type: string, property: string) =>
    all(type).filter(({ Properties }) => Properties[property] !== undefined).length;
  const keyRequests =
    keyReusesAMonth *
      // Two by whoever sends and one by whoever receives; of each function one for the table.
      (3 * Math.min(readQueues, keyed("AWS::SQS::Queue", "KmsMasterKeyId")) +
        2 * keyed("AWS::SNS::Topic", "KmsMasterKeyId") +
        (keyed("AWS::DynamoDB::Table", "SSESpecification") > 0 ? functions.length : 0)) +
    work.secretCalls;
  const lines: CostLine[] = [
    line("alarms", ["AWS::CloudWatch::Alarm"], count("AWS::CloudWatch::Alarm"), 0.1, "of one metric each"),
    line(
      "composite alarms",
      ["AWS::CloudWatch::CompositeAlarm"],
      count("AWS::CloudWatch::CompositeAlarm"),
      0.5,
      "each",
    ),
    line("dashboards", ["AWS::CloudWatch::Dashboard"], count("AWS::CloudWatch::Dashboard"), 3, "each"),
    line("metrics", ["AWS::Lambda::Function"], functions.length > 0 ? assumed.metrics : 0, 0.3, "of our own, assumed"),
    line("keys", ["AWS::KMS::Key"], count("AWS::KMS::Key"), 1, "$1 more after each of the first two yearly rotations"),
    line(
      "KMS requests",
      ["AWS::KMS::Key"],
      count("AWS::KMS::Key") > 0 ? keyRequests : 0,
      0.03 / 10_000,
      "at most: every queue and topic used in every five minutes",
    ),
    line(
      "secrets",
      ["AWS::SecretsManager::Secret"],
      count("AWS::SecretsManager::Secret"),
      0.4,
      "one for each connection",
    ),
    line("Secrets Manager's requests", ["AWS::SecretsManager::Secret"], work.secretCalls, 0.05 / 10_000, "counted"),
    line(
      "polls of queues",
      ["AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping"],
      readQueues * pollsAMinute * minutes,
      0.4e-6,
      `${pollsAMinute} a minute for each queue that is read`,
    ),
    line(
      "messages of sweeps",
      ["AWS::SQS::Queue", "AWS::Lambda::EventSourceMapping"],
      work.sweeps * requestsASweep,
      0.5e-6,
      "sent and deleted, one by one at most",
    ),
    line("publications", ["AWS::SNS::Topic"], work.outcomes, 0.5e-6, "outcomes, counted"),
    line(
      "notices",
      ["AWS::SNS::Subscription"],
      count("AWS::SNS::Subscription") * assumed.noticesASubscriber,
      2e-5,
      `${assumed.noticesASubscriber} a subscriber, assumed; the dearest, by e-mail`,
    ),
    line(
      "schedules",
      ["AWS::Scheduler::Schedule"],
      scheduled.reduce((sum, runs) => sum + runs, 0),
      1e-6,
      "invocations",
    ),
    line("invocations", ["AWS::Lambda::Function"], work.runs, 0.2e-6, "counted"),
    line(
      "GB-seconds",
      ["AWS::Lambda::Function"],
      work.seconds * assumed.memoryGb,
      13.3334e-6,
      "arm64, 0.5 GB, seconds assumed",
    ),
    line(
      "traces",
      ["AWS::Lambda::Function"],
      work.runs * tracedShare,
      5e-6,
      "X-Ray records one a second and 5% more: here all",
    ),
    line("logs taken in, GB", ["AWS::Logs::LogGroup"], logGb, 0.5, "2 KB a run, assumed; metrics are in them"),
    line("logs kept, GB", ["AWS::Logs::LogGroup"], (logGb * retentionDays) / 30.4, 0.03, `for ${retentionDays} days`),
    line("read units", ["AWS::DynamoDB::Table"], work.readUnits, 0.125e-6, "strongly consistent, 4 KB; counted"),
    line("write units", ["AWS::DynamoDB::Table"], work.writeUnits, 0.625e-6, "1 KB; counted"),
    line("table kept, GB", ["AWS::DynamoDB::Table"], work.tableGb, 0.25, "counted, and 30 days of outcomes"),
    line(
      "point-in-time recovery, GB",
      ["AWS::DynamoDB::Table"],
      restorable.length > 0 ? work.tableGb : 0,
      0.2,
      "of the table",
    ),
    line("DescribeAlarms", ["AWS::Lambda::Function"], work.describeAlarms, 0.01e-3, "counted; 100 alarms a call"),
    line(
      "traffic to the internet, GB",
      ["AWS::Lambda::Function"],
      (work.runs * assumed.bytesOfTrafficARun) / 1e9,
      0.09,
      "20 KB a run, assumed",
    ),
    line(
      "forwarded alarms",
      ["AWS::Events::EventBus"],
      count("AWS::Events::EventBus") * assumed.forwardedAlarms,
      1e-6,
      "1,000 changes of state in other regions and AWS accounts, assumed",
    ),
    // Not in the template: whoever sets `vpc` has them for it, or lays them.
    line(
      "NAT gateways",
      ["AWS::Lambda::Function"],
      inVpc ? zones : 0,
      0.045 * 730,
      "with `vpc`: one a subnet; yours may have them already",
    ),
    line(
      "traffic through NAT gateways, GB",
      ["AWS::Lambda::Function"],
      inVpc ? (work.runs * assumed.bytesOfTrafficARun) / 1e9 : 0,
      0.045,
      "with `vpc`; VPC endpoints instead: $7.30 a month for each service and zone",
    ),
  ];
  return lines;
}

function line(what: string, of: readonly string[], units: number, price: number, because: string): CostLine {
  return { what, of, units, price, because };
}

function runsAMonth(expression: unknown): number {
  const [, value, unit] = /^rate\((\d+) (minute|hour)s?\)$/.exec(String(expression)) ?? [];
  return minutes / (Number(value) * (unit === "hour" ? 60 : 1));
}

function subnetsOf(vpcConfig: unknown): number {
  return ((vpcConfig as { SubnetIds?: unknown[] })?.SubnetIds ?? []).length;
}
