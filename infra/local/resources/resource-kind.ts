import { createHash } from "node:crypto";
import type * as z from "zod";
import type { Alarms } from "../events/alarms.ts";
import type { EventBuses } from "../events/event-bus.ts";
import type { Schedules } from "../events/schedules.ts";
import type { AsyncInvocations } from "../functions/async-invocations.ts";
import type { EventSource } from "../functions/event-source.ts";
import type { FunctionRegistry } from "../functions/function-registry.ts";
import type { Invocation } from "../functions/local-function.ts";
import type { LogStore } from "../functions/log-store.ts";
import type { DynamoDb } from "../gateway/dynamodb.ts";
import type { ExpiredItems } from "../gateway/expired-items.ts";
import type { Messaging } from "../gateway/messaging.ts";
import type { AccessControl } from "../iam/access-control.ts";
import type { Roles } from "../iam/roles.ts";
import type { ParameterStore } from "../parameters/parameter-service.ts";
import type { Rotation } from "../secrets-manager/rotation.ts";
import type { SecretStore } from "../secrets-manager/secret-store.ts";

/** The running services that resources are created in. */
export interface HostServices {
  stackName: string;
  /** Directories of the functions' code by logical id. */
  codeDirectories: Readonly<Record<string, string>>;
  /** Ids of the functions' constructs by logical id. */
  constructIds: Readonly<Record<string, string>>;
  account: string;
  region: string;
  /** The gateway's address. */
  endpoint: string;
  messaging: Messaging;
  dynamoDb: DynamoDb;
  secrets: SecretStore;
  parameters: ParameterStore;
  rotation: Rotation;
  alarms: Alarms;
  buses: EventBuses;
  schedules: Schedules;
  functions: FunctionRegistry;
  asyncInvocations: AsyncInvocations;
  eventSources: EventSource[];
  roles: Roles;
  access: AccessControl;
  logs: LogStore;
  expiredItems: ExpiredItems;
  onInvocation(invocation: Invocation): void;
}

/** A resource that exists now: what `Ref` and `Fn::GetAtt` give for it. */
export interface CreatedResource {
  ref: string;
  attributes?: Readonly<Record<string, string>>;
}

/** How one type of resource comes to be. */
export interface ResourceKind {
  create(properties: unknown, logicalId: string, host: HostServices): CreatedResource | Promise<CreatedResource>;
}

/**
 * How resources of one type come to be.
 *
 * @param schema every property that the host takes account of, or knows to have no effect here. A strict object,
 *   so that a property which nobody thought of stops the host with its name.
 */
export function resourceKind<Schema extends z.ZodType>(
  schema: Schema,
  create: (
    properties: z.output<Schema>,
    logicalId: string,
    host: HostServices,
  ) => CreatedResource | Promise<CreatedResource>,
): ResourceKind {
  return { create: (properties, logicalId, host) => create(schema.parse(properties), logicalId, host) };
}

/** A name of at most `maxLength` characters, as CloudFormation makes them up; a long one keeps its end apart by a hash. */
export function physicalName(
  logicalId: string,
  { stackName }: Pick<HostServices, "stackName">,
  maxLength: number,
): string {
  const name = `${stackName}-${logicalId}`;
  if (name.length <= maxLength) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, 8);
  return `${name.slice(0, maxLength - 9)}-${hash}`;
}
