import type { Input } from "../../../shared/contract/http-service.ts";
import { isSameInputName } from "../../../shared/primitives/same-name.ts";
import type { ServiceInput } from "../../../shared/ringcx/resources/service-input.ts";

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
  return {
    create: create.toSorted((a, b) => Number(a.rank ?? 0) - Number(b.rank ?? 0)),
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
