import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { clickedAccount, clickedSeed } from "../clicked-account.ts";
import { type HostedSystem, startHostedSystem } from "../hosted-system.ts";

export const accountId = "123456";
/** The one system of all these tests: each has services of its own. */
export let system: HostedSystem;

beforeAll(async () => {
  system = await startHostedSystem({ accounts: [accountId, "223456", clickedAccount], seed: clickedSeed });
});

afterAll(async () => {
  await system?.stop();
});

/** Manifests of a group with a service, in YAML as a person writes it. */
export function manifests(group: string, service: string, more = ""): string {
  return `accountId: "${accountId}"
resources:
  - kind: httpServiceGroup
    groupName: ${group}
  - kind: httpService
    groupName: ${group}
    serviceDescription: ${service}
    serviceType: HTTP_GET
    httpServiceConfig:
      url: http://${system.address}/health
    isEnabled: true
    validation:
      method: GET
      expect: { status: 200 }
${more}`;
}

/** Writes a file into the folder that commands are run in. */
export async function file(name: string, text: string): Promise<string> {
  await writeFile(join(system.directory, name), text);
  return name;
}
