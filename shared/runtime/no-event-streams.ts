/**
 * Takes the place of `@smithy/core/event-streams` in the bundles, with its 20 KB: the SDK's core loads it for operations that
 * stream events, of which none of ours is one.
 */
export class EventStreamSerde {
  constructor() {
    throw new Error("operations that stream events are not in the bundle: shared/runtime/no-event-streams.ts");
  }
}

export const eventStreamSerdeProvider = undefined;
