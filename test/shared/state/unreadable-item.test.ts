import { expect, test } from "vitest";
import * as z from "zod";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { parseItem } from "../../../shared/state/unreadable-item.ts";

const key = { pk: "ACCOUNT#1", sk: "SERVICE#group/service", version: 7 };
const schema = z.object({ serviceId: z.int(), kind: z.enum(["ONE"]).default("ONE"), until: z.number().optional() });

test("an item is read with its defaults, and without what a later version wrote", () => {
  expect(parseItem(schema, { ...key, serviceId: 3, inventedLater: true })).toEqual({ serviceId: 3, kind: "ONE" });
});

test("a loose schema keeps what it does not know", () => {
  const item = { ...key, serviceId: 3, inventedLater: true };
  expect(parseItem(z.looseObject(schema.shape), item)).toEqual({ ...item, kind: "ONE" });
});

test("an item that cannot be read is named by its key and its attributes, and its values stay out of the error", () => {
  const read = () => parseItem(schema, { ...key, serviceId: "t0p-secret", kind: "s3cret" });
  expect(read).toThrow(AutomationError);
  expect(read).toThrow(/ACCOUNT#1.*SERVICE#group\/service.*serviceId.*kind/);
  expect(read).not.toThrow(/t0p-secret|s3cret/);
  expect(read).toThrow(
    expect.objectContaining({ code: "ITEM_UNREADABLE", details: expect.objectContaining({ pk: key.pk, sk: key.sk }) }),
  );
});
