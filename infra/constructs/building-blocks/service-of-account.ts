import { Stack } from "aws-cdk-lib";
import { ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IConstruct } from "constructs";

/**
 * An AWS service as it works for this AWS account, and for no other: without `aws:SourceAccount` somebody else's
 * resource could have the service act here in its place. Source: IAM User Guide, "The confused deputy problem".
 *
 * @param service `lambda.amazonaws.com`
 * @param sourceArn the only resource, or pattern of resources, that it may act for. @default any of the account
 */
export function serviceOfAccount(scope: IConstruct, service: string, sourceArn?: string): ServicePrincipal {
  return new ServicePrincipal(service, {
    conditions: {
      StringEquals: { "aws:SourceAccount": Stack.of(scope).account },
      ...(sourceArn !== undefined && { ArnLike: { "aws:SourceArn": sourceArn } }),
    },
  });
}
