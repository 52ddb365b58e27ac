import { type AwsRequest, type AwsService, AwsServiceError } from "../gateway/aws-request.ts";
import type { AsyncInvocations } from "./async-invocations.ts";
import type { FunctionRegistry } from "./function-registry.ts";

const invokePath = /^\/2015-03-31\/functions\/([^/?]+)\/invocations/;

/** The function that an Invoke request names, or undefined for another operation. */
export function invokedFunction({ method, path }: Pick<AwsRequest, "method" | "path">): string | undefined {
  const [, name] = (method === "POST" && invokePath.exec(path)) || [];
  return name && decodeURIComponent(name);
}

/** Lambda's Invoke, in its three invocation types. */
export function lambdaService(functions: FunctionRegistry, asyncInvocations: AsyncInvocations): AwsService {
  return async (request) => {
    const id = invokedFunction(request);
    if (!id) {
      throw new AwsServiceError("UnknownOperationException", `The local host has no Lambda ${request.operation}`, 404);
    }
    const target = functions.get(id);
    const event: unknown = JSON.parse(request.body.toString() || "{}");
    const invocationType = request.headers["x-amz-invocation-type"] ?? "RequestResponse";
    if (invocationType === "DryRun") return { status: 204, headers: {}, body: "" };
    if (invocationType === "Event") {
      void asyncInvocations.send({ target, event, trigger: "invoke" });
      return { status: 202, headers: {}, body: "" };
    }
    const { outcome } = await target.invoke(event, "invoke");
    return {
      status: 200,
      headers: {
        "content-type": "application/json",
        "x-amz-executed-version": "$LATEST",
        ...(outcome.status === "failed" && { "x-amz-function-error": "Unhandled" }),
      },
      body: JSON.stringify(outcome.status === "failed" ? outcome.error : outcome.result),
    };
  };
}
