import type { Answer, AssumptionName, Profile } from "../assumptions/catalogue.ts";

/** What the simulator does for each answer of an assumption: an answer that it does not do does not compile. */
export type Strategies<Name extends AssumptionName, Strategy> = Readonly<Record<Answer<Name>, Strategy>>;

/** The strategy that a profile asks for. */
export function chosen<Name extends AssumptionName, Strategy>(
  profile: Profile,
  name: Name,
  strategies: Strategies<Name, Strategy>,
): Strategy {
  return strategies[profile[name]];
}
