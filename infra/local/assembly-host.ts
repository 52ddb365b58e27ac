import { setTimeout as delay } from "node:timers/promises";
import { keepLatest } from "../../shared/primitives/keep-latest.ts";
import { Alarms, type PublishAlarm } from "./events/alarms.ts";
import { cloudWatchService } from "./events/cloudwatch-service.ts";
import { EventBuses, eventsService } from "./events/event-bus.ts";
import { Schedules } from "./events/schedules.ts";
import { taggingService } from "./events/tagging-service.ts";
import { type CallerNames, FaultDoor } from "./faults/fault-door.ts";
import type { ServiceName } from "./faults/operations.ts";
import { AsyncInvocations } from "./functions/async-invocations.ts";
import type { EventSource } from "./functions/event-source.ts";
import { FunctionRegistry } from "./functions/function-registry.ts";
import { InProcessFunction } from "./functions/in-process-function.ts";
import { lambdaService } from "./functions/lambda-service.ts";
import type { Invocation } from "./functions/local-function.ts";
import { LogStore } from "./functions/log-store.ts";
import { logsService } from "./functions/logs-service.ts";
import { ownFunction } from "./functions/own-function.ts";
import type { AwsService } from "./gateway/aws-request.ts";
import { type DynamoDb, startDynamoDb, tableFolder } from "./gateway/dynamodb.ts";
import { ExpiredItems } from "./gateway/expired-items.ts";
import { startGateway } from "./gateway/gateway.ts";
import { localAccount, startMessaging } from "./gateway/messaging.ts";
import { AccessControl } from "./iam/access-control.ts";
import { notePermissionUse } from "./iam/permission-use.ts";
import { type Principal, Roles } from "./iam/roles.ts";
import { stsService } from "./iam/sts-service.ts";
import type { HostOptions, LocalHost } from "./local-host.ts";
import { ParameterStore, parameterService } from "./parameters/parameter-service.ts";
import type { HostServices } from "./resources/resource-kind.ts";
import { Rotation } from "./secrets-manager/rotation.ts";
import { arnSuffix, suffixOfName } from "./secrets-manager/secret.ts";
import { SecretStore } from "./secrets-manager/secret-store.ts";
import { secretsManagerService } from "./secrets-manager/secrets-manager-service.ts";
import type { Assembly } from "./template/assembly.ts";
import { createStack } from "./template/create-stack.ts";

const maxInvocations = 1_000;

function namesOf({ calledName, session }: Principal): CallerNames {
  return calledName === undefined ? [session] : [calledName, session];
}

/**
 * Runs the template of a stack that is synthesized already. Nothing here needs the CDK.
 *
 * @param others stacks of other regions, of rules and alarms: queues, tables and functions are of the host's own region
 * @param table one that runs already, in the folder of the options. @default it is started
 * @throws {UnsupportedTemplateError} naming what in the template is not known here
 */
export async function startAssembly(
  assembly: Assembly,
  options: HostOptions = {},
  others: readonly Assembly[] = [],
  table?: DynamoDb,
): Promise<LocalHost> {
  const { clockFactor = 1 } = options;
  const { template, stackName, region, codeDirectories, constructIds } = assembly;
  const account = localAccount;

  // First, because it may fail: another process may have its folder.
  const dynamoDb = table ?? (await startDynamoDb(region, options.dataFolder && tableFolder(options.dataFolder)));
  const services = new Map<string, AwsService>();
  const roles = new Roles(account);
  const secrets = new SecretStore(region, account, options.dataFolder === undefined ? arnSuffix : suffixOfName);
  const parameters = new ParameterStore();
  const access = new AccessControl(roles, { region, account, secrets });
  const door = options.takesFaults
    ? new FaultDoor({
        of: ({ accessKeyId }) => namesOf(roles.principal(accessKeyId) ?? roles.administrator),
        all: () => roles.principals.map(namesOf),
      })
    : undefined;
  const gateway = await startGateway({
    services,
    authorize: (request) => access.authorize(request),
    ...(door && { faultOf: (request) => door.faultOf(request), door: (request) => door.answer(request) }),
  });
  const { endpoint } = gateway;
  const messaging = startMessaging(region, endpoint, (key) => {
    const principal = roles.principal(key);
    return principal ? roles.identity(principal).userId : account;
  });

  const expiredItems = new ExpiredItems(dynamoDb);
  const functions = new FunctionRegistry();
  const asyncInvocations = new AsyncInvocations(clockFactor);
  const rotation = new Rotation(functions, access, clockFactor);
  const buses = new EventBuses(account);
  buses.in(region);
  const publish: PublishAlarm = async (TopicArn, notification, alarmArn) => {
    access.checkService("cloudwatch.amazonaws.com", "sns:Publish", TopicArn, alarmArn);
    await messaging.sns("Publish", { TopicArn, ...notification });
  };
  const alarmsByRegion = new Map<string, Alarms>();
  const alarmsIn = (place: string): Alarms => {
    const known = alarmsByRegion.get(place) ?? new Alarms(buses.in(place), { region: place, account, publish });
    alarmsByRegion.set(place, known);
    return known;
  };
  const alarms = alarmsIn(region);
  const schedules = new Schedules(clockFactor);
  const eventSources: EventSource[] = [];
  const invocations: Invocation[] = [];
  const logs = new LogStore(options.onLog);

  const all: Record<ServiceName, AwsService> = {
    sqs: messaging.service,
    sns: messaging.service,
    dynamodb: dynamoDb.service,
    secretsmanager: secretsManagerService({ store: secrets, rotation }),
    monitoring: cloudWatchService(alarmsIn),
    tagging: taggingService(alarmsIn),
    events: eventsService(buses.in(region)),
    lambda: lambdaService(functions, asyncInvocations),
    logs: logsService(logs),
    ssm: parameterService(parameters),
    sts: stsService(roles),
  };
  for (const [name, service] of Object.entries(all)) services.set(name, service);

  const onInvocation = (invocation: Invocation): void => {
    keepLatest(invocations, invocation, maxInvocations);
    options.onInvocation?.(invocation);
  };

  const stop = async ({ graceMs = 0 } = {}): Promise<void> => {
    notePermissionUse(roles);
    schedules.stop();
    const stopped = [rotation.stop(), asyncInvocations.stop(), ...eventSources.map((source) => source.stop())];
    for (const end = Date.now() + graceMs; functions.busy > 0 && Date.now() < end; ) await delay(10);
    await expiredItems.stop();
    // A poll that waits comes back when the queues close; a run, when its process ends.
    await Promise.all([messaging.close(), functions.stop()]);
    await Promise.all([...stopped, dynamoDb.close(), gateway.close()]);
  };

  const host: HostServices = {
    ...{
      stackName,
      codeDirectories,
      constructIds,
      account,
      region,
      endpoint,
      messaging,
      dynamoDb,
      secrets,
      parameters,
    },
    ...{ rotation, alarms, buses, schedules, functions, asyncInvocations, eventSources, roles, access, onInvocation },
    ...{ logs, expiredItems },
  };
  const createAll = async () => {
    const created = await createStack(template, host);
    for (const { template: other, ...place } of others) {
      await createStack(other, { ...host, ...place, alarms: alarmsIn(place.region) });
    }
    return created;
  };
  const outputs = await createAll().catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  for (const source of eventSources) source.start();
  if (!options.holdsSchedules) schedules.start();
  expiredItems.start();

  const whatRuns = (): string[] => {
    const counts = {
      runs: functions.busy,
      "asynchronous events": asyncInvocations.busy,
      "bus events": buses.busy,
      moves: messaging.moving,
      rotations: rotation.busy,
    };
    const running = Object.entries(counts).filter(([, count]) => count > 0);
    return running.map(([what, count]) => `${count} ${what}`);
  };
  const whatGoesOn = async (): Promise<string[]> => {
    const backlogs = eventSources.map(async ({ queueName }) => {
      const count = await messaging.backlog(queueName);
      return count > 0 ? [`${count} messages in ${queueName}`] : [];
    });
    return [...(await Promise.all(backlogs)).flat(), ...whatRuns()];
  };

  const { accessKeyId, secretAccessKey } = roles.administrator;
  const credentials = { accessKeyId, secretAccessKey };
  return {
    ...{ endpoint, region, credentials, outputs, invocations },
    clientConfig: { endpoint, region, credentials },
    logs: logs.records,
    denials: access.denials,
    get functionPids() {
      return functions.pids;
    },
    startSchedules: () => schedules.start(),
    runSchedule: (part) => schedules.run(part),
    addFunction(name, code) {
      const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
      const aws = { endpoint, region, ...credentials };
      const onOutput = (text: string) => logs.write(name, text, `/aws/lambda/${name}`);
      functions.add(
        typeof code === "function"
          ? new InProcessFunction(name, arn, code, onInvocation)
          : ownFunction({ name, arn, ...code, aws, onOutput, onInvocation }),
      );
      // It stands for a function of somebody else's, whose policy lets the services in.
      const Service = ["secretsmanager.amazonaws.com", "events.amazonaws.com"];
      access.attach(arn, [{ Effect: "Allow", Action: ["lambda:*"], Principal: { Service }, Condition: {} }]);
      return arn;
    },
    async idle({ timeoutMs = 30_000 } = {}) {
      const end = Date.now() + timeoutMs;
      for (let quiet = 0; quiet < 2; ) {
        // Queues are asked only once nothing runs, or to say what there is.
        const runs = whatRuns();
        const still = runs.length > 0 && Date.now() <= end ? runs : await whatGoesOn();
        quiet = still.length === 0 ? quiet + 1 : 0;
        if (still.length > 0 && Date.now() > end)
          throw new Error(`Not idle after ${timeoutMs} ms: ${still.join(", ")}`);
        await delay(10);
      }
    },
    unusedPermissions: () => roles.unused(),
    stop,
  };
}
