import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import { checkedEnvironment, type EnvironmentInput } from "../../environments.ts";
import { generatedName } from "../../generated-name.ts";
import type { LocalHost } from "../host.ts";
import type { LocalSystem } from "./local-system.ts";

/** Where the parts of a host are that runs an environment's stack. */
export function addressesOf(
  { endpoint, region, credentials, outputs }: LocalHost,
  environment: EnvironmentInput,
): Omit<LocalSystem, "variables"> {
  const settings = checkedEnvironment(environment);
  const connections = settings.connections.map(
    ({ requireEnvironmentTag: _, ...connection }): Connection => ({
      ...connection,
      secretId: outputs[`ConnectionSecretArn${generatedName(connection.name)}`] ?? "",
    }),
  );
  return {
    endpoint,
    region,
    credentials,
    outputs: { ...outputs },
    connections,
    allowedHosts: settings.probe.allowedHosts,
    failoverMode: settings.failover.mode,
  };
}
