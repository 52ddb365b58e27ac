import * as z from "zod";
import { numericId, optionalBoolean, optionalField } from "./field-types.ts";
import { httpServiceSchema } from "./http-service.ts";

// Remote HTTP Service APIs, "Manage Service Groups": `RemoteHttpServiceGroup`.

/** A group as RingCX answers it. `services` come with `listWithChildren` only. */
export const serviceGroupSchema = z.looseObject({
  serviceGroupId: numericId,
  groupName: z
    .string()
    .nullish()
    .transform((name) => name ?? ""),
  isDefault: optionalBoolean,
  permissions: optionalField(z.array(z.string())),
  services: optionalField(z.array(httpServiceSchema)),
});
/** A group as RingCX answers it. */
export type ServiceGroup = z.output<typeof serviceGroupSchema>;

/** A group to create or to replace. */
export const serviceGroupWriteSchema = z.looseObject({
  serviceGroupId: z.int().optional(),
  groupName: z.string().min(1),
  isDefault: z.boolean().optional(),
});
/** A group to create or to replace. */
export type ServiceGroupWrite = z.input<typeof serviceGroupWriteSchema>;
