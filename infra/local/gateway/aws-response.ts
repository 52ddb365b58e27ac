import { randomUUID } from "node:crypto";
import type { AwsResponse, AwsServiceError, Protocol } from "./aws-request.ts";

/** A successful answer in the JSON protocols. */
export function jsonResponse(output: unknown, status = 200): AwsResponse {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": randomUUID() },
    body: JSON.stringify(output ?? {}),
  };
}

/** A successful answer in the query protocol: `content` is the XML inside the result element. */
export function queryResponse(operation: string, content: string): AwsResponse {
  const body =
    `<${operation}Response><${operation}Result>${content}</${operation}Result>` +
    `<ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></${operation}Response>`;
  return { status: 200, headers: { "content-type": "text/xml" }, body };
}

/** A text as XML may hold it. */
export function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** An error in the form that the caller's SDK client understands. */
export function errorResponse({ code, message, status }: AwsServiceError, protocol: Protocol): AwsResponse {
  if (protocol === "query") {
    const error = `<Type>Sender</Type><Code>${code}</Code><Message>${escapeXml(message)}</Message>`;
    const body = `<ErrorResponse><Error>${error}</Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
    return { status, headers: { "content-type": "text/xml" }, body };
  }
  return {
    status,
    headers: {
      "content-type": protocol === "json" ? "application/x-amz-json-1.1" : "application/json",
      "x-amzn-requestid": randomUUID(),
      "x-amzn-errortype": code,
    },
    body: JSON.stringify({ __type: code, message, Message: message }),
  };
}
