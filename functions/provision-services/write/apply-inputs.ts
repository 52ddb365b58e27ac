import type { Input } from "../../../shared/contract/http-service.ts";
import { isSameInputName } from "../../../shared/primitives/same-name.ts";
import { DeferredError } from "../../../shared/queues/message.ts";
import { isMissing } from "../../../shared/ringcx/client/surely-gone.ts";
import { oldestReadMs } from "../../../shared/ringcx/client/unshown.ts";
import { RingCxContradictionError } from "../../../shared/ringcx/resources/contradiction-error.ts";
import {
  AmbiguousWriteError,
  RingCxAnswerError,
  RingCxForbiddenError,
} from "../../../shared/ringcx/resources/errors.ts";
import { operations } from "../../../shared/ringcx/resources/operations.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";
import { planInputs } from "../plan/plan-inputs.ts";
import { requireShown } from "../read/require-shown.ts";
import type { ApplyContext } from "./apply-context.ts";
import { unlessGone } from "./unless-gone.ts";

/** RingCX's ids of the service that the inputs belong to. */
interface Ids {
  serviceGroupId: number;
  serviceId: number;
}

/** So often a message saves the inputs of a service without being shown them before that counts as a failure. */
const mostUnseenSaves = 4;

/**
 * Creates inputs in one call. They are there when they are shown, or when RingCX answered and there were none before: a list may
 * be older than the call, and the answer may be lost or empty. Where they are not shown a later turn looks once more, when
 * no list can be older, and creates or deletes what is missing or too many then.
 *
 * Whether those that were there stay is not documented (`inputs.save` in docs/simulator.md). Where they do not, or nobody
 * saw what came of an earlier call, all that are declared are saved at once and what was there before is deleted, which
 * ends well either way.
 *
 * @param declared all inputs that the service is to have
 * @throws {DeferredError} while they are not shown
 * @throws {RingCxContradictionError} when they are not shown again and again
 */
export async function createInputs(
  context: ApplyContext,
  ids: Ids,
  inputs: readonly Input[],
  declared: readonly Input[],
): Promise<void> {
  const { observed, doubts } = context;
  const before = await observed.readInputs(ids.serviceGroupId, ids.serviceId);
  const isFirst = !doubts.isRaised(unseenSave(ids, 1));
  if (isFirst) {
    await saveInputs(context, ids, inputs);
    const after = observed.inputs.get(ids.serviceId) ?? [];
    if (before.every(({ inputId }) => after.some((input) => input.inputId === inputId))) return;
  }
  const lost = isFirst ? before : await observed.lostInputs(ids.serviceId);
  const old = observed.inputs.get(ids.serviceId) ?? [];
  await saveInputs(context, ids, wholeInputs(declared, [...old, ...lost]));
  for (const { inputId } of old) await deleteInput(context, ids.serviceGroupId, ids.serviceId, inputId);
}

/** One call, and what came of it. */
async function saveInputs(context: ApplyContext, ids: Ids, inputs: readonly Input[]): Promise<void> {
  const { account, observed, doubts } = context;
  const { serviceGroupId, serviceId } = ids;
  const before = await observed.readInputs(serviceGroupId, serviceId);
  await observed.beginInputs(serviceId);
  const saving = account.inputs.create(serviceGroupId, serviceId, inputs);
  const answered = await saving.catch((error: unknown) => {
    if (error instanceof AmbiguousWriteError) return error;
    throw error;
  });
  const isAnswered = !(answered instanceof AmbiguousWriteError);
  if (isAnswered && before.length === 0) return observed.noteInputs(serviceId, answered);
  const found = await observed.listInputs(serviceGroupId, serviceId);
  const isNew = ({ inputId }: ServiceInput) => !before.some((existing) => existing.inputId === inputId);
  if (planInputs(inputs, found.filter(isNew)).create.length === 0) return observed.noteInputs(serviceId, found);
  for (let count = 1; count <= mostUnseenSaves; count += 1) {
    if (await doubts.raise(unseenSave(ids, count))) throw new DeferredError(unseenSave(ids, count), oldestReadMs);
  }
  const { permission } = operations["inputs.create"];
  const reason = "they were saved, and are not listed";
  const facts = { operation: "inputs.create", permission, ids: { accountId: account.accountId, ...ids }, reason };
  throw new RingCxContradictionError(isAnswered ? new RingCxAnswerError(facts) : answered);
}

/** What is said of a save that is not shown. */
function unseenSave({ serviceGroupId, serviceId }: Ids, count: number): string {
  return `RingCX may not show yet the inputs of ${serviceGroupId}/${serviceId} (save ${count})`;
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
  context: ApplyContext,
  serviceGroupId: number,
  serviceId: number,
  inputId: number,
): Promise<void> {
  const { account, observed } = context;
  const known = await observed.readInputs(serviceGroupId, serviceId);
  if (!known.some((input) => input.inputId === inputId)) return;
  await observed.beginInputs(serviceId);
  const read = () => account.inputs.get(serviceGroupId, serviceId, inputId);
  // A save may have taken it away (`inputs.save`), and the list that shows it may be older than that.
  const readNear = () => account.services.get(serviceGroupId, serviceId);
  await unlessGone(context, () => account.inputs.delete(serviceGroupId, serviceId, inputId), { read, readNear }).catch(
    async (error: unknown) => {
      if (!(error instanceof RingCxForbiddenError) || (await isMissing(read))) throw error;
      throw new RingCxContradictionError(error);
    },
  );
  await observed.noteInputs(
    serviceId,
    known.filter((input) => input.inputId !== inputId),
  );
}

/** Makes the inputs those that are declared, whatever they are now; what was changed, in words. */
export async function reconcileInputs(
  context: ApplyContext,
  serviceGroupId: number,
  serviceId: number,
  declared: readonly Input[],
): Promise<string[]> {
  const { create, remove } = planInputs(declared, await context.observed.readInputs(serviceGroupId, serviceId));
  // An earlier turn may have made them.
  if (create.length > 0) await requireShown(context, `${serviceGroupId}/${serviceId} lacks inputs`);
  if (create.length > 0) await createInputs(context, { serviceGroupId, serviceId }, create, declared);
  for (const { inputId } of remove) await deleteInput(context, serviceGroupId, serviceId, inputId);
  return [...create.map(({ name }) => `input ${name} created`), ...remove.map(({ name }) => `input ${name} deleted`)];
}
