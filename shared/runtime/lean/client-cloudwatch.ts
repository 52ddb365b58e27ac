import type {
  DescribeAlarmsCommandInput,
  DescribeAlarmsCommandOutput,
  GetAlarmMuteRuleCommandInput,
  GetAlarmMuteRuleCommandOutput,
  ListAlarmMuteRulesCommandInput,
  ListAlarmMuteRulesCommandOutput,
} from "@aws-sdk/client-cloudwatch";
import { type ClientSettings, commandOf, JsonClient, pagesOf } from "./json-client.ts";

/** Takes the place of `@aws-sdk/client-cloudwatch` in the bundles, which speaks JSON by default as well. */
export class CloudWatchClient extends JsonClient {
  constructor(settings: ClientSettings) {
    super({ service: "monitoring", target: "GraniteServiceVersion20100801", version: "1.0" }, settings);
  }
}

export const GetAlarmMuteRuleCommand = commandOf<GetAlarmMuteRuleCommandInput, GetAlarmMuteRuleCommandOutput>(
  "GetAlarmMuteRule",
);
const DescribeAlarmsCommand = commandOf<DescribeAlarmsCommandInput, DescribeAlarmsCommandOutput>("DescribeAlarms");
const ListAlarmMuteRulesCommand = commandOf<ListAlarmMuteRulesCommandInput, ListAlarmMuteRulesCommandOutput>(
  "ListAlarmMuteRules",
);

interface Paging {
  client: CloudWatchClient;
  pageSize: number;
}

export function paginateDescribeAlarms({ client, pageSize: MaxRecords }: Paging, input: DescribeAlarmsCommandInput) {
  return pagesOf(
    (NextToken) => client.send(new DescribeAlarmsCommand({ ...input, MaxRecords, NextToken })),
    ({ NextToken }) => NextToken,
  );
}

export function paginateListAlarmMuteRules(
  { client, pageSize: MaxRecords }: Paging,
  input: ListAlarmMuteRulesCommandInput,
) {
  return pagesOf(
    (NextToken) => client.send(new ListAlarmMuteRulesCommand({ ...input, MaxRecords, NextToken })),
    ({ NextToken }) => NextToken,
  );
}
