import * as z from "zod";

/** RFC 3339, 5.6: `t` and `z` may be lower-case. */
const rfc3339 = /^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$/;

/** The fields of a time of day and of an offset that there are. A leap second (`:60`) is none that JavaScript knows. */
const clock = /[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d/;
const offset = /(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** Dates roll over: `Date.parse` takes the 30th of February for the 2nd of March. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const ms = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(ms) && new Date(ms).toISOString().startsWith(day);
}

/** All of it in one, for those who read the JSON Schema: the calendar with its leap years, hours, minutes, seconds, offsets. */
const timePattern = (() => {
  const inEveryYear =
    "(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])";
  const leapYear = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)";
  const clock = "([01][0-9]|2[0-3]):[0-5][0-9]";
  return `^([0-9]{4}-(${inEveryYear})|${leapYear}-02-29)[Tt]${clock}:[0-5][0-9](\\.[0-9]+)?([Zz]|[+-]${clock})$`;
})();

/** A date and time with its offset, as RFC 3339 has it, without leap seconds. `Date.parse` reads it. */
export const timeSchema = z
  .string()
  .regex(rfc3339, { error: "expected a date and time with its offset (RFC 3339)", abort: true })
  .refine(isDay, "is on no day that there is")
  .refine((text) => clock.test(text), "expected hours 00 to 23, minutes 00 to 59 and seconds 00 to 59")
  .refine((text) => offset.test(text), "expected an offset of hours 00 to 23 and minutes 00 to 59")
  .meta({ pattern: timePattern });
