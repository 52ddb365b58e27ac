import { expect, test } from "vitest";
import { CloudFormationError, parseStackOutputs } from "../../../cli/environment/stack-outputs.ts";

// As CloudFormation answers: AWS CloudFormation API Reference, "DescribeStacks", "Examples".
const answer = `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <DescribeStacksResult><Stacks><member>
    <StackName>RingCxAutomation-test</StackName>
    <Outputs>
      <member><OutputKey>TableName</OutputKey><OutputValue>table-1</OutputValue></member>
      <member><Description>The &quot;queue&quot;</Description><OutputKey>ProvisioningQueueUrl</OutputKey><OutputValue>https://sqs/?a=1&amp;b=&lt;2&gt;</OutputValue></member>
    </Outputs>
  </member></Stacks></DescribeStacksResult>
</DescribeStacksResponse>`;

test("outputs are read by name, with their entities", () => {
  expect(parseStackOutputs(answer)).toEqual({
    TableName: "table-1",
    ProvisioningQueueUrl: "https://sqs/?a=1&b=<2>",
  });
});

test("a stack without outputs has none", () => {
  expect(parseStackOutputs("<DescribeStacksResponse/>")).toEqual({});
});

test("an error keeps CloudFormation's code", () => {
  const error =
    "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id x does not exist</Message></Error></ErrorResponse>";
  expect(() => parseStackOutputs(error)).toThrow(
    new CloudFormationError("ValidationError", "Stack with id x does not exist"),
  );
});
