import { Annotations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { isUnreachable } from "../environment-fields.ts";
import type { EnvironmentSettings } from "../environments.ts";
import { rateOf, ringcxRate } from "../shared-accounts.ts";
import { unknownRegions } from "../unknown-regions.ts";

type RiskySettings = Pick<
  EnvironmentSettings,
  "probe" | "connections" | "region" | "failover" | "vpc" | "notifications"
>;

/** Warns of settings that may be meant, and are wrong more often: `Annotations.of(scope).acknowledgeWarning(id)` silences each. */
export function warnOfRiskySettings(scope: IConstruct, settings: RiskySettings): void {
  warn(scope, [
    ...openProbe(settings),
    ...looseQuota(settings),
    ...newRegions(settings),
    ...oneZone(settings),
    ...readableUrls(settings),
    ...regionsOfNothing(settings),
  ]);
  warnOfPrefixes(scope, "failover.alarmNamePrefixes", settings.failover.alarmNamePrefixes);
}

/**
 * Warns of prefixes with an asterisk, which the name of an alarm may have, and of those that another one covers. Source: EventBridge User Guide, "Comparison
 * operators for use in event patterns": prefix matching takes each character as it is.
 */
export function warnOfPrefixes(scope: IConstruct, setting: string, prefixes: readonly string[]): void {
  const wild = prefixes.filter((prefix) => prefix.includes("*"));
  const risks = wild.map((prefix) => {
    const [meant] = prefix.split("*", 1);
    const mend = meant === "" ? "Write how the names begin" : `Write ${meant}`;
    return {
      id: "wildcardPrefix",
      message: `${setting}: a prefix has no wildcard, and ${prefix} is taken literally. ${mend}`,
    };
  });
  const covered = prefixes.flatMap((prefix) => {
    const by = prefixes.find((other) => other !== prefix && prefix.startsWith(other));
    const message = `${setting}: all that begins with ${prefix} begins with ${by}, too. Leave out ${prefix}, or ${by} where fewer are meant`;
    return by === undefined ? [] : [{ id: "coveredPrefix", message }];
  });
  warn(scope, [...risks, ...covered]);
}

interface Risk {
  id: string;
  message: string;
}

function warn(scope: IConstruct, risks: readonly Risk[]): void {
  for (const { id, message } of risks) {
    Annotations.of(scope).addWarningV2(`ringcx-service-automation:${id}`, message);
  }
}

function openProbe({ probe }: Pick<EnvironmentSettings, "probe">): Risk[] {
  const own = (["allowPrivateAddresses", "allowHttp"] as const).filter((name) => probe[name]);
  const wide = probe.allowedHosts.filter((host) => /^\*\.[^.]+$/.test(host.replace(/:\d+$/, "")));
  const closed = probe.allowedHosts.filter(
    (host) => !probe.allowPrivateAddresses && isUnreachable(new URL(`https://${host.replace("*.", "any.")}`).hostname),
  );
  return [
    ...own.map((name) => ({ id: name, message: `probe.${name}: is for a system on one machine only, not for AWS` })),
    ...closed.map((host) => ({
      id: "privateHosts",
      message: `probe.allowedHosts: ${host} is no public ${/[\d\]](:\d+)?$/.test(host) ? "address" : "name"}, and is not asked`,
    })),
    ...wide.map((host) => ({
      id: "wideHosts",
      message: `probe.allowedHosts: ${host} is every name below a top-level domain: a credential may be sent to any of them`,
    })),
  ];
}

function looseQuota({ connections }: Pick<EnvironmentSettings, "connections">): Risk[] {
  return connections.flatMap(({ name, quota }) =>
    rateOf(quota) <= ringcxRate
      ? []
      : [
          {
            id: "looseQuota",
            message: `connections: quota of "${name}" is more than the ${ringcxRate} requests a minute that RingCX documents: it will refuse the others`,
          },
        ],
  );
}

function newRegions(settings: RiskySettings): Risk[] {
  return unknownRegions(settings).map((message) => ({ id: "unknownRegion", message }));
}

/** Source: AWS Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC": high availability. */
function oneZone({ vpc }: RiskySettings): Risk[] {
  if (vpc?.subnetIds.length !== 1) return [];
  const message =
    "vpc.subnetIds: one subnet is one availability zone, and its outage stops everything. Name one in a second zone";
  return [{ id: "oneZone", message }];
}

/**
 * What stands in the URL of a subscription, whoever may read the template or the topic's subscriptions reads. Hooks have their tokens in
 * the path as often as in the query.
 */
function readableUrls({ notifications }: Pick<EnvironmentSettings, "notifications">): Risk[] {
  const { alarms, page, ticket, outcomes } = notifications;
  const lists = { alarms, page, ticket, outcomes: outcomes.map(({ endpoint }) => endpoint) };
  return Object.entries(lists).flatMap(([list, endpoints]) =>
    endpoints.flatMap((endpoint, index) => {
      const url = URL.parse(endpoint);
      const what = url?.search
        ? "query"
        : /[^/]/.test(url?.pathname ?? "") && url?.protocol === "https:"
          ? "path"
          : undefined;
      if (!url || what === undefined) return [];
      const message = `notifications.${list}[${index}]: the URL at ${url.host} has a ${what}, which everybody can read in the template. Where that is a credential, leave it out and subscribe it by hand: aws sns subscribe --protocol https`;
      return [{ id: `${what}InUrl`, message }];
    }),
  );
}

function regionsOfNothing({ failover }: Pick<EnvironmentSettings, "failover">): Risk[] {
  const { mode, alarmRegions = [] } = failover;
  if (mode !== "off" || alarmRegions.length === 0) return [];
  const message = `failover.alarmRegions: no alarm does anything while failover.mode is "off". Leave it out, or choose another mode: observe only says what it would have done`;
  return [{ id: "alarmRegionsOff", message }];
}
