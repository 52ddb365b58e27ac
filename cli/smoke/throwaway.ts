import { randomBytes } from "node:crypto";
import {
  DeleteAlarmsCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { CreateSecretCommand, DeleteSecretCommand, PutSecretValueCommand } from "@aws-sdk/client-secrets-manager";
import type { Clock } from "../../shared/primitives/clock.ts";
import { AutomationError } from "../../shared/primitives/errors.ts";
import { type Connection, connectionForAccount } from "../../shared/ringcx/session/connection.ts";
import type { Environment } from "../environment/environment.ts";

/** What a smoke test makes in RingCX. RingCX has no call that deletes a group, so that one stays. */
export const names = {
  group: "ringcx-service-automation smoke (takes no calls)",
  service: "smoke",
  authConfig: "ringcx-service-automation smoke",
} as const;

/** A host that nobody has (RFC 2606): no call and no credential ever goes there. */
const host = "smoke.invalid";

/** The manifests of the smoke test. @param alarmArn the alarm that speaks for the service */
export function manifests({ alarmArn, secretId }: { alarmArn: string; secretId: string }): readonly object[] {
  return [
    { kind: "httpServiceGroup", groupName: names.group },
    { kind: "authConfig", providerName: names.authConfig, authType: "APIKEY", secretId },
    {
      kind: "httpService",
      groupName: names.group,
      serviceDescription: names.service,
      serviceType: "HTTP_GET",
      httpServiceConfig: { url: `https://${host}/` },
      isEnabled: true,
      // Also where the environment only observes as yet: this service is nobody's.
      health: { alarms: [alarmArn], recoverAfterSeconds: 0, mode: "enforce" },
    },
  ];
}

/** What is to be retired again. */
export const retired: readonly object[] = [
  { kind: "httpService", groupName: names.group, serviceDescription: names.service, delete: "service" },
  { kind: "authConfig", providerName: names.authConfig },
];

/** An alarm and a secret of the smoke test's own. Their names are always the same, so that a second run takes them over. */
export interface Throwaway {
  secretId: string;
  /** Makes the alarm, or takes over what an earlier run left. @returns its ARN */
  makeAlarm(): Promise<string>;
  setAlarm(state: "OK" | "ALARM"): Promise<void>;
  makeSecret(): Promise<void>;
  /** @returns the id of the new version */
  putVersion(): Promise<string>;
  removeAlarm(): Promise<void>;
  removeSecret(): Promise<void>;
}

/** See {@link Throwaway}. */
export function createThrowaway(environment: Environment, accountId: string, clock: Clock): Throwaway {
  const { secrets, region } = environment;
  const cloudWatch = environment.cloudWatchIn(region);
  const name = `ringcx-smoke-${environment.name}`;
  const connection = connectionForAccount(environment.connections, accountId);
  const value = () => JSON.stringify({ apiKey: `smoke-${randomBytes(18).toString("base64url")}` });
  const putVersion = async () =>
    (await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: value() }))).VersionId ?? "";
  return {
    secretId: name,
    putVersion,
    async makeAlarm() {
      await cloudWatch.send(
        new PutMetricAlarmCommand({
          AlarmName: name,
          AlarmDescription: "Of `ops smoke`, which removes it again.",
          Namespace: "RingCxAutomationSmoke",
          MetricName: "NeverSent",
          Statistic: "Maximum",
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 1,
          ComparisonOperator: "GreaterThanThreshold",
          // It stays as it is set.
          TreatMissingData: "ignore",
        }),
      );
      await cloudWatch.send(setState(name, "OK"));
      const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
      const arn = MetricAlarms?.[0]?.AlarmArn;
      if (arn === undefined)
        throw new AutomationError(`The alarm ${name} was made and is not there.`, { code: "SMOKE" });
      return arn;
    },
    setAlarm: async (state) => void (await cloudWatch.send(setState(name, state))),
    async makeSecret() {
      const make = () =>
        secrets.send(
          new CreateSecretCommand({
            Name: name,
            SecretString: value(),
            Tags: tagsOf(environment, connection, accountId),
          }),
        );
      for (let attempt = 0; ; attempt += 1) {
        try {
          await make();
          return;
        } catch (error) {
          if (nameOf(error) === "ResourceExistsException") return void (await putVersion());
          // Its deletion by an earlier run takes a moment.
          if (nameOf(error) !== "InvalidRequestException" || attempt === 10) throw error;
          await clock.sleep(3_000);
        }
      }
    },
    removeAlarm: async () => void (await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [name] }))),
    async removeSecret() {
      await secrets
        .send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }))
        .catch((error: unknown) => {
          if (nameOf(error) !== "ResourceNotFoundException") throw error;
        });
    },
  };
}

function tagsOf({ name, isLocal }: Environment, connection: Connection, accountId: string) {
  const tags = {
    "ringcx:connection": connection.name,
    "ringcx:accounts": accountId,
    "ringcx:hosts": host,
    ...(!isLocal && { "ringcx:environment": name }),
  };
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

function setState(AlarmName: string, StateValue: "OK" | "ALARM"): SetAlarmStateCommand {
  return new SetAlarmStateCommand({ AlarmName, StateValue, StateReason: `ops smoke says ${StateValue}.` });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : "";
}
