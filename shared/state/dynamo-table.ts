import { randomInt } from "node:crypto";
import { ConditionalCheckFailedException, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  paginateQuery,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { asCall } from "../primitives/failed-call.ts";
import type { Expected, Item, Key, NewItem, StateTable } from "./table.ts";

/** The table in DynamoDB. Uses nothing but single-item writes: no transactions, no indexes. */
export class DynamoStateTable implements StateTable {
  readonly #client: DynamoDBDocumentClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
    this.#name = tableName;
  }

  async get({ pk, sk }: Key): Promise<Item | undefined> {
    const get = new GetCommand({ TableName: this.#name, Key: { pk, sk }, ConsistentRead: true });
    const { Item } = await this.#asCall("GetItem", this.#client.send(get));
    return Item as Item | undefined;
  }

  async put(item: NewItem, expected?: Expected): Promise<number | false> {
    // A number that no other write has: a writer that still holds the version of an item deleted and made again must not
    // find it there, and a write whose answer was lost is known again by it.
    const version = randomInt(1, 2 ** 47);
    const isWritten = await this.#conditionally(
      () =>
        this.#asCall(
          "PutItem",
          this.#client.send(
            new PutCommand({ TableName: this.#name, Item: { ...item, version }, ...condition(expected) }),
          ),
        ),
      async () => (await this.get(item))?.version === version,
    );
    return isWritten && version;
  }

  async update({ pk, sk }: Key, changes: Readonly<Record<string, unknown>>): Promise<Item> {
    const names: Record<string, string> = { "#version": "version" };
    const values: Record<string, unknown> = { ":one": 1 };
    const set: string[] = [];
    const remove: string[] = [];
    for (const [index, [attribute, value]] of Object.entries(changes).entries()) {
      names[`#a${index}`] = attribute;
      if (value === undefined) {
        remove.push(`#a${index}`);
      } else {
        values[`:a${index}`] = value;
        set.push(`#a${index} = :a${index}`);
      }
    }
    const expression = [
      set.length > 0 ? `SET ${set.join(", ")}` : "",
      remove.length > 0 ? `REMOVE ${remove.join(", ")}` : "",
      "ADD #version :one",
    ];
    const update = new UpdateCommand({
      TableName: this.#name,
      Key: { pk, sk },
      UpdateExpression: expression.join(" ").trim(),
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
      ReturnValues: "ALL_NEW",
    });
    const { Attributes } = await this.#asCall("UpdateItem", this.#client.send(update));
    return Attributes as Item;
  }

  async delete({ pk, sk }: Key, expected?: Expected): Promise<boolean> {
    return this.#conditionally(
      () =>
        this.#asCall(
          "DeleteItem",
          this.#client.send(new DeleteCommand({ TableName: this.#name, Key: { pk, sk }, ...condition(expected) })),
        ),
      async () => (await this.get({ pk, sk })) === undefined,
    );
  }

  async query(pk: string, skPrefix = ""): Promise<Item[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#name,
        ConsistentRead: true,
        KeyConditionExpression: skPrefix === "" ? "pk = :pk" : "pk = :pk AND begins_with(sk, :sk)",
        ExpressionAttributeValues: { ":pk": pk, ...(skPrefix === "" ? {} : { ":sk": skPrefix }) },
      },
    );
    const readAll = async () => {
      const items: Item[] = [];
      for await (const { Items = [] } of pages) items.push(...(Items as Item[]));
      return items;
    };
    return this.#asCall("Query", readAll());
  }

  #asCall<Result>(operation: string, made: Promise<Result>): Promise<Result> {
    return asCall(`DynamoDB's ${operation} of the table ${this.#name}`, made);
  }

  /**
   * @param wasOurs asked when the condition failed at a repetition: the SDK sends a request again whose answer was lost,
   *   and then it was perhaps this very write that changed the item
   */
  async #conditionally(write: () => Promise<unknown>, wasOurs: () => Promise<boolean>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return (error.$metadata.attempts ?? 1) > 1 && wasOurs();
    }
  }
}

function condition(expected: Expected | undefined) {
  if (expected === undefined) return {};
  if (expected === "absent") return { ConditionExpression: "attribute_not_exists(pk)" };
  return {
    ConditionExpression: "#version = :expected",
    ExpressionAttributeNames: { "#version": "version" },
    ExpressionAttributeValues: { ":expected": expected },
  };
}
