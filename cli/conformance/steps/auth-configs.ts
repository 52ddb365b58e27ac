import { randomBytes, randomUUID } from "node:crypto";
import type { OperationName } from "../../../shared/ringcx/resources/operations.ts";
import { type Row, recordOf, rowsOf } from "../exchange.ts";
import type { OwnNames } from "../own-names.ts";
import { linkedInTree } from "../sandbox.ts";
import type { Run } from "./run.ts";

/** A credential that opens nothing: it goes to no endpoint, as no service with it ever takes a call. */
function noCredential(): string {
  return `conformance-${randomBytes(9).toString("base64url")}`;
}

interface Kind {
  /** Its name, by what it is there for. */
  name: keyof OwnNames["authConfigs"];
  create: OperationName;
  update: OperationName;
  fields(): Row;
}

const kinds: readonly [Kind, Kind, ...Kind[]] = [
  {
    name: "apiKey",
    create: "authConfigs.createApiKey",
    update: "authConfigs.updateApiKey",
    fields: () => ({ authType: "APIKEY", apiKey: noCredential() }),
  },
  {
    name: "basic",
    create: "authConfigs.createBasic",
    update: "authConfigs.updateBasic",
    fields: () => ({ authType: "BASIC", username: "conformance", password: noCredential() }),
  },
  {
    name: "oauth",
    create: "authConfigs.createOAuth",
    update: "authConfigs.updateOAuth",
    fields: () => ({
      authType: "OAUTH",
      clientId: "conformance",
      secret: noCredential(),
      tokenUrl: "https://conformance.invalid/token",
      grantType: "CLIENT_CREDENTIALS",
      clientCredentialsSupplyIn: "BODY",
    }),
  },
  {
    name: "jwt",
    create: "authConfigs.createJwt",
    update: "authConfigs.updateJwt",
    fields: () => ({
      authType: "JWT",
      algorithm: "HS256",
      payload: '{"sub":"conformance"}',
      addTokenTo: "REQUEST_HEADER",
      secret: noCredential(),
    }),
  },
  {
    name: "custom",
    create: "authConfigs.createCustomAuth",
    update: "authConfigs.updateCustomAuth",
    fields: () => ({ authType: "CUSTOM_AUTH", allowedBaseUrl: "https://conformance.invalid/" }),
  },
];

/** The label of the first auth config's creation, and of everything that is learned of it. */
export const firstCreated = "authConfig.created.0";

/**
 * One auth config of each type: made, listed, read and changed; a PATCH of a part, one of another type, and a UUID that is in
 * use.
 *
 * @returns the id of the first, under which RingCX has it; nothing when that cannot be found out
 */
export async function tryAuthConfigs({ caller }: Run): Promise<string | undefined> {
  const { mark, names } = caller.seen;
  const { authConfigs } = names;
  const description = `made by a conformance run, ${mark.text}`;
  const sentIds = kinds.map(() => randomUUID());
  for (const [index, { name, create, fields }] of kinds.entries()) {
    const body = { providerName: authConfigs[name], description, ...fields() };
    await caller.ask(`authConfig.created.${index}`, create, { ids: { authConfigId: sentIds[index] ?? "" }, body });
  }
  const rows = rowsOf(await caller.ask("authConfigs.listed", "authConfigs.list", { query: { maxRows: 1_000 } }));
  const idOf = (index: number): string => {
    const row = rows.find(({ providerName }) => providerName === authConfigs[kinds[index]?.name ?? "again"]);
    const answered = recordOf(caller.seen.last(`authConfig.created.${index}`))?.authConfigId;
    return String(row?.authConfigId ?? answered ?? sentIds[index]);
  };
  const [first, second] = [idOf(0), idOf(1)];
  const ofFirst = { ids: { authConfigId: first } };
  const read = await caller.ask("authConfig.read", "authConfigs.get", ofFirst);
  await caller.ask("authConfig.gone", "authConfigs.get", { ids: { authConfigId: randomUUID() } });
  // Where RingCX chose the ids and shows them nowhere, what follows would be about auth configs that are not there.
  if (recordOf(read)?.authConfigId === undefined) return undefined;
  for (const [index, { name, update, fields }] of kinds.entries()) {
    // One that RingCX did not make is not there to be changed.
    if (!caller.ownership.hasAuthConfig(idOf(index))) continue;
    await caller.ask(`authConfig.changed.${index}`, update, {
      ids: { authConfigId: idOf(index) },
      body: { providerName: authConfigs[name], ...fields() },
    });
  }
  const part = { authType: "APIKEY", description: `a part, ${mark.text}` };
  await caller.ask("authConfig.part", "authConfigs.updateApiKey", { ...ofFirst, body: part });
  const otherType = { providerName: authConfigs.basic, ...kinds[0].fields() };
  const ofSecond = { ids: { authConfigId: second } };
  if (caller.ownership.hasAuthConfig(second)) {
    await caller.ask("authConfig.otherType", "authConfigs.updateApiKey", { ...ofSecond, body: otherType });
    await caller.ask("authConfig.afterOtherType", "authConfigs.get", ofSecond);
  }
  // Not under the id of the first, with which services are linked next: it may take its place, under an id of RingCX's own.
  const again = { providerName: authConfigs.again, description, ...kinds[1].fields() };
  if (caller.ownership.hasAuthConfig(second))
    await caller.ask("authConfig.usedId", kinds[1].create, { ...ofSecond, body: again });
  return first;
}

/** Deletes the auth config with which the main service is linked, and no service of anybody else. */
export async function deleteInUse({ caller, serviceGroupId }: Run, authConfigId: string): Promise<void> {
  const linked = await linkedInTree(caller, [serviceGroupId]);
  if (linked.has(authConfigId.toLowerCase())) return;
  await caller.ask("authConfig.deletedInUse", "authConfigs.delete", { ids: { authConfigId } });
}
