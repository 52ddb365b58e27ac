import type { Input } from "../../../shared/contract/http-service.ts";
import { isSameInputName } from "../../../shared/primitives/same-name.ts";
import { RingCxContradictionError } from "../../../shared/ringcx/resources/contradiction-error.ts";
import { AmbiguousWriteError, RingCxForbiddenError } from "../../../shared/ringcx/resources/errors.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";
import { planInputs } from "../plan/plan-inputs.ts";
import { requireShown } from "../read/require-shown.ts";
import type { ApplyContext } from "./apply-context.ts";
import { isMissing, unlessGone } from "./unless-gone.ts";

/** RingCX's ids of the service that the inputs belong to. */
interface Ids {
  serviceGroupId: number;
  serviceId: number;
}

/**
 * Creates inputs in one call. When the answer is lost they are looked for. Where they are not all there, they may still come:
 * a later turn looks once more, and creates or deletes what is missing or too many then.
 *
 * Whether those that were there stay is not documented (`inputs.save` in docs/simulator.md), so where there were any they are
 * looked at afterwards. Where they do not stay, all that are declared are saved at once, which leaves none to delete.
 *
 * @param declared all inputs that the service is to have
 * @throws {AmbiguousWriteError} when the answer was lost and they are not all there
 */
export async function createInputs(
  { account, observed }: ApplyContext,
  { serviceGroupId, serviceId }: Ids,
  inputs: readonly Input[],
  declared: readonly Input[],
): Promise<void> {
  const before = observed.inputs.get(serviceId) ?? [];
  const isNew = ({ inputId }: { inputId: number }) => !before.some((existing) => existing.inputId === inputId);
  try {
    const answered = await account.inputs.create(serviceGroupId, serviceId, inputs);
    if (before.length === 0) return observed.noteInputs(serviceId, answered);
  } catch (error) {
    if (!(error instanceof AmbiguousWriteError)) throw error;
    const found = await account.inputs.list(serviceGroupId, serviceId);
    observed.noteInputs(serviceId, found);
    if (planInputs(inputs, found.filter(isNew)).create.length > 0) throw error;
    if (before.length === 0) return;
  }
  const found = await account.inputs.list(serviceGroupId, serviceId);
  observed.noteInputs(serviceId, found);
  const isThere = ({ inputId }: ServiceInput) => found.some((input) => input.inputId === inputId);
  if (before.every(isThere)) return;
  await account.inputs.create(serviceGroupId, serviceId, wholeInputs(declared, before));
  observed.noteInputs(serviceId, await account.inputs.list(serviceGroupId, serviceId));
}

/** All inputs as they are declared; what is not named of one stays as it was. */
function wholeInputs(declared: readonly Input[], before: readonly ServiceInput[]): Input[] {
  return declared.map((input) => {
    const old = before.find(({ name }) => isSameInputName(input.name, name));
    const { inputId: _inputId, ...kept } = old ?? {};
    return { ...kept, ...input } as Input;
  });
}

/** Deletes one input of a service; nothing where it is gone already. */
export async function deleteInput(
  { account, observed }: ApplyContext,
  serviceGroupId: number,
  serviceId: number,
  inputId: number,
): Promise<void> {
  const known = observed.inputs.get(serviceId);
  if (known && !known.some((input) => input.inputId === inputId)) return;
  const read = () => account.inputs.get(serviceGroupId, serviceId, inputId);
  // A save may have taken it away (`inputs.save`), and the list that shows it may be older than that.
  const readNear = () => account.services.get(serviceGroupId, serviceId);
  await unlessGone(() => account.inputs.delete(serviceGroupId, serviceId, inputId), { read, readNear }).catch(
    async (error: unknown) => {
      if (!(error instanceof RingCxForbiddenError) || (await isMissing(read))) throw error;
      throw new RingCxContradictionError(error);
    },
  );
  const left = (known ?? []).filter((input) => input.inputId !== inputId);
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
  // An earlier turn may have made them.
  if (create.length > 0) await requireShown(context, `${serviceGroupId}/${serviceId} lacks inputs`);
  if (create.length > 0) await createInputs(context, { serviceGroupId, serviceId }, create, declared);
  for (const { inputId } of remove) await deleteInput(context, serviceGroupId, serviceId, inputId);
  return [...create.map(({ name }) => `input ${name} created`), ...remove.map(({ name }) => `input ${name} deleted`)];
}
