import type { EnvironmentSettings } from "../../environments.ts";
import type { SettingTexts } from "./document-size.ts";

/** The settings of which policies, patterns and filters are made longer, with what each puts there. */
export function settingTexts({ connections, failover, provisioning, rotation, notifications }: EnvironmentSettings) {
  const { alarmNamePrefixes, alarmReadRoleArns } = failover;
  return [
    {
      setting: "failover.alarmNamePrefixes",
      texts: alarmNamePrefixes,
      shorten: "name fewer or shorter failover.alarmNamePrefixes (`crm-` is all that begins so)",
    },
    {
      setting: "failover.alarmReadRoleArns",
      texts: [...Object.values(alarmReadRoleArns), ...Object.keys(alarmReadRoleArns)],
      shorten: "name fewer failover.alarmReadRoleArns",
    },
    {
      setting: "provisioning.producers",
      texts: provisioning.producers,
      shorten: "name AWS accounts instead of their roles in provisioning.producers",
    },
    {
      setting: "rotation.issuerFunctionArns",
      texts: rotation.issuerFunctionArns,
      shorten: "name fewer rotation.issuerFunctionArns",
    },
    {
      setting: "connections",
      texts: connections.map(({ name }) => name),
      shorten: "give connections shorter names",
    },
    {
      setting: "notifications.outcomes",
      texts: notifications.outcomes.flatMap(({ statuses = [] }) => statuses),
      shorten: "name fewer statuses in notifications.outcomes",
    },
  ] satisfies SettingTexts[];
}
