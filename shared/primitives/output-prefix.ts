/**
 * What the outputs of an automation begin with, of the ids from its stack down to it: `["Live", "RingCx"]` is
 * `LiveRingCx`. Nothing where the automation is all that its stack is for: its id is `Default`. Without CDK, so that the
 * command line names the outputs as the stack does.
 */
export function outputPrefix(ids: readonly string[]): string {
  return ids
    .filter((id) => id !== "Default")
    .join("")
    .replaceAll(/[^A-Za-z0-9]/g, "");
}
