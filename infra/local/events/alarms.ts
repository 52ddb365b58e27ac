import { AwsServiceError } from "../gateway/aws-request.ts";
import { type ActionSuppression, actionSuppression, type SuppressibleAlarm } from "./action-suppression.ts";
import { alarmNotification, topicsToTell } from "./alarm-actions.ts";
import { type AlarmRule, AlarmRuleError, type AlarmState, parseAlarmRule } from "./alarm-rule.ts";
import type { EventBus } from "./event-bus.ts";
import { MuteRules } from "./mute-rules.ts";

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

/**
 * CloudWatch alarms. No metric is measured here: an alarm changes its state by `SetAlarmState`, a composite one also by its rule
 * when the state of an alarm changes that it speaks of.
 */
export class Alarms {
  readonly #alarms = new Map<string, Alarm>();
  /** Of composite alarms, by name. */
  readonly #rules = new Map<string, AlarmRule>();
  /** Composite alarms that are about to change: rules may go round in a circle. */
  readonly #evaluating = new Set<string>();
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

  /** Makes an alarm, or changes one and keeps its state and tags. @throws {AwsServiceError} `ValidationError` for its rule */
  put(
    name: string,
    kind: Alarm["kind"],
    definition: Alarm["definition"],
    tags: Iterable<readonly [string, string]>,
  ): Alarm {
    const rule = kind === "composite" ? ruleOf(definition) : undefined;
    if (rule) this.#rules.set(name, rule);
    else this.#rules.delete(name);
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
    this.#rules.delete(name);
  }

  /** Whether its actions are taken, whatever its state is. @throws {AwsServiceError} `ResourceNotFound` */
  enableActions(name: string, ActionsEnabled: boolean): void {
    const alarm = this.get(name);
    alarm.definition = { ...alarm.definition, ActionsEnabled };
  }

  /** Why none of its actions are taken now although they are enabled; `undefined` where they are taken. */
  suppression(alarm: Alarm): ActionSuppression | undefined {
    return actionSuppression(alarm, (nameOrArn) => this.#find(nameOrArn), Date.now());
  }

  #find(nameOrArn: string): Alarm | undefined {
    return this.#alarms.get(nameOrArn) ?? this.all().find(({ arn }) => arn === nameOrArn);
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
    this.#evaluate(alarm);
  }

  /** Composite alarms by their rules: those that speak of an alarm whose state is another one now. */
  #evaluate(changed: Alarm): void {
    for (const [name, { alarms, isTrue }] of this.#rules) {
      if (this.#evaluating.has(name) || !alarms.some((each) => each === changed.name || each === changed.arn)) continue;
      const state = isTrue((each) => this.#find(each)?.state ?? "INSUFFICIENT_DATA") ? "ALARM" : "OK";
      const timestamp = changed.stateUpdatedAt.toISOString().replace("Z", "+0000");
      const triggering = { arn: changed.arn, state: { value: changed.state, timestamp } };
      const reason = `${changed.arn} transitioned to ${changed.state} at ${changed.stateUpdatedAt.toUTCString()}`;
      this.#evaluating.add(name);
      this.setState(name, state, reason, JSON.stringify({ triggeringAlarms: [triggering] }));
      this.#evaluating.delete(name);
    }
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

function ruleOf({ AlarmRule }: Alarm["definition"]): AlarmRule {
  try {
    return parseAlarmRule(String(AlarmRule));
  } catch (error) {
    if (!(error instanceof AlarmRuleError)) throw error;
    throw new AwsServiceError("ValidationError", error.message);
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
