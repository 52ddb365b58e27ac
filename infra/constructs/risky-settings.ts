import { isIP } from "node:net";
import { Annotations } from "aws-cdk-lib";
import type { IConstruct } from "constructs";
import { isPublicAddress } from "../../shared/primitives/public-address.ts";
import type { EnvironmentSettings } from "../environments.ts";

/** Warns of settings that may be meant, and are wrong more often: `Annotations.of(scope).acknowledgeWarning(id)` silences each. */
export function warnOfRiskySettings(
  scope: IConstruct,
  settings: Pick<EnvironmentSettings, "probe" | "connections">,
): void {
  for (const { id, message } of [...openProbe(settings), ...looseQuota(settings)]) {
    Annotations.of(scope).addWarningV2(`ringcx-service-automation:${id}`, message);
  }
}

function openProbe({ probe }: Pick<EnvironmentSettings, "probe">): { id: string; message: string }[] {
  const own = (["allowPrivateAddresses", "allowHttp"] as const).filter((name) => probe[name]);
  const wide = probe.allowedHosts.filter((host) => /^\*\.[^.]+$/.test(host.replace(/:\d+$/, "")));
  const closed = probe.allowedHosts.filter((host) => {
    const address = host.replace(/(?<=[\d\]]):\d+$/, "").replace(/^\[|\]$/g, "");
    return !probe.allowPrivateAddresses && isIP(address) !== 0 && !isPublicAddress(address);
  });
  return [
    ...own.map((name) => ({ id: name, message: `probe.${name}: is for a system on one machine only, not for AWS` })),
    ...closed.map((host) => ({
      id: "privateHosts",
      message: `probe.allowedHosts: ${host} is no public address, and is not asked`,
    })),
    ...wide.map((host) => ({
      id: "wideHosts",
      message: `probe.allowedHosts: ${host} is every name below a top-level domain: a credential may be sent to any of them`,
    })),
  ];
}

/** Source: RingCX, "Rate Limiting & Stability" (120 requests a minute). */
function looseQuota({ connections }: Pick<EnvironmentSettings, "connections">): { id: string; message: string }[] {
  return connections.flatMap(({ name, quota }) =>
    (quota.limit * 60_000) / quota.windowMs <= 120
      ? []
      : [
          {
            id: "looseQuota",
            message: `connections: quota of "${name}" is more than the 120 requests a minute that RingCX documents: it will refuse the others`,
          },
        ],
  );
}
