import { deletesActiveOnly } from "../budget.ts";
import { rowsOf } from "../exchange.ts";
import { idOf, readServices } from "../sandbox.ts";
import { type Run, serviceBody, setActive } from "./run.ts";

/** Names that are like one that is there, or not as plain as most. */
export async function tryNames(run: Run): Promise<void> {
  const { caller, serviceGroupId } = run;
  const { services } = caller.seen.names;
  const create = (label: string, name: string) =>
    caller.ask(label, "services.create", { ids: { serviceGroupId }, body: serviceBody(run, name) });
  await create("name.duplicate", services.main);
  await create("name.case", services.mainInCapitals);
  await create("name.blanks", services.withBlanks);
  await create("name.decomposed", services.decomposed);
  await create("name.long", services.long);
  await readServices(caller, "names.listed", serviceGroupId);
}

/** One of them is deleted while it is inactive; the others that were born active are so no longer than until that is known. */
export async function deleteInactive(run: Run): Promise<void> {
  const { caller, serviceGroupId } = run;
  const { services } = caller.seen.names;
  const rows = rowsOf(caller.seen.last("names.listed"));
  const row = rows.find(({ serviceDescription }) => String(serviceDescription).trim() === services.withBlanks.trim());
  const serviceId = idOf(row, "serviceId");
  if (serviceId === undefined) return;
  if (row?.isEnabled === true) await setActive(run, "active.forCall", serviceId, false);
  await caller.ask("service.deletedInactive", "services.delete", { ids: { serviceGroupId, serviceId } });
  // Where only an active one can be deleted each would be activated again for that: the removal ends them.
  if (deletesActiveOnly(caller.seen.exchanges)) return;
  for (const other of rows) {
    const id = idOf(other, "serviceId");
    if (other.isEnabled === true && id !== undefined && id !== serviceId) await setActive(run, "name.off", id, false);
  }
}

/** A read of the group, something that is not there, and a body that is wrong. */
export async function tryErrors({ caller, serviceGroupId }: Run): Promise<void> {
  const ids = { serviceGroupId };
  await caller.ask("group.get", "groups.get", { ids });
  await caller.ask("error.missing", "services.get", { ids: { ...ids, serviceId: 2_147_483_600 } });
  await caller.ask("error.badInput", "services.create", { ids, body: { serviceType: "HTTP_GET" } });
}
