import { examples } from "../../infra/edition.ts";
import { type Answer, opsCommand, type Session } from "../command.ts";
import { exportManifests } from "../export/manifests.ts";
import { exportText, inMessages } from "../export/messages.ts";
import { oneAccount } from "../read/known-account.ts";
import { authConfigOf, ringCxReader } from "../read/ringcx-account.ts";
import { readAuthConfigs } from "../read/rotation-history.ts";
import { counted } from "../view/words.ts";
import { needsRingCx, text } from "./flags.ts";

/** `export ACCOUNT`: an account as manifests. */
export const exportCommand = opsCommand<object, [account: string]>({
  brief: "An existing account as manifests that take it over and change nothing",
  description: `${needsRingCx}\nWhat cannot be exported, credentials above all, is listed with what to do: as comments, and on standard error.\n\n${examples("ops export 123456 --local > manifests.yaml", "ops plan manifests.yaml --local")}`,
  positional: { kind: "tuple", parameters: [{ parse: text, brief: "RingCX account", placeholder: "account" }] },
  run: exportAccount,
});

async function exportAccount({ context, environment, say }: Session, _flags: object, account: string): Promise<Answer> {
  const accountId = oneAccount(environment, account);
  const reader = ringCxReader(environment, accountId, context);
  const groups = await reader.groups();
  const placed = await reader.linkedServices();
  const authConfigs = await reader.authConfigs();
  say(`reading the inputs of ${counted(placed.length, "service")}, within RingCX's quota`);
  const services = [];
  for (const one of placed) {
    const authConfig = authConfigOf(one.service, authConfigs);
    services.push({
      groupName: one.name.groupName,
      service: one.service,
      authConfig,
      inputs: await reader.inputs(one),
    });
  }
  const known = await readAuthConfigs(environment.table, accountId);
  const secretIds = new Map(
    known.flatMap(({ authConfigId, secretId }) =>
      secretId === undefined ? [] : [[authConfigId.toLowerCase(), secretId] as const],
    ),
  );
  const exported = exportManifests({ groups, services, authConfigs, secretIds });
  for (const line of exported.leftOut) say(`left out: ${line}`);
  for (const line of exported.lookAt) say(`look at: ${line}`);
  return {
    text: exportText(accountId, exported).trimEnd(),
    json: { messages: inMessages(accountId, exported.resources), leftOut: exported.leftOut, lookAt: exported.lookAt },
  };
}
