/** Something that RingCX does one way or another, and that its documentation leaves open or says twice. */
export interface Assumption<Alternatives extends Readonly<Record<string, string>> = Readonly<Record<string, string>>> {
  question: string;
  /** Every answer that is plausible, with what it means. The simulator does each of them. */
  alternatives: Alternatives;
  /** What the simulator does when nobody says anything. */
  default: string;
  /** Why that is the default. */
  why: string;
  /** Where something is said about it, or "not documented". */
  source: string;
  /** What of the program would notice. */
  dependsOn: string;
}

/** Nothing that we know of says anything about it. */
export const notDocumented = "not documented";

/** An assumption whose default is one of its alternatives, and whose answers are known to the compiler. */
export function assumption<const Alternatives extends Readonly<Record<string, string>>>(
  said: Assumption<Alternatives> & { default: keyof Alternatives },
): Assumption<Alternatives> {
  return said;
}
