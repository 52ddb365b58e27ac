import type { Caller } from "../caller.ts";
import { isDone, type Row } from "../exchange.ts";
import { idOf, readServices } from "../sandbox.ts";

/** What the steps of a run share. */
export interface Run {
  caller: Caller;
  /** The group of its own. */
  serviceGroupId: number;
}

/** The endpoint of every service that a run makes: nobody has a host under `.invalid` (RFC 2606). */
const url = "https://conformance.invalid/lookup?of=a/b";

/** The text of the configuration that every service gets. */
export const configText = JSON.stringify({ url, headers: { Accept: "application/json" }, method: "GET" });

/** The body of a service. */
export function serviceBody(serviceDescription: string, more: Row = {}): Row {
  return {
    serviceType: "HTTP_GET",
    serviceDescription,
    httpServiceConfig: configText,
    enableMappings: false,
    isDebug: false,
    isEnabled: false,
    ...more,
  };
}

/** A service of the own group as a list shows it, by the name as it was sent. */
export async function findService({ caller, serviceGroupId }: Run, label: string, name: string) {
  const rows = await readServices(caller, label, serviceGroupId);
  const row = rows.find(({ serviceDescription }) => serviceDescription === name);
  return { row, id: idOf(row, "serviceId") };
}

/** Switches a service of the own group. */
export async function setActive({ caller, serviceGroupId }: Run, label: string, serviceId: number, isActive: boolean) {
  return caller.ask(label, "services.setActive", { ids: { serviceGroupId, serviceId }, body: { isActive } });
}

/** Does something, and once more on the active service where RingCX refuses it on an inactive one. */
export async function alsoWhenActive<Answer extends { status: number }>(
  run: Run,
  serviceId: number,
  call: () => Promise<Answer>,
): Promise<Answer> {
  const answer = await call();
  if (answer.status !== 409) return answer;
  if (!isDone(await setActive(run, "active.forCall", serviceId, true))) return answer;
  const again = await call();
  await setActive(run, "active.forCall", serviceId, false);
  return again;
}
