import * as z from "zod";
import { timeSchema } from "./fields/time.ts";

/** RFC 2045, 5.1: a name of a type, without what only quotes could hold. */
const token = "[A-Za-z0-9_!#$%&'*+.^`|~-]+";

/**
 * What data is, in the words of a media type: JSON of any kind. Without a flag, which no JSON Schema could carry.
 * Source: CloudEvents 1.0.2, JSON Event Format, 3.1.1.
 */
const jsonType = new RegExp(`^[ \\t]*${token}[/](${token}\\+)?[Jj][Ss][Oo][Nn][ \\t]*(;[^\\r\\n]*)?$`);

const subjectIs = "What the event is about, for whoever reads it.";
const dataContentTypeIs = "Media type of data: JSON.";
const dataSchemaIs = "Where a schema of data is.";

/**
 * The CloudEvents 1.0 envelope in structured JSON, as far as we use it.
 * Source: CloudEvents specification 1.0, "Context Attributes". `source` and `id` together name an event.
 */
export const cloudEventSchema = z.object({
  specversion: z.literal("1.0").describe("Version of CloudEvents."),
  id: z
    .string()
    .min(1)
    .max(256)
    .describe("Names the event among those of its source: another content takes another id."),
  source: z.string().min(1).max(256).describe("Who sends it, such as /onboarding/crm. With the id it names the event."),
  type: z.string().min(1).describe("What kind of event it is, with the version of its data."),
  time: timeSchema.describe(
    "When the sender meant it, ISO 8601 with an offset: an older message from the same source does not undo a newer one.",
  ),
  subject: z.string().min(1).max(1024).optional().describe(subjectIs),
  datacontenttype: z
    .string()
    .regex(jsonType, "expected application/json or another type of JSON")
    .optional()
    .describe(dataContentTypeIs),
  dataschema: z.url().optional().describe(dataSchemaIs),
});

const { subject, datacontenttype, dataschema } = cloudEventSchema.shape;

/** One that somebody sends: `null` is how JSON may say that an attribute is not set. */
export const incomingEventSchema = cloudEventSchema.extend({
  subject: subject.nullable().describe(subjectIs),
  datacontenttype: datacontenttype.nullable().describe(dataContentTypeIs),
  dataschema: dataschema.nullable().describe(dataSchemaIs),
});
