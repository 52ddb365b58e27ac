import type { Caller } from "../caller.ts";
import { isDone, type Row } from "../exchange.ts";
import type { Mark } from "../mark.ts";
import { idOf, readServices } from "../sandbox.ts";

/** What the steps of a run share. */
export interface Run {
  caller: Caller;
  /** The group of its own. */
  serviceGroupId: number;
}

/**
 * The text of the configuration that every service gets, with the run's mark in the endpoint. Nobody has a host under
 * `.invalid` (RFC 2606).
 */
export function configTextOf({ text }: Mark): string {
  const url = `https://${text}.conformance.invalid/lookup?of=a/b`;
  return JSON.stringify({ url, headers: { Accept: "application/json" }, method: "GET" });
}

/** The body of a service. */
export function serviceBody({ caller }: Run, serviceDescription: string, more: Row = {}): Row {
  return {
    serviceType: "HTTP_GET",
    serviceDescription,
    httpServiceConfig: configTextOf(caller.seen.mark),
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
