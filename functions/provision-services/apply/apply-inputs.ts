import type { Input } from "../../../shared/contract/http-service.ts";
import { AmbiguousWriteError } from "../../../shared/ringcx/resources/errors.ts";
import { planInputs } from "../plan/plan-inputs.ts";
import type { ApplyContext } from "./apply-context.ts";

/** Creates inputs in one call. When the answer is lost, those that are not there are created again, and no others. */
export async function createInputs(
  { account, observed }: ApplyContext,
  serviceGroupId: number,
  serviceId: number,
  inputs: readonly Input[],
): Promise<void> {
  const before = observed.inputs.get(serviceId) ?? [];
  try {
    observed.noteInputs(serviceId, [...before, ...(await account.inputs.create(serviceGroupId, serviceId, inputs))]);
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) throw error;
    const found = await account.inputs.list(serviceGroupId, serviceId);
    const { create } = planInputs(
      inputs,
      found.filter(({ inputId }) => !before.some((existing) => existing.inputId === inputId)),
    );
    const made = create.length > 0 ? await account.inputs.create(serviceGroupId, serviceId, create) : [];
    observed.noteInputs(serviceId, [...found, ...made]);
  }
}

/** Deletes one input of a service. */
export async function deleteInput(
  { account, observed }: ApplyContext,
  serviceGroupId: number,
  serviceId: number,
  inputId: number,
): Promise<void> {
  await account.inputs.delete(serviceGroupId, serviceId, inputId);
  const left = (observed.inputs.get(serviceId) ?? []).filter((input) => input.inputId !== inputId);
  observed.noteInputs(serviceId, left);
}

/** Makes the inputs those that are declared, whatever they are now; what was changed, in words. */
export async function reconcileInputs(
  context: ApplyContext,
  serviceGroupId: number,
  serviceId: number,
  declared: readonly Input[],
): Promise<string[]> {
  context.observed.noteInputs(serviceId, await context.account.inputs.list(serviceGroupId, serviceId));
  const { create, remove } = planInputs(declared, context.observed.inputs.get(serviceId) ?? []);
  if (create.length > 0) await createInputs(context, serviceGroupId, serviceId, create);
  for (const { inputId } of remove) await deleteInput(context, serviceGroupId, serviceId, inputId);
  return [...create.map(({ name }) => `input ${name} created`), ...remove.map(({ name }) => `input ${name} deleted`)];
}
