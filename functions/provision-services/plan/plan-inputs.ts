import type { Input } from "../../../shared/contract/http-service.ts";
import type { ResourceName } from "../../../shared/contract/resource-key.ts";
import { isSameInputName } from "../../../shared/primitives/same-name.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";
import type { ResourcePlan, Step } from "./resource-plan.ts";

/** Steps that change nothing in RingCX by themselves. */
const passive: ReadonlySet<Step["do"]> = new Set(["validateCandidate", "makeInactive", "applyEnabledState"]);

/** Whether something of a plan is written to RingCX, beside whether it is active. */
export function isWriting({ steps }: Pick<ResourcePlan, "steps">): boolean {
  return steps.some((step) => !passive.has(step.do));
}

/** Whether the inputs of a service have to be read before its plan can be applied. */
export function needsInputs<Resource extends ResourceName>({ found, steps }: ResourcePlan<Resource>): boolean {
  return found?.serviceId !== undefined && steps.some((step) => step.do === "reconcileInputs");
}

/** The plan of a service that is there, once its inputs are read. Where nothing is left to change, nothing is validated but a request that is new. */
export function withInputs<Resource extends ResourceName>(
  plan: ResourcePlan<Resource>,
  inputs: readonly ServiceInput[],
): ResourcePlan<Resource> {
  const steps = plan.steps.flatMap((step) =>
    step.do === "reconcileInputs" ? inputSteps(planInputs(step.inputs, inputs)) : [step],
  );
  const isAsked = (step: Step) => step.do !== "validateCandidate" || step.isDeclaredAnew || isWriting({ steps });
  return { ...plan, steps: steps.filter(isAsked) };
}

/** New ones first: a call in between finds an input too many rather than one too few. */
export function inputSteps({ create, remove }: InputChanges): Step[] {
  return [
    ...(create.length === 0
      ? []
      : [{ do: "createInputs", inputs: create, changes: create.map(({ name }) => `input ${name} created`) } as const]),
    ...remove.map((input) => ({ do: "deleteInput", ...input, changes: [`input ${input.name} deleted`] }) as const),
  ];
}

/** Inputs to create, in the order of their ranks, and inputs to delete. */
export interface InputChanges {
  create: readonly Input[];
  remove: readonly { inputId: number; name: string }[];
}

/**
 * The fewest changes that make a service's inputs those that are declared. An input is what its declared fields
 * say, so a changed one is a new one and an old one: RingCX documents no change of an input.
 */
export function planInputs(declared: readonly Input[], found: readonly ServiceInput[]): InputChanges {
  const left = [...found];
  const create: Input[] = [];
  for (const input of declared) {
    const place = left.findIndex((candidate) => isAsDeclared(input, candidate));
    if (place === -1) create.push(input);
    else left.splice(place, 1);
  }
  // What is not named stays, also where an input has to be made anew.
  const whole = create.map((input): Input => {
    const old = left.find(({ name }) => isSameInputName(input.name, name));
    if (!old) return input;
    const kept = (["type", "simpleDataType", "value", "rank"] as const).flatMap((field) =>
      old[field] === undefined || old[field] === null ? [] : [[field, old[field]] as const],
    );
    return { ...Object.fromEntries(kept), ...input };
  });
  return {
    create: whole.toSorted((a, b) => Number(a.rank ?? 0) - Number(b.rank ?? 0)),
    remove: left.map(({ inputId, name }) => ({ inputId, name })),
  };
}

function isAsDeclared(declared: Input, found: ServiceInput): boolean {
  if (!isSameInputName(declared.name, found.name)) return false;
  return (["type", "simpleDataType", "value", "rank"] as const).every(
    (field) =>
      declared[field] === undefined || declared[field] === (found[field] ?? (field === "value" ? "" : undefined)),
  );
}
