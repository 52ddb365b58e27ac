import { isCut, isDone, recordOf, rowsOf } from "../exchange.ts";
import { hasInputs } from "../findings/inputs-and-clones.ts";
import { idOf, readServices } from "../sandbox.ts";
import { alsoWhenActive, findService, type Run, serviceBody, setActive } from "./run.ts";

/** How long a written thing is looked for, and how often, in milliseconds. */
const patience = { everyMs: 3_000, looks: 10 };

/** So much longer is waited than it took once, in milliseconds. */
const marginMs = 3_000;

/**
 * Makes the main service and sees when lists and reads show what was written. Everything after it waits for that.
 *
 * @returns its id
 */
export async function makeMainService(run: Run): Promise<number> {
  const { caller, serviceGroupId } = run;
  const { services } = caller.seen.names;
  const body = serviceBody(run, services.main, { targetNamespace: "urn:conformance", conformanceField: "kept" });
  await caller.ask("service.created", "services.create", { ids: { serviceGroupId }, body });
  const madeAt = caller.clock.now();
  for (let look = 0; look < patience.looks; look += 1) {
    const { row, id } = await findService(run, "list.afterCreate", services.main);
    if (row && id !== undefined) {
      if (look > 0) caller.readAfter(caller.clock.now() - madeAt + marginMs);
      if (row.isEnabled === true) await setActive(run, "service.bornActive", id, false);
      return id;
    }
    await caller.sleep(patience.everyMs);
  }
  throw new Error(
    `A service was made and is not listed half a minute later (${caller.seen.last("service.created")?.status}): nothing can be learned without it.`,
  );
}

/** PUT of an inactive service that leaves a field out, and the read of it at once. */
export async function changeMainService(run: Run, serviceId: number): Promise<void> {
  const { caller, serviceGroupId } = run;
  const { services } = caller.seen.names;
  const ids = { serviceGroupId, serviceId };
  const body = serviceBody(run, services.main, { isDebug: true });
  await alsoWhenActive(run, serviceId, () => caller.ask("service.put", "services.update", { ids, body }));
  const putAt = caller.clock.now();
  for (let look = 0; look < patience.looks; look += 1) {
    const read = await caller.ask("service.afterPut", "services.get", { ids, isAtOnce: true });
    if (recordOf(read)?.isDebug === true) {
      if (look > 0) caller.readAfter(caller.clock.now() - putAt + marginMs);
      return;
    }
    await caller.sleep(patience.everyMs);
  }
}

/** The group's own operations, and the link of the main service with an auth config in both versions of the API. */
export async function linkMainService(run: Run, serviceId: number, authConfigId: string): Promise<void> {
  const { caller, serviceGroupId } = run;
  const { services } = caller.seen.names;
  const ids = { serviceGroupId, serviceId };
  const body = serviceBody(run, services.main, { isDebug: true, authConfigId });
  await alsoWhenActive(run, serviceId, () => caller.ask("service.link", "services.update", { ids, body }));
  await caller.ask("service.linked", "services.get", { ids });
  const v2 = recordOf(await caller.ask("service.linkedV2", "services.getV2", { ids }));
  const { permissions: _readOnly, ...fields } = v2 ?? {};
  // v1 may not know the link; what follows needs it.
  await alsoWhenActive(run, serviceId, () =>
    caller.ask("service.linkV2", "services.updateV2", { ids, body: { ...fields, serviceId, authConfigId } }),
  );
}

/** Names of inputs that a run saves. */
export const inputNames = ["first", "second", "third", "twin"] as const;
type OwnInput = (typeof inputNames)[number];

/** Inputs of the main service: each operation, and what a second save does. */
export async function saveInputs(run: Run, serviceId: number): Promise<void> {
  const { caller, serviceGroupId } = run;
  const ids = { serviceGroupId, serviceId };
  const input = (name: OwnInput) => ({ name, type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" });
  const save = (label: string, ...names: OwnInput[]) =>
    alsoWhenActive(run, serviceId, () => caller.ask(label, "inputs.create", { ids, body: names.map(input) }));
  await save("inputs.first", "first");
  const second = await save("inputs.second", "second");
  // What a save answers, nothing else shows.
  if (isCut(second)) await save("inputs.second", "third");
  const rows = rowsOf(await caller.ask("inputs.listed", "inputs.list", { ids }));
  // Now, while it is sure that there are some.
  await caller.ask("service.withInputs", "services.get", { ids });
  const inputId = idOf(
    rows.find(({ name }) => name === "second" || name === "third"),
    "inputId",
  );
  if (inputId !== undefined) {
    await caller.ask("input.get", "inputs.get", { ids: { ...ids, inputId } });
    await alsoWhenActive(run, serviceId, () =>
      caller.ask("input.deleted", "inputs.delete", { ids: { ...ids, inputId } }),
    );
  }
  const twins = await save("inputs.sameName", "twin", "twin");
  // A save may replace all, and what it left is deleted: of a source without inputs no clone shows anything.
  if (!isDone(twins) && !hasInputs(caller.seen)) await save("inputs.kept", "first");
}

/** Switches the main service on, clones it in both states, and sees what the clones have. */
export async function switchAndClone(run: Run, serviceId: number): Promise<void> {
  const { caller, serviceGroupId } = run;
  const { services } = caller.seen.names;
  const ids = { serviceGroupId, serviceId };
  const clone = (label: string, newName: string) => caller.ask(label, "services.clone", { ids, query: { newName } });
  await setActive(run, "active.on", serviceId, true);
  await clone("clone.ofActive", services.cloneOfActive);
  await setActive(run, "active.off", serviceId, false);
  await setActive(run, "active.offAgain", serviceId, false);
  await clone("clone.ofInactive", services.cloneOfInactive);
  const rows = await readServices(caller, "clones.listed", serviceGroupId);
  const cloneOf = (name: string) => rows.find(({ serviceDescription }) => serviceDescription === name);
  const ofActive = cloneOf(services.cloneOfActive);
  // Before anything else is asked of them.
  for (const row of [ofActive, cloneOf(services.cloneOfInactive)]) {
    const cloneId = idOf(row, "serviceId");
    if (row?.isEnabled === true && cloneId !== undefined) await setActive(run, "clone.off", cloneId, false);
  }
  await caller.ask("clones.listedV2", "services.listV2", { ids: { serviceGroupId }, query: { maxRows: 100 } });
  const id = idOf(ofActive, "serviceId");
  if (id !== undefined) await caller.ask("clone.inputs", "inputs.list", { ids: { serviceGroupId, serviceId: id } });
}
