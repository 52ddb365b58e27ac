import { expect, test } from "vitest";
import { timeSchema } from "../../../../shared/contract/fields/time.ts";

test.each([
  "2026-01-05T09:00:00Z",
  "2026-01-05t09:00:00.123456z",
  "2024-02-29T23:59:59+05:30",
  "2000-02-29T00:00:00-00:00",
  "2026-12-31T23:59:59.999+23:59",
])("%s is a time", (text) => {
  expect(timeSchema.parse(text)).toBe(text);
  expect(Date.parse(text)).not.toBeNaN();
});

test.each([
  ["a 30th of February", "2026-02-30T00:00:00Z", /no day/],
  ["a 29th of February in a common year", "2026-02-29T00:00:00Z", /no day/],
  ["a 29th of February in 1900", "1900-02-29T00:00:00Z", /no day/],
  ["a 31st of April", "2026-04-31T00:00:00+02:00", /no day/],
  ["a day 0", "2026-01-00T00:00:00Z", /no day/],
  ["a month 13", "2026-13-01T00:00:00Z", /no day/],
  ["hour 24", "2026-01-05T24:00:00Z", /hours 00 to 23/],
  ["minute 60", "2026-01-05T09:60:00Z", /hours 00 to 23/],
  ["second 61", "2026-01-05T09:00:61Z", /hours 00 to 23/],
  ["a leap second, which no clock here knows", "2016-12-31T23:59:60Z", /seconds 00 to 59/],
  ["an offset of a day", "2026-01-05T09:00:00+24:00", /offset/],
  ["an offset of 60 minutes", "2026-01-05T09:00:00+01:60", /offset/],
  ["no offset", "2026-01-05T09:00:00", /offset/],
  ["a day alone", "2026-01-05", /RFC 3339/],
])("%s is refused", (_what, text, why) => {
  const { error } = timeSchema.safeParse(text);
  expect(error?.issues.map(({ message }) => message).join()).toMatch(why);
});
