/** Where a feed's lines go. */
export interface FeedSink {
  /** Sends one JSON document as a line; false when the client reads too slowly and was cut off. */
  send(line: unknown): boolean;
  /** Ends the answer; nothing can be sent any more. */
  end(): void;
}

/** An answer without an end: lines as they come up. */
export class Feed {
  /** @param start begins to send; what it answers is called once, when the client has gone. */
  constructor(readonly start: (sink: FeedSink) => () => void) {}
}
