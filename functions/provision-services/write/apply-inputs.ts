import type { Input } from "../../../shared/contract/http-service.ts";
import { AmbiguousWriteError } from "../../../shared/ringcx/resources/errors.ts";
import { planInputs } from "../plan/plan-inputs.ts";
import type { ApplyContext } from "./apply-context.ts";

/**
 * Creates inputs in one call. When the answer is lost they are looked for. Where they are not all there, they may still come:
 * a later turn looks once more, and creates or deletes what is missing or too many then.
 *
 * @throws {AmbiguousWriteError} when the answer was lost and they are not all there
 */
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
    observed.noteInputs(serviceId, found);
    const isNew = ({ inputId }: { inputId: number }) => !before.some((existing) => existing.inputId === inputId);
    if (planInputs(inputs, found.filter(isNew)).create.length > 0) throw error;
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
