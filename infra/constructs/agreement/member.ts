import { Stack, Stage, Token } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import type { EnvironmentSettings } from "../../environments.ts";

/** What of an automation others must agree with. */
export interface AutomationPart {
  kind: "automation";
  settings: Pick<EnvironmentSettings, "name" | "region" | "connections" | "rotation" | "failover">;
  /** Whether accounts can be added without a deployment: then the synthesis does not know all. */
  areAccountsOpen: boolean;
  rotationFunctionArn: string;
  /** Undefined where no alarms come from elsewhere. */
  alarmBusArn: string | undefined;
}

/** What of a credential's secret must fit an automation. */
export interface SecretPart {
  kind: "secret";
  connection: string;
  environment: string | undefined;
  accountIds: readonly string[];
  /** Undefined where CloudFormation gives it. */
  secretName?: string | undefined;
  /** Auth configs that get it, as its tag names them. */
  authConfigIds?: readonly string[];
  rotationFunctionArn: string | undefined;
  /** Undefined where there is none, or the rotation makes a random value itself. */
  issuerArn: string | undefined;
}

/** What of a service's alarm an automation must look at. */
export interface HealthPart {
  kind: "health";
  accountIds: readonly string[];
}

/** What brings alarms from elsewhere. */
export interface ForwardingPart {
  kind: "forwarding";
  eventBusArn: string;
}

/** What a construct of the package has to do with the others of its app. */
export type Part = AutomationPart | SecretPart | HealthPart | ForwardingPart;

/** A construct that has a part. */
export interface Member {
  construct: IConstruct;
  part: Part;
}

/** A part by its construct. */
export type Placed<Kind extends Part> = Kind & { construct: IConstruct };

/** Something that does not agree: an error, or with an id a warning that can be acknowledged. */
export interface Finding {
  id?: string;
  message: string;
}

/** How sure it is that something is so. */
export type Certainty = "yes" | "no" | "unknown";

/** Whether two constructs come into one AWS account and region. A stack that names none goes wherever it is deployed to. */
export function isSamePlace(one: IConstruct, other: IConstruct): Certainty {
  return both(isSameAccount(one, other), certainty(one, other, "region"));
}

/** Whether two constructs come into one AWS account. */
export function isSameAccount(one: IConstruct, other: IConstruct): Certainty {
  return certainty(one, other, "account");
}

function both(...all: readonly Certainty[]): Certainty {
  if (all.includes("no")) return "no";
  return all.includes("unknown") ? "unknown" : "yes";
}

function certainty(one: IConstruct, other: IConstruct, what: "account" | "region"): Certainty {
  const [here, there] = [Stack.of(one), Stack.of(other)];
  if (here === there) return "yes";
  const unknown = [here, there].filter((stack) => Token.isUnresolved(stack[what])).length;
  if (unknown === 0) return here[what] === there[what] ? "yes" : "no";
  // Two stages without accounts are often one for each account; two stacks of a stage go where the command line is logged in.
  return unknown === 2 && Stage.of(one) === Stage.of(other) ? "yes" : "unknown";
}
