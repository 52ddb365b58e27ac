import { expect, test, vi } from "vitest";
import { isSurelyGone, readShown } from "../../../../shared/ringcx/client/surely-gone.ts";
import { oldestReadMs, unshownMs } from "../../../../shared/ringcx/client/unshown.ts";
import {
  RingCxForbiddenError,
  RingCxNotFoundError,
  RingCxUnavailableError,
} from "../../../../shared/ringcx/resources/errors.ts";
import { testClock } from "../../../support/client-fakes.ts";

const facts = { operation: "authConfigs.get", permission: "READ on External Auth Config", ids: { accountId: "1" } };
const notFound = new RingCxNotFoundError({ ...facts, status: 404 });
const forbidden = new RingCxForbiddenError({ ...facts, status: 403 });

/** An account that was written to at the given times, and a thing that is shown from the given one on, in milliseconds from now. */
function accountWith({ writes, shownAt, refusal }: { writes: readonly number[]; shownAt: number; refusal: Error }) {
  const clock = testClock();
  const start = clock.now();
  const looks: number[] = [];
  return {
    looks,
    read: (livesMs = 120_000) =>
      readShown(
        {
          async unshownMs() {
            const writtenAt = writes.map((at) => start + at).filter((at) => at <= clock.now());
            return unshownMs(Math.max(...writtenAt), clock.now());
          },
        },
        async () => {
          looks.push(clock.now() - start);
          if (clock.now() - start < shownAt) throw refusal;
          return "shown";
        },
        { clock, deadline: start + livesMs },
      ),
  };
}

test.each([notFound, forbidden])("what may be newer than the read is waited for: $status", async (refusal) => {
  const { read, looks } = accountWith({ writes: [-1_000], shownAt: 8_000, refusal });
  expect(await read()).toBe("shown");
  expect(looks).toEqual([0, 5_000, 10_000]);
});

test("where nothing was written of late it is believed at once", async () => {
  const { read, looks } = accountWith({ writes: [-oldestReadMs], shownAt: 8_000, refusal: notFound });
  await expect(read()).rejects.toBe(notFound);
  expect(looks).toEqual([0]);
});

test("an account that is always written to has an end, too", async () => {
  const writes = Array.from({ length: 100 }, (_, index) => index * 1_000);
  const { read, looks } = accountWith({ writes, shownAt: Number.POSITIVE_INFINITY, refusal: forbidden });
  await expect(read()).rejects.toBe(forbidden);
  expect(looks.at(-1)).toBe(oldestReadMs);
});

test("without the time to ask again it is said that it may pass", async () => {
  const { read } = accountWith({ writes: [-1_000], shownAt: 8_000, refusal: notFound });
  await expect(read(4_000)).rejects.toBeInstanceOf(RingCxUnavailableError);
});

test("while a list may be older than our own write nobody says that something is gone, and it is not asked for", async () => {
  const asked = vi.fn(async () => false);
  expect(await isSurelyGone(1, asked)).toBeUndefined();
  expect(asked).not.toHaveBeenCalled();
  expect(await isSurelyGone(0, asked)).toBe(true);
  expect(await isSurelyGone(0, async () => true)).toBe(false);
});
