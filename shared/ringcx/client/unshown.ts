/**
 * No read of RingCX is older than this, in milliseconds: what it does not show then is not there, or not so. RingCX does not
 * document whether reads show a write at once (`consistency` in docs/simulator.md); the ten seconds that are assumed, the
 * time that a request may take, and clocks that differ are in it.
 */
export const oldestReadMs = 30_000;

/**
 * For how long a read may still show what was before a write, in milliseconds; 0 once every read shows it.
 *
 * @param writtenAt epoch milliseconds; nothing where nothing was written
 * @param now epoch milliseconds
 */
export function unshownMs(writtenAt: number | undefined, now: number): number {
  return writtenAt === undefined ? 0 : Math.max(0, writtenAt + oldestReadMs - now);
}
