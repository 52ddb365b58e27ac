import * as z from "zod";
import { type AwsService, AwsServiceError } from "../gateway/aws-request.ts";
import { jsonResponse } from "../gateway/aws-response.ts";

/** Characters of a standard parameter, the only tier here. Source: AWS Systems Manager User Guide, "Managing parameter tiers". */
const longestValue = 4_096;

interface Parameter {
  name: string;
  type: string;
  value: string;
}

/** The parameters that there are, by name. */
export class ParameterStore {
  readonly #parameters = new Map<string, Parameter>();

  /** @throws {AwsServiceError} `ValidationException` */
  put(parameter: Parameter): void {
    if (parameter.value.length === 0 || parameter.value.length > longestValue) {
      throw new AwsServiceError(
        "ValidationException",
        `Standard tier parameters support a value of 1 to ${longestValue} characters.`,
      );
    }
    this.#parameters.set(parameter.name, parameter);
  }

  delete(name: string): void {
    if (!this.#parameters.delete(name)) throw new AwsServiceError("ParameterNotFound", `No parameter ${name}`);
  }

  has(name: string): boolean {
    return this.#parameters.has(name);
  }

  /** All that are below a path, whatever is between, by name. */
  below(path: string): Parameter[] {
    const all = [...this.#parameters.values()].filter(({ name }) => name.startsWith(`${path.replace(/\/$/, "")}/`));
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}

const byPathSchema = z.object({
  Path: z.string().startsWith("/"),
  Recursive: z.literal(true),
  MaxResults: z.int().min(1).max(10).default(10),
  NextToken: z.string().optional(),
});
const putSchema = z.object({
  Name: z.string(),
  Value: z.string(),
  Type: z.enum(["String", "StringList"]).default("String"),
  Overwrite: z.boolean().default(false),
});
const deleteSchema = z.object({ Name: z.string() });

/** Systems Manager's operations by name, as far as what is below a path is read, and people put and delete. */
export const parameterOperations: Readonly<Record<string, (store: ParameterStore, input: unknown) => unknown>> = {
  GetParametersByPath(store, input) {
    const { Path, MaxResults, NextToken = "0" } = checked(byPathSchema, input);
    const found = store.below(Path);
    const end = Number(NextToken) + MaxResults;
    const Parameters = found
      .slice(Number(NextToken), end)
      .map(({ name, type, value }) => ({ Name: name, Type: type, Value: value, Version: 1 }));
    return { Parameters, ...(end < found.length && { NextToken: String(end) }) };
  },
  PutParameter(store, input) {
    const { Name, Value, Type, Overwrite } = checked(putSchema, input);
    if (store.has(Name) && !Overwrite) {
      throw new AwsServiceError("ParameterAlreadyExists", "The parameter already exists.");
    }
    store.put({ name: Name, type: Type, value: Value });
    return { Version: 1, Tier: "Standard" };
  },
  DeleteParameter(store, input) {
    store.delete(checked(deleteSchema, input).Name);
    return {};
  },
};

/** Systems Manager's Parameter Store. Source: AWS Systems Manager API Reference. */
export function parameterService(store: ParameterStore): AwsService {
  return ({ operation, input }) => {
    const answer = parameterOperations[operation];
    if (answer) return jsonResponse(answer(store, input));
    throw new AwsServiceError("UnknownOperationException", `The local host has no Systems Manager ${operation}`);
  };
}

function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(input);
  if (success) return data;
  throw new AwsServiceError("ValidationException", z.prettifyError(error));
}
