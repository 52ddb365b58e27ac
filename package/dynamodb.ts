/** The shared table of the client in DynamoDB: its partition key is `pk`, its sort key `sk`, both strings. */
export { DynamoStateTable } from "../shared/state/dynamo-table.ts";
