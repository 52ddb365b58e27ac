import { randomBytes, randomUUID } from "node:crypto";
import type { OperationName } from "../../../shared/ringcx/resources/operations.ts";
import { type Row, recordOf, rowsOf } from "../exchange.ts";
import { authConfigs } from "../own-names.ts";
import type { Run } from "./run.ts";

/** A credential that opens nothing: it goes to no endpoint, as no service with it ever takes a call. */
function noCredential(): string {
  return `conformance-${randomBytes(9).toString("base64url")}`;
}

interface Kind {
  name: string;
  create: OperationName;
  update: OperationName;
  fields(): Row;
}

const kinds: readonly [Kind, Kind, ...Kind[]] = [
  {
    name: authConfigs.apiKey,
    create: "authConfigs.createApiKey",
    update: "authConfigs.updateApiKey",
    fields: () => ({ authType: "APIKEY", apiKey: noCredential() }),
  },
  {
    name: authConfigs.basic,
    create: "authConfigs.createBasic",
    update: "authConfigs.updateBasic",
    fields: () => ({ authType: "BASIC", username: "conformance", password: noCredential() }),
  },
  {
    name: authConfigs.oauth,
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
    name: authConfigs.jwt,
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
    name: authConfigs.custom,
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
  const sentIds = kinds.map(() => randomUUID());
  for (const [index, { name, create, fields }] of kinds.entries()) {
    const body = { providerName: name, description: "made by a conformance run", ...fields() };
    await caller.ask(`authConfig.created.${index}`, create, { ids: { authConfigId: sentIds[index] ?? "" }, body });
  }
  const rows = rowsOf(await caller.ask("authConfigs.listed", "authConfigs.list", { query: { maxRows: 1_000 } }));
  const idOf = (index: number): string => {
    const row = rows.find(({ providerName }) => providerName === kinds[index]?.name);
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
    await caller.ask(`authConfig.changed.${index}`, update, {
      ids: { authConfigId: idOf(index) },
      body: { providerName: name, ...fields() },
    });
  }
  const part = { authType: "APIKEY", description: "a part" };
  await caller.ask("authConfig.part", "authConfigs.updateApiKey", { ...ofFirst, body: part });
  const otherType = { providerName: authConfigs.basic, ...kinds[0].fields() };
  const ofSecond = { ids: { authConfigId: second } };
  await caller.ask("authConfig.otherType", "authConfigs.updateApiKey", { ...ofSecond, body: otherType });
  await caller.ask("authConfig.afterOtherType", "authConfigs.get", ofSecond);
  const again = { providerName: authConfigs.again, ...kinds[0].fields() };
  await caller.ask("authConfig.usedId", "authConfigs.createApiKey", { ...ofFirst, body: again });
  return first;
}

/** Deletes the auth config with which the main service is linked. */
export async function deleteInUse({ caller }: Run, authConfigId: string): Promise<void> {
  await caller.ask("authConfig.deletedInUse", "authConfigs.delete", { ids: { authConfigId } });
}
