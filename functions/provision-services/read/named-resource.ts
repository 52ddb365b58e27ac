import type { ResourceName } from "../../../shared/contract/resource-key.ts";

/** A resource as far as records are found by it; a manifest may also say what it was called before, or that it is taken over. */
export type NamedResource = ResourceName & {
  previousName?: string | undefined;
  authConfig?: string | undefined;
  adopt?: boolean | undefined;
};
