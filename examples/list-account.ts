// Lists an account's groups, services and auth configs as a table, below 120 requests a minute; it waits out a 429:
//   RINGCX_LOGIN=login.json RINGCX_ACCOUNT=123456 npx node examples/list-account.ts
import { readFile } from "node:fs/promises";
import { createRingCxClient, QuotaDeferredError } from "../package/client.ts";

const { RINGCX_LOGIN = "login.json", RINGCX_ACCOUNT = "", RINGCX_URL } = process.env;
const login = JSON.parse(await readFile(RINGCX_LOGIN, "utf8")) as {
  clientId: string;
  clientSecret: string;
  jwt: string;
};
const ringcx = createRingCxClient({
  login,
  ...(RINGCX_URL !== undefined && { ringcxUrl: RINGCX_URL, platformUrl: RINGCX_URL }),
});

try {
  await listAccount();
} catch (error) {
  if (!(error instanceof QuotaDeferredError)) throw error;
  // Others use the account's requests up, for longer than `longestWaitMs`.
  console.error(`RingCX has no place for this now: run it again in ${Math.ceil(error.retryAfterMs / 1000)} s.`);
  process.exitCode = 75;
}

async function listAccount(): Promise<void> {
  const account = ringcx.account(RINGCX_ACCOUNT, { priority: "bulk" });
  const groups = await account.groups.listAll();
  const authConfigs = await account.authConfigs.listAll();
  const nameOf = (id: string | null | undefined) =>
    authConfigs.find(({ authConfigId }) => authConfigId === id)?.providerName ?? "-";
  for (const { serviceGroupId, groupName } of groups) {
    const services = await account.services.listAllV2(serviceGroupId);
    console.log(groupName);
    console.table(
      services.map(({ serviceDescription, serviceType, isEnabled, authConfigId }) => ({
        Service: serviceDescription,
        Type: serviceType,
        Active: isEnabled ? "yes" : "no",
        "Auth config": nameOf(authConfigId),
      })),
    );
  }
  console.table(authConfigs.map(({ providerName, authType }) => ({ "Auth config": providerName, Type: authType })));
}
