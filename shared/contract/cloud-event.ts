import * as z from "zod";
import { utf8Length } from "../primitives/bytes.ts";
import { printablePattern } from "./fields/names.ts";
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
const dataSchemaIs = "Where a schema of data is: an absolute URL.";

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

const { id, source, subject, datacontenttype, dataschema } = cloudEventSchema.shape;

/** A source and an id go together into one key of the state table, which has at most 1,024 bytes. */
const longestIdentityBytes = 450;

/** CloudEvents 1.0, "Type System", String: no control characters, no surrogates, no noncharacters. */
const unprintable = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** What an event that somebody sends is named by: the id, and the source. */
export const identitySchema = z
  .string()
  .min(1, "expected a text that is not empty")
  .max(256, "expected at most 256 characters")
  .refine((text) => !unprintable.test(text), "expected no control characters")
  .refine((text) => utf8Length(text) <= longestIdentityBytes, `expected at most ${longestIdentityBytes} bytes as UTF-8`)
  .meta({ pattern: printablePattern });

/** One that somebody sends: `null` is how JSON may say that an attribute is not set. */
export const incomingEventSchema = cloudEventSchema.extend({
  id: identitySchema.describe(id.description ?? ""),
  source: identitySchema.describe(source.description ?? ""),
  subject: subject.nullable().describe(subjectIs),
  datacontenttype: datacontenttype.nullable().describe(dataContentTypeIs),
  dataschema: dataschema.nullable().describe(dataSchemaIs),
});
