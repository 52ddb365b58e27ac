import * as z from "zod";
import { policyDocumentSchema } from "../iam/statement.ts";
import { physicalName, resourceKind } from "./resource-kind.ts";

const namedPolicy = z.strictObject({ PolicyName: z.string(), PolicyDocument: policyDocumentSchema });

/** AWS's own policies that the template may attach, as far as they matter to calls that reach the gateway. */
const awsPolicies: Readonly<Record<string, z.input<typeof policyDocumentSchema>>> = {
  AWSLambdaBasicExecutionRole: {
    Statement: {
      Effect: "Allow",
      Action: ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: "*",
    },
  },
};

const roleSchema = z.strictObject({
  RoleName: z.string().optional(),
  Path: z.string().default("/"),
  AssumeRolePolicyDocument: policyDocumentSchema,
  Policies: z.array(namedPolicy).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
  Description: z.string().optional(),
  MaxSessionDuration: z.unknown().optional(),
  PermissionsBoundary: z.unknown().optional(),
  Tags: z.array(z.object({ Key: z.string(), Value: z.string() })).default([]),
});

export const role = resourceKind(roleSchema, (properties, logicalId, host) => {
  const name = properties.RoleName ?? physicalName(logicalId, host, 64);
  const tags = new Map(properties.Tags.map(({ Key, Value }) => [Key, Value]));
  const created = host.roles.add(logicalId, name, properties.Path, properties.AssumeRolePolicyDocument, tags);
  for (const { PolicyName, PolicyDocument } of properties.Policies) {
    created.grants.push(...PolicyDocument.Statement.map((statement) => ({ policy: PolicyName, statement })));
  }
  for (const arn of properties.ManagedPolicyArns) {
    const policy = arn.slice(arn.lastIndexOf("/") + 1);
    const document = host.roles.managedPolicies.get(arn) ?? awsPolicies[policy];
    if (!document) throw new Error(`The local host does not know the managed policy ${arn}`);
    const { Statement } = policyDocumentSchema.parse(document);
    created.grants.push(...Statement.map((statement) => ({ policy, statement })));
  }
  return { ref: name, attributes: { Arn: created.arn, RoleId: created.id } };
});

const policySchema = z.strictObject({
  PolicyName: z.string(),
  PolicyDocument: policyDocumentSchema,
  Roles: z.array(z.string()).default([]),
});

export const policy = resourceKind(policySchema, ({ PolicyName, PolicyDocument, Roles }, logicalId, { roles }) => {
  for (const name of Roles) {
    roles.get(name).grants.push(...PolicyDocument.Statement.map((statement) => ({ policy: logicalId, statement })));
  }
  return { ref: PolicyName };
});

const managedPolicySchema = z.strictObject({
  ManagedPolicyName: z.string().optional(),
  Path: z.string().default("/"),
  PolicyDocument: policyDocumentSchema,
  Roles: z.array(z.string()).default([]),
  Description: z.string().optional(),
});

export const managedPolicy = resourceKind(managedPolicySchema, (properties, logicalId, host) => {
  const { ManagedPolicyName, Path, PolicyDocument, Roles } = properties;
  const name = ManagedPolicyName ?? physicalName(logicalId, host, 128);
  const arn = `arn:aws:iam::${host.account}:policy${Path}${name}`;
  host.roles.managedPolicies.set(arn, PolicyDocument);
  for (const roleName of Roles) {
    const { grants } = host.roles.get(roleName);
    grants.push(...PolicyDocument.Statement.map((statement) => ({ policy: logicalId, statement })));
  }
  return { ref: arn, attributes: { PolicyArn: arn } };
});
