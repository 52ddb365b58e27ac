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

/**
 * Whether a case of a matrix is tried: one in so many in a usual run, every one in a long run.
 *
 * @param index of the case; cases that `from` tells apart try others
 */
export function isChosen(index: number, oneIn: number, from = 0): boolean {
  return isLongRun || (index + from) % oneIn === 0;
}
