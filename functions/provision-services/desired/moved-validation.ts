import type { Validation } from "../../../shared/contract/fields/validation.ts";
import { plainUrl } from "../../../shared/primitives/host-pattern.ts";

/**
 * The host that a validation would still ask although its endpoint moves to another one: the validation names a URL of its
 * own, which nobody has moved along. Whether there is the same path at the new host, nobody here can know, and a service that is
 * proven elsewhere is not proven.
 *
 * @param validation as an earlier message declared it
 * @param from the endpoint's URL until now
 * @param to the endpoint's URL from now on
 * @returns `undefined` where the validation goes along, or the endpoint stays
 */
export function hostLeftBehind(
  validation: Pick<Validation, "url"> | undefined,
  { from, to }: { from: string | undefined; to: string },
): string | undefined {
  const [asked, before, after] = [validation?.url, from, to].map((url) => plainUrl(url));
  if (!asked || !before || !after || before.origin === after.origin || asked.origin === after.origin) return undefined;
  return asked.host;
}
