import { allPermissions } from "../../../../../infra/local/ringcx-simulator/access/permissions.ts";
import { assemble } from "../../../../../infra/local/ringcx-simulator/assembly.ts";
import type { Profile } from "../../../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";

const accountId = "123456";
const used = "60629848-0ddf-4757-8868-de5b76d54bb7";
const free = "60629848-0ddf-4757-8868-de5b76d54bb8";
const long = "x".repeat(70);
const config = { url: "https://crm.example.com/a", headers: { Accept: "application/json" } };
const service = (serviceDescription: string, more: object = {}) => ({
  serviceType: "HTTP_POST",
  serviceDescription,
  httpServiceConfig: JSON.stringify(config),
  isEnabled: false,
  ...more,
});

/** RingCX without HTTP, on a time that the script moves, and what it answered. */
function conversation(profile: Partial<Profile>) {
  let now = Date.UTC(2030, 0, 1, 0, 0, 50);
  const parts = assemble({ accounts: [accountId, "2"], now: () => now, profile });
  const said: unknown[] = [];
  let session = parts.tokens.issue();
  const send = (method: string, path: string, body?: unknown, { token, to = accountId, v = 1 }: SentAs = {}) => {
    const request = parts.ringcx.recognise({
      method,
      pathname: `/voice/api/v${v}/admin/accounts/${to}${path.split("?")[0]}`,
      query: new URLSearchParams(path.split("?")[1]),
      authorization: `Bearer ${token ?? session.accessToken}`,
      body: body === undefined ? "" : JSON.stringify(body),
    });
    said.push([method, path, request.answer()]);
  };
  return {
    parts,
    said,
    send,
    /** Lets time pass, and logs in anew. */
    skip(ms: number) {
      now += ms;
      session = parts.tokens.issue();
    },
    wait(ms: number) {
      now += ms;
    },
  };
}
interface SentAs {
  token?: string;
  to?: string;
  v?: number;
}

/** Everything that tells one answer of the catalogue from another, as RingCX answers it. Random tokens are not in it. */
export function transcriptOf(profile: Partial<Profile>): string {
  const talk = conversation(profile);
  const { parts, said, send, skip } = talk;
  const group = "/httpServiceGroups/4567";
  authConfigsOf(send);
  send("POST", "/httpServiceGroups", { groupName: "CRM" });
  send("GET", group);
  send("POST", `${group}/httpServices`, service("Lookup", { authConfigId: used, isDebug: true, note: "unknown" }));
  servicesOf(send, `${group}/httpServices/4568`, parts);
  namesOf(send, `${group}/httpServices`);
  skip(120_000);
  for (let i = 0; i < 105; i += 1) send("POST", `${group}/httpServices`, service(`Many ${i}`));
  skip(120_000);
  for (const query of ["", "?maxRows=200", "?page=1&maxRows=2", "?page=0&maxRows=2"]) {
    send("GET", `${group}/httpServices${query}`);
  }
  send("GET", "/httpServiceGroups/withChildren");
  parts.permissions.set([]);
  send("GET", group);
  parts.permissions.set(allPermissions);
  rateOf(talk);
  tokensOf(talk);
  return JSON.stringify(said);
}

type Conversation = ReturnType<typeof conversation>;
type Send = Conversation["send"];

function authConfigsOf(send: Send): void {
  const at = (id: string, type: string) => `/external/authConfigs/${id}/${type}`;
  send("POST", at(used, "apiKey"), { providerName: "CRM", apiKey: "key-of-the-crm" });
  send("POST", at(used, "apiKey"), { providerName: "CRM 2", apiKey: "another" });
  send("PATCH", at(used, "apiKey"), { description: "only this" });
  send("PATCH", at(used, "basic"), { providerName: "CRM", username: "u", password: "p" });
  send("GET", `/external/authConfigs/${used}`);
  send("GET", `/external/authConfigs/${free}`);
  send("GET", "/external/authConfigs");
}

function servicesOf(send: Send, path: string, { state }: Conversation["parts"]): void {
  const input = (name: string) => ({ name, type: "PARAMETER", rank: "0" });
  send("GET", path);
  send("POST", `${path}/inputs`, [input("ani")]);
  send("POST", `${path}/inputs`, [input("ani"), input("dnis")]);
  send("GET", `${path}/inputs`);
  send("DELETE", `${path}/inputs/4570`);
  send("GET", path);
  send("PUT", path, service("Lookup", { authConfigId: used }));
  send("PUT", path, service("Lookup"));
  send("GET", path, undefined, { v: 2 });
  send("PUT", path, service("Lookup", { authConfigId: used, isDebug: true }));
  send("POST", `${path}/clone?newName=Inactive clone`);
  send("PUT", `${path}/setIsActive`, { isActive: true });
  send("PUT", `${path}/setIsActive`, { isActive: true });
  send("POST", `${path}/clone?newName=Clone`);
  send("DELETE", `/external/authConfigs/${used}`);
  const workflows = ["IVR"];
  for (const one of state.account(accountId)?.groups[0]?.services ?? []) one.workflows = workflows;
  send("PUT", path, service("Lookup", { authConfigId: used, isEnabled: true }));
  send("PUT", `${path}/setIsActive`, { isActive: false });
  send("DELETE", path, undefined, { v: 2 });
  for (const one of state.account(accountId)?.groups[0]?.services ?? []) one.workflows = [];
  send("DELETE", path, undefined, { v: 2 });
}

function namesOf(send: Send, path: string): void {
  for (const name of ["Twin", "Twin", "TWIN", " Blank ", "Cafe\u0301", long]) send("POST", path, service(name));
  send("GET", path);
  send("GET", `${path}/1`);
  send("POST", path, {});
}

function rateOf({ parts, send, skip, wait }: Conversation): void {
  const groups = "/httpServiceGroups";
  const many = (count: number, sendOne: () => void) => Array.from({ length: count }, sendOne);
  skip(150_000); // 20 seconds past a minute: the window of another phase ends in 3
  many(10, () => send("GET", groups, undefined, { token: "unknown" }));
  many(5, () => send("GET", `${groups}/1`));
  many(117, () => send("GET", groups));
  send("GET", groups, undefined, { to: "2" });
  send("GET", groups, undefined, { token: parts.tokens.issue().accessToken });
  wait(1_000);
  many(3, () => send("GET", groups));
  wait(4_000);
  send("GET", groups);
  many(120, () => send("GET", groups));
  wait(36_000);
  send("GET", groups);
  wait(20_000);
  send("GET", groups);
}

function tokensOf({ parts, said, send, skip, wait }: Conversation): void {
  skip(120_000);
  send("GET", "/httpServiceGroups", undefined, { token: "unknown" });
  const { refreshToken, expiresInSeconds } = parts.tokens.issue();
  said.push(expiresInSeconds, parts.tokens.spend(refreshToken), parts.tokens.spend(refreshToken));
  for (const ms of [90_000, 310_000]) {
    const { accessToken: token } = parts.tokens.issue();
    wait(ms);
    send("GET", "/httpServiceGroups", undefined, { token });
  }
  const [first] = Array.from({ length: 6 }, () => parts.tokens.issue());
  send("GET", "/httpServiceGroups", undefined, { token: first?.accessToken ?? "" });
}
