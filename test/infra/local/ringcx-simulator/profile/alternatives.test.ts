import { expect, test } from "vitest";
import { singleAlternatives } from "../../../../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { transcriptOf } from "./transcript.ts";

const usual = transcriptOf({});

test("the same requests are answered the same under the same profile", () => {
  expect(transcriptOf({})).toBe(usual);
});

test.each(singleAlternatives())("$name: $answer shows in what RingCX answers", ({ profile }) => {
  expect(transcriptOf(profile) === usual).toBe(false);
});
