/** How often `npm run test:long` runs each property; nothing in a usual run. */
const long = process.env.RUNS === undefined ? undefined : Number(process.env.RUNS);

/** Whether this is a long run: a matrix then tries every case instead of a choice of them. */
export const isLongRun = long !== undefined;

/**
 * How often a property runs: `RUNS` times in a long run, for whichever property it is.
 *
 * @param usual what a usual run can afford, in which all tests together take minutes
 */
export function runs(usual: number): number {
  return long ?? usual;
}
