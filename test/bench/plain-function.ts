import { PlainRingCx } from "./plain-flow.ts";

/** What an alarm's event says to a function: EventBridge's event in a message of SQS. */
export interface AlarmMessages {
  Records: readonly { body: string }[];
}

/** A service by its names. */
export interface PlainService {
  accountId: string;
  groupName: string;
  serviceDescription: string;
}

/** ARNs of the alarms that a batch tells of. */
export function alarmsOf({ Records }: AlarmMessages): string[] {
  return Records.flatMap(({ body }) => (JSON.parse(body) as { resources: string[] }).resources);
}

/** Takes services out as the source document has it: log in, find the group, find the service, PUT. The credential is in variables. */
export async function takeOut(services: readonly PlainService[]): Promise<void> {
  const { RINGCX_URL: url = "", CLIENT_ID, CLIENT_SECRET, JWT: assertion = "" } = process.env;
  const grant = { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion };
  const basic = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString("base64");
  const platform = await post(`${url}/restapi/oauth/token`, grant, { authorization: `Basic ${basic}` });
  const token = { rcAccessToken: platform.access_token ?? "", rcTokenType: "Bearer" };
  const { accessToken = "" } = await post(`${url}/api/auth/login/rc/accesstoken?includeRefresh=true`, token);
  for (const { accountId, groupName, serviceDescription } of services) {
    await new PlainRingCx({ url, accessToken }, accountId).switch(groupName, serviceDescription, false);
  }
}

async function post(url: string, form: Record<string, string>, headers: Record<string, string> = {}) {
  const response = await fetch(url, { method: "POST", headers, body: new URLSearchParams(form) });
  if (!response.ok) throw new Error(`login: ${response.status}`);
  return (await response.json()) as { access_token?: string; accessToken?: string };
}
