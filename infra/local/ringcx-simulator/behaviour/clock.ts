import type { Profile } from "../assumptions/catalogue.ts";
import { chosen, type Strategies } from "./chosen.ts";

const minutes7 = 7 * 60_000;
const errors: Strategies<"tokens.clock", number> = { right: 0, ahead: minutes7, behind: -minutes7 };

/** By how much RingCX's clock is ahead, in milliseconds. */
export function clockErrorMs(profile: Profile): number {
  return chosen(profile, "tokens.clock", errors);
}
