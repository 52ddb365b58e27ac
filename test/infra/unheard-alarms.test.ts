import type { Subscription } from "@aws-sdk/client-sns";
import { expect, test } from "vitest";
import { checkedEnvironment } from "../../infra/environments.ts";
import { unheardAlarms } from "../../infra/unheard-alarms.ts";
import { plainEnvironment } from "./synthesized.ts";

const settings = checkedEnvironment(plainEnvironment);
const arn = (urgency: string) => `arn:aws:sns:eu-central-1:111122223333:${urgency}`;
const outputs = { PageTopicArn: arn("page"), TicketTopicArn: arn("ticket") };
const confirmed: Subscription = { SubscriptionArn: arn("page:1"), Protocol: "email", Endpoint: "on-call@example.com" };
const pending: Subscription = { ...confirmed, SubscriptionArn: "PendingConfirmation", Endpoint: "new@example.com" };
const hook: Subscription = { ...pending, Protocol: "https", Endpoint: "https://events.example.com/x/routing-key" };

/** @param page subscriptions of the topic for pages, page by page of the answer; the other one has a person */
const said = (...page: Subscription[][]) =>
  unheardAlarms({
    settings,
    outputs,
    sns: {
      send: async ({ input }: { input: { TopicArn: string; NextToken?: string } }) => {
        if (input.TopicArn === arn("ticket")) return { Subscriptions: [confirmed] };
        const index = Number(input.NextToken ?? 0);
        return { Subscriptions: page[index], ...(index + 1 < page.length && { NextToken: String(index + 1) }) };
      },
    } as never,
  });

test.each<[what: string, subscriptions: Subscription[][], words: RegExp[]]>([
  ["somebody has confirmed", [[confirmed]], []],
  [
    "nobody is subscribed",
    [[]],
    [
      /^NOBODY IS TOLD of what cannot wait \(page\)\. Name somebody in notifications\.alarms or notifications\.page .*: aws sns subscribe --region eu-central-1 --topic-arn arn:aws:sns:eu-central-1:111122223333:page --protocol email /,
    ],
  ],
  ["nobody has confirmed", [[pending]], [/^NOBODY IS TOLD YET of .*: new@example\.com has not confirmed\./]],
  [
    "one of two has",
    [[pending], [confirmed]],
    [/^Of what cannot wait \(page\): new@example\.com has not confirmed\.$/],
  ],
  ["a URL's path is not told", [[hook]], [/: https:\/\/events\.example\.com has not confirmed/]],
])("%s", async (_what, subscriptions, words) => {
  expect(await said(...subscriptions)).toEqual(words.map((each) => expect.stringMatching(each)));
});

test("where SNS cannot be asked the settings say it", async () => {
  const sns = { send: () => Promise.reject(Object.assign(new Error("no"), { name: "AuthorizationErrorException" })) };
  const notifications = { ...settings.notifications, page: ["on-call@example.com"] };
  const sentences = await unheardAlarms({ sns, outputs, settings: { ...settings, notifications } });
  expect(sentences).toEqual([
    expect.stringMatching(/^Who has confirmed .*\(page\) could not be looked up \(AuthorizationErrorException\)\.$/),
    expect.stringMatching(/^NOBODY IS TOLD of .*\(ticket\) by the settings\. Name somebody/),
  ]);
});

test("a stack without the topics says nothing: it was not deployed", async () => {
  expect(
    await unheardAlarms({ sns: { send: () => Promise.reject(new Error("asked")) }, outputs: {}, settings }),
  ).toEqual([]);
});
