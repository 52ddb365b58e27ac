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
  const rows = await readServices(caller, "names.listed", serviceGroupId);
  // As with the clones: what was born active is so until the list shows it. What was active before is left to its own step.
  for (const row of rows) {
    const serviceId = idOf(row, "serviceId");
    if (row.isEnabled === true && serviceId !== undefined) await setActive(run, "name.off", serviceId, false);
  }
}

/** One of them is deleted while it is inactive. */
export async function deleteInactive(run: Run): Promise<void> {
  const { caller, serviceGroupId } = run;
  const { services } = caller.seen.names;
  const rows = rowsOf(caller.seen.last("names.listed"));
  const row = rows.find(({ serviceDescription }) => String(serviceDescription).trim() === services.withBlanks.trim());
  const serviceId = idOf(row, "serviceId");
  if (serviceId === undefined) return;
  await caller.ask("service.deletedInactive", "services.delete", { ids: { serviceGroupId, serviceId } });
}

/** A read of the group, something that is not there, and a body that is wrong. */
export async function tryErrors({ caller, serviceGroupId }: Run): Promise<void> {
  const ids = { serviceGroupId };
  await caller.ask("group.get", "groups.get", { ids });
  await caller.ask("error.missing", "services.get", { ids: { ...ids, serviceId: 2_147_483_600 } });
  await caller.ask("error.badInput", "services.create", { ids, body: { serviceType: "HTTP_GET" } });
}
