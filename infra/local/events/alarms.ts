import { AwsServiceError } from "../gateway/aws-request.ts";
import { type ActionSuppression, actionSuppression, type SuppressibleAlarm } from "./action-suppression.ts";
import { alarmNotification, topicsToTell } from "./alarm-actions.ts";
import type { EventBus } from "./event-bus.ts";
import { MuteRules } from "./mute-rules.ts";

/** CloudWatch's states of an alarm. */
export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

/** An alarm as CloudWatch keeps it. */
export interface Alarm extends SuppressibleAlarm {
  name: string;
  arn: string;
  state: AlarmState;
  stateReason: string;
  stateReasonData?: string;
  tags: Map<string, string>;
}

/** Metric of a definition, in the shape that an alarm's event has it. */
function metricsOf({ definition }: Alarm): unknown {
  const { MetricName, Namespace, Dimensions, Period, Statistic } = definition;
  const dimensions = Object.fromEntries(
    (Array.isArray(Dimensions) ? (Dimensions as { Name: string; Value: string }[]) : []).map(({ Name, Value }) => [
      Name,
      Value,
    ]),
  );
  const metric = { namespace: Namespace, name: MetricName, dimensions };
  return [{ id: "m1", metricStat: { metric, period: Period, stat: Statistic }, returnData: true }];
}

/** Publishes an alarm's notification, if the topic lets CloudWatch do so. */
export type PublishAlarm = (
  topicArn: string,
  notification: ReturnType<typeof alarmNotification>,
  alarmArn: string,
) => Promise<void>;

/** CloudWatch alarms. No metric is measured here: an alarm changes its state by `SetAlarmState` only. */
export class Alarms {
  readonly #alarms = new Map<string, Alarm>();
  readonly muteRules = new MuteRules();
  readonly #bus: EventBus;
  readonly #arnPrefix: string;
  readonly #publish: PublishAlarm;
  readonly #publishing = new Set<Promise<void>>();

  constructor(bus: EventBus, { region, account, publish }: { region: string; account: string; publish: PublishAlarm }) {
    this.#bus = bus;
    this.#publish = publish;
    this.#arnPrefix = `arn:aws:cloudwatch:${region}:${account}:alarm:`;
  }

  arnOf(name: string): string {
    return `${this.#arnPrefix}${name}`;
  }

  muteRuleArn(name: string): string {
    return `${this.#arnPrefix.replace(/alarm:$/, "alarm-mute-rule:")}${name}`;
  }

  /** Makes an alarm, or changes one and keeps its state and tags. */
  put(
    name: string,
    kind: Alarm["kind"],
    definition: Alarm["definition"],
    tags: Iterable<readonly [string, string]>,
  ): Alarm {
    const existing = this.#alarms.get(name);
    const alarm: Alarm = {
      state: "INSUFFICIENT_DATA",
      stateReason: "Unchecked: Initial alarm creation",
      stateUpdatedAt: new Date(),
      tags: new Map(tags),
      ...existing,
      name,
      arn: this.arnOf(name),
      kind,
      definition,
    };
    this.#alarms.set(name, alarm);
    return alarm;
  }

  /** @throws {AwsServiceError} `ResourceNotFound` */
  get(name: string): Alarm {
    const alarm = this.#alarms.get(name);
    if (alarm) return alarm;
    throw new AwsServiceError("ResourceNotFound", `Unknown alarm: ${name}`, 404);
  }

  /** @throws {AwsServiceError} `ResourceNotFoundException` */
  byArn(arn: string): Alarm {
    const found = this.all().find((alarm) => alarm.arn === arn);
    if (found) return found;
    throw new AwsServiceError("ResourceNotFoundException", `Unknown alarm: ${arn}`, 404);
  }

  all(): Alarm[] {
    return [...this.#alarms.values()].sort((a, b) => a.name.localeCompare(b.name));
  }

  delete(name: string): void {
    this.#alarms.delete(name);
  }

  /** Whether its actions are taken, whatever its state is. @throws {AwsServiceError} `ResourceNotFound` */
  enableActions(name: string, ActionsEnabled: boolean): void {
    const alarm = this.get(name);
    alarm.definition = { ...alarm.definition, ActionsEnabled };
  }

  /** Why none of its actions are taken now although they are enabled; `undefined` where they are taken. */
  suppression(alarm: Alarm): ActionSuppression | undefined {
    const find = (nameOrArn: string) => this.all().find(({ name, arn }) => nameOrArn === name || nameOrArn === arn);
    return actionSuppression(alarm, find, Date.now());
  }

  /** Sets the state and, if it is another one, tells the event bus as CloudWatch does. */
  setState(name: string, state: AlarmState, reason: string, reasonData?: string): void {
    const alarm = this.get(name);
    const previous = { ...alarm };
    if (alarm.state === state) return;
    if (alarm.state === "ALARM") alarm.leftAlarmAt = new Date();
    alarm.state = state;
    alarm.stateReason = reason;
    alarm.stateUpdatedAt = new Date();
    delete alarm.stateReasonData;
    if (reasonData !== undefined) alarm.stateReasonData = reasonData;
    this.#bus.put({
      source: "aws.cloudwatch",
      "detail-type": "CloudWatch Alarm State Change",
      resources: [alarm.arn],
      detail: {
        alarmName: name,
        state: { ...stateDetail(alarm), ...suppressionDetail(this.suppression(alarm)) },
        previousState: stateDetail(previous),
        configuration: {
          ...(alarm.definition.AlarmDescription !== undefined && { description: alarm.definition.AlarmDescription }),
          ...(alarm.kind === "composite" ? { alarmRule: alarm.definition.AlarmRule } : { metrics: metricsOf(alarm) }),
        },
      },
    });
    this.#act(alarm, previous.state);
  }

  /** Notifications that are on their way. */
  get busy(): number {
    return this.#publishing.size;
  }

  #act(alarm: Alarm, oldState: AlarmState): void {
    const muted = this.muteRules.list({ AlarmName: alarm.name, Statuses: ["ACTIVE"] }, Date.now()).length > 0;
    if (muted || this.suppression(alarm)) return;
    const notification = alarmNotification(alarm, oldState);
    for (const topicArn of topicsToTell(alarm)) {
      const publishing = this.#publish(topicArn, notification, alarm.arn)
        .catch((error: unknown) => void process.stderr.write(`Alarm ${alarm.name} told nobody: ${String(error)}\n`))
        .finally(() => this.#publishing.delete(publishing));
      this.#publishing.add(publishing);
    }
  }
}

function suppressionDetail(suppression: ActionSuppression | undefined) {
  if (!suppression) return {};
  const { ActionsSuppressedBy: actionsSuppressedBy, ActionsSuppressedReason: actionsSuppressedReason } = suppression;
  return { actionsSuppressedBy, actionsSuppressedReason };
}

function stateDetail({ state, stateReason, stateReasonData, stateUpdatedAt }: Alarm) {
  return {
    value: state,
    reason: stateReason,
    ...(stateReasonData !== undefined && { reasonData: stateReasonData }),
    timestamp: stateUpdatedAt.toISOString().replace("Z", "+0000"),
  };
}
